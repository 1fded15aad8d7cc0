//! A roster: whom a file is about, as the journal keeps it: a list in JSON.

use rusqlite::ToSql;
use rusqlite::types::ToSqlOutput;

/// Names or numbers, one for each row, in the order of the file.
#[derive(Debug, Clone)]
pub struct Roster {
    json: String,
    count: usize,
}

impl Default for Roster {
    fn default() -> Roster {
        Roster { json: "[]".into(), count: 0 }
    }
}

impl Roster {
    pub fn push(&mut self, who: &str) {
        self.json.pop();
        if self.count > 0 {
            self.json.push(',');
        }
        self.count += 1;
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        // Most names are, and there are millions.
        match who.bytes().all(is_plain) {
            true => self.json.extend(["\"", who, "\""]),
            false => self.json.push_str(&serde_json::Value::from(who).to_string()),
        }
        self.json.push(']');
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<S: AsRef<str>> FromIterator<S> for Roster {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Roster {
        let mut roster = Roster::default();
        names.into_iter().for_each(|who| roster.push(who.as_ref()));
        roster
    }
}

impl ToSql for Roster {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.json.to_sql()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_json_does() {
        for names in [vec![], vec!["ada"], vec!["a\"da", "", "zoé\n\\", "0042"]] {
            let roster: Roster = names.iter().collect();
            let db = rusqlite::Connection::open_in_memory().expect("a database");
            let json: String = db.query_row("SELECT ?1", [&roster], |row| row.get(0)).expect("a text");
            assert_eq!(json, serde_json::to_string(&names).expect("a list"));
            assert_eq!(roster.len(), names.len());
        }
    }
}

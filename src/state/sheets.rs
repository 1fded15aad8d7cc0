//! Sheets: what each server was found to be when it was examined last.

use std::collections::BTreeMap;

use crate::model::Sheet;
use crate::state::stored::{Json, Time};
use crate::state::{Error, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE sheets (
        server TEXT NOT NULL PRIMARY KEY, -- its name in the site
        at TEXT NOT NULL,
        sheet TEXT NOT NULL               -- JSON
    ) STRICT, WITHOUT ROWID;
";

impl State {
    /// By the names that the site gives the servers. One that another Passerelle wrote and this one does not understand
    /// is as good as none.
    pub fn sheets(&self) -> Result<BTreeMap<String, Sheet>, Error> {
        self.read("the sheets of the servers", |db| {
            let mut statement = db.prepare("SELECT server, sheet FROM sheets ORDER BY server")?;
            let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
            let rows: Vec<(String, String)> = rows.collect::<rusqlite::Result<_>>()?;
            let understood = |(server, sheet): (String, String)| Some((server, serde_json::from_str(&sheet).ok()?));
            Ok(rows.into_iter().filter_map(understood).collect())
        })
    }

    /// Each takes the place of the one before.
    pub fn remember_sheets(&mut self, sheets: &[(&str, &Sheet)]) -> Result<(), Error> {
        self.write("the sheets of the servers", |db| {
            let sql = "INSERT OR REPLACE INTO sheets (server, at, sheet) VALUES (?1, ?2, ?3)";
            sheets
                .iter()
                .try_for_each(|(server, sheet)| db.execute(sql, (server, Time(sheet.at), Json(sheet))).map(drop))
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::sheet::Trait;

    #[test]
    fn the_last_sheet_of_a_server_is_remembered_and_a_strange_one_is_none() {
        let mut state = State::in_memory();
        let sheet = |tls: &str| Sheet {
            server: "ftps (explicit) acme@ftps.example:21".into(),
            at: DateTime::UNIX_EPOCH,
            traits: [(Trait::Tls, tls.into()), (Trait::RoundTrip, 12.5.into())].into(),
        };
        state.remember_sheets(&[("skillup", &sheet("1.3")), ("formation", &sheet("1.3"))]).expect("room");
        state.remember_sheets(&[("skillup", &sheet("1.2"))]).expect("room");
        let sheets = state.sheets().expect("they can be read");
        assert_eq!(sheets["skillup"], sheet("1.2"));
        assert_eq!(sheets["formation"], sheet("1.3"));

        state.db.execute("UPDATE sheets SET sheet = '{}' WHERE server = 'skillup'", ()).expect("SQL");
        assert_eq!(state.sheets().expect("they can be read").keys().collect::<Vec<_>>(), ["formation"]);
    }
}

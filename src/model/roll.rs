//! A roll: whom the rows of a partner's file are about, so that anybody can be told later what became of theirs.

/// Rows of new users that go through are not in it: their operations tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roll {
    /// In file order.
    pub known: Vec<Seen>,
    /// Rows that are left out and are about nobody who is known, in file order.
    pub strangers: Vec<Stranger>,
    /// Rows that do not say whom they are about, or could not be read.
    pub unclear: usize,
}

impl Roll {
    /// Of people who are not the directory, whom the journal knows by what they are called and by no number: of the rows
    /// about somebody who is known, those that are left out stay, as if they were about strangers. `keys` are those of a
    /// person by their number.
    pub fn by_names(mut self, keys: impl Fn(u32) -> Vec<String>) -> Roll {
        let out = self.known.iter().filter(|seen| seen.is_out);
        let named = out.map(|seen| Stranger { row: seen.row, keys: keys(seen.user) });
        self.strangers.extend(named.filter(|stranger| !stranger.keys.is_empty()));
        self.strangers.sort_by_key(|stranger| stranger.row);
        self.known.clear();
        self
    }
}

/// A row about somebody who is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// As a spreadsheet counts it.
    pub row: u32,
    /// By which the people are known: see [`People::number`](crate::model::People::number).
    pub user: u32,
    /// The row has an error.
    pub is_out: bool,
}

/// A row about somebody who is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    /// As a spreadsheet counts it.
    pub row: u32,
    /// What the row calls the person, each in lower case, as [`keys`] makes them; at least one, the best one first.
    pub keys: Vec<String>,
}

/// The ways to name a person that nobody else has: login, mail, number within the establishment; in lower case.
pub fn sure_keys(login: &str, mail: &str, establishment: &str, number: &str) -> Vec<String> {
    let at_home = match establishment.is_empty() || number.is_empty() {
        true => String::new(),
        false => format!("{establishment}/{number}"),
    };
    let all = [login, mail, &at_home].map(str::to_lowercase);
    all.into_iter().filter(|key| !key.is_empty()).collect()
}

/// Those, and the number alone.
pub fn keys(login: &str, mail: &str, establishment: &str, number: &str) -> Vec<String> {
    let mut keys = sure_keys(login, mail, establishment, number);
    keys.extend((!number.is_empty()).then(|| number.to_lowercase()));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_who_are_elsewhere_are_remembered_by_their_names_where_their_rows_are_out() {
        let seen = |row, user, is_out| Seen { row, user, is_out };
        let stranger = |row, name: &str| Stranger { row, keys: vec![name.into()] };
        let roll = Roll {
            known: vec![seen(2, 101, false), seen(3, 102, true)],
            strangers: vec![stranger(4, "ghost")],
            unclear: 1,
        };
        let expected =
            Roll { known: Vec::new(), strangers: vec![stranger(3, "u102"), stranger(4, "ghost")], unclear: 1 };
        assert_eq!(roll.by_names(|user| vec![format!("u{user}")]), expected);
    }

    #[test]
    fn a_person_is_named_in_every_way_that_there_is() {
        assert_eq!(keys("ADA", "Ada@Acme.fr", "Paris", "0012"), ["ada", "ada@acme.fr", "paris/0012", "0012"]);
        assert_eq!(keys("", "", "", "0012"), ["0012"]);
        assert_eq!(keys("", "", "Paris", ""), [""; 0]);
    }
}

//! What pictures are called: by logins, in letters that every server takes, and never two alike.

use std::collections::{HashMap, HashSet};

use crate::job::rows::Memo;
use crate::model::Digest;
use crate::transport::handover;

/// In characters; the rest of the name needs some, too.
const LONGEST: usize = 100;

/// By the keys of people.
pub struct Names(HashMap<String, String>);

impl Names {
    /// Of those who have a login.
    pub fn of<'r>(rows: impl Iterator<Item = &'r Memo>) -> Names {
        let login = |row: &'r Memo| Some((&row.key, row.sitter.as_ref()?.login.as_str()));
        let logins: Vec<(&String, &str)> = rows.filter_map(login).filter(|(_, login)| !login.is_empty()).collect();
        let (mut seen, mut alike) = (HashSet::new(), HashSet::new());
        for (_, login) in &logins {
            // A server may hold `Ada` and `ada` for the same name.
            let folded = login.to_lowercase();
            if !seen.insert(folded.clone()) {
                alike.insert(folded);
            }
        }
        let named = |(key, login): (&String, &str)| (key.clone(), name(login, alike.contains(&login.to_lowercase())));
        Names(logins.into_iter().map(named).collect())
    }

    pub fn of_person(&self, row: &Memo) -> Option<&str> {
        self.0.get(&row.key).map(String::as_str)
    }
}

/// The login itself where it is a name that every server takes; else what can be kept of it, with a piece of its digest.
fn name(login: &str, is_like_another: bool) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '@');
    let plain: String = login.chars().filter(|letter| is_plain(*letter)).take(LONGEST).collect();
    let plain = plain.trim_start_matches('.');
    match plain == login && !is_like_another && !handover::is_partial(login) {
        true => login.into(),
        false => format!("{plain}-{}", &Digest::of(login.as_bytes()).as_str()[..8]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_login_stays_and_another_one_becomes_a_name_of_its_own() {
        assert_eq!(name("ada.lovelace@acme.example", false), "ada.lovelace@acme.example");
        let odd = ["../etc/passwd", "etcpasswd/", ".ada", "ada", "a:da", "a b", "ab/", "zoé", "zo", "zo\0", "ADA.part"];
        let names: Vec<String> = odd.iter().map(|login| name(login, *login == "ada")).collect();
        let different: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(different.len(), odd.len(), "{names:?}");
        for name in &names {
            let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.@".contains(letter);
            assert!(name.chars().all(is_plain) && !handover::is_partial(name), "{name}");
        }
    }
}

//! `ambiguous-key`: a row that several users of the directory could be.

use super::sheet::{Sheet, Slot};
use crate::model::{Example, Field, Finding, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "ambiguous-key",
    severity: Severity::Error,
    meaning: Text::of(
        "Several users have what the row is identified by; correct them in the directory, or identify by login.",
        "",
    ),
    correction: Text::of("", ""),
    example: Example { wrong: "", right: "" },
};

pub fn finding(sheet: &Sheet<'_>, row: usize, slots: &[Slot], people: &[u32]) -> Finding {
    let known = sheet.around.known;
    let login = known.column(&Field::of("login"));
    let logins: Vec<String> =
        people.iter().map(|person| format!("`{}`", known.value(*person as usize, &login))).collect();
    let last = slots.last().expect("people are told apart by something");
    let problem = format!("could be any of {} users: {}", people.len(), logins.join(", "));
    RULE.at(sheet.place(row, last), problem).read(sheet.said(row, last))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, people};

    #[test]
    fn a_mail_that_two_users_have_says_nothing_about_whom_is_meant() {
        let known = people("login;mail", &["ada;info@acme.fr", "bo;info@acme.fr"]);
        let trial = Trial { known, ..Trial::by(&["mail"]) };
        let findings = trial.findings("mail;firstName", &["INFO@acme.fr;Ada"]);
        let expected = "A2 mail: `INFO@acme.fr` could be any of 2 users: `ada`, `bo`";
        assert_eq!(findings, [("ambiguous-key".into(), expected.into())]);
    }
}

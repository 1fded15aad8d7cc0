//! `ambiguous-key`: a row that several users of the directory could be.

use super::sheet::{Sheet, Slot};
use crate::model::{Example, Field, Finding, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "ambiguous-key",
    severity: Severity::Error,
    meaning: Text::of(
        "Several users of the directory have what this row is identified by.",
        "Plusieurs utilisateurs de l'annuaire ont la valeur qui identifie la ligne.",
    ),
    correction: Text::of(
        "Ask the company to correct its directory, or to identify users by their login.",
        "Demandez à l'entreprise de corriger son annuaire, ou d'identifier les utilisateurs par leur login.",
    ),
    example: Example {
        wrong: "mail;lastName\ninfo@acme.example;Lovelace",
        right: "mail;lastName\nada@acme.example;Lovelace",
    },
};

/// So many are named.
const NAMED: usize = 8;

pub fn finding(sheet: &Sheet<'_>, row: usize, slots: &[Slot], people: &[u32]) -> Finding {
    let known = sheet.around.known;
    let login = known.column(&Field::of("login"));
    let named = people.iter().take(NAMED);
    let logins: Vec<String> = named.map(|person| format!("`{}`", known.value(*person as usize, &login))).collect();
    let (count, logins, more) = (people.len(), logins.join(", "), if people.len() > NAMED { ", …" } else { "" });
    let last = slots.last().expect("people are told apart by something");
    let problem =
        text!("could be any of {count} users: {logins}{more}", "peut désigner {count} utilisateurs : {logins}{more}");
    let expected = Text::of("what only one user has", "ce qu'un seul utilisateur possède");
    RULE.at(sheet.place(row, last), problem).read(sheet.said(row, last)).expected(expected)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, people};

    #[test]
    fn a_mail_that_two_users_have_says_nothing_about_whom_is_meant() {
        let known = people("login;mail", &["ada;info@acme.fr", "bo;info@acme.fr"]);
        let trial = Trial { known, ..Trial::by(&["mail"]) };
        let findings = trial.findings("mail;firstName", &["INFO@acme.fr;Ada"]);
        let expected = "A2 mail: `INFO@acme.fr` could be any of 2 users: `ada`, `bo`; expected what only one user has";
        assert_eq!(findings, [("ambiguous-key".into(), expected.into())]);
    }
}

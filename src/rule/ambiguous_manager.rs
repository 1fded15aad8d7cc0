//! `ambiguous-manager`: a manager who could be one of several people.

use super::fault::Fault;
use crate::model::{Example, Language, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "ambiguous-manager",
    severity: Severity::Error,
    meaning: Text::of(
        "Several people could be meant by the manager.",
        "Le manager indiqué peut désigner plusieurs personnes.",
    ),
    correction: Text::of("Write the login of the one who is meant.", "Écrivez le login de la bonne personne."),
    example: Example { wrong: "login;manager\nbo;Kim Lee", right: "login;manager\nbo;kim1" },
};

/// So many are named.
const NAMED: usize = 8;

/// `people` are logins, or rows where the login is missing.
pub fn fault(people: &[Text]) -> Fault {
    let named = |language: Language| {
        let named: Vec<&str> = people.iter().take(NAMED).map(|person| person.is(language)).collect();
        named.join(", ") + if people.len() > NAMED { ", …" } else { "" }
    };
    let (count, named) = (people.len(), Text::new(named(Language::English), named(Language::French)));
    RULE.fault(text!("could be any of {count} people", "peut désigner {count} personnes")).expected(text!(
        "the login of one: {named}",
        "le login de l'une d'elles ({named})",
        named
    ))
}

#[cfg(test)]
mod tests {
    use super::super::sample::Trial;

    #[test]
    fn all_who_bear_the_name_are_listed_by_login() {
        let findings = Trial::default().findings("login;manager", &["ada;Kim Lee", "bo;lee kim"]);
        let expected = "`Kim Lee` could be any of 2 people; expected the login of one: `kim1`, `kim2`";
        assert_eq!(findings[0], ("ambiguous-manager".into(), format!("B2 manager: {expected}")));
        assert_eq!(findings.len(), 2);
    }

    #[test]
    fn somebody_whom_the_file_creates_counts_too() {
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;manager";
        let rows = ["ada2;Ada;Lovelace;ada2@acme.fr;Paris;01/03/2026;Sales;fr-FR;ada2", "cy;;;;;;;;Ada Lovelace"];
        let findings = Trial::default().findings(heading, &rows);
        assert!(findings[0].1.ends_with("the login of one: `ada`, `ada2`"), "{findings:?}");
    }

    #[test]
    fn rows_about_one_person_are_one_candidate_and_a_row_without_login_is_named() {
        let heading = "login;firstName;lastName;manager";
        let rows = ["cy;Kim;Young;", "cy;Kim;Young;", ";Cy;Young;", "bo;;;Cy Young", "kim1;;;Kim Young"];
        let findings = Trial::default().findings(heading, &rows);
        let managers: Vec<&str> =
            findings.iter().filter(|(code, _)| code.contains("manager")).map(|(_, sentence)| &**sentence).collect();
        assert_eq!(
            managers,
            ["D5 manager: `Cy Young` could be any of 2 people; expected the login of one: `cy`, row 4"]
        );
    }
}

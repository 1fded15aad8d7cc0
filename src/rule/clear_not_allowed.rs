//! `clear-not-allowed`: the word that empties a field, where the field may not be empty.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "clear-not-allowed",
    severity: Severity::Error,
    meaning: Text::of(
        "The cell asks to empty a field that tells people apart, or that every user needs.",
        "La cellule demande de vider un champ qui distingue les personnes, ou qui est obligatoire pour tout \
         utilisateur.",
    ),
    correction: Text::of(
        "Write the value, or leave the cell empty, which keeps what is known.",
        "Écrivez la valeur, ou laissez la cellule vide : ce qui est connu est alors conservé.",
    ),
    example: Example { wrong: "login;department\nada;#CLEAR", right: "login;department\nada;Sales" },
};

pub fn fault() -> Fault {
    RULE.fault(Text::of(
        "asks to empty a field that may not be empty",
        "demande de vider un champ qui ne peut être vide",
    ))
    .expected(Text::of(
        "a value, or an empty cell, which keeps what is known",
        "une valeur, ou une cellule vide, qui conserve ce qui est connu",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};
    use crate::model::Field;

    const HEADING: &str = "login;firstName;mail;dtContractStart;employeenumber;dtContractEnd;habilitedRoles_0;e_pay";

    #[test]
    fn a_field_is_emptied_only_by_the_word_and_only_where_it_may_be() {
        let rows = [
            "ada;;;;#CLEAR;;#CLEAR;x",
            "bo;;;;;  #CLEAR ;;#CLEAR",
            "cy;#CLEAR;#CLEAR;#CLEAR;;;;",
            "#CLEAR;;;;;;;",
            "kim1;;;;#clear;;;#CLEAR!",
        ];
        let checked = Trial::clearing("#CLEAR").check(HEADING, &rows);
        assert_eq!(delivered(&checked), ["ada;;;;;;;x", "bo;;;;;;;"]);
        let cleared: Vec<(u32, &str)> = checked
            .delivered
            .cleared
            .iter()
            .map(|(row, column)| (*row, checked.delivered.fields[*column].name()))
            .collect();
        assert_eq!(cleared, [(2, "employee-number"), (2, "secondary-role-0"), (3, "contract-end"), (3, "custom-pay")]);
        let errors: Vec<(&str, Option<String>)> = checked
            .findings
            .iter()
            .filter(|finding| finding.is_error())
            .map(|finding| (&*finding.code, finding.place.address()))
            .collect();
        let refused = ["B4", "C4", "D4", "A5"].map(|cell| ("clear-not-allowed", Some(cell.to_string())));
        assert_eq!(errors[..4], refused);
        assert_eq!(errors[4], ("placeholder", Some("E6".into())), "{errors:?}");
    }

    #[test]
    fn a_new_user_has_nothing_to_empty() {
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;employeenumber";
        let row = "new;New;Comer;n@acme.fr;Paris;01/03/2026;Sales;fr-FR;#CLEAR";
        let checked = Trial::clearing("#CLEAR").check(heading, &[row]);
        assert_eq!(delivered(&checked), ["new;New;Comer;n@acme.fr;Paris;2026-03-01;Sales;fr-FR;"]);
        assert!(checked.delivered.cleared.is_empty());
    }

    #[test]
    fn what_tells_people_apart_is_never_emptied() {
        let trial = Trial {
            identify_by: ["establishment", "employee-number"].map(Field::of).into(),
            ..Trial::clearing("#CLEAR")
        };
        let findings = trial.findings("legalEntity;employeenumber", &["Paris;#CLEAR", "#CLEAR;0001"]);
        let codes: Vec<&str> = findings.iter().map(|(code, _)| &**code).collect();
        assert_eq!(codes, ["clear-not-allowed", "clear-not-allowed"]);
    }
}

//! `missing-key`: a row that does not say whom it is about.

use super::identity::called;
use super::sheet::{Sheet, Slot};
use crate::model::{Example, Finding, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "missing-key",
    severity: Severity::Error,
    meaning: Text::of("The row does not say whom it is about.", "La ligne ne dit pas de qui il s'agit."),
    correction: Text::of(
        "Fill in the column that tells people apart.",
        "Remplissez la colonne qui identifie les personnes.",
    ),
    example: Example { wrong: "login;lastName\n;Lovelace", right: "login;lastName\nada;Lovelace" },
};

pub fn finding(sheet: &Sheet<'_>, row: usize, slot: &Slot) -> Finding {
    let problem =
        Text::of("is empty, so nobody knows whom the row is about", "est vide ; rien ne dit de qui parle la ligne");
    let it = called(&slot.field);
    RULE.at(sheet.place(row, slot), problem).expected(text!("{it} of the person", "{it} de la personne", it))
}

#[cfg(test)]
mod tests {
    use super::super::sample::Trial;

    #[test]
    fn a_row_without_its_key_is_left_out_and_nothing_else_is_asked_of_it() {
        let findings = Trial::default().findings("login;mail", &[";new@acme.fr", "  ;new@acme.fr"]);
        let errors: Vec<&str> =
            findings.iter().filter(|(code, _)| code == "missing-key").map(|(_, sentence)| &**sentence).collect();
        assert_eq!(
            errors,
            [
                "A2 login: is empty, so nobody knows whom the row is about; expected the login of the person",
                "A3 login: is empty, so nobody knows whom the row is about; expected the login of the person",
            ]
        );
        let findings =
            Trial::by(&["establishment", "employee-number"]).findings("legalEntity;employeenumber", &["Paris;"]);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].1.starts_with("B2 employeenumber: is empty"), "{}", findings[0].1);
    }
}

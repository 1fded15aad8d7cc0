//! `unused-column`: a column of the format for which the people that the import changes have no place.

use super::recognised::Recognised;
use crate::model::{Example, Field, Finding, Place, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "unused-column",
    severity: Severity::Remark,
    meaning: Text::of(
        "The format has this column, but it cannot be written where the users are; so it is not used.",
        "Le format a cette colonne, mais elle ne peut pas être écrite là où sont les utilisateurs ; elle n'est donc pas \
         utilisée.",
    ),
    correction: Text::of(
        "Leave the column out, or ask the company whether it can be taken.",
        "Supprimez la colonne, ou demandez à l'entreprise si elle peut être prise en compte.",
    ),
    example: Example { wrong: "login;iban\nada;FR76…", right: "login\nada" },
};

/// Forgets the columns whose fields are not taken, and says so.
pub fn drop_untaken(recognised: &mut Recognised, takes: impl Fn(&Field) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, column) in recognised.columns.iter_mut().enumerate() {
        if column.take_if(|found| !takes(&found.field)).is_some() {
            let place = Place::FILE.in_column(index, &recognised.headings[index]);
            findings.push(RULE.at(
                place,
                Text::of(
                    "cannot be written where the users are; the column is not used",
                    "ne peut pas être écrite là où sont les utilisateurs ; la colonne n'est pas utilisée",
                ),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::{recognise, sample};
    use super::*;

    #[test]
    fn a_column_without_a_place_is_remarked_and_not_used() {
        let columns = sample::columns();
        let login = [Field::of("login")];
        let heading = ["login", "mail", "e_badge"].map(String::from);
        let mut recognised = recognise(&heading, &sample::contract(&columns, &login), &[]);
        let findings = drop_untaken(&mut recognised, |field| !field.is("custom-badge"));
        let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["C e_badge: cannot be written where the users are; the column is not used"]);
        assert_eq!(recognised.columns.iter().flatten().count(), 2);
        assert!(findings.iter().all(|finding| !finding.is_error()));
    }
}

//! `duplicate-heading`: two columns for the same field, so that nobody knows which one counts.

use super::recognised::{Found, Recognised};
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "duplicate-heading",
    severity: Severity::Error,
    meaning: Text::of(
        "Two columns mean the same, and nothing tells which one counts.",
        "Deux colonnes ont le même sens, et rien ne dit laquelle compte.",
    ),
    correction: Text::of("Leave one of them out.", "Supprimez l'une des deux."),
    example: Example {
        wrong: "login;mail;Email\nada;ada@acme.example;ada@home.example",
        right: "login;mail\nada;ada@acme.example",
    },
};

/// Forgets all columns of a field but the first, and says so.
pub fn drop_repeated(recognised: &mut Recognised) -> Vec<Finding> {
    let mut findings = Vec::new();
    for index in 0..recognised.columns.len() {
        let Some(found) = &recognised.columns[index] else { continue };
        // The case of a family's key makes no difference.
        let is_same = |other: &Found| other.field.name().eq_ignore_ascii_case(found.field.name());
        let first = recognised.columns.iter().position(|other| other.as_ref().is_some_and(is_same));
        let first = first.expect("the column itself is there");
        if first == index {
            continue;
        }
        let first = Place::FILE.in_column(first, &recognised.headings[first]);
        let (letter, heading) = (first.address().unwrap_or_default(), first.heading.unwrap_or_default());
        let problem = match heading == recognised.headings[index] {
            true => text!("is also the heading of column {letter}", "est aussi l'en-tête de la colonne {letter}"),
            false => text!(
                "means the same as column {letter}, `{heading}`",
                "a le même sens que la colonne {letter}, `{heading}`"
            ),
        };
        let place = Place::FILE.in_column(index, &recognised.headings[index]);
        findings
            .push(RULE.at(place, problem).expected(Text::of("one of the two columns", "une seule des deux colonnes")));
        recognised.columns[index] = None;
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::{recognise, sample};
    use crate::model::Field;

    #[test]
    fn a_repeated_column_refuses_the_file() {
        let columns = sample::columns();
        let login = [Field::of("login")];
        let heading = ["login", "mail", "Email", "login", "e_pay", "E_Pay"].map(String::from);
        let recognised = recognise(&heading, &sample::contract(&columns, &login), &[]);
        let errors: Vec<String> =
            recognised.findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "C Email: means the same as column B, `mail`; expected one of the two columns",
                "D login: is also the heading of column A; expected one of the two columns",
                "F E_Pay: means the same as column E, `e_pay`; expected one of the two columns",
            ]
        );
        assert!(recognised.is_refused());
        assert_eq!(recognised.columns.iter().flatten().count(), 3);
    }
}

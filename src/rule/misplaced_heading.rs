//! `misplaced-heading`: the columns by which people are told apart are not the first ones.

use super::Contract;
use super::recognised::Recognised;
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "misplaced-heading",
    severity: Severity::Error,
    meaning: Text::of(
        "The columns that tell people apart do not come first.",
        "Les colonnes qui identifient les personnes ne viennent pas en premier.",
    ),
    correction: Text::of("Move them to the front.", "Déplacez-les au début."),
    example: Example { wrong: "lastName;login\nLovelace;ada", right: "login;lastName\nada;Lovelace" },
};

/// Lucca's pages ask for them in front ("first column", "columns 1 and 2"); in which order, they do not say.
pub fn findings(recognised: &Recognised, contract: &Contract<'_>) -> Vec<Finding> {
    if !contract.creates {
        return Vec::new();
    }
    let wanted = contract.identify_by.len();
    let positions = contract.identify_by.iter().filter_map(|field| recognised.position(field));
    let misplaced = positions.filter(|position| *position >= wanted);
    let expected = match wanted {
        1 => Text::of("it in the first column", "cette colonne en premier"),
        _ => text!("it among the first {wanted} columns", "cette colonne parmi les {wanted} premières"),
    };
    let problem = Text::of(
        "tells people apart, but does not stand in front",
        "identifie les personnes, mais ne se trouve pas au début",
    );
    let finding = |index: usize| {
        let place = Place::FILE.in_column(index, &recognised.headings[index]);
        RULE.at(place, problem.clone()).expected(expected.clone())
    };
    misplaced.map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{recognise, sample};
    use crate::model::Field;

    fn errors(heading: &[&str], identify_by: &[&str]) -> Vec<String> {
        let columns = sample::columns();
        let identify_by: Vec<Field> = identify_by.iter().map(|name| Field::of(name)).collect();
        let heading: Vec<String> = heading.iter().map(|heading| heading.to_string()).collect();
        let recognised = recognise(&heading, &sample::contract(&columns, &identify_by), &[]);
        recognised.findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect()
    }

    #[test]
    fn keys_come_first_in_any_order() {
        assert_eq!(errors(&["login", "mail"], &["login"]), [""; 0]);
        assert_eq!(
            errors(&["mail", "login"], &["login"]),
            ["B login: tells people apart, but does not stand in front; expected it in the first column"]
        );
        let pair = ["establishment", "employee-number"];
        assert_eq!(errors(&["employeenumber", "legalEntity", "login"], &pair), [""; 0]);
        assert_eq!(
            errors(&["legalEntity", "login", "employeenumber"], &pair),
            ["C employeenumber: tells people apart, but does not stand in front; expected it among the first 2 \
              columns"]
        );
    }
}

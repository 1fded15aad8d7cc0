//! `unknown-heading`: a column that the profile does not have, and that is therefore not used.

use super::recognised::Recognised;
use super::{Contract, column::Column};
use crate::model::{Example, Finding, Place, Rule, Severity, Text, fold};
use crate::text;

pub static RULE: Rule = Rule {
    code: "unknown-heading",
    severity: Severity::Remark,
    meaning: Text::of(
        "The format has no such column, so it is not used.",
        "Le format n'a pas cette colonne ; elle n'est donc pas utilisée.",
    ),
    correction: Text::of(
        "Correct the heading, or leave the column out.",
        "Corrigez l'en-tête, ou supprimez la colonne.",
    ),
    example: Example { wrong: "login;fristName\nada;Ada", right: "login;firstName\nada;Ada" },
};

pub fn findings(recognised: &Recognised, contract: &Contract<'_>) -> Vec<Finding> {
    let used = |column: &Column| {
        recognised.columns.iter().flatten().any(|found| contract.columns[found.column].heading == column.heading)
    };
    // What is in the file already is not what is missing.
    let candidates: Vec<&Column> = contract.columns.iter().filter(|column| !used(column)).collect();
    let unknown = recognised.columns.iter().enumerate().filter(|(_, found)| found.is_none());
    unknown
        .map(|(index, _)| {
            let heading = &recognised.headings[index];
            let place = Place::FILE.in_column(index, heading);
            match (heading.trim(), nearest(heading, &candidates)) {
                ("", _) => {
                    let place = Place { heading: None, ..place };
                    RULE.at(
                        place,
                        Text::of(
                            "has no heading; the column is not used",
                            "n'a pas d'en-tête ; la colonne n'est pas utilisée",
                        ),
                    )
                }
                (_, None) => RULE.at(
                    place,
                    Text::of(
                        "is not a known heading; the column is not used",
                        "n'est pas un en-tête connu ; la colonne n'est pas utilisée",
                    ),
                ),
                (_, Some(near)) => RULE.at(
                    place,
                    text!(
                        "is not a known heading; the column is not used; did you mean `{near}`?",
                        "n'est pas un en-tête connu ; la colonne n'est pas utilisée ; vouliez-vous écrire `{near}` ?"
                    ),
                ),
            }
        })
        .collect()
}

fn nearest<'a>(heading: &str, candidates: &[&'a Column]) -> Option<&'a str> {
    let known = candidates.iter().flat_map(|column| std::iter::once(&column.heading).chain(&column.aliases));
    let near = fold::nearest(heading, known.map(String::as_str))?;
    let column =
        candidates.iter().find(|column| column.heading == near || column.aliases.iter().any(|alias| alias == near))?;
    Some(&column.heading)
}

#[cfg(test)]
mod tests {
    use super::super::{recognise, sample};
    use crate::model::{Field, Severity};

    #[test]
    fn the_nearest_heading_that_is_not_there_yet_is_named() {
        let columns = sample::columns();
        let login = [Field::of("login")];
        let heading = ["login", "fristName", "shoeSize", "Logins", ""].map(String::from);
        let recognised = recognise(&heading, &sample::contract(&columns, &login), &[]);
        let unknown: Vec<String> = recognised
            .findings
            .iter()
            .filter(|finding| finding.code == "unknown-heading")
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            unknown,
            [
                "B fristName: is not a known heading; the column is not used; did you mean `firstName`?",
                "C shoeSize: is not a known heading; the column is not used",
                "D Logins: is not a known heading; the column is not used",
                "E: has no heading; the column is not used",
            ]
        );
        assert!(recognised.findings.iter().all(|finding| finding.severity == Severity::Remark));
    }
}

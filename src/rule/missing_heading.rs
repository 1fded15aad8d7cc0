//! `missing-heading`: a column that is not there, and without which people cannot be told apart, or nobody be created.

use super::column::Creation;
use super::fault::Rule;
use super::recognised::{Recognised, column_of};
use super::{Column, Contract, Default};
use crate::model::{Field, Finding, Place, Severity};

pub static RULE: Rule = Rule {
    code: "missing-heading",
    severity: Severity::Error,
    meaning: "A column is missing; without one that tells people apart the file is refused, without one that new users need nobody is created.",
};

/// Errors for the columns that tell people apart; remarks for those that a new user needs.
pub fn findings(recognised: &Recognised, contract: &Contract<'_>, defaults: &[Default]) -> Vec<Finding> {
    let keys = contract.identify_by.iter().filter(|field| recognised.position(field).is_none());
    let keys = keys.map(|field| key_finding(field, contract));
    let needed = contract.columns.iter().filter(|column| contract.creates && column.creation == Creation::Required);
    let needed = needed.filter_map(|column| {
        let field = Field::parse(&column.field).ok()?;
        let absent = recognised.position(&field).is_none() && !contract.identify_by.contains(&field);
        let made_up_for = column.default && defaults.iter().any(|default| default.set.contains_key(&field));
        (absent && !made_up_for).then(|| needed_finding(column))
    });
    keys.chain(needed).collect()
}

fn key_finding(field: &Field, contract: &Contract<'_>) -> Finding {
    let heading = column_of(contract.columns, field).map_or(field.name(), |column| &column.heading);
    let problem = format!("there is no column `{heading}`, by which people are told apart");
    RULE.at(Place::FILE, problem).expected(format!("a column `{heading}` in front"))
}

fn needed_finding(column: &Column) -> Finding {
    let Column { heading, field, .. } = column;
    let problem = format!("there is no column `{heading}`, so nobody can be created; known users are still updated");
    let expected = match column.default {
        true => format!("a column `{heading}`, or a default for `{field}` in the site"),
        false => format!("a column `{heading}` if there are new users"),
    };
    Finding { severity: Severity::Remark, ..RULE.at(Place::FILE, problem).expected(expected) }
}

#[cfg(test)]
mod tests {
    use super::super::{Default, recognise, sample};
    use crate::model::{Field, Severity};

    fn findings(heading: &[&str], defaults: &[Default]) -> Vec<(Severity, String)> {
        let columns = sample::columns();
        let login = [Field::of("login")];
        let heading: Vec<String> = heading.iter().map(|heading| heading.to_string()).collect();
        let recognised = recognise(&heading, &sample::contract(&columns, &login), defaults);
        recognised.findings.iter().map(|finding| (finding.severity, finding.to_string())).collect()
    }

    #[test]
    fn a_missing_key_refuses_and_a_missing_value_is_remarked_once() {
        let all = ["firstName", "lastName", "mail", "legalEntity", "dtContractStart", "department", "culture"];
        assert_eq!(
            findings(&all, &[]),
            [(
                Severity::Error,
                "there is no column `login`, by which people are told apart; expected a column `login` in front".into()
            )]
        );
        let without = ["login", "firstName", "lastName", "legalEntity", "dtContractStart", "culture"];
        assert_eq!(
            findings(&without, &[]),
            [
                (
                    Severity::Remark,
                    "there is no column `mail`, so nobody can be created; known users are still updated; expected a \
                     column `mail` if there are new users"
                        .into()
                ),
                (
                    Severity::Remark,
                    "there is no column `department`, so nobody can be created; known users are still updated; expected \
                     a column `department`, or a default for `department` in the site"
                        .into()
                ),
            ]
        );
        let defaults = [sample::default(None, None, &[("department", "Sales")])];
        assert_eq!(findings(&without, &defaults).len(), 1);
    }
}

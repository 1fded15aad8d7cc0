//! `repeated-value`: the same value twice in a row, in columns of one numbered family.

use super::fault::Fault;
use super::reader::Reader;
use super::sheet::Sheet;
use super::tally::Tally;
use crate::model::{Example, Finding, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "repeated-value",
    severity: Severity::Remark,
    meaning: Text::of(
        "Somebody has the same secondary role twice; another one may have been meant.",
        "Une personne a deux fois le même rôle secondaire ; un autre était peut-être visé.",
    ),
    correction: Text::of("Write it once.", "Écrivez-le une seule fois."),
    example: Example {
        wrong: "login;habilitedRoles_0;habilitedRoles_1\nada;Manager;Manager",
        right: "login;habilitedRoles_0;habilitedRoles_1\nada;Manager;Employee",
    },
};

/// One remark a column, at the first row that repeats what an earlier column says.
pub fn findings(sheet: &Sheet<'_>) -> Vec<Finding> {
    let families = sheet.contract.columns.iter().filter(|column| column.numbered);
    let findings = families.flat_map(|family| {
        let members: Vec<&Reader<'_>> =
            sheet.readers.iter().filter(|reader| family.key(&reader.field).is_some()).collect();
        (1..members.len()).filter_map(|later| finding(sheet, &members[..later], members[later])).collect::<Vec<_>>()
    });
    findings.collect()
}

fn finding(sheet: &Sheet<'_>, earlier: &[&Reader<'_>], later: &Reader<'_>) -> Option<Finding> {
    let mut tally = Tally::default();
    let mut first = None;
    for (row, _) in sheet.table.rows().zip(&sheet.standings).filter(|(_, standing)| !standing.out) {
        let said = later.text(row);
        if let Some(other) = earlier.iter().find(|other| !said.is_empty() && other.text(row) == said) {
            first.get_or_insert(other.heading.clone());
            tally.note(|| later.place(row), row.cell(later.index));
        }
    }
    let first = first?;
    tally.finding(fault(&first))
}

fn fault(first: &str) -> Fault {
    RULE.fault(text!("is in `{first}` too", "est aussi dans `{first}`"))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};

    #[test]
    fn a_role_that_somebody_has_twice_is_remarked_and_goes_through() {
        let heading = "login;habilitedRoles_0;HABILITEDROLES 1;habilitedRoles_2";
        let checked = Trial::default().check(heading, &["ada;A;B;A", "bo;A;A;", "cy;;;"]);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            findings,
            [
                "D2 habilitedRoles_2: `A` is in `habilitedRoles_0` too",
                "C3 HABILITEDROLES 1: `A` is in `habilitedRoles_0` too"
            ]
        );
        assert_eq!(delivered(&checked), ["ada;A;B;A", "bo;A;A;", "cy;;;"]);
    }
}

//! `number-gap`: columns of a numbered family that leave a number out, as if one were lost on the way.

use std::collections::BTreeMap;

use super::Contract;
use super::column::KEY;
use super::recognised::Recognised;
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "number-gap",
    severity: Severity::Remark,
    meaning: Text::of(
        "Columns that are numbered from 0 leave a number out; one of them may be lost.",
        "Des colonnes numérotées à partir de 0 sautent un numéro ; il en manque peut-être une.",
    ),
    correction: Text::of(
        "Number them one after the other, or add the column that is missing.",
        "Numérotez-les l'une après l'autre, ou ajoutez la colonne qui manque.",
    ),
    example: Example {
        wrong: "login;habilitedRoles_0;habilitedRoles_2\nada;;",
        right: "login;habilitedRoles_0;habilitedRoles_1\nada;;",
    },
};

/// One remark a family, at the first column behind a gap.
pub fn findings(recognised: &Recognised, contract: &Contract<'_>) -> Vec<Finding> {
    let families = contract.columns.iter().filter(|column| column.numbered);
    let gap = families.filter_map(|family| {
        let found = recognised.columns.iter().enumerate();
        let numbered =
            found.filter_map(|(index, found)| Some((family.key(&found.as_ref()?.field)?.parse().ok()?, index)));
        let numbered: BTreeMap<u32, usize> = numbered.collect();
        let (missing, (_, index)) = (0..).zip(numbered).find(|(wanted, (number, _))| wanted != number)?;
        let missing = family.heading.replace(KEY, &missing.to_string());
        let place = Place::FILE.in_column(index, &recognised.headings[index]);
        let problem = text!("is there, but no `{missing}`", "est présent, mais pas `{missing}`");
        Some(
            RULE.at(place, problem)
                .expected(Text::of("numbers from 0 without a gap", "des numéros à partir de 0, sans trou")),
        )
    });
    gap.collect()
}

#[cfg(test)]
mod tests {
    use super::super::{recognise, sample};
    use crate::model::Field;

    #[test]
    fn the_first_column_behind_a_gap_is_remarked_once() {
        let columns = sample::columns();
        let login = [Field::of("login")];
        let told = |heading: &str| {
            let heading: Vec<String> = heading.split(';').map(String::from).collect();
            let recognised = recognise(&heading, &sample::contract(&columns, &login), &[]);
            let gaps = recognised.findings.into_iter().filter(|finding| finding.code == "number-gap");
            gaps.map(|finding| finding.to_string()).collect::<Vec<String>>()
        };
        assert_eq!(told("login;habilitedRoles_01;habilitedRoles 0"), [""; 0]);
        assert_eq!(
            told("login;habilitedRoles_3;habilitedRoles_0;habilitedRoles_5"),
            ["B habilitedRoles_3: is there, but no `habilitedRoles_1`; expected numbers from 0 without a gap"]
        );
    }
}

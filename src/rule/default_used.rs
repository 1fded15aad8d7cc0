//! `default-used`: values that the company's defaults gave where the file has none.

use std::collections::BTreeMap;

use super::sheet::{Sheet, Subject};
use crate::model::{Example, Field, Finding, Place, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "default-used",
    severity: Severity::Remark,
    meaning: Text::of(
        "The file says nothing there, so the company's default was taken.",
        "Le fichier ne dit rien à cet endroit : la valeur par défaut de l'entreprise a été prise.",
    ),
    correction: Text::of(
        "Nothing is to be corrected; write the value where another one is meant.",
        "Rien n'est à corriger ; écrivez la valeur si vous en visez une autre.",
    ),
    example: Example {
        wrong: "login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture\n\
                zoe;Zoé;Brun;zoe@acme.example;Lyon;01/03/2027;Sales;ada;Employee;",
        right: "login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture\n\
                zoe;Zoé;Brun;zoe@acme.example;Lyon;01/03/2027;Sales;ada;Employee;en-GB",
    },
};

/// So many rows are named.
const NAMED: usize = 3;

/// Whose empty cell was filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    NewUsers,
    NotKnown,
    OverKnown,
}

/// One remark for each field and whose it is, with how many there are and the first rows.
pub fn findings(sheet: &Sheet<'_>) -> Vec<Finding> {
    let mut rows: BTreeMap<(&Field, Whose), Vec<u32>> = BTreeMap::new();
    for (row, gifts) in sheet.filled.iter().filter(|(row, _)| !sheet.standings[**row].out) {
        for gift in gifts {
            let known = sheet.before(*row, &sheet.slot(&gift.field));
            let whose = match sheet.standings[*row].subject {
                Subject::New | Subject::Unclear => Whose::NewUsers,
                Subject::Known(_) if known.is_empty() => Whose::NotKnown,
                Subject::Known(_) if gift.value == Some(known) => continue,
                Subject::Known(_) => Whose::OverKnown,
            };
            rows.entry((&gift.field, whose)).or_default().push(sheet.number(*row));
        }
    }
    rows.into_iter().map(|((field, whose), rows)| remark(field, whose, rows)).collect()
}

fn remark(field: &Field, whose: Whose, mut rows: Vec<u32>) -> Finding {
    rows.sort_unstable();
    let count = rows.len();
    let named: Vec<String> = rows.iter().take(NAMED).map(u32::to_string).collect();
    let named = named.join(", ") + if count > NAMED { ", …" } else { "" };
    let place = match count {
        1 => text!("row {named}", "ligne {named}"),
        _ => text!("rows {named}", "lignes {named}"),
    };
    let users = match (whose, count) {
        (Whose::NewUsers, 1) => text!("1 new user ({place})", "1 nouvel utilisateur ({place})", place),
        (Whose::NewUsers, _) => text!("{count} new users ({place})", "{count} nouveaux utilisateurs ({place})", place),
        (Whose::NotKnown, 1) => text!(
            "1 known user for whom nothing was known there ({place})",
            "1 utilisateur connu, pour lequel rien n'était renseigné ({place})",
            place
        ),
        (Whose::NotKnown, _) => text!(
            "{count} known users for whom nothing was known there ({place})",
            "{count} utilisateurs connus, pour lesquels rien n'était renseigné ({place})",
            place
        ),
        (Whose::OverKnown, 1) => text!(
            "1 known user, in place of what was known ({place})",
            "1 utilisateur connu, à la place de ce qui était renseigné ({place})",
            place
        ),
        (Whose::OverKnown, _) => text!(
            "{count} known users, in place of what was known ({place})",
            "{count} utilisateurs connus, à la place de ce qui était renseigné ({place})",
            place
        ),
    };
    RULE.at(
        Place::FILE,
        text!(
            "`{field}` was taken from the company's defaults for {users}",
            "`{field}` vient des valeurs par défaut de l'entreprise pour {users}",
            users
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Fills;
    use super::super::sample::{self, Trial, delivered};

    #[test]
    fn what_is_known_is_overwritten_only_where_the_site_says_so() {
        let default = |fills| {
            let default = sample::default(None, None, &[("department", "IT"), ("culture", "fr-FR")]);
            Trial::with_defaults(vec![super::super::Default { fills, ..default }])
        };
        let rows = ["ada;", "cy;", "bo;Sales"];
        let known = |fills| delivered(&default(fills).check("login;department", &rows));
        assert_eq!(known(Fills::NewUsers), ["ada;", "cy;", "bo;Sales"]);
        assert_eq!(known(Fills::WhatIsNotKnown), ["ada;", "cy;", "bo;Sales"]);
        assert_eq!(known(Fills::OverWhatIsKnown), ["ada;Computers", "cy;Computers", "bo;Sales"]);

        let checked =
            default(Fills::OverWhatIsKnown).check("login;department;culture", &["ada;;", "cy;;", "bo;Sales;"]);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            findings[..2],
            [
                "`culture` was taken from the company's defaults for 3 known users for whom nothing was known there (rows \
                 2, 3, 4)",
                "`department` was taken from the company's defaults for 1 known user, in place of what was known (row 2)",
            ]
        );
    }
}

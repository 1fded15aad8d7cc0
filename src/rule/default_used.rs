//! `default-used`: values that the site's defaults gave to new users.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use crate::model::{Example, Field, Finding, Place, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "default-used",
    severity: Severity::Remark,
    meaning: Text::of(
        "The file had no value for new users, so the site's default was taken; write the value if another is \
              meant.",
        "",
    ),
    correction: Text::of("", ""),
    example: Example { wrong: "", right: "" },
};

/// One remark a field, with the number of new users.
pub fn findings(sheet: &Sheet<'_>) -> Vec<Finding> {
    let mut counts: BTreeMap<&Field, usize> = BTreeMap::new();
    for (row, filled) in &sheet.filled {
        if !sheet.standings[*row].out {
            filled.iter().for_each(|(field, _)| *counts.entry(field).or_default() += 1);
        }
    }
    let remark = |(field, count): (&Field, usize)| {
        let users = if count == 1 { "new user" } else { "new users" };
        RULE.at(Place::FILE, format!("`{field}` was taken from the site's defaults for {count} {users}"))
    };
    counts.into_iter().map(remark).collect()
}

//! `missing-key`: a row that does not say whom it is about.

use super::fault::Rule;
use super::sheet::{Sheet, Slot};
use crate::model::{Finding, Severity};

pub static RULE: Rule = Rule {
    code: "missing-key",
    severity: Severity::Error,
    meaning: "The row does not say whom it is about; fill in the column by which people are told apart.",
};

pub fn finding(sheet: &Sheet<'_>, row: usize, slot: &Slot) -> Finding {
    let problem = "is empty, so nobody knows whom the row is about";
    RULE.at(sheet.place(row, slot), problem)
        .expected(format!("the {} of the person", slot.field.name().replace('-', " ")))
}

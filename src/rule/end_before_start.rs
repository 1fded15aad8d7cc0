//! `end-before-start`: a contract that ends before it starts.

use chrono::NaiveDate;

use super::bad_date;
use super::fault::Rule;
use super::sheet::{Sheet, Slot};
use crate::model::{Field, Severity};

pub static RULE: Rule = Rule {
    code: "end-before-start",
    severity: Severity::Error,
    meaning: "The contract ends before it starts; correct one of the two days.",
};

/// An end is compared with the start that the row gives, else with the one that is known. A start alone is not compared:
/// after the known end, it is a return.
pub fn check(sheet: &mut Sheet<'_>) {
    let end = sheet.slot(&Field::of("contract-end"));
    let start = sheet.slot(&Field::of("contract-start"));
    if end.reader.is_none() {
        return;
    }
    for row in 0..sheet.standings.len() {
        let said = sheet.said(row, &end);
        if said.is_empty() || !sheet.standings[row].readable {
            continue;
        }
        let (Some(last), Some(first)) = (day(said), day(sheet.after(row, &start))) else { continue };
        if last < first {
            refuse(sheet, row, &end, first);
        }
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    bad_date::read(text).ok()
}

fn refuse(sheet: &mut Sheet<'_>, row: usize, end: &Slot, first: NaiveDate) {
    let first = first.format("%d/%m/%Y");
    let finding = RULE
        .at(sheet.place(row, end), format!("is before the start of the contract, `{first}`"))
        .read(sheet.said(row, end))
        .expected("the last day of the contract, on its first day or later");
    sheet.refuse(row, finding);
}

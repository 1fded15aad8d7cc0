//! `missing-value`: a new user without a value that every new user needs, and without a default for it.

use super::column::Creation;
use super::fault::{Fault, Rule};
use super::filled::{self, Prepared};
use super::sheet::{Sheet, Slot, Subject};
use crate::model::{Field, Finding, Severity};

pub static RULE: Rule = Rule {
    code: "missing-value",
    severity: Severity::Error,
    meaning: "The row would create a user, but a value that every new user needs is empty; fill it in, or set a default for it in the site where the column takes one.",
};

/// Fills in defaults for new users, and leaves out those who still lack something.
pub fn check<'a>(sheet: &mut Sheet<'a>, defaults: &'a [Prepared]) {
    let fields: Vec<Slot> = filled::fields(defaults).iter().map(|field| sheet.slot(field)).collect();
    let required = required(sheet);
    for row in sheet.rows_of(|subject| subject == Subject::New) {
        for slot in &fields {
            fill(sheet, row, slot, defaults);
        }
        for (slot, takes_default) in &required {
            if sheet.after(row, slot).is_empty() {
                sheet.refuse(row, finding(sheet, row, slot, *takes_default));
            }
        }
    }
}

/// What a new user needs, and whether a default could give it. A login is always needed: a user is known by it.
fn required(sheet: &Sheet<'_>) -> Vec<(Slot, bool)> {
    let needed = |column: &&super::Column| column.creation == Creation::Required || column.field == "login";
    let columns = sheet.contract.columns.iter().filter(needed);
    columns.filter_map(|column| Some((sheet.slot(&Field::parse(&column.field).ok()?), column.default))).collect()
}

fn fill<'a>(sheet: &mut Sheet<'a>, row: usize, slot: &Slot, defaults: &'a [Prepared]) {
    if !sheet.said(row, slot).is_empty() {
        return;
    }
    match filled::value(sheet, row, &slot.field, defaults) {
        None => {}
        Some(Ok(value)) => sheet.filled.entry(row).or_default().push((slot.field.clone(), value)),
        Some(Err(fault)) => {
            let problem = format!("is empty, and the site's default for it cannot stand in: it {}", fault.problem);
            let fault = Fault { rule: &RULE, problem, expected: fault.expected.clone() };
            sheet.refuse(row, Finding { read: None, ..fault.at(sheet.place(row, slot), "") });
        }
    }
}

fn finding(sheet: &Sheet<'_>, row: usize, slot: &Slot, takes_default: bool) -> Finding {
    let name = slot.field.name();
    let problem = match slot.reader {
        Some(_) => "is empty, and a new user needs it".into(),
        None => format!("would create a user, but the file has no column for `{name}`"),
    };
    let expected = match takes_default {
        true => format!("a value, or a default for `{name}` in the site"),
        false => "a value".into(),
    };
    RULE.at(sheet.place(row, slot), problem).expected(expected)
}

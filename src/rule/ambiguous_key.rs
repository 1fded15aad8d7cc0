//! `ambiguous-key`: a row that several users of the directory could be.

use super::fault::Rule;
use super::sheet::{Sheet, Slot};
use crate::model::{Field, Finding, Severity};

pub static RULE: Rule = Rule {
    code: "ambiguous-key",
    severity: Severity::Error,
    meaning: "Several users have what the row is identified by; correct them in the directory, or identify by login.",
};

pub fn finding(sheet: &Sheet<'_>, row: usize, slots: &[Slot], people: &[u32]) -> Finding {
    let known = sheet.around.known;
    let login = known.column(&Field::of("login"));
    let logins: Vec<String> =
        people.iter().map(|person| format!("`{}`", known.value(*person as usize, &login))).collect();
    let last = slots.last().expect("people are told apart by something");
    let problem = format!("could be any of {} users: {}", people.len(), logins.join(", "));
    RULE.at(sheet.place(row, last), problem).read(sheet.said(row, last))
}

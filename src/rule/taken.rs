//! `login-taken`, `mail-taken`, `number-taken`, `value-taken`: what only one may have and another user has.

use std::collections::HashMap;

use super::column::Column;
use super::fault::Rule;
use super::in_two_rows;
use super::known::{Known, unique_fields};
use super::sheet::{Sheet, Slot, Subject};
use crate::model::people::key;
use crate::model::{Field, Severity};

pub static LOGIN: Rule = Rule {
    code: "login-taken",
    severity: Severity::Error,
    meaning: "Another user signs in with this login; give the person one of their own.",
};

pub static MAIL: Rule = Rule {
    code: "mail-taken",
    severity: Severity::Error,
    meaning: "Another user has this mail address; give the person one of their own.",
};

pub static NUMBER: Rule = Rule {
    code: "number-taken",
    severity: Severity::Error,
    meaning: "Another user of the establishment has this employee number; correct the number or the establishment.",
};

pub static VALUE: Rule = Rule {
    code: "value-taken",
    severity: Severity::Error,
    meaning: "Another user has this value, which only one may have; correct it.",
};

/// A user who gives a value up in the same file still has it: nothing may depend on the order of rows.
pub fn check(sheet: &mut Sheet<'_>, known: &Known) {
    let columns: &[Column] = sheet.contract.columns;
    for fields in columns.iter().filter_map(unique_fields) {
        check_fields(sheet, known, &fields);
    }
}

fn check_fields(sheet: &mut Sheet<'_>, known: &Known, fields: &[Field]) {
    let slots: Vec<Slot> = fields.iter().map(|field| sheet.slot(field)).collect();
    let index = known.by(fields);
    let mut claims: HashMap<String, Vec<usize>> = HashMap::new();
    for row in sheet.rows_of(|subject| subject != Subject::Unclear) {
        let restates = slots.iter().all(|slot| sheet.after(row, slot) == sheet.before(row, slot));
        let values: Vec<&str> = slots.iter().map(|slot| sheet.after(row, slot)).collect();
        if restates || values.iter().any(|value| value.is_empty()) {
            continue;
        }
        let key = key(&values);
        let me = sheet.standings[row].subject;
        let holder = index.get(&key).and_then(|people| people.iter().find(|person| me != Subject::Known(**person)));
        match holder {
            Some(holder) => refuse(sheet, row, &slots, *holder),
            None => claims.entry(key).or_default().push(row),
        }
    }
    in_two_rows::check(sheet, claims, &slots);
}

fn refuse(sheet: &mut Sheet<'_>, row: usize, slots: &[Slot], holder: u32) {
    let known = sheet.around.known;
    let login = known.value(holder as usize, &known.column(&Field::of("login")));
    let slot = said_last(sheet, row, slots);
    let scope = match slots {
        [establishment, _] => format!(" in `{}`", sheet.after(row, establishment)),
        _ => String::new(),
    };
    let field = &slots.last().expect("a key has fields").field;
    let (rule, noun) = match field.name() {
        "login" => (&LOGIN, "is the login of another user"),
        "mail" => (&MAIL, "is the mail address of another user"),
        "employee-number" => (&NUMBER, "is the employee number of another user"),
        _ => (&VALUE, "belongs to another user"),
    };
    let read = sheet.after(row, slots.last().expect("a key has fields"));
    let finding = rule.at(sheet.place(row, slot), format!("{noun}{scope}: `{login}`")).read(read);
    sheet.refuse(row, finding);
}

/// The cell that made the claim: the last one that the row fills in.
pub fn said_last<'s>(sheet: &Sheet<'_>, row: usize, slots: &'s [Slot]) -> &'s Slot {
    let said = slots.iter().rfind(|slot| !sheet.said(row, slot).is_empty());
    said.or(slots.last()).expect("a key has fields")
}

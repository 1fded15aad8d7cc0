//! Identity: whom each row is about.

use std::collections::BTreeMap;

use super::known::Known;
use super::sheet::{Sheet, Slot, Subject};
use super::{ambiguous_key, duplicate_key, missing_key};
use crate::model::index::key;
use crate::model::{Field, Text};

/// Finds out whom each row is about; rows about the same person are all left out.
pub fn check(sheet: &mut Sheet<'_>, known: &Known<'_>) {
    let slots: Vec<Slot> = sheet.contract.identify_by.iter().map(|field| sheet.slot(field)).collect();
    let index = known.by(sheet.contract.identify_by);
    let mut first_rows = FirstRows::new(sheet.around.known.len());
    for row in 0..sheet.standings.len() {
        if !sheet.standings[row].sound_key {
            continue;
        }
        let values: Vec<&str> = slots.iter().map(|slot| sheet.said(row, slot)).collect();
        if let Some(empty) = values.iter().position(|value| value.is_empty()) {
            sheet.refuse(row, missing_key::finding(sheet, row, &slots[empty]));
            continue;
        }
        let key = key(&values);
        match index.get(&key)[..] {
            [person] => {
                sheet.standings[row].subject = Subject::Known(person);
                first_rows.note_known(row, person);
            }
            [] => {
                sheet.standings[row].subject = Subject::New;
                first_rows.note_new(row, key);
            }
            ref several => sheet.refuse(row, ambiguous_key::finding(sheet, row, &slots, several)),
        }
    }
    for rows in first_rows.twins.values() {
        duplicate_key::check(sheet, rows, &slots);
    }
}

/// How a datum is called by which people are told apart.
pub fn called(field: &Field) -> Text {
    match field.name() {
        "login" => Text::of("the login", "le login"),
        "mail" => Text::of("the mail address", "l'adresse e-mail"),
        "employee-number" => Text::of("the employee number", "le matricule"),
        "establishment" => Text::of("the establishment", "l'établissement"),
        _ => Text::of("the value", "la valeur"),
    }
}

/// The row that named a person first, and those that named the same person again.
struct FirstRows {
    known: Vec<Option<usize>>,
    new: std::collections::HashMap<String, usize>,
    /// By the first of them.
    twins: BTreeMap<usize, Vec<usize>>,
}

impl FirstRows {
    fn new(people: usize) -> FirstRows {
        FirstRows { known: vec![None; people], new: Default::default(), twins: BTreeMap::new() }
    }

    fn note_known(&mut self, row: usize, person: u32) {
        let first = *self.known[person as usize].get_or_insert(row);
        self.note(first, row);
    }

    fn note_new(&mut self, row: usize, key: String) {
        let first = *self.new.entry(key).or_insert(row);
        self.note(first, row);
    }

    fn note(&mut self, first: usize, row: usize) {
        if first != row {
            self.twins.entry(first).or_insert_with(|| vec![first]).push(row);
        }
    }
}

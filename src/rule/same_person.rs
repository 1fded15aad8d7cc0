//! Same person: how a check asks whether a row is about somebody who is known under another key.

use std::collections::HashSet;

use super::sheet::{Sheet, Slot};
use crate::model::fold::fold;
use crate::model::{Field, Text, date};
use crate::text;

/// Rows, and whom they may be about, in the directory: what is asked once is not asked again.
pub type Asked = HashSet<(usize, u32)>;

/// So many people are named.
const NAMED: usize = 5;

/// ``` `ada`, `ada.old` (contract until 30/06/2023) and 2 more ```
pub fn named(sheet: &Sheet<'_>, people: &[u32]) -> Text {
    let mut named = people.iter().take(NAMED).map(|person| one(sheet, *person));
    let first = named.next().expect("somebody is named");
    let named = named.fold(first, |before, next| text!("{before}, {next}", "{before}, {next}", before, next));
    match people.len().saturating_sub(NAMED) {
        0 => named,
        more => text!("{named} and {more} more", "{named} et {more} autres", named),
    }
}

fn one(sheet: &Sheet<'_>, person: u32) -> Text {
    let known = sheet.around.known;
    let login = known.value(person as usize, &sheet.login.known);
    let end = known.value(person as usize, &known.column(&Field::of("contract-end")));
    match date::iso(end) {
        None => Text::same(format!("`{login}`")),
        Some(end) => {
            let end = end.format("%d/%m/%Y");
            text!("`{login}` (contract until {end})", "`{login}` (contrat jusqu'au {end})")
        }
    }
}

/// The key of the person, as the row would have to have it.
pub fn expected(sheet: &Sheet<'_>, person: u32) -> Text {
    let known = sheet.around.known;
    let values = sheet.contract.identify_by.iter().map(|field| known.value(person as usize, &known.column(field)));
    let key = values.collect::<Vec<&str>>().join(" ");
    text!("`{key}`, if it is", "`{key}`, si oui")
}

/// The cell that says who is meant; the last one, where there are two.
pub fn key_slot(sheet: &Sheet<'_>) -> Slot {
    sheet.slot(sheet.contract.identify_by.last().expect("people are told apart by something"))
}

/// Has the person of the row, once it is applied, the name of the other?
pub fn has_name_of(sheet: &Sheet<'_>, row: usize, person: u32) -> bool {
    let same = |name: &str| {
        let slot = sheet.slot(&Field::of(name));
        let (own, other) = (sheet.after(row, &slot), sheet.around.known.value(person as usize, &slot.known));
        !own.is_empty() && fold(own) == fold(other)
    };
    same("first-name") && same("last-name")
}

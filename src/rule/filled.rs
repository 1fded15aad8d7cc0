//! Filled: what a site's defaults give where the file says nothing.

use std::collections::HashMap;

use super::Fills;
use super::fault::Fault;
use super::recognised::column_of;
use super::scope::{Homes, Scope};
use super::sheet::{Sheet, Slot, Subject};
use super::{Contract, Surroundings, missing_value, stated};
use crate::model::Field;

/// By the row's index in the table.
pub type Filled<'a> = HashMap<usize, Vec<Gift<'a>>>;

/// What a default gives to the person of a row.
pub struct Gift<'a> {
    pub field: Field,
    /// None: the default itself is wrong, which has been told.
    pub value: Option<&'a str>,
}

/// A default in canonical form.
pub struct Filling {
    scope: Scope,
    fills: Fills,
    set: Vec<(Field, Result<String, Fault>)>,
}

/// Reads the defaults as if they stood in the file. A default of a column that takes none is left aside.
pub fn prepare(contract: &Contract<'_>, around: &Surroundings<'_>) -> Vec<Filling> {
    let lists = &around.additions.lists;
    let takes_default = |field: &Field| column_of(contract.columns, field).is_some_and(|column| column.default);
    let fillings = around.additions.defaults.iter().map(|default| Filling {
        scope: Scope::new(default.establishment.as_deref(), default.department.as_deref(), contract, lists),
        fills: default.fills,
        set: default
            .set
            .iter()
            .filter(|(field, _)| takes_default(field))
            .map(|(field, text)| (field.clone(), stated::read(contract.columns, lists, field, text)))
            .collect(),
    });
    fillings.collect()
}

pub fn fields(fillings: &[Filling]) -> impl Iterator<Item = &Field> {
    fillings.iter().flat_map(|filling| filling.set.iter().map(|(field, _)| field))
}

/// Fills the empty cells of a field.
pub fn fill<'a>(sheet: &mut Sheet<'a>, fillings: &'a [Filling], field: &Field) {
    let having: Vec<(&'a Filling, &'a Result<String, Fault>)> =
        fillings.iter().filter_map(|filling| Some((filling, filling.value(field)?))).collect();
    if having.is_empty() {
        return;
    }
    let slot = sheet.slot(field);
    let homes = Homes::of(sheet);
    let for_known = slot.reader.is_some() && having.iter().any(|(filling, _)| filling.fills != Fills::NewUsers);
    let is_concerned = |subject: Subject| match subject {
        Subject::New => true,
        Subject::Known(_) => for_known,
        Subject::Unclear => false,
    };
    for row in sheet.rows_of(is_concerned) {
        let is_new = sheet.standings[row].subject == Subject::New;
        if !sheet.said(row, &slot).is_empty() || (sheet.clears(row, &slot) && !is_new) {
            continue;
        }
        let first = having
            .iter()
            .find(|(filling, _)| may_fill(filling.fills, sheet, row, &slot) && filling.scope.holds(sheet, row, &homes));
        let value = match first {
            None => continue,
            Some((_, Ok(value))) => Some(&**value),
            Some((_, Err(fault))) => {
                let finding = missing_value::wrong_default(sheet.place(row, &slot), fault);
                sheet.refuse(row, finding);
                None
            }
        };
        sheet.give(row, Gift { field: field.clone(), value });
    }
}

fn may_fill(fills: Fills, sheet: &Sheet<'_>, row: usize, slot: &Slot) -> bool {
    let is_new = sheet.standings[row].subject == Subject::New;
    match fills {
        Fills::NewUsers => is_new,
        Fills::WhatIsNotKnown => is_new || sheet.before(row, slot).is_empty(),
        Fills::OverWhatIsKnown => true,
    }
}

impl Filling {
    fn value(&self, field: &Field) -> Option<&Result<String, Fault>> {
        self.set.iter().find(|(known, _)| known == field).map(|(_, value)| value)
    }
}

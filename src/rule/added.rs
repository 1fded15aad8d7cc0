//! Added: what the site makes of the rows: codes are translated, empty cells filled in.

use super::filled::{self, Filling};
use super::sheet::Sheet;
use super::translated::{self, Table};
use super::{Contract, Surroundings};
use crate::model::Field;

/// The site's codes and defaults, ready for all rows.
pub struct Added {
    tables: Vec<Table>,
    fillings: Vec<Filling>,
    /// Those first on which it depends what holds for others.
    fields: Vec<Field>,
}

impl Added {
    pub fn new(contract: &Contract<'_>, around: &Surroundings<'_>) -> Added {
        let tables = translated::prepare(contract, around);
        let fillings = filled::prepare(contract, around);
        let mut fields: Vec<Field> =
            tables.iter().map(|table| &table.field).chain(filled::fields(&fillings)).cloned().collect();
        fields.sort_by_key(|field| (!field.is("establishment"), !field.is("department"), field.clone()));
        fields.dedup();
        Added { tables, fillings, fields }
    }

    /// The establishment may be part of what tells people apart.
    pub fn translate_establishments<'a>(&'a self, sheet: &mut Sheet<'a>) {
        translated::check(sheet, &self.tables, &Field::of("establishment"));
    }

    pub fn translate<'a>(&'a self, sheet: &mut Sheet<'a>) {
        self.fields.iter().for_each(|field| translated::check(sheet, &self.tables, field));
    }

    /// Field by field, once it is known whom the rows are about.
    pub fn translate_and_fill<'a>(&'a self, sheet: &mut Sheet<'a>) {
        for field in &self.fields {
            translated::check(sheet, &self.tables, field);
            filled::fill(sheet, &self.fillings, field);
        }
    }
}

//! Filled: what a site's defaults give to new users where the file says nothing.

use std::collections::HashMap;

use super::fault::Fault;
use super::reader::Reader;
use super::recognised::column_of;
use super::sheet::{Sheet, Slot};
use super::{Column, Contract, Surroundings};
use crate::model::Field;
use crate::model::fold::fold;

/// By the row's index in the table.
pub type Filled<'a> = HashMap<usize, Vec<(Field, &'a str)>>;

/// A default in canonical form.
pub struct Prepared {
    establishment: Option<String>,
    department: Option<String>,
    set: Vec<(Field, Result<String, Fault>)>,
}

/// Reads the defaults as if they stood in the file. A default of a column that takes none is left aside.
pub fn prepare(contract: &Contract<'_>, around: &Surroundings<'_>) -> Vec<Prepared> {
    let read = |column: &Column, field: &Field, text: &str| {
        Reader::new(0, "".into(), field.clone(), column, around.lists).read(text).map(|value| value.into_text())
    };
    let scope = |name: &str, text: &Option<String>| {
        let (text, field) = (text.as_ref()?, Field::of(name));
        let canonical = column_of(contract.columns, &field).and_then(|column| read(column, &field, text).ok());
        Some(fold(&canonical.unwrap_or_else(|| text.clone())))
    };
    let prepared = around.defaults.iter().map(|default| Prepared {
        establishment: scope("establishment", &default.establishment),
        department: scope("department", &default.department),
        set: default
            .set
            .iter()
            .filter_map(|(field, text)| {
                let column = column_of(contract.columns, field).filter(|column| column.default)?;
                Some((field.clone(), read(column, field, text)))
            })
            .collect(),
    });
    prepared.collect()
}

/// The fields that defaults have, those first on which the choice of a default depends.
pub fn fields(defaults: &[Prepared]) -> Vec<Field> {
    let mut fields: Vec<Field> =
        defaults.iter().flat_map(|default| default.set.iter().map(|(field, _)| field.clone())).collect();
    fields.sort_by_key(|field| (!field.is("establishment"), !field.is("department"), field.clone()));
    fields.dedup();
    fields
}

/// The default of a field for the new user of a row.
pub fn value<'a>(
    sheet: &Sheet<'_>,
    row: usize,
    field: &Field,
    defaults: &'a [Prepared],
) -> Option<&'a Result<String, Fault>> {
    let applies = |scope: &Option<String>, slot: &Slot| {
        scope.as_ref().is_none_or(|wanted| fold(sheet.after(row, slot)) == *wanted)
    };
    let establishment = sheet.slot(&Field::of("establishment"));
    let department = sheet.slot(&Field::of("department"));
    defaults
        .iter()
        .filter(|default| default.set.iter().any(|(known, _)| known == field))
        .find(|default| applies(&default.establishment, &establishment) && applies(&default.department, &department))
        .and_then(|default| default.set.iter().find(|(known, _)| known == field))
        .map(|(_, value)| value)
}

//! Known: the directory by each set of fields by which a check looks for somebody.

use std::collections::HashMap;

use super::Contract;
use super::column::{Column, Unique};
use crate::model::{Field, People};

/// People by the key of some fields, as [`People::by`] gives them.
type Index = HashMap<String, Vec<u32>>;

pub struct Known {
    indexes: Vec<(Vec<Field>, Index)>,
}

impl Known {
    /// Each index is built once.
    pub fn new(people: &People, contract: &Contract<'_>) -> Known {
        let mut wanted = vec![contract.identify_by.to_vec()];
        wanted.extend(contract.columns.iter().filter_map(unique_fields));
        if contract.columns.iter().any(|column| column.check.person) {
            wanted.extend([login(), mail(), number()]);
        }
        let mut indexes: Vec<(Vec<Field>, Index)> = Vec::new();
        for fields in wanted {
            if indexes.iter().all(|(known, _)| *known != fields) {
                let index = people.by(&fields);
                indexes.push((fields, index));
            }
        }
        Known { indexes }
    }

    /// # Panics
    /// When nobody asked for these fields in [`Known::new`].
    pub fn by(&self, fields: &[Field]) -> &Index {
        let found = self.indexes.iter().find(|(known, _)| known == fields);
        &found.expect("the index was asked for at the start").1
    }
}

/// The fields that together must be unique, if the column must be.
pub fn unique_fields(column: &Column) -> Option<Vec<Field>> {
    let field = Field::parse(&column.field).ok()?;
    match column.check.unique? {
        Unique::Everywhere => Some(vec![field]),
        Unique::InEstablishment => Some(vec![Field::of("establishment"), field]),
    }
}

pub fn login() -> Vec<Field> {
    vec![Field::of("login")]
}

pub fn mail() -> Vec<Field> {
    vec![Field::of("mail")]
}

/// The employee number, which is unique within the establishment.
pub fn number() -> Vec<Field> {
    vec![Field::of("establishment"), Field::of("employee-number")]
}

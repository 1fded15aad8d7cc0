//! Known: the directory by each set of fields by which a check looks for somebody.

use std::cell::OnceCell;

use super::column::{Column, Unique};
use super::moved_mail::shared_mail;
use super::others::Others;
use super::{Contract, Surroundings};
use crate::model::index::Index;
use crate::model::{Field, People};

/// Each index is built once, when somebody is first looked for in it: a file that changes little needs few of them.
pub struct Known<'a> {
    people: &'a People,
    pub others: Option<&'a Others<'a>>,
    indexes: Vec<(Vec<Field>, OnceCell<Index<'a>>)>,
}

impl<'a> Known<'a> {
    pub fn new(around: &Surroundings<'a>, contract: &Contract<'_>) -> Known<'a> {
        let indexes = ways(contract).into_iter().map(|fields| (fields, OnceCell::new()));
        Known { people: around.known, others: around.others, indexes: indexes.collect() }
    }

    pub fn people(&self) -> &'a People {
        self.people
    }

    /// # Panics
    /// When these fields are neither the key, nor unique, nor a way to name a person.
    pub fn by(&self, fields: &[Field]) -> &Index<'a> {
        let found = self.indexes.iter().find(|(known, _)| known == fields);
        let (fields, index) = found.expect("what people are looked for by is known from the contract");
        index.get_or_init(|| Index::new(self.people, fields))
    }
}

/// The sets of fields by which a check looks for somebody, each once.
pub fn ways(contract: &Contract<'_>) -> Vec<Vec<Field>> {
    let mut ways = vec![contract.identify_by.to_vec()];
    ways.extend(contract.columns.iter().filter_map(unique_fields));
    ways.extend(contract.columns.iter().filter_map(shared_mail).map(|field| vec![field]));
    ways.extend([login(), mail(), number()]);
    ways.sort();
    ways.dedup();
    ways
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

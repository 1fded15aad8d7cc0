//! A shape: what the hashes of a crowd are made of.

use serde::Serialize;

use crate::model::Field;
use crate::model::field::Kind;
use crate::model::mark::Marker;

/// What the hashes of a crowd are made of. People of one shape cannot be compared with rows of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shape {
    /// What tells people apart.
    pub key: Way,
    /// All that a row of the file can say, in the order in which it is hashed.
    pub fields: Vec<Field>,
    /// How else somebody may be meant.
    pub ways: Vec<Way>,
}

/// How a person is found by what is said of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By the values of these fields.
    Fields(Vec<Field>),
    /// By first and last name, in either order.
    Names,
    /// By the day of birth, and first and last name in either order.
    Twins,
    /// Nobody is found by it: it tells the [`NumberForm`](crate::model::number_form::NumberForm) of a field.
    Form(Field),
}

impl Shape {
    /// All fields from which the hashes are made.
    pub fn sources(&self) -> Vec<Field> {
        let mut sources = self.fields.clone();
        let ways = std::iter::once(&self.key).chain(&self.ways);
        sources.extend(ways.flat_map(Way::fields));
        sources.sort();
        sources.dedup();
        sources
    }

    /// Does case make no difference in the values of a field? So it is with logins, and with what tells people apart.
    pub fn is_caseless(&self, field: &Field) -> bool {
        field.is("login") || field.kind() == Kind::Person || self.key.fields().contains(field)
    }

    /// Makes the marks of people of whom these fields are known, in this order.
    pub fn marker(&self, fields: &[Field]) -> Marker {
        Marker::new(self.clone(), fields)
    }
}

impl Way {
    pub fn by(names: &[&str]) -> Way {
        Way::Fields(names.iter().map(|name| Field::of(name)).collect())
    }

    pub fn fields(&self) -> Vec<Field> {
        match self {
            Way::Fields(fields) => fields.clone(),
            Way::Names => ["first-name", "last-name"].map(Field::of).into(),
            Way::Twins => ["birth-date", "first-name", "last-name"].map(Field::of).into(),
            Way::Form(field) => vec![field.clone()],
        }
    }
}

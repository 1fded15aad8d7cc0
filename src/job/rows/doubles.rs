//! Who may be among the people twice: found out before, so that nobody else has to be remembered.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::job::rows::names;
use crate::model::index::hash;
use crate::model::{Field, People};

/// Of those whom the same words name, hashes. Two people may share a hash, so that it proves nothing.
#[derive(Default)]
pub struct Doubles(HashSet<u64>);

/// Goes through all people: eight bytes for each, meanwhile.
#[derive(Clone)]
pub struct Census {
    home: Option<usize>,
    /// By the first of them that is not empty, somebody is called.
    names: Vec<usize>,
    hashes: Vec<u64>,
}

impl Doubles {
    pub fn of(people: &People) -> Doubles {
        let mut census = Census::of(people.fields());
        for row in people.table().rows() {
            census.note(|column| row.cell(column).into());
        }
        census.finish()
    }

    /// May a person of that establishment, and of that name or number, be there twice?
    pub fn may_have(&self, home: &str, who: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&hash(&[home, who]))
    }
}

impl Census {
    /// People have these fields.
    pub fn of(fields: &[Field]) -> Census {
        let column = |name: &str| fields.iter().position(|field| field.is(name));
        let names = names::BY.iter().filter_map(|name| column(name)).collect();
        Census { home: column("establishment"), names, hashes: Vec::new() }
    }

    /// Those that it asks for.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.home.into_iter().chain(self.names.iter().copied())
    }

    /// `cell` gives a value of the next person by its column.
    pub fn note<'c>(&mut self, cell: impl Fn(usize) -> Cow<'c, str>) {
        let home = self.home.map(&cell).unwrap_or_default();
        let who = self.names.iter().map(|column| cell(*column)).find(|name| !name.is_empty()).unwrap_or_default();
        self.hashes.push(hash(&[&home, &who]));
    }

    /// Adds those of others.
    pub fn append(&mut self, other: Census) {
        self.hashes.extend(other.hashes);
    }

    pub fn finish(mut self) -> Doubles {
        self.hashes.sort_unstable();
        let pairs = self.hashes.windows(2).filter(|pair| pair[0] == pair[1]);
        Doubles(pairs.map(|pair| pair[0]).collect())
    }
}

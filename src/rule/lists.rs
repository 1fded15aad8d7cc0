//! Reference lists: what may stand in a cell, by name or code.

use std::collections::BTreeMap;

use super::column::List;

/// The lists that the site has.
#[derive(Debug, Clone, Default)]
pub struct Lists(BTreeMap<List, Vec<Item>>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Empty where the list has no codes.
    pub code: String,
    pub name: String,
}

impl Lists {
    pub fn insert(&mut self, list: List, items: Vec<Item>) {
        self.0.insert(list, items);
    }

    /// None: the site has no such list, and every value is taken.
    pub fn get(&self, list: List) -> Option<&[Item]> {
        self.0.get(&list).map(Vec::as_slice)
    }
}

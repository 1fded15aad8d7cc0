//! What was before: what the partner was last given, and what an earlier run left behind.

use std::collections::BTreeMap;

use crate::model::Content;
use crate::state::{Delivery, Given, Set};

/// What the files of tonight are compared with.
pub struct Before<'a> {
    /// The tables that were last delivered.
    pub last: Option<&'a Set>,
    pub given: &'a BTreeMap<String, Given>,
}

impl<'a> Before<'a> {
    /// Of the tables that were last delivered, those of everybody.
    pub fn full(&self) -> impl Iterator<Item = &'a Delivery> + use<'a> {
        let last = self.last.into_iter().flat_map(|last| last.files());
        last.filter(|file| file.content == Content::Full)
    }
}

//! Delivered: what a checked file says about people, row by row, in our fields and in canonical form.
//!
//! Canonical: trimmed, dates as `YYYY-MM-DD`, people by login, labels as the reference lists write them. An empty cell
//! says nothing about its field, unless the file asks in so many words to empty it. Rows with an error are not in it; they
//! are counted where the findings are.

use std::collections::BTreeSet;

use crate::model::{Field, Table};

/// One column per field, one row per row that was read without an error.
#[derive(Debug, Default)]
pub struct Delivered {
    pub fields: Vec<Field>,
    pub table: Table,
    /// The empty cells that ask to empty their field: the number of the row, and the column from 0.
    pub cleared: BTreeSet<(u32, usize)>,
}

impl Delivered {
    pub fn column(&self, field: &Field) -> Option<usize> {
        self.fields.iter().position(|known| known == field)
    }
}

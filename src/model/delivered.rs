//! Delivered: what a checked file says about people, row by row, in our fields and in canonical form.
//!
//! Canonical: trimmed, dates as `YYYY-MM-DD`, people by login, labels as the reference lists write them. An empty cell
//! says nothing about its field. Rows with an error are not in it; they are counted where the findings are.

use crate::model::{Field, Table};

/// One column per field, one row per row that was read without an error.
#[derive(Debug, Default)]
pub struct Delivered {
    pub fields: Vec<Field>,
    pub table: Table,
}

impl Delivered {
    pub fn column(&self, field: &Field) -> Option<usize> {
        self.fields.iter().position(|known| known == field)
    }
}

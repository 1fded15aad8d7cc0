//! A piece of a file: rows that follow one another, with what is wrong with their form.

use std::sync::Arc;

use crate::model::{Finding, Table};

/// Rows keep the numbers that they have in the file. Pieces are read side by side, and given in the order of the file.
#[derive(Debug, Default)]
pub struct Piece {
    /// As those of [`crate::format::Reading`]; [`Table::is_unended`] where the file ends in its last cell.
    pub table: Table,
    /// Errors and remarks about these rows, in the order of the file. Shared, because there may be very many.
    pub findings: Arc<Vec<Finding>>,
}

//! Bytes to table and back: CSV, XLSX, encodings, and the writer. To add a format: a file here, and a line in `read`.

pub mod cell;
mod csv;
pub mod dialect;
mod encoding;
mod heading;
mod package;
mod rows;
mod shown;
mod split;
mod unreadable;
mod writer;
mod xlsx;

pub use dialect::Dialect;
pub use writer::{Unencodable, Writer};

use crate::model::{Finding, Table};

/// A file that was read: what it holds, and what is wrong with its form.
#[derive(Debug)]
pub struct Reading {
    /// As written, without outer blanks; empty cells behind the last heading are left out.
    pub heading: Vec<String>,
    /// The rows below the heading that hold something. A row with an error among the findings is here too; its cells
    /// are not to be trusted.
    pub table: Table,
    /// In the order of the file; those about the whole file are in front.
    pub findings: Vec<Finding>,
    pub source: Source,
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub kind: Kind,
    pub encoding: &'static str,
    /// None for a workbook.
    pub separator: Option<char>,
    /// As a spreadsheet counts it, from 1.
    pub heading_row: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Csv,
    Xlsx,
}

/// Reads a file, whatever its form. `is_heading` knows the headings that are looked for: by them the heading row, the
/// separator and the sheet are found.
///
/// # Errors
/// The file is no table at all: one finding says what it is instead.
pub fn read(bytes: &[u8], is_heading: &dyn Fn(&str) -> bool) -> Result<Reading, Finding> {
    match unreadable::kind(bytes)? {
        Kind::Csv => csv::read(bytes, is_heading),
        Kind::Xlsx => xlsx::read(bytes, is_heading),
    }
}

//! Bytes to table and back: CSV, XLSX, encodings, and the writer. To add a format: a file here, and a line in `read`.

pub mod cell;
pub mod dialect;

pub use dialect::Dialect;

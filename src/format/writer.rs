//! The writer: rows become the bytes that a dialect asks for; the same rows become the same bytes.

use encoding_rs::{EncoderResult, WINDOWS_1252};

use crate::format::Dialect;
use crate::format::dialect::{Encoding, LineEnding, Quoting};

/// Writes a file in memory, row by row.
#[derive(Debug)]
pub struct Writer {
    separator: char,
    quoting: Quoting,
    line_ending: &'static str,
    encoding: Encoding,
    bytes: Vec<u8>,
    /// The row that is being written, before it is encoded.
    row: String,
}

/// A character that the dialect's encoding does not have; its row was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{character}` cannot be written in the encoding of the file")]
pub struct Unencodable {
    /// Counted from 0.
    pub column: usize,
    pub character: char,
}

impl Writer {
    pub fn new(dialect: &Dialect) -> Writer {
        let line_ending = match dialect.line_ending {
            LineEnding::Lf => "\n",
            LineEnding::Crlf => "\r\n",
        };
        let mark: &[u8] = match (dialect.encoding, dialect.byte_order_mark) {
            (Encoding::Utf8, true) => b"\xef\xbb\xbf",
            _ => b"",
        };
        Writer {
            separator: dialect.separator,
            quoting: dialect.quoting,
            line_ending,
            encoding: dialect.encoding,
            bytes: mark.to_vec(),
            row: String::new(),
        }
    }

    /// Writes a row whole, or not at all.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), Unencodable> {
        for (column, cell) in cells.iter().enumerate() {
            self.check(column, cell.as_ref())?;
        }
        self.row.clear();
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                self.row.push(self.separator);
            }
            self.cell(cell.as_ref());
        }
        self.row.push_str(self.line_ending);
        match self.encoding {
            Encoding::Utf8 => self.bytes.extend_from_slice(self.row.as_bytes()),
            Encoding::Windows1252 => self.bytes.extend_from_slice(&WINDOWS_1252.encode(&self.row).0),
        }
        Ok(())
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn cell(&mut self, cell: &str) {
        if self.quoting == Quoting::WhereNeeded && !self.needs_quotes(cell) {
            return self.row.push_str(cell);
        }
        self.row.push('"');
        for (part, piece) in cell.split('"').enumerate() {
            if part > 0 {
                self.row.push_str("\"\"");
            }
            self.row.push_str(piece);
        }
        self.row.push('"');
    }

    /// Outer blanks are often lost without quotes.
    fn needs_quotes(&self, cell: &str) -> bool {
        cell.contains([self.separator, '"', '\r', '\n']) || cell.trim() != cell
    }

    fn check(&self, column: usize, cell: &str) -> Result<(), Unencodable> {
        match self.encoding {
            Encoding::Utf8 => Ok(()),
            Encoding::Windows1252 => match first_outside_windows_1252(cell) {
                Some(character) => Err(Unencodable { column, character }),
                None => Ok(()),
            },
        }
    }
}

fn first_outside_windows_1252(text: &str) -> Option<char> {
    let mut encoder = WINDOWS_1252.new_encoder();
    let mut room = vec![0; text.len() + 1];
    match encoder.encode_from_utf8_without_replacement(text, &mut room, true).0 {
        EncoderResult::Unmappable(character) => Some(character),
        EncoderResult::InputEmpty | EncoderResult::OutputFull => {
            text.chars().find(|letter| ('\u{80}'..'\u{a0}').contains(letter))
        }
    }
}

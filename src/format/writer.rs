//! The writer: rows become the bytes that a dialect asks for; the same rows become the same bytes.

use encoding_rs::{EncoderResult, WINDOWS_1252};
use memchr::{memchr_iter, memchr3};

use crate::format::Dialect;
use crate::format::dialect::{Encoding, LineEnding, Quoting};
use crate::format::form::Cell;

/// Writes a file in memory, row by row.
#[derive(Debug)]
pub struct Writer {
    separator: char,
    quoting: Quoting,
    line_ending: &'static str,
    encoding: Encoding,
    /// None: no row is written without a look at each cell.
    plain_separator: Option<u8>,
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
        let plain_separator = u8::try_from(dialect.separator).ok().filter(u8::is_ascii);
        Writer {
            separator: dialect.separator,
            quoting: dialect.quoting,
            line_ending,
            encoding: dialect.encoding,
            plain_separator: plain_separator.filter(|_| dialect.quoting == Quoting::WhereNeeded),
            bytes: mark.to_vec(),
            row: String::new(),
        }
    }

    /// Writes a row whole, or not at all.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), Unencodable> {
        for (column, cell) in cells.iter().enumerate() {
            self.check(column, cell.as_ref())?;
        }
        self.write(cells.iter().map(AsRef::as_ref));
        Ok(())
    }

    /// # Panics
    /// When the encoding lacks a character.
    pub(super) fn cells(&mut self, cells: &[Cell<'_>]) {
        let lacks = |cell: &Cell<'_>| matches!(cell, Cell::Text(text) if self.encoding.lacks(text).is_some());
        assert!(!cells.iter().any(lacks), "the cells were checked for characters that the encoding lacks");
        self.write(cells.iter().map(Cell::as_text));
    }

    fn write(&mut self, cells: impl Iterator<Item = impl AsRef<str>> + Clone) {
        if !self.write_plain(cells.clone()) {
            self.write_quoted(cells);
        }
        self.row.push_str(self.line_ending);
        match self.encoding {
            Encoding::Utf8 => self.bytes.extend_from_slice(self.row.as_bytes()),
            Encoding::Windows1252 => self.bytes.extend_from_slice(&WINDOWS_1252.encode(&self.row).0),
        }
    }

    /// Writes the cells as they stand; false where that may not do. Most rows are looked at as a whole, which is quicker than
    /// to look at each cell.
    fn write_plain(&mut self, cells: impl Iterator<Item = impl AsRef<str>>) -> bool {
        let Some(separator) = self.plain_separator else { return false };
        self.row.clear();
        let (mut separators, mut has_blanks) = (0, false);
        for (column, cell) in cells.enumerate() {
            if column > 0 {
                self.row.push(char::from(separator));
            }
            separators = column;
            has_blanks |= has_outer_blanks(cell.as_ref());
            self.row.push_str(cell.as_ref());
        }
        let row = self.row.as_bytes();
        !has_blanks && memchr3(b'"', b'\r', b'\n', row).is_none() && memchr_iter(separator, row).count() == separators
    }

    fn write_quoted(&mut self, cells: impl Iterator<Item = impl AsRef<str>>) {
        self.row.clear();
        for (column, cell) in cells.enumerate() {
            if column > 0 {
                self.row.push(self.separator);
            }
            self.cell(cell.as_ref());
        }
    }

    /// What was written and not taken yet.
    pub(super) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
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
        has_outer_blanks(cell) || cell.contains([self.separator, '"', '\r', '\n'])
    }

    fn check(&self, column: usize, cell: &str) -> Result<(), Unencodable> {
        match self.encoding.lacks(cell) {
            Some(character) => Err(Unencodable { column, character }),
            None => Ok(()),
        }
    }
}

fn has_outer_blanks(cell: &str) -> bool {
    match cell.as_bytes() {
        // So are nearly all cells.
        [b'!'..=b'~', .., b'!'..=b'~'] | [] => false,
        _ => cell.trim().len() < cell.len(),
    }
}

impl Encoding {
    /// A character of the text that it does not have.
    pub fn lacks(self, text: &str) -> Option<char> {
        match self {
            Encoding::Utf8 => None,
            Encoding::Windows1252 if text.is_ascii() => None,
            Encoding::Windows1252 => first_outside_windows_1252(text),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::date;

    fn dialect() -> Dialect {
        Dialect {
            separator: ';',
            quoting: Quoting::WhereNeeded,
            line_ending: LineEnding::Crlf,
            encoding: Encoding::Utf8,
            byte_order_mark: false,
            date: date::Format::parse("DD/MM/YYYY").expect("a format"),
            decimal: ',',
            formulas: crate::format::dialect::Formulas::MadeSafe,
        }
    }

    fn written(dialect: &Dialect, rows: &[&[&str]]) -> Vec<u8> {
        let mut writer = Writer::new(dialect);
        rows.iter().for_each(|row| writer.row(row).expect("it can be encoded"));
        writer.finish()
    }

    #[test]
    fn only_cells_that_would_be_misread_are_quoted() {
        let rows: &[&[&str]] =
            &[&["login", "note"], &["a;b", "say \"so\""], &["x\ny", " z "], &["00042", ""], &["é,|", "'"]];
        let expected = "login;note\r\n\"a;b\";\"say \"\"so\"\"\"\r\n\"x\ny\";\" z \"\r\n00042;\r\né,|;'\r\n";
        assert_eq!(String::from_utf8(written(&dialect(), rows)).as_deref(), Ok(expected));
    }

    #[test]
    fn every_choice_of_the_dialect_shows_in_the_bytes() {
        let rows: &[&[&str]] = &[&["é", ""]];
        let cases: [(Dialect, &[u8]); 6] = [
            (dialect(), b"\xc3\xa9;\r\n"),
            (Dialect { line_ending: LineEnding::Lf, ..dialect() }, b"\xc3\xa9;\n"),
            (Dialect { quoting: Quoting::Always, ..dialect() }, b"\"\xc3\xa9\";\"\"\r\n"),
            (Dialect { separator: '\t', ..dialect() }, b"\xc3\xa9\t\r\n"),
            (Dialect { byte_order_mark: true, ..dialect() }, b"\xef\xbb\xbf\xc3\xa9;\r\n"),
            (Dialect { encoding: Encoding::Windows1252, ..dialect() }, b"\xe9;\r\n"),
        ];
        for (dialect, expected) in cases {
            assert_eq!(written(&dialect, rows), expected, "{dialect:?}");
        }
    }

    proptest! {
        #[test]
        fn a_row_looked_at_as_a_whole_becomes_what_its_cells_become(
            cells in proptest::collection::vec("[ab;,\t\"é\r\n \u{a0}-]{0,4}", 1..4),
            separator in proptest::sample::select(vec![';', ',', '\t', '¦']),
        ) {
            let mut whole = Writer::new(&Dialect { separator, ..dialect() });
            let mut each = Writer { plain_separator: None, ..Writer::new(&Dialect { separator, ..dialect() }) };
            for writer in [&mut whole, &mut each] {
                writer.row(&cells).expect("UTF-8 has every character");
            }
            prop_assert_eq!(whole.finish(), each.finish());
        }
    }

    #[test]
    fn a_row_that_cannot_be_encoded_is_not_written_at_all() {
        let mut writer = Writer::new(&Dialect { encoding: Encoding::Windows1252, ..dialect() });
        writer.row(&["a", "œ€"]).expect("Windows-1252 has both");
        for (cell, character) in [("Łódź", 'Ł'), ("日本", '日'), ("a\u{81}", '\u{81}')] {
            assert_eq!(writer.row(&["b", cell]), Err(Unencodable { column: 1, character }));
        }
        assert_eq!(writer.finish(), b"a;\x9c\x80\r\n");
    }
}

//! Again: rows of a file, written in the form in which the file came.

use encoding_rs::{EncoderResult, Encoding};
use unicode_normalization::UnicodeNormalization;

use crate::format::dialect::{self, Formulas, LineEnding, Quoting};
use crate::format::{Dialect, Kind, Source, Unencodable, Writer, encoding};
use crate::model::date;

const MARK: char = '\u{feff}';

/// Writes rows as the file had them: with its separator, its quotes, its line ends and its encoding. Rows of a workbook
/// become what a spreadsheet opens as it is.
pub struct Again {
    writer: Writer,
    form: Form,
}

/// What a [`Dialect`] does not say.
enum Form {
    Utf8 { mark: bool },
    Utf16 { to_bytes: fn(u16) -> [u8; 2] },
    Other(&'static Encoding),
}

impl Again {
    /// Bytes from which the form is told: headings are at the top.
    pub const LOOKED_AT: usize = 64 * 1024;

    /// `bytes` are the first ones of the file from which `source` was told.
    pub fn new(bytes: &[u8], source: &Source) -> Again {
        let top = encoding::decode(&bytes[..bytes.len().min(Again::LOOKED_AT)], None);
        let (top, _) = top.expect("what is in memory can be read");
        let separator = source.separator.unwrap_or(';');
        let is_workbook = source.kind != Kind::Csv;
        let dialect = Dialect {
            separator,
            quoting: if !is_workbook { quoting(&top, separator, source.heading_row) } else { Quoting::WhereNeeded },
            line_ending: if is_workbook { LineEnding::Crlf } else { line_ending(&top) },
            // It is encoded at the end.
            encoding: dialect::Encoding::Utf8,
            byte_order_mark: false,
            date: date::Format::parse("DD/MM/YYYY").expect("it is one"),
            decimal: ',',
            formulas: Formulas::AsTheyAre,
        };
        let form = if is_workbook { Form::Utf8 { mark: true } } else { form(bytes, source) };
        Again { writer: Writer::new(&dialect), form }
    }

    pub fn row(&mut self, cells: &[impl AsRef<str>]) {
        let written: Result<(), Unencodable> = self.writer.row(cells);
        written.expect("UTF-8 has every character");
    }

    /// What the encoding does not have is written with letters that it has.
    pub fn finish(self) -> Vec<u8> {
        let text = String::from_utf8(self.writer.finish()).expect("it was written as UTF-8");
        match self.form {
            Form::Utf8 { mark: false } => text.into_bytes(),
            Form::Utf8 { mark: true } => (String::from(MARK) + &text).into_bytes(),
            Form::Utf16 { to_bytes } => (String::from(MARK) + &text).encode_utf16().flat_map(to_bytes).collect(),
            Form::Other(encoding) => encode(&text, encoding),
        }
    }
}

fn form(bytes: &[u8], source: &Source) -> Form {
    match source.encoding {
        _ if bytes.starts_with(b"\xff\xfe") => Form::Utf16 { to_bytes: u16::to_le_bytes },
        _ if bytes.starts_with(b"\xfe\xff") => Form::Utf16 { to_bytes: u16::to_be_bytes },
        "UTF-16" => Form::Utf16 { to_bytes: u16::to_le_bytes },
        "UTF-8" => Form::Utf8 { mark: bytes.starts_with(b"\xef\xbb\xbf") },
        other => Encoding::for_label(other.as_bytes()).map_or(Form::Utf8 { mark: true }, Form::Other),
    }
}

/// The heading line tells: who quotes all cells quotes those.
fn quoting(top: &str, separator: char, heading_row: u32) -> Quoting {
    let heading = top.lines().nth(heading_row as usize - 1).unwrap_or_default();
    let is_quoted = |cell: &str| cell.len() > 1 && cell.starts_with('"') && cell.ends_with('"');
    match heading.split(separator).map(str::trim).all(is_quoted) {
        true => Quoting::Always,
        false => Quoting::WhereNeeded,
    }
}

/// A carriage return alone is what no program writes today: it becomes that and a line feed.
fn line_ending(top: &str) -> LineEnding {
    let end = top.find(['\r', '\n']).map(|end| &top[end..]);
    match end {
        Some(end) if end.starts_with('\n') => LineEnding::Lf,
        _ => LineEnding::Crlf,
    }
}

fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let mut encoder = encoding.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        let room = encoder.max_buffer_length_from_utf8_without_replacement(rest.len()).unwrap_or(rest.len());
        bytes.reserve(room);
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        rest = &rest[read..];
        match result {
            EncoderResult::InputEmpty => return bytes,
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(letter) => bytes.extend_from_slice(plain(letter).as_bytes()),
        }
    }
}

/// In ASCII, and without a sign that separates or quotes.
fn plain(letter: char) -> String {
    match letter {
        '→' => "->".into(),
        '≤' => "<=".into(),
        '≥' => ">=".into(),
        '\u{a0}' | '\u{202f}' => " ".into(),
        _ => {
            let letters: String = letter.nfkd().filter(|part| part.is_ascii_alphanumeric() || *part == '.').collect();
            if letters.is_empty() { "?".into() } else { letters }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    fn again(bytes: &[u8], row: &[&str]) -> Vec<u8> {
        let reading = format::read(bytes, &|heading| ["login", "name"].contains(&heading)).expect("a table");
        let mut again = Again::new(bytes, &reading.source);
        again.row(&reading.heading);
        again.row(row);
        again.finish()
    }

    #[test]
    fn rows_are_written_as_the_file_had_them() {
        let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let cases: [(&[u8], &[u8]); 6] = [
            (b"login;name\nada;Ada\n", b"login;name\nz;\xc3\xa9\n"),
            (b"\xef\xbb\xbflogin,name\r\nada,Ada\r\n", b"\xef\xbb\xbflogin,name\r\nz,\xc3\xa9\r\n"),
            (b"\"login\";\"name\"\r\n\"ada\";\"Ada\"", b"\"login\";\"name\"\r\n\"z\";\"\xc3\xa9\"\r\n"),
            (b"login\tname\nada\tAd\xe9", b"login\tname\nz\t\xe9\n"),
            (b"Users\nlogin;name\nada;Ada", b"login;name\nz;\xc3\xa9\n"),
            (&utf_16("\u{feff}login;name\nada;Adé"), &utf_16("\u{feff}login;name\nz;é\n")),
        ];
        for (file, expected) in cases {
            let written = again(file, &["z", "é"]);
            assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(expected));
            assert_eq!(written, expected);
        }
    }

    #[test]
    fn what_an_encoding_does_not_have_is_written_with_letters_that_it_has() {
        let written = again(b"login;name\nada;Ad\xe9\n", &["Łódź → x…", "日\u{fffd} ≤ ő"]);
        assert_eq!(written, b"login;name\n?\xf3dz -> x\x85;?? <= o\n");
    }
}

//! Bytes to table and back: CSV, workbooks, encodings, and the writer. To add a format: a file here, and a line in `read`.
#![expect(clippy::result_large_err, reason = "a file is refused once; a finding in a box would be in everyone's way")]

mod again;
mod body;
pub mod cell;
mod code;
mod csv;
mod cut;
pub mod dialect;
mod encoding;
pub mod form;
mod head;
mod heading;
pub mod image;
mod intake;
mod json_lines;
mod layout;
mod lost;
mod marks;
mod package;
mod part;
mod piece;
mod problem;
mod quote;
mod relay;
mod rows;
mod scribe;
mod separator;
mod shape;
mod shown;
mod signs;
mod split;
mod stray_byte;
mod suspect;
mod tally;
mod trailer;
mod unreadable;
mod whole;
pub mod workbook;
mod workbook_writer;
mod writer;
mod xlsx;

pub use again::Again;
pub use csv::{Opened, open};
pub use dialect::Dialect;
pub use form::{Cell, Form};
pub use image::Image;
pub use piece::Piece;
pub use problem::Problem;
pub use scribe::Scribe;
pub use workbook_writer::WorkbookWriter;
pub use writer::{Unencodable, Writer};

use serde::{Deserialize, Serialize};

use crate::format::dialect::Encoding;
use crate::model::{Finding, Rule, Table, Text};

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Csv,
    Xlsx,
    Xls,
    Ods,
}

/// Every finding that reading and writing files can give, by what it is about.
pub static RULES: &[(Text, &[&Rule])] = &[
    (
        Text::of("The form of a file", "La forme d'un fichier"),
        &[
            &unreadable::NOT_A_TABLE,
            &encoding::ENCODING,
            &encoding::UNKNOWN_ENCODING,
            &stray_byte::BAD_BYTE,
            &stray_byte::INNER_MARK,
            &stray_byte::NUL_BYTE,
            &separator::SEPARATOR,
            &heading::TITLE_ROW,
            &heading::REPEATED_HEADING,
            &heading::SECOND_HEADING,
            &quote::QUOTE_INSIDE,
            &quote::STRAY_QUOTE,
            &quote::UNCLOSED_QUOTE,
            &shape::ROW_TOO_LONG,
            &shape::ROW_TOO_SHORT,
            &shape::TRAILING_SEPARATOR,
            &shape::CUT_FILE,
            &trailer::TRAILER_ROW,
            &tally::NO_ROWS,
            &rows::BLANK_ROW,
            &rows::CELL_TOO_LONG,
            &tally::MORE_REMARKS,
            &tally::TOO_MANY_ERRORS,
        ],
    ),
    (
        Text::of("A workbook", "Un classeur"),
        &[
            &workbook::SHEET,
            &workbook::CELL_WITHOUT_HEADING,
            &layout::HIDDEN_CELLS,
            &layout::MERGED_CELLS,
            &layout::UNCALCULATED,
            &package::TOO_LARGE,
            &workbook::DAMAGED,
            &workbook::PROTECTED,
            &workbook::UNREADABLE,
        ],
    ),
    (
        Text::of("A value in a partner's column", "Une valeur dans la colonne d'un partenaire"),
        &[&problem::NOT_AN_AMOUNT, &problem::NOT_A_DATE, &problem::NOT_IN_CORRESPONDENCE, &problem::VALUE_TOO_LONG],
    ),
];

/// Reads a file, whatever its form. `is_heading` knows the headings that are looked for: by them the heading row, the
/// separator and the sheet are found.
///
/// # Errors
/// The file is no table at all: one finding says what it is instead.
pub fn read(bytes: &[u8], is_heading: &(dyn Fn(&str) -> bool + Sync)) -> Result<Reading, Finding> {
    read_as(bytes, None, is_heading)
}

/// The same, where the encoding of text files is stated.
///
/// # Errors
/// As those of [`read`].
pub fn read_as(
    bytes: &[u8],
    encoding: Option<Encoding>,
    is_heading: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Reading, Finding> {
    match workbook::is_one(bytes) {
        true => workbook::read(bytes, is_heading),
        false => csv::read(bytes, encoding, is_heading),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::format::dialect::{Formulas, LineEnding, Quoting};
    use crate::model::{Language, date};

    fn is_heading(heading: &str) -> bool {
        ["A", "B", "C"].contains(&heading)
    }

    fn rows(reading: &Reading) -> Vec<(u32, Vec<String>)> {
        reading.table.rows().map(|row| (row.number(), row.cells().map(String::from).collect())).collect()
    }

    #[test]
    fn every_rule_of_the_room_is_listed_once_and_says_all_in_both_languages() {
        let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/format");
        let mut written = BTreeSet::new();
        for file in std::fs::read_dir(room).expect("the room is there") {
            let path = file.expect("it can be listed").path();
            // What is behind a folder are tests.
            let text = if path.is_dir() { continue } else { std::fs::read_to_string(path).expect("it can be read") };
            let codes = text.split(": Rule = Rule {\n").skip(1).filter_map(|rule| rule.split('"').nth(1));
            written.extend(codes.map(String::from));
        }
        let rules = || RULES.iter().flat_map(|(_, rules)| *rules);
        let listed: Vec<&str> = rules().map(|rule| rule.code).collect();
        assert_eq!(listed.len(), written.len());
        assert_eq!(listed.into_iter().map(String::from).collect::<BTreeSet<String>>(), written);
        for rule in rules() {
            for text in [&rule.meaning, &rule.correction] {
                let (english, french) = (text.is(Language::English), text.is(Language::French));
                assert!(!english.is_empty() && !french.is_empty() && english != french, "{}", rule.code);
            }
            assert_ne!(rule.example.wrong, rule.example.right, "{}", rule.code);
        }
    }

    #[test]
    fn what_an_example_says_is_so() {
        let is_heading = |heading: &str| ["login", "firstName", "lastName", "department"].contains(&heading);
        let shows = |text: &str, code: &str| {
            let text =
                text.replace('␀', "\0").replace("<U+FEFF>", "\u{feff}") + if code == "cut-file" { "" } else { "\n" };
            let findings = match read(text.as_bytes(), &is_heading) {
                Ok(reading) => reading.findings,
                Err(refusal) => vec![refusal],
            };
            findings.iter().any(|finding| finding.code == code)
        };
        let files = RULES.iter().flat_map(|(_, rules)| *rules).filter(|rule| rule.example.right.starts_with("login;"));
        for rule in files.filter(|rule| !rule.example.wrong.ends_with('…')) {
            assert!(shows(rule.example.wrong, rule.code), "{}: {}", rule.code, rule.example.wrong);
            assert!(!shows(rule.example.right, rule.code), "{}: {}", rule.code, rule.example.right);
        }
    }

    /// Bytes as they are in tables, often enough in the wrong place.
    fn odd_text() -> impl Strategy<Value = Vec<u8>> {
        let pieces: Vec<&[u8]> = vec![
            b";",
            b";",
            b",",
            b"\"",
            b"\"",
            b"\"\"",
            b"\n",
            b"\r\n",
            b"\r",
            b" ",
            b"\t",
            b"a",
            b"b;c;d\n",
            b"\0",
            b"\xe9",
            b"\xc3\xa9",
            b"\xef\xbf\xbd",
            b"\xef\xbb\xbf",
            b"\x81",
            b"\"x\ny\"",
        ];
        prop::collection::vec(prop::sample::select(pieces), 0..80).prop_map(|pieces| pieces.concat())
    }

    fn letters(text: &str) -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).collect()
    }

    /// Whatever stands below the headings is in a cell, in its order, or in a row that is said to be passed over.
    fn check_that_nothing_is_lost(text: &[u8]) -> Result<(), TestCaseError> {
        let Ok(reading) = read(&[b"A;B;C\n", text].concat(), &is_heading) else { return Ok(()) };
        let decoded = match reading.source.encoding {
            "UTF-8" => String::from_utf8_lossy(text),
            _ => encoding_rs::WINDOWS_1252.decode_without_bom_handling(text).0,
        };
        let cells: String = reading.table.rows().flat_map(|row| row.cells()).collect();
        prop_assert_eq!(letters(&cells), letters(&decoded));
        Ok(())
    }

    /// How an editor counts: a LF, a CRLF and a lone CR each end a line.
    fn editor_line(text: &str, at: usize) -> u32 {
        let breaks = text[..at].replace("\r\n", "\n").matches(['\r', '\n']).count();
        1 + breaks as u32
    }

    /// Rows with quoted line breaks among blank ones, each with the line break behind it.
    fn rows_and_breaks() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
        let rows =
            vec!["a;b;c", "a;\"b\nb\";c", "\"a\r\na\ra\";b;c", "a;b;\"\"\"c\n\nc\"", "a;\"b;c", "a;b", "", " ;;"];
        let breaks = vec!["\n", "\r\n", "\r"];
        prop::collection::vec((prop::sample::select(rows), prop::sample::select(breaks)), 1..30)
    }

    fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
        let Ok(reading) = read(bytes, &is_heading) else { return Ok(()) };
        let numbers: Vec<u32> = reading.table.rows().map(|row| row.number()).collect();
        prop_assert!(numbers.is_sorted_by(|one, next| one < next));
        prop_assert!(numbers.first().is_none_or(|first| *first > reading.source.heading_row));
        let lines: Vec<u32> = reading.table.rows().map(|row| row.line()).collect();
        prop_assert!(lines.is_sorted_by(|one, next| one < next));
        let is_spoilt = |number| reading.findings.iter().any(|it| it.is_error() && it.place.row == Some(number));
        for row in reading.table.rows().filter(|row| !is_spoilt(row.number())) {
            prop_assert_eq!(row.len(), reading.heading.len());
        }
        for finding in reading.findings.iter().filter(|finding| finding.is_error()) {
            prop_assert!(finding.place.row.is_none_or(|row| numbers.contains(&row)));
        }
        Ok(())
    }

    fn dialect(separator: char, quoting: Quoting, line_ending: LineEnding, byte_order_mark: bool) -> Dialect {
        Dialect {
            separator,
            quoting,
            line_ending,
            encoding: Encoding::Utf8,
            byte_order_mark,
            date: date::Format::parse("DD/MM/YYYY").expect("a format"),
            decimal: ',',
            formulas: Formulas::AsTheyAre,
        }
    }

    fn any_dialect() -> impl Strategy<Value = Dialect> {
        let separator = prop::sample::select(vec![';', ',', '\t', '|']);
        let quoting = prop::sample::select(vec![Quoting::WhereNeeded, Quoting::Always]);
        let line_ending = prop::sample::select(vec![LineEnding::Lf, LineEnding::Crlf]);
        (separator, quoting, line_ending, any::<bool>())
            .prop_map(|(separator, quoting, line_ending, mark)| dialect(separator, quoting, line_ending, mark))
    }

    fn any_rows() -> impl Strategy<Value = Vec<[String; 3]>> {
        // A cell of several lines that ends like a row does may be taken for two rows, and is reported.
        let ends_like_a_row = |cell: &String| cell.contains('\n') && cell.ends_with([';', ',', '|', '\t', '\n']);
        let cell = || "[a-c;,|\t\"é \n-]{0,6}".prop_filter("ends like a row", move |cell| !ends_like_a_row(cell));
        let row = ("[a-c]{1,4}", cell(), cell()).prop_map(|(first, second, third)| [first, second, third]);
        prop::collection::vec(row, 1..8)
    }

    fn written(dialect: &Dialect, rows: &[[String; 3]]) -> Vec<u8> {
        let mut writer = Writer::new(dialect);
        writer.row(&["A", "B", "C"]).expect("plain headings");
        rows.iter().for_each(|row| writer.row(row).expect("UTF-8 has every character"));
        writer.finish()
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            check(&bytes)?;
            check(&[b"A;B;C\n".as_slice(), &bytes].concat())?;
        }

        #[test]
        fn rows_and_lines_are_counted_as_a_spreadsheet_and_an_editor_do(rows_in in rows_and_breaks()) {
            let mut text = "A;B;C\r\n".to_string();
            let mut expected = Vec::new();
            for ((row, end), number) in rows_in.iter().zip(2..) {
                // A lone CR and a LF behind it would be one line break.
                let end = if text.ends_with('\r') && row.is_empty() { "\r" } else { end };
                if !row.trim_matches([' ', ';']).is_empty() {
                    expected.push((number, editor_line(&text, text.len())));
                }
                text += row;
                text += end;
            }
            let reading = read(text.as_bytes(), &is_heading).expect("a table");
            let found: Vec<(u32, u32)> = reading.table.rows().map(|row| (row.number(), row.line())).collect();
            prop_assert_eq!(found, expected, "{:?}", text);
        }

        #[test]
        fn odd_text_is_read_to_its_end(text in odd_text()) {
            check_that_nothing_is_lost(&text)?;
            check(&text)?;
            check(&[b"A;B;C\n".as_slice(), &text].concat())?;
        }

        #[test]
        fn a_damaged_workbook_does_not_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            check(&[b"PK\x03\x04".as_slice(), &bytes].concat())?;
        }

        #[test]
        fn what_is_written_is_read_again(dialect in any_dialect(), rows_in in any_rows()) {
            let reading = read(&written(&dialect, &rows_in), &is_heading).expect("a table");
            prop_assert_eq!(&reading.heading, &["A", "B", "C"]);
            prop_assert!(reading.findings.iter().all(|it| !it.is_error()), "{:?}", reading.findings);
            let expected: Vec<Vec<String>> = rows_in.iter().map(|row| row.to_vec()).collect();
            prop_assert_eq!(rows(&reading).into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), expected);
        }

        #[test]
        fn a_cut_file_keeps_the_rows_before_the_cut(rows_in in any_rows(), quoting in any::<bool>()) {
            let quoting = if quoting { Quoting::Always } else { Quoting::WhereNeeded };
            let dialect = dialect(';', quoting, LineEnding::Crlf, false);
            let whole = rows(&read(&written(&dialect, &rows_in), &is_heading).expect("a table"));
            let bytes = written(&dialect, &rows_in);
            for kept in 0..=rows_in.len() {
                let end = written(&dialect, &rows_in[..kept]).len();
                let next = written(&dialect, &rows_in[..rows_in.len().min(kept + 1)]).len();
                for cut in end..=next {
                    let reading = read(&bytes[..cut], &is_heading).expect("a table");
                    let found = rows(&reading);
                    prop_assert_eq!(&found[..kept], &whole[..kept]);
                    // Of a row without its end, only the last cell may be cut without a word.
                    if let Some((number, cells)) = found.get(kept) {
                        let is_said = reading.findings.iter().any(|it| it.is_error() && it.place.row == Some(*number));
                        prop_assert!(is_said || cells[..2] == whole[kept].1[..2], "{:?}", cells);
                    }
                }
            }
        }
    }
}

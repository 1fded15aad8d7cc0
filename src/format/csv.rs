//! CSV: the separator and the headings are recognised, then every row is taken in, with what is wrong with its form.

use std::borrow::Cow;
use std::iter;

use memchr::memmem;

use crate::format::encoding::{self, LOST};
use crate::format::heading::{self, COLUMNS_AT_MOST, Heading};
use crate::format::rows::{Rows, excerpt};
use crate::format::split::{Flaw, Row, Span, Splitter};
use crate::format::{Kind, Reading, Source, unreadable};
use crate::model::{Finding, Place, Table};

/// The first one is expected; of equally good ones the first is taken.
const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// # Errors
/// There is no text, or no end of columns.
pub(super) fn read(bytes: &[u8], is_heading: &dyn Fn(&str) -> bool) -> Result<Reading, Finding> {
    let decoded = encoding::decode(bytes);
    let (separator, heading) = recognise(&decoded.text, is_heading).ok_or_else(unreadable::is_empty)?;
    if heading.cells.len() > COLUMNS_AT_MOST {
        return Err(unreadable::too_many_columns());
    }
    let (table, of_rows) = Intake::new(&decoded.text, separator, &heading).run(&heading);
    let of_file = [decoded.remark, separator_remark(separator, &heading), heading.title()];
    let findings = of_file.into_iter().flatten().chain(of_rows).collect();
    let source = Source {
        kind: Kind::Csv,
        encoding: decoded.encoding,
        separator: Some(separator.into()),
        heading_row: heading.row,
    };
    Ok(Reading { heading: heading.cells, table, findings, source })
}

/// The separator under which most headings are known, or else the one that makes most of them.
fn recognise(text: &str, is_heading: &dyn Fn(&str) -> bool) -> Option<(u8, Heading)> {
    if text.bytes().all(|byte| byte.is_ascii_whitespace() || SEPARATORS.contains(&byte)) {
        return None;
    }
    let found = SEPARATORS.into_iter().rev().filter_map(|separator| {
        let heading = heading::choose(first_cells(Splitter::new(text, separator)), is_heading)?;
        Some((separator, heading))
    });
    found.max_by_key(|(_, heading)| (heading.known, heading.cells.len()))
}

fn first_cells(mut splitter: Splitter<'_>) -> impl Iterator<Item = (u32, Vec<Cow<'_, str>>)> {
    let mut row = Row::default();
    iter::from_fn(move || {
        let cells = splitter.next(&mut row).then(|| row.cells.iter().map(|span| splitter.text(*span)).collect());
        cells.map(|cells| (row.number, cells))
    })
}

fn separator_remark(separator: u8, heading: &Heading) -> Option<Finding> {
    let is_notable = separator != SEPARATORS[0] && heading.cells.len() > 1;
    let name = match separator {
        b'\t' => "a tab".to_string(),
        other => format!("`{}`", other as char),
    };
    let problem = format!("the cells are separated by {name}");
    is_notable.then(|| Finding::remark("separator", Place::FILE, problem).expected("`;`"))
}

/// One text on its way into a table.
struct Intake<'a> {
    splitter: Splitter<'a>,
    rows: Rows,
    suspects: [Suspect<'a>; 2],
    /// The first row with empty cells behind the last heading.
    surplus: Option<u32>,
}

impl<'a> Intake<'a> {
    fn new(text: &'a str, separator: u8, heading: &Heading) -> Intake<'a> {
        let suspects = [Suspect::new(text, LOST.encode_utf8(&mut [0; 4])), Suspect::new(text, "\0")];
        Intake { splitter: Splitter::new(text, separator), rows: Rows::below(heading), suspects, surplus: None }
    }

    fn run(mut self, heading: &Heading) -> (Table, Vec<Finding>) {
        let mut row = Row::default();
        while self.splitter.next(&mut row) && row.number < heading.row {}
        self.check_heading(&row, heading);
        self.splitter.width = Some(heading.cells.len());
        while self.splitter.next(&mut row) {
            if !self.splitter.is_blank(&row) {
                self.take(&row);
            }
        }
        let (table, mut findings) = self.rows.finish();
        findings.splice(0..0, self.surplus.map(surplus_remark));
        (table, findings)
    }

    fn take(&mut self, row: &Row) {
        self.rows.start(row.number, Some(row.line));
        let count = self.count(row);
        for span in row.cells.iter().take(count) {
            self.rows.cell(&self.splitter.text(*span));
        }
        if count < row.count {
            self.surplus = self.surplus.or(Some(row.number));
        }
        self.check_shape(row, count);
        self.check_bytes(row);
        self.rows.end();
    }

    /// The cells of a row, without the empty ones behind the last heading.
    fn count(&self, row: &Row) -> usize {
        let width = self.rows.width();
        if row.count <= width || row.count > row.cells.len() {
            return row.count;
        }
        let is_filled = |span: &Span| !self.splitter.text(*span).trim().is_empty();
        row.cells[width..].iter().rposition(is_filled).map_or(width, |last| width + last + 1)
    }

    /// Where quotes went wrong, the number of cells is wrong for that reason.
    fn check_shape(&mut self, row: &Row, count: usize) {
        let width = self.rows.width();
        if let Some((column, flaw)) = row.flaw {
            let read = row.cells.get(column).map(|span| self.splitter.text(*span)).unwrap_or_default();
            self.rows.report(quote_error(flaw, self.rows.place(column)).read(excerpt(&read)));
        } else if count > width {
            let problem = format!("has {}, and there are {}", cells(count), headings(width));
            let expected = "quotes around a cell that holds the separator, a quote or a line break: `\"R&D; tests\"`";
            self.rows.report(Finding::error("row-too-long", self.rows.row_place(), problem).expected(expected));
        } else if count < width {
            let problem = format!("has {}, and there are {}", cells(count), headings(width));
            let expected = "a cell below each heading, empty where there is nothing to say";
            self.rows.report(Finding::error("row-too-short", self.rows.row_place(), problem).expected(expected));
        }
    }

    fn check_bytes(&mut self, row: &Row) {
        let is_suspect = self.suspects.iter_mut().any(|suspect| suspect.is_in(row));
        if is_suspect {
            for (column, span) in row.cells.iter().enumerate() {
                self.rows.check_bytes(column, &self.splitter.text(*span));
            }
        }
    }

    /// Headings that cannot be told apart with certainty put every column in doubt: the file is refused.
    fn check_heading(&mut self, row: &Row, heading: &Heading) {
        if let Some((column, flaw)) = row.flaw {
            let read = heading.cells.get(column).cloned().unwrap_or_default();
            self.rows
                .report(quote_error(flaw, Place { column: Some(column as u32), ..Place::FILE }).read(excerpt(&read)));
        }
    }
}

fn quote_error(flaw: Flaw, place: Place) -> Finding {
    match flaw {
        Flaw::Unclosed => {
            Finding::error("unclosed-quote", place, "starts with a quote, and the one that closes is missing")
                .expected("a quote at both ends of the cell, or at none")
        }
        Flaw::Stray => Finding::error("stray-quote", place, "goes on behind its closing quote")
            .expected("quotes inside a quoted cell written twice: `\"Site \"\"Nord\"\"\"`"),
    }
}

fn surplus_remark(row: u32) -> Finding {
    let problem = format!("rows have separators behind the last cell, first in row {row}; they were passed over");
    Finding::remark("trailing-separator", Place::FILE, problem)
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".into() } else { format!("{count} cells") }
}

fn headings(count: usize) -> String {
    if count == 1 { "1 heading".into() } else { format!("{count} headings") }
}

/// Something that no cell should hold; asked of the whole text once, and of a cell only where it was found.
struct Suspect<'a> {
    bytes: &'a [u8],
    finder: memmem::Finder<'static>,
    next: Option<usize>,
}

impl<'a> Suspect<'a> {
    fn new(text: &'a str, what: &str) -> Suspect<'a> {
        let finder = memmem::Finder::new(what).into_owned();
        Suspect { bytes: text.as_bytes(), next: finder.find(text.as_bytes()), finder }
    }

    fn is_in(&mut self, row: &Row) -> bool {
        if self.next.is_some_and(|next| next < row.start) {
            self.next = self.finder.find(&self.bytes[row.start..]).map(|found| row.start + found);
        }
        self.next.is_some_and(|next| next < row.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_heading(heading: &str) -> bool {
        ["login", "mail", "note"].contains(&heading)
    }

    fn reading(text: &[u8]) -> Reading {
        read(text, &is_heading).expect("a table")
    }

    /// `number/line: cells`, a row a piece.
    fn rows(reading: &Reading) -> Vec<String> {
        let row = |row: crate::model::table::Row<'_>| {
            format!("{}/{}: {}", row.number(), row.line(), row.cells().collect::<Vec<_>>().join("|"))
        };
        reading.table.rows().map(row).collect()
    }

    /// `place code`, a finding a piece; errors with an exclamation mark.
    fn findings(reading: &Reading) -> Vec<String> {
        let finding = |finding: &Finding| {
            let place = finding.place.address().unwrap_or_else(|| "file".into());
            format!("{place} {}{}", finding.code, if finding.is_error() { "!" } else { "" })
        };
        reading.findings.iter().map(finding).collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_and_an_editor_number_them() {
        let expected = ["2/2: a|b\nc|d", "4/5: e|f|g"].map(|row| row.replace('\n', "~"));
        for line_break in ["\n", "\r\n", "\r"] {
            let text = "login;mail;note\na;\"b\nc\";d\n\ne;f;g\n".replace('\n', line_break);
            let reading = reading(text.as_bytes());
            let rows: Vec<String> = rows(&reading).iter().map(|row| row.replace(line_break, "~")).collect();
            assert_eq!(rows, expected, "{line_break:?}");
            assert_eq!(findings(&reading), ["3 blank-row"]);
        }
    }

    #[test]
    fn cells_are_read_with_and_without_quotes() {
        let cases = [
            ("a;b;c", "a|b|c"),
            ("\"a;1\";\"b \"\"2\"\"\";\"\"", "a;1|b \"2\"|"),
            (" \"a\" ;\t\"b\";c ", "a|b|c "),
            ("a;12\" pipe;c\"", "a|12\" pipe|c\""),
            ("a;\"\"\"\";c", "a|\"|c"),
            ("a;b;", "a|b|"),
            ("\"a\";\"b\";\"c\"", "a|b|c"),
            ("a;b;c;;;", "a|b|c"),
        ];
        for (line, cells) in cases {
            for end in ["", "\n", "\r\n", "\n\n;;\n"] {
                let reading = reading(format!("login;mail;note\n{line}{end}").as_bytes());
                assert_eq!(rows(&reading), [format!("2/2: {cells}")], "{line}{end}");
                assert!(!reading.findings.iter().any(Finding::is_error), "{line}");
            }
        }
    }

    #[test]
    fn a_quote_that_goes_wrong_spoils_its_own_row_only() {
        let many_lines = "x\n".repeat(15);
        let long_lines = format!("{}\n{}", "y".repeat(20_000), "z".repeat(20_000));
        let cases = [
            ("a;\"b;c\n", "2/2: a|\"b|c", "B2 unclosed-quote!"),
            ("a;\"b;c\nd;\"e\";f\n", "2/2: a|\"b|c", "B2 unclosed-quote!"),
            ("a;\"b;c\nd;e;\";f\"\n", "2/2: a|\"b|c", "B2 unclosed-quote!"),
            ("a;\"b;c\nd;\";f\n", "2/2: a|\"b|c", "B2 unclosed-quote!"),
            ("a;\"b\"c\";d\n", "2/2: a|\"b\"c\"|d", "B2 stray-quote!"),
            ("a;\"b\" c;d\n", "2/2: a|\"b\" c|d", "B2 stray-quote!"),
            (&format!("a;b;\"c\n{many_lines}\"\n"), "2/2: a|b|\"c", "C2 unclosed-quote!"),
            (&format!("a;b;\"{long_lines}\"\n"), &format!("2/2: a|b|\"{}", "y".repeat(20_000)), "C2 unclosed-quote!"),
            ("\"a;b;c\n", "2/2: \"a|b|c", "A2 unclosed-quote!"),
        ];
        for (text, row, finding) in cases {
            let reading = reading(format!("login;mail;note\n{text}1;2;3\n").as_bytes());
            assert!(rows(&reading)[0] == row, "{}: {}", rows(&reading)[0], reading.findings[0]);
            assert_eq!(findings(&reading)[0], finding, "{row}");
        }
        let reading = reading(b"login;mail;note\na;\"b;c\nd;e;f\ng;\"h\ni\";j\n");
        assert_eq!(rows(&reading), ["2/2: a|\"b|c", "3/3: d|e|f", "4/4: g|h\ni|j"]);
        assert_eq!(findings(&reading), ["B2 unclosed-quote!"]);
    }

    #[test]
    fn a_long_cell_of_several_lines_is_one_cell() {
        let text = "login;mail;note\na;\"1;2\n3\n\";c\nd;e;\"f\n\"\n";
        let reading = reading(text.as_bytes());
        assert_eq!(rows(&reading), ["2/2: a|1;2\n3\n|c", "3/5: d|e|f\n"]);
        assert_eq!(findings(&reading), [""; 0]);
    }

    #[test]
    fn a_row_of_another_length_than_the_headings_is_an_error() {
        let reading = reading(b"login;mail;note;;\na;b\nc;d;e;f\ng;h;i;;\nj;k;l;\n");
        assert_eq!(reading.heading, ["login", "mail", "note"]);
        assert_eq!(rows(&reading), ["2/2: a|b", "3/3: c|d|e|f", "4/4: g|h|i", "5/5: j|k|l"]);
        let expected = [
            "rows have separators behind the last cell, first in row 4; they were passed over",
            "row 2: has 2 cells, and there are 3 headings; expected a cell below each heading, empty where there is \
             nothing to say",
            "row 3: has 4 cells, and there are 3 headings; expected quotes around a cell that holds the separator, a quote \
             or a line break: `\"R&D; tests\"`",
        ];
        assert_eq!(reading.findings.iter().map(Finding::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_separator_is_the_one_that_makes_known_headings() {
        let cases = [
            ("login;mail\na;b\n", ';', vec![]),
            ("login,mail\na,b;c\n", ',', vec!["file separator"]),
            ("login\tmail\n\ta\n", '\t', vec!["file separator"]),
            ("login|mail\na|b\n", '|', vec!["file separator"]),
            ("\"login, first\";mail;x,y,z\na;b;c\n", ';', vec![]),
            ("login\na,b\n", ';', vec![]),
            ("unknown,other\na,b\n", ',', vec!["file separator"]),
        ];
        for (text, separator, expected) in cases {
            let reading = reading(text.as_bytes());
            assert_eq!(reading.source.separator, Some(separator), "{text}");
            assert_eq!(findings(&reading), expected, "{text}");
            assert_eq!(reading.table.len(), 1);
        }
    }

    #[test]
    fn a_title_above_the_headings_is_passed_over_and_said() {
        let reading = reading(b"Users of ACME;;\n\nlogin;mail;note\na;b;c\n");
        assert_eq!(reading.source.heading_row, 3);
        assert_eq!(rows(&reading), ["4/4: a|b|c"]);
        assert_eq!(findings(&reading), ["1 title-row"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_errors_of_their_cell() {
        let text = [b"login;mail\n".as_slice(), "é;è\nà;".as_bytes(), b"\xe9t\nx;\0y\nz;z\n"].concat();
        let reading = reading(&text);
        assert_eq!(reading.source.encoding, "UTF-8");
        assert_eq!(rows(&reading)[1..], ["3/3: à|\u{fffd}t", "4/4: x|\0y", "5/5: z|z"]);
        assert_eq!(findings(&reading), ["B3 bad-byte!", "B4 nul-byte!"]);
    }

    #[test]
    fn a_cell_longer_than_a_spreadsheet_takes_is_an_error() {
        let reading = reading(format!("login;mail\na;{}\nb;{}\n", "é".repeat(32_767), "é".repeat(32_768)).as_bytes());
        assert_eq!(findings(&reading), ["B3 cell-too-long!"]);
    }

    #[test]
    fn headings_alone_are_a_table_without_rows() {
        for text in ["login;mail", "login;mail\r\n\r\n;;\r\n"] {
            let reading = reading(text.as_bytes());
            assert!(reading.table.is_empty());
            assert_eq!(findings(&reading), ["file no-rows!"], "{text}");
        }
    }

    #[test]
    fn a_heading_row_with_a_quote_gone_wrong_refuses_the_file() {
        let reading = reading(b"login;\"mail;note\na;b;c\n");
        assert_eq!(findings(&reading), ["B unclosed-quote!"]);
    }

    #[test]
    fn what_has_no_text_or_no_end_of_columns_is_no_table() {
        let wide = "a;".repeat(COLUMNS_AT_MOST + 1) + "a\n";
        for (text, problem) in [
            ("", "the file is empty"),
            ("\u{feff}", "the file is empty"),
            (" \n;;\n\n", "the file is empty"),
            (&wide, "the heading row has more than 1000 cells"),
        ] {
            assert_eq!(read(text.as_bytes(), &is_heading).expect_err(problem).problem.to_string(), problem);
        }
    }
}

//! CSV: the separator and the headings are recognised, then every row is taken in, with what is wrong with its form.

use std::borrow::Cow;
use std::iter;

use crate::format::dialect::Encoding;
use crate::format::encoding;
use crate::format::heading::{self, COLUMNS_AT_MOST, Heading};
use crate::format::lost::{LOST, Lost};
use crate::format::rows::Rows;
use crate::format::separator::SEPARATORS;
use crate::format::shape::{self, Ragged, Shape};
use crate::format::split::{Row, Span, Splitter};
use crate::format::suspect::Suspect;
use crate::format::{Kind, Reading, Source, quote, separator, stray_byte, trailer, unreadable};
use crate::model::{Finding, Place, Table};

/// What DOS wrote behind the last line, and old systems still do.
const END_OF_FILE: char = '\u{1a}';

/// # Errors
/// There is no text, or no end of columns.
pub(super) fn read(
    bytes: &[u8],
    stated: Option<Encoding>,
    is_heading: &dyn Fn(&str) -> bool,
) -> Result<Reading, Finding> {
    let decoded = encoding::decode(bytes, stated);
    let text = decoded.text.strip_suffix(END_OF_FILE).unwrap_or(&decoded.text);
    if text.is_empty() {
        return Err(unreadable::is_empty());
    }
    let (splitter, heading) = recognise(text, is_heading).ok_or_else(unreadable::is_blank)?;
    if heading.cells.len() > COLUMNS_AT_MOST {
        return Err(unreadable::too_many_columns());
    }
    heading.check_lengths()?;
    let separator = splitter.separator();
    let intake = Intake::new(text, splitter, &heading, is_heading);
    let (table, of_rows) = intake.run(Letters { lost: decoded.lost, encoding: decoded.encoding });
    if table.is_empty() && heading.known == 0 && heading.cells.len() == 1 {
        return Err(unreadable::is_a_line_of_text());
    }
    let of_file = [decoded.remark, separator::remark(separator, heading.cells.len()), heading.title()];
    let findings = of_file.into_iter().flatten().chain(of_rows).collect();
    let source = Source {
        kind: Kind::Csv,
        encoding: decoded.encoding,
        separator: Some(separator.into()),
        heading_row: heading.row,
    };
    Ok(Reading { heading: heading.cells, table, findings, source })
}

/// The separator that the file states, or under which most headings are known, or else the one that makes most of them.
fn recognise<'a>(text: &'a str, is_heading: &dyn Fn(&str) -> bool) -> Option<(Splitter<'a>, Heading)> {
    let is_blank = |letter: char| {
        letter.is_whitespace()
            || letter == '\u{feff}'
            || u8::try_from(letter).is_ok_and(|byte| SEPARATORS.contains(&byte))
    };
    if text.chars().all(is_blank) {
        return None;
    }
    let splitters: Vec<Splitter<'a>> = match separator::stated(text) {
        Some((separator, rest)) => vec![Splitter::new(text, separator).behind_first_line(rest)],
        None => SEPARATORS.into_iter().rev().map(|separator| Splitter::new(text, separator)).collect(),
    };
    let found = splitters.into_iter().filter_map(|splitter| {
        let heading = heading::choose(first_cells(splitter.clone()), is_heading)?;
        Some((splitter, heading))
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

/// One text on its way into a table.
struct Intake<'a> {
    text: &'a str,
    splitter: Splitter<'a>,
    /// Where the rows below the heading start.
    below: Splitter<'a>,
    heading: &'a Heading,
    is_heading: &'a dyn Fn(&str) -> bool,
    rows: Rows,
    suspects: [Suspect<'a>; 2],
    /// Learnt when it is first asked for.
    shape: Option<Shape>,
    /// The last row that was too short, and how many cells it had.
    short_before: Option<(u32, usize)>,
    /// The first row with empty cells behind the last heading.
    surplus: Option<u32>,
    of_file: Vec<Finding>,
}

/// What became of the letters of the file.
struct Letters<'a> {
    lost: Lost<'a>,
    encoding: &'static str,
}

impl<'a> Intake<'a> {
    fn new(
        text: &'a str,
        splitter: Splitter<'a>,
        heading: &'a Heading,
        is_heading: &'a dyn Fn(&str) -> bool,
    ) -> Intake<'a> {
        let suspects = [Suspect::new(text, LOST.encode_utf8(&mut [0; 4])), Suspect::new(text, "\0")];
        let rows = Rows::below(heading);
        let (shape, short_before, surplus, of_file) = (None, None, None, Vec::new());
        let below = splitter.clone();
        Intake { text, splitter, below, heading, is_heading, rows, suspects, shape, short_before, surplus, of_file }
    }

    fn run(mut self, mut letters: Letters<'_>) -> (Table, Vec<Finding>) {
        let mut row = Row::default();
        while self.splitter.next(&mut row) && row.number < self.heading.row {}
        self.check_heading(&row);
        self.splitter.width = Some(self.heading.cells.len());
        self.below = self.splitter.clone();
        while self.splitter.next(&mut row) {
            if !self.splitter.is_blank(&row) {
                self.take(&row, &mut letters);
            }
        }
        let (table, of_rows) = self.rows.finish();
        let surplus = self.surplus.map(shape::surplus);
        (table, surplus.into_iter().chain(self.of_file).chain(of_rows).collect())
    }

    fn take(&mut self, row: &Row, letters: &mut Letters<'_>) {
        self.rows.start(row.number, Some(row.line));
        if row.marked {
            self.rows.report(stray_byte::inner_mark(self.rows.row_place()));
        }
        if let Some(finding) = self.other_than_a_person(row) {
            return self.pass_over(finding);
        }
        let count = self.count(row);
        for span in row.cells.iter().take(count) {
            self.rows.cell(&self.splitter.text(*span));
        }
        if count < row.count {
            self.surplus = self.surplus.or(Some(row.number));
        }
        match self.text[row.start..row.end].bytes().all(|byte| byte == 0) {
            true => self.rows.report(shape::unwritten(self.rows.row_place())),
            false => {
                self.check_shape(row, count);
                self.check_bytes(row, letters);
            }
        }
        self.rows.end();
    }

    /// A heading row further down, or a last row that sums the others up.
    fn other_than_a_person(&self, row: &Row) -> Option<Finding> {
        let first = self.splitter.text(*row.cells.first()?);
        let place = self.rows.row_place();
        if row.marked || self.heading.may_start_with(first.trim()) {
            let again = self.heading.again(&place, &self.cells(row), self.is_heading);
            if again.is_some() {
                return again;
            }
        }
        let is_last = self.splitter.is_at_end();
        is_last.then(|| trailer::finding(place, &self.cells(row), self.rows.width()))?
    }

    fn pass_over(&mut self, finding: Finding) {
        match finding.place.row {
            Some(_) => self.rows.report(finding),
            None => self.of_file.push(finding),
        }
    }

    fn cells(&self, row: &Row) -> Vec<Cow<'a, str>> {
        row.cells.iter().map(|span| self.splitter.text(*span)).collect()
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
            // Where the cells of the row cannot be told apart, none of them is trusted.
            let place =
                Place { column: self.rows.place(column).column.filter(|_| count == width), ..self.rows.place(column) };
            let cell = row.cells.get(column).map(|span| self.splitter.text(*span)).unwrap_or_default();
            self.rows.report(quote::error(flaw, place, &cell));
        } else if count != width {
            let mut cells = self.cells(row);
            cells.truncate(count);
            let short_before = self.short_before.take().filter(|(before, _)| before + 1 == row.number);
            self.short_before = (count < width).then_some((row.number, count));
            let ragged = Ragged { place: self.rows.row_place(), cells, count, unended: row.unended, short_before };
            let separator = self.splitter.separator().into();
            let heading = self.heading;
            let finding = self.shape().error(&ragged, &heading.cells, separator);
            self.rows.report(finding);
        } else if row.unended {
            self.check_last_cell(row, width - 1);
        }
        if let Some(column) = row.quote_inside {
            let cell = row.cells.get(column).map(|span| self.splitter.text(*span)).unwrap_or_default();
            self.rows.report(quote::inside(self.rows.place(column), &cell));
        }
    }

    fn check_last_cell(&mut self, row: &Row, column: usize) {
        let cell = self.splitter.text(row.cells[column]);
        if self.shape().is_cut(column, &cell) {
            self.rows.report(shape::cut_cell(self.rows.place(column), &cell));
        }
    }

    fn shape(&mut self) -> &Shape {
        self.shape.get_or_insert_with(|| Shape::learn(self.below.clone(), self.heading.cells.len()))
    }

    fn check_bytes(&mut self, row: &Row, letters: &mut Letters<'_>) {
        if !self.suspects.iter_mut().any(|suspect| suspect.is_in(row)) {
            return;
        }
        for (column, span) in row.cells.iter().enumerate() {
            let (place, cell) = (self.rows.place(column), self.splitter.text(*span));
            if let Some(at) = self.text[span.range()].find(LOST) {
                let bytes = letters.lost.at(self.text, span.range().start + at);
                let bytes = bytes.map(|bytes| (bytes, letters.encoding));
                self.rows.report(stray_byte::lost_letter(place.clone(), &cell, bytes));
            }
            if cell.contains('\0') {
                self.rows.report(stray_byte::nul(place, &cell));
            }
        }
    }

    /// Headings that cannot be told apart with certainty put every column in doubt: the file is refused.
    fn check_heading(&mut self, row: &Row) {
        if let Some((column, flaw)) = row.flaw {
            let cell = self.heading.cells.get(column).map_or("", String::as_str);
            let place = Place { column: Some(column as u32), ..Place::FILE };
            self.rows.report(quote::error(flaw, place, cell));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_heading(heading: &str) -> bool {
        ["login", "mail", "note"].contains(&heading)
    }

    fn reading(text: &[u8]) -> Reading {
        read(text, None, &is_heading).expect("a table")
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
            ("a;12\" pipe;c \"d\"", "a|12\" pipe|c \"d\""),
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
            "row 2: has 2 cells for 3 headings: it stops before `note`; expected a cell below each heading, empty where there is \
             nothing to say",
            "row 3: has 4 cells for 3 headings; expected quotes around a cell that holds the separator, a quote or a line \
             break: `\"R&D; tests\"`",
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
            (" \n;;\n\n", "the file holds nothing but blanks"),
            (&"é".repeat(2_000), "a cell of the heading row has more than 1000 characters"),
            (&wide, "the heading row has more than 1000 cells"),
        ] {
            assert_eq!(read(text.as_bytes(), None, &is_heading).expect_err(problem).problem.to_string(), problem);
        }
    }
}

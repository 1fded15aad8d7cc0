//! CSV: the separator and the headings are recognised, then every row is taken in, with what is wrong with its form.

use std::borrow::Cow;

use crate::format::dialect::Encoding;
use crate::format::encoding;
use crate::format::heading::{COLUMNS_AT_MOST, Heading};
use crate::format::lost::{LOST, Lost};
use crate::format::rows::Rows;
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
    let (splitter, heading) = separator::recognise(text, is_heading).ok_or_else(unreadable::is_blank)?;
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
        while !self.rows.is_hopeless() && self.splitter.next(&mut row) {
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
        let mut count = self.count(row);
        if count < row.count && !self.shape().ends_in_separators() {
            count = row.count;
        }
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
        if row.unended && row.count == self.rows.width() {
            self.rows.leave_unended();
        }
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
mod tests;

//! CSV: the separator and the headings are recognised, then every row is taken in, with what is wrong with its form.

use std::borrow::Cow;
use std::iter;

use memchr::memmem;

use crate::format::encoding::{self, LOST};
use crate::format::heading::{self, COLUMNS_AT_MOST, Heading};
use crate::format::rows::Rows;
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
            self.rows.report(quote_error(flaw, self.rows.place(column)).read(read));
        } else if count > width {
            let problem = format!("has {}, and there are {}", cells(count), headings(width));
            let expected = "a cell that holds the separator, a quote or a line break in quotes: `\"R&D; tests\"`";
            self.rows.report(Finding::error("row-too-long", self.rows.row_place(), problem).expected(expected));
        } else if count < width {
            let problem = format!("has {}, and there are {}", cells(count), headings(width));
            let expected = "a cell below each heading, empty where there is nothing to say";
            self.rows.report(Finding::error("row-too-short", self.rows.row_place(), problem).expected(expected));
        }
    }

    fn check_bytes(&mut self, row: &Row) {
        let is_suspect = self.suspects.iter_mut().fold(false, |found, suspect| suspect.is_in(row) || found);
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
            self.rows.report(quote_error(flaw, Place { column: Some(column as u32), ..Place::FILE }).read(read));
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

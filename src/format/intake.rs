//! The intake: the rows of a part of a file become a piece of a table, with what is wrong with their form.

use std::borrow::Cow;
use std::mem;
use std::ops::Range;

use crate::format::body::Body;
use crate::format::cut::Line;
use crate::format::head::Head;
use crate::format::lost::{LOST, Lost};
use crate::format::part::Part;
use crate::format::rows::{CHARACTERS_AT_MOST, Rows};
use crate::format::shape::{self, Ragged};
use crate::format::signs::Signs;
use crate::format::split::{Row, Span, Splitter};
use crate::format::suspect::Suspect;
use crate::format::tally::Tally;
use crate::format::{quote, stray_byte, trailer};
use crate::model::table::Chunk;
use crate::model::{Finding, Place, Table};

/// What is the same for all parts of a file.
pub(super) struct File<'a> {
    pub body: Body<'a>,
    pub encoding: &'static str,
    pub head: Head,
    pub is_heading: &'a (dyn Fn(&str) -> bool + Sync),
}

/// What a part must know of the parts before it.
#[derive(Debug, Clone)]
pub(super) struct Start {
    /// Where its first row starts, in bytes of the file.
    pub at: u64,
    /// The number and the line of that row.
    pub number: u32,
    pub line: u32,
    /// The number of the last row that held something.
    pub last: u32,
    /// The last row that was too short, and how many cells it had.
    pub short: Option<(u32, usize)>,
}

/// What became of a part.
pub(super) struct Taken {
    pub table: Table,
    pub tally: Tally,
    /// The first row with empty cells behind the last heading.
    pub surplus: Option<u32>,
    /// About the whole file, though a row shows it.
    pub of_file: Vec<Finding>,
}

struct Intake<'a> {
    file: &'a File<'a>,
    /// Up to the end of its last row.
    text: &'a str,
    splitter: Splitter<'a>,
    rows: Rows,
    suspects: [Suspect<'a>; 2],
    lost: Lost<'a>,
    /// Nothing but blanks is behind this part.
    is_last: bool,
    /// The last row that was too short, and how many cells it had.
    short_before: Option<(u32, usize)>,
    surplus: Option<u32>,
    of_file: Vec<Finding>,
    is_unended: bool,
}

impl File<'_> {
    pub fn start(&self) -> Start {
        let (number, line) = self.head.place;
        Start { at: self.head.below as u64, number, line, last: self.head.heading.row, short: None }
    }

    pub fn splitter<'t>(&self, text: &'t str, signs: Signs) -> Splitter<'t> {
        let mut splitter = Splitter::new(text, signs, self.head.separator);
        splitter.width = Some(self.head.heading.cells.len());
        splitter
    }

    /// What the part behind `part` must know.
    pub fn start_behind(&self, part: &Part, start: &Start) -> Start {
        let rows = &part.cut.rows;
        let count = rows.len() as u32;
        let mut next =
            Start { at: part.end, number: start.number + count, line: start.line + part.cut.lines, ..*start };
        let mut splitter = self.splitter(&part.text, part.signs);
        let mut row = Row::default();
        for (number, line) in (start.number..start.number + count).zip(rows).rev() {
            splitter.go_to(line.start as usize, number, start.line + line.line);
            splitter.next(&mut row);
            if !splitter.is_blank(&row) {
                next.last = number;
                next.short = self.is_short(&splitter, &row).then_some((number, row.count));
                break;
            }
        }
        next
    }

    /// Takes the rows of a part in, up to where there are too many errors with those `before`.
    pub fn take(&self, part: &mut Part, start: &Start, before: Tally) -> Taken {
        let length = part.cut.end;
        let chunk = Chunk::over(mem::take(&mut part.cut.cells), length);
        let intake = Intake {
            file: self,
            text: &part.text[..length],
            splitter: self.splitter(&part.text, part.signs),
            rows: Rows::of_part(&self.head.heading, chunk, start.last, before),
            suspects: [LOST, '\0'].map(|what| match part.signs.suspect {
                true => Suspect::new(&part.text[..length], what.encode_utf8(&mut [0; 4])),
                false => Suspect::nowhere(),
            }),
            lost: self.body.lost(part.bytes(start.at), start.at),
            is_last: self.body.is_blank_from(part.end),
            short_before: start.short,
            surplus: None,
            of_file: Vec::new(),
            is_unended: false,
        };
        let (rows, surplus, of_file, is_unended) = intake.run(&part.cut.rows, start);
        let mut text = mem::take(&mut part.text);
        text.truncate(length);
        let (table, tally) = rows.into_part(text, is_unended);
        Taken { table, tally, surplus, of_file }
    }

    fn is_short(&self, splitter: &Splitter<'_>, row: &Row) -> bool {
        let is_short = row.flaw.is_none() && row.count < self.head.heading.cells.len();
        is_short && !splitter.is_unwritten(row) && self.again(splitter, row, &Place::FILE).is_none()
    }

    /// Said of a heading row further down.
    fn again(&self, splitter: &Splitter<'_>, row: &Row, place: &Place) -> Option<Finding> {
        let heading = &self.head.heading;
        let first = splitter.text(*row.cells.first()?);
        let may_be = row.marked || heading.may_start_with(first.trim());
        may_be.then(|| heading.again(place, &cells(splitter, row), self.is_heading))?
    }
}

impl<'a> Intake<'a> {
    fn run(mut self, lines: &[Line], start: &Start) -> (Rows, Option<u32>, Vec<Finding>, bool) {
        let mut row = Row::default();
        let mut first = 0;
        for (index, line) in lines.iter().enumerate() {
            if self.rows.is_hopeless() {
                break;
            }
            let cells = first..line.cells_end as usize;
            first = cells.end;
            let end = lines.get(index + 1).map_or(self.text.len(), |next| next.start as usize);
            let (number, of_file) = (start.number + index as u32, start.line + line.line);
            if line.is_plain && self.is_sound(&cells, line.start as usize..end) {
                self.rows.whole(cells, number, of_file);
                continue;
            }
            self.splitter.go_to(line.start as usize, number, of_file);
            self.splitter.next(&mut row);
            if !self.splitter.is_blank(&row) {
                self.take(&row);
            }
        }
        (self.rows, self.surplus, self.of_file, self.is_unended)
    }

    /// There is nothing to say about the row, which a look at its start and a few numbers show.
    fn is_sound(&mut self, cells: &Range<usize>, row: Range<usize>) -> bool {
        if cells.len() != self.rows.width() || row.len() > CHARACTERS_AT_MOST {
            return false;
        }
        let first = &self.text[self.rows.range_of(cells.start)];
        let is_filled = first.as_bytes().first().is_some_and(u8::is_ascii_graphic);
        is_filled
            && !self.file.head.heading.may_start_with(first.trim_end())
            && !self.suspects.iter_mut().any(|suspect| suspect.is_in(row.clone()))
            && !self.is_at_end(row.end)
    }

    fn is_at_end(&self, at: usize) -> bool {
        self.is_last && self.text[at..].trim_start().is_empty()
    }

    fn take(&mut self, row: &Row) {
        self.rows.start(row.number, Some(row.line));
        if row.marked {
            self.rows.report(stray_byte::inner_mark(self.rows.row_place()));
        }
        if let Some(finding) = self.other_than_a_person(row) {
            return self.pass_over(finding);
        }
        let mut count = self.count(row);
        if count < row.count && !self.file.head.shape.ends_in_separators() {
            count = row.count;
        }
        for span in row.cells.iter().take(count) {
            self.rows.cell(&self.splitter.text(*span));
        }
        if count < row.count {
            self.surplus = self.surplus.or(Some(row.number));
        }
        match self.splitter.is_unwritten(row) {
            true => self.rows.report(shape::unwritten(self.rows.row_place())),
            false => {
                self.check_shape(row, count);
                self.check_bytes(row);
            }
        }
        self.rows.end();
        self.is_unended = row.unended && row.count == self.rows.width();
    }

    /// A heading row further down, or a last row that sums the others up.
    fn other_than_a_person(&self, row: &Row) -> Option<Finding> {
        let place = self.rows.row_place();
        self.file.again(&self.splitter, row, &place).or_else(|| {
            let is_last = self.is_at_end(self.splitter.at().min(self.text.len()));
            is_last.then(|| trailer::finding(place, &cells(&self.splitter, row), self.rows.width()))?
        })
    }

    fn pass_over(&mut self, finding: Finding) {
        match finding.place.row {
            Some(_) => self.rows.report(finding),
            None => self.of_file.push(finding),
        }
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
            let mut cells = cells(&self.splitter, row);
            cells.truncate(count);
            let short_before = self.short_before.take().filter(|(before, _)| before + 1 == row.number);
            self.short_before = (count < width).then_some((row.number, count));
            let ragged = Ragged { place: self.rows.row_place(), cells, count, unended: row.unended, short_before };
            let Head { shape, heading, separator, .. } = &self.file.head;
            self.rows.report(shape.error(&ragged, &heading.cells, (*separator).into()));
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
        if self.file.head.shape.is_cut(column, &cell) {
            self.rows.report(shape::cut_cell(self.rows.place(column), &cell));
        }
    }

    fn check_bytes(&mut self, row: &Row) {
        if !self.suspects.iter_mut().any(|suspect| suspect.is_in(row.start..row.end)) {
            return;
        }
        for (column, span) in row.cells.iter().enumerate() {
            let (place, cell) = (self.rows.place(column), self.splitter.text(*span));
            if let Some(at) = self.text[span.range()].find(LOST) {
                let bytes = self.lost.at(self.text, span.range().start + at);
                let bytes = bytes.map(|bytes| (bytes, self.file.encoding));
                self.rows.report(stray_byte::lost_letter(place.clone(), &cell, bytes));
            }
            if cell.contains('\0') {
                self.rows.report(stray_byte::nul(place, &cell));
            }
        }
    }
}

fn cells<'t>(splitter: &Splitter<'t>, row: &Row) -> Vec<Cow<'t, str>> {
    row.cells.iter().map(|span| splitter.text(*span)).collect()
}

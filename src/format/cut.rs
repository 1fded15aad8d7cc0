//! A cut: where the rows and the cells of a part of a text are. What is wrong with them is told later.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use crate::format::heading::COLUMNS_AT_MOST;
use crate::format::marks::Marks;
use crate::format::signs::Signs;
use crate::format::split::{Row, Splitter};

/// Most cells have more, so that there is room for all from the start.
const BYTES_OF_A_CELL: usize = 8;

/// The rows of a part of a text.
#[derive(Debug, Default)]
pub(super) struct Cut {
    /// Where the cells are, in bytes.
    pub cells: Vec<Range<u32>>,
    pub rows: Vec<Line>,
    /// Where the next row starts, in bytes.
    pub end: usize,
    /// How many lines the rows have, as an editor counts them.
    pub lines: u32,
    /// The text may go on, and some of it be read otherwise then.
    pub saw_end: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// In the text, in bytes.
    pub start: u32,
    /// One past its last cell.
    pub cells_end: u32,
    /// The line on which it starts, counted from 0.
    pub line: u32,
    /// Its cells are as they stand in the text.
    pub is_plain: bool,
}

impl Cut {
    /// Cuts the rows that start before `limit`, the first of them at the start of the text.
    pub fn of(text: &str, signs: Signs, mut splitter: Splitter<'_>, limit: usize) -> Cut {
        let cells = Vec::with_capacity(text.len() / BYTES_OF_A_CELL);
        let mut cut = Cut { cells, ..Cut::default() };
        let mut obstacles = Obstacles::of(text.as_bytes(), signs);
        let mut row = Row::default();
        while cut.end < limit {
            let clear_to = obstacles.next_from(cut.end);
            cut.take_plain_rows(&text.as_bytes()[..clear_to], splitter.separator(), limit);
            if cut.end >= limit {
                break;
            }
            splitter.go_to(cut.end, 1, cut.lines);
            if !splitter.next(&mut row) {
                break;
            }
            cut.take(&row);
            (cut.end, cut.lines) = (splitter.at(), splitter.next_place().1);
        }
        cut.saw_end = splitter.saw_end();
        cut
    }

    /// Takes the rows that end within `bytes`, which have no quotes and no line breaks but LF and CRLF.
    fn take_plain_rows(&mut self, bytes: &[u8], separator: u8, limit: usize) {
        let start = self.end;
        let mut cell = start;
        let mut first = self.cells.len();
        for found in Marks::new([separator, b'\n'], &bytes[start..]) {
            let at = start + found;
            let ends_row = bytes[at] == b'\n';
            let end = if ends_row && at > cell && bytes[at - 1] == b'\r' { at - 1 } else { at };
            // An endless row is cut to a length that shows that it is one.
            if self.cells.len() - first <= COLUMNS_AT_MOST {
                self.cells.push(cell as u32..end as u32);
            }
            cell = at + 1;
            if ends_row {
                let is_plain = self.cells.len() - first <= COLUMNS_AT_MOST;
                self.end_row(self.end, is_plain);
                self.lines += 1;
                self.end = cell;
                first = self.cells.len();
                if self.end >= limit {
                    return;
                }
            }
        }
        self.cells.truncate(first);
    }

    fn take(&mut self, row: &Row) {
        let places = row.cells.iter().map(|span| span.range());
        self.cells.extend(places.map(|place| place.start as u32..place.end as u32));
        self.end_row(row.start, row.is_plain());
    }

    fn end_row(&mut self, start: usize, is_plain: bool) {
        let cells_end = self.cells.len() as u32;
        self.rows.push(Line { start: start as u32, cells_end, line: self.lines, is_plain });
    }
}

/// What makes a row other than plain: quotes, and line breaks of a lone CR.
struct Obstacles<'a> {
    bytes: &'a [u8],
    quote: usize,
    lone_return: usize,
}

impl<'a> Obstacles<'a> {
    fn of(bytes: &'a [u8], signs: Signs) -> Obstacles<'a> {
        let mut obstacles = Obstacles { bytes, quote: bytes.len(), lone_return: bytes.len() };
        if signs.quote {
            obstacles.quote = obstacles.quote_from(0);
        }
        if signs.carriage_return {
            obstacles.lone_return = obstacles.lone_return_from(0);
        }
        obstacles
    }

    /// The end of the text where there is none; to be asked in the order of the text.
    fn next_from(&mut self, at: usize) -> usize {
        if self.quote < at {
            self.quote = self.quote_from(at);
        }
        if self.lone_return < at {
            self.lone_return = self.lone_return_from(at);
        }
        self.quote.min(self.lone_return)
    }

    fn quote_from(&self, at: usize) -> usize {
        memchr(b'"', &self.bytes[at..]).map_or(self.bytes.len(), |found| at + found)
    }

    fn lone_return_from(&self, at: usize) -> usize {
        let mut returns = memchr_iter(b'\r', &self.bytes[at..]).map(|found| at + found);
        returns.find(|place| self.bytes.get(place + 1) != Some(&b'\n')).unwrap_or(self.bytes.len())
    }
}

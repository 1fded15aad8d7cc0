//! Splitting: text becomes rows of cells; a quote that goes wrong spoils its own row and no other.
//!
//! A cell that starts with a quote ends with one, and may hold separators and line breaks between; a quote inside it is
//! doubled. Where that does not work out, the cell is read as if quotes meant nothing, up to the next separator or line
//! break, and the row is marked.
//!
//! LF, CRLF and a lone CR each end a line, as they do for Visual Studio Code, Notepad++ and spreadsheets.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use memchr::{memchr_iter, memchr2, memchr3, memrchr2};

use crate::format::heading::COLUMNS_AT_MOST;
use crate::format::signs::Signs;

/// A quoted cell that goes on for longer was never meant to be one.
const BREAKS_AT_MOST: u32 = 10;
const BYTES_OVER_LINES_AT_MOST: usize = 32 * 1024;

/// A byte order mark, where files were put together.
const MARK: char = '\u{feff}';

/// Gives one row after the other.
#[derive(Debug, Clone)]
pub(super) struct Splitter<'a> {
    text: &'a str,
    separator: u8,
    /// How many cells a row should have, once that is known.
    pub width: Option<usize>,
    /// There are quotes somewhere.
    has_quotes: bool,
    at: usize,
    number: u32,
    line: u32,
    saw_end: Cell<bool>,
}

/// One row; made once, filled again for every row.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// As a spreadsheet counts it, from 1.
    pub number: u32,
    /// As an editor counts it, from 1: the line on which the row starts.
    pub line: u32,
    /// Byte offsets in the text, without the line break.
    pub start: usize,
    pub end: usize,
    /// At most one more than there may be columns.
    pub cells: Vec<Span>,
    /// All cells, also those that are not kept.
    pub count: usize,
    /// The first cell whose quotes went wrong.
    pub flaw: Option<(usize, Flaw)>,
    /// The first cell that has quotes in it and none around it.
    pub quote_inside: Option<usize>,
    /// A byte order mark stood in front, and is no part of the first cell.
    pub marked: bool,
    /// The text ends here, without a line break.
    pub unended: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    start: u32,
    end: u32,
    /// Quotes inside are doubled.
    doubled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The closing quote is missing, or so far away that it belongs to another cell.
    Unclosed,
    /// There is text behind the closing quote.
    Stray,
    /// The cell ends with a quote, and the opening one is missing.
    Unopened,
}

struct Quoted {
    span: Span,
    /// Behind the closing quote and blanks.
    end: usize,
    breaks: u32,
}

impl<'a> Splitter<'a> {
    /// The text is at most 4 GiB; the separator is an ASCII character.
    pub fn new(text: &'a str, signs: Signs, separator: u8) -> Splitter<'a> {
        let has_quotes = signs.quote;
        Splitter { text, separator, width: None, has_quotes, at: 0, number: 0, line: 1, saw_end: Cell::new(false) }
    }

    /// Goes to the start of a row, of which the number and the line are known.
    pub fn go_to(&mut self, at: usize, number: u32, line: u32) {
        (self.at, self.number, self.line) = (at, number - 1, line);
    }

    /// Where the next row starts.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The number and the line of the next row.
    pub fn next_place(&self) -> (u32, u32) {
        (self.number + 1, self.line)
    }

    /// What was said of some row would perhaps be another thing if the text went on.
    pub fn saw_end(&self) -> bool {
        self.saw_end.get()
    }

    /// Starts at `at`, behind a first line that spreadsheets do not show.
    pub fn behind_first_line(self, at: usize) -> Splitter<'a> {
        Splitter { at, line: 2, ..self }
    }

    pub fn separator(&self) -> u8 {
        self.separator
    }

    /// Fills `row` with the next one; false at the end of the text.
    pub fn next(&mut self, row: &mut Row) -> bool {
        if self.at == self.text.len() {
            self.saw_end.set(true);
            return false;
        }
        self.number += 1;
        row.start_at(self.at, self.number, self.line);
        if self.text[self.at..].starts_with(MARK) {
            row.marked = true;
            self.at += MARK.len_utf8();
        }
        loop {
            let span = self.cell(row);
            row.push(span);
            match self.text.as_bytes().get(self.at) {
                Some(byte) if *byte == self.separator => self.at += 1,
                _ => break,
            }
        }
        row.end = self.at;
        row.unended = self.at == self.text.len();
        self.at += break_length(self.text.as_bytes(), self.at);
        self.line += 1;
        // A CR may be half of a line break.
        if self.at == self.text.len() && !self.text.ends_with('\n') {
            self.saw_end.set(true);
        }
        true
    }

    /// The cell without its quotes.
    pub fn text(&self, span: Span) -> Cow<'a, str> {
        let text = &self.text[span.range()];
        match span.doubled {
            true => text.replace("\"\"", "\"").into(),
            false => text.into(),
        }
    }

    /// The row is nothing but bytes 0: the file was not written to its end.
    pub fn is_unwritten(&self, row: &Row) -> bool {
        self.text.as_bytes()[row.start..row.end].iter().all(|byte| *byte == 0)
    }

    pub fn is_blank(&self, row: &Row) -> bool {
        row.cells.len() == row.count && row.cells.iter().all(|span| self.text(*span).trim().is_empty())
    }

    fn cell(&mut self, row: &mut Row) -> Span {
        let start = self.at;
        let quoted = self.opening_quote(start).map(|open| self.quoted(row.count, open));
        if let Some(Some(quoted)) = quoted {
            self.at = quoted.end;
            self.line += quoted.breaks;
            return quoted.span;
        }
        let bytes = self.text.as_bytes();
        self.at = memchr3(self.separator, b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |found| start + found);
        if self.has_quotes {
            self.note_quotes(row, start, quoted.is_some());
        }
        Span::new(start, self.at, false)
    }

    /// What the quotes of a cell mean that is read as if they meant nothing.
    fn note_quotes(&self, row: &mut Row, start: usize, is_opened: bool) {
        let cell = self.text[start..self.at].trim_end();
        let quotes = memchr_iter(b'"', cell.as_bytes()).count();
        let flaw = match is_opened {
            true if quotes == 1 => Some(Flaw::Unclosed),
            true => Some(Flaw::Stray),
            false if quotes % 2 == 1 && cell.ends_with('"') => Some(Flaw::Unopened),
            false => None,
        };
        row.flaw = row.flaw.or(flaw.map(|flaw| (row.count, flaw)));
        if flaw.is_none() && quotes > 0 {
            row.quote_inside = row.quote_inside.or(Some(row.count));
        }
    }

    /// Blanks in front of a quote are no part of the cell.
    fn opening_quote(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let open = match bytes.get(start)? {
            b' ' | b'\t' => self.behind_blanks(start),
            _ => start,
        };
        (bytes.get(open) == Some(&b'"')).then_some(open)
    }

    fn behind_blanks(&self, start: usize) -> usize {
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t') && **byte != self.separator;
        start + self.text.as_bytes()[start..].iter().take_while(is_blank).count()
    }

    fn quoted(&self, cells_before: usize, open: usize) -> Option<Quoted> {
        let bytes = self.text.as_bytes();
        let (mut at, mut breaks, mut doubled) = (open + 1, 0, false);
        let close = loop {
            let Some(next) = memchr3(b'"', b'\n', b'\r', &bytes[at..]) else {
                self.saw_end.set(true);
                return None;
            };
            at += next;
            if breaks > BREAKS_AT_MOST || (breaks > 0 && at - open > BYTES_OVER_LINES_AT_MOST) {
                return None;
            }
            match (bytes[at], bytes.get(at + 1)) {
                (b'"', Some(b'"')) => {
                    doubled = true;
                    at += 2;
                }
                (b'"', _) => break at,
                _ => {
                    at += break_length(bytes, at);
                    breaks += 1;
                }
            }
        };
        let end = self.behind_blanks(close + 1);
        let ends_well = bytes.get(end).is_none_or(|byte| *byte == self.separator || matches!(byte, b'\n' | b'\r'));
        let is_one = ends_well && !(breaks > 0 && self.joins_two_rows(cells_before, open, close));
        is_one.then(|| Quoted { span: Span::new(open + 1, close, doubled), end, breaks })
    }

    /// The quote that closes stands where a cell could start, the line on which it stands is a whole row by itself, and
    /// so is the line of the opening quote if that quote means nothing: two rows with a quote too much, not one cell.
    fn joins_two_rows(&self, cells_before: usize, open: usize, close: usize) -> bool {
        let bytes = self.text.as_bytes();
        let closes_at_start = bytes[close - 1] == self.separator || matches!(bytes[close - 1], b'\n' | b'\r');
        self.width > Some(1) && closes_at_start && {
            let first_end = memchr2(b'\n', b'\r', &bytes[open..close]).map_or(close, |found| open + found);
            let first = cells_before + memchr_iter(self.separator, &bytes[open..first_end]).count() + 1;
            let last_start = memrchr2(b'\n', b'\r', &bytes[open..close]).map_or(open, |found| open + found + 1);
            let mut last = Row::default();
            let mut by_itself = Splitter { at: last_start, width: None, saw_end: self.saw_end.clone(), ..*self };
            by_itself.next(&mut last);
            self.saw_end.set(by_itself.saw_end());
            Some(first) == self.width && Some(last.count) == self.width
        }
    }
}

impl Row {
    /// Nothing is to be said about its quotes, and its cells are as they stand in the text.
    pub fn is_plain(&self) -> bool {
        let is_sound = self.flaw.is_none() && self.quote_inside.is_none() && !self.marked && !self.unended;
        is_sound && self.count == self.cells.len() && !self.cells.iter().any(|span| span.doubled)
    }

    fn start_at(&mut self, start: usize, number: u32, line: u32) {
        self.cells.clear();
        let cells = std::mem::take(&mut self.cells);
        *self = Row { number, line, start, cells, ..Row::default() };
    }

    fn push(&mut self, span: Span) {
        self.count += 1;
        if self.cells.len() <= COLUMNS_AT_MOST {
            self.cells.push(span);
        }
    }
}

impl Span {
    fn new(start: usize, end: usize, doubled: bool) -> Span {
        Span { start: start as u32, end: end as u32, doubled }
    }

    /// In the text, quotes around it left out.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// 0 at the end of the text.
fn break_length(bytes: &[u8], at: usize) -> usize {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => 2,
        (Some(b'\r' | b'\n'), _) => 1,
        _ => 0,
    }
}

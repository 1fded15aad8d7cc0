//! Rows on their way into a table, whatever file they come from, and the findings about their form.

use std::mem;
use std::sync::Arc;

use crate::format::encoding::LOST;
use crate::format::heading::Heading;
use crate::model::table::Chunk;
use crate::model::{Finding, Place, Table};

/// A chunk is cut at the next row's end.
const CHUNK: usize = 4 * 1024 * 1024;

/// What a spreadsheet can hold in a cell.
const CHARACTERS_AT_MOST: usize = 32_767;

/// In characters.
const EXCERPT: usize = 100;

#[derive(Debug)]
pub(super) struct Rows {
    headings: Vec<Arc<str>>,
    table: Table,
    chunk: Chunk,
    findings: Vec<Finding>,
    /// Of the row that is being written.
    place: Place,
    column: usize,
    /// The number of the last row that held something.
    last: u32,
    memory: usize,
}

impl Rows {
    pub fn below(heading: &Heading) -> Rows {
        Rows {
            headings: heading.cells.iter().map(|cell| cell.as_str().into()).collect(),
            table: Table::default(),
            chunk: Chunk::default(),
            findings: Vec::new(),
            place: Place::FILE,
            column: 0,
            last: heading.row,
            memory: 0,
        }
    }

    pub fn width(&self) -> usize {
        self.headings.len()
    }

    /// Starts a row; those that were passed over since the last one were blank.
    pub fn start(&mut self, number: u32, line: Option<u32>) {
        let (first, last) = (self.last + 1, number - 1);
        if first <= last {
            let problem = match first == last {
                true => "is blank and was passed over".to_string(),
                false => format!("is blank and was passed over, as are the rows to {last}"),
            };
            self.findings.push(Finding::remark("blank-row", Place { row: Some(first), ..Place::FILE }, problem));
        }
        self.place = Place { row: Some(number), line, ..Place::FILE };
        self.column = 0;
        self.last = number;
    }

    pub fn cell(&mut self, text: &str) {
        if text.len() > CHARACTERS_AT_MOST {
            self.check_length(text);
        }
        self.chunk.cell(text);
        self.column += 1;
        self.memory += text.len() + size_of::<u32>();
    }

    /// What the table takes so far, in bytes.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Reports what could not be decoded, and what no text should hold. It takes a look at every byte: ask only where
    /// there is reason to.
    pub fn check_bytes(&mut self, column: usize, text: &str) {
        if text.contains(LOST) {
            let problem = format!("has `{LOST}` where a letter could not be read");
            let finding = Finding::error("bad-byte", self.place(column), problem).read(excerpt(text));
            self.findings.push(finding.expected("the letter, in a file saved as UTF-8"));
        }
        if text.contains('\0') {
            let finding = Finding::error("nul-byte", self.place(column), "has a byte 0, which is no text");
            self.findings.push(finding.read(excerpt(text).replace('\0', "␀")).expected("text"));
        }
    }

    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// A cell of the row that is being written.
    pub fn place(&self, column: usize) -> Place {
        match self.headings.get(column) {
            Some(heading) => self.row_place().in_column(column, heading),
            None => Place { column: Some(column as u32), ..self.row_place() },
        }
    }

    /// The whole row that is being written.
    pub fn row_place(&self) -> Place {
        self.place.clone()
    }

    pub fn column(&self) -> usize {
        self.column
    }

    pub fn end(&mut self) {
        self.chunk.end_row(self.last, self.place.line.unwrap_or(self.last));
        if self.chunk.size() >= CHUNK {
            self.table.push(mem::take(&mut self.chunk));
        }
    }

    pub fn finish(mut self) -> (Table, Vec<Finding>) {
        self.table.push(self.chunk);
        if self.table.is_empty() {
            let problem = "the file has headings, and no row below them";
            self.findings.push(Finding::error("no-rows", Place::FILE, problem));
        }
        (self.table, self.findings)
    }

    fn check_length(&mut self, text: &str) {
        let characters = text.chars().count();
        if characters > CHARACTERS_AT_MOST {
            let problem = format!("has {characters} characters");
            let finding = Finding::error("cell-too-long", self.place(self.column), problem);
            self.findings.push(finding.expected(format!("at most {CHARACTERS_AT_MOST}")));
        }
    }
}

/// As much of a cell as a finding should repeat.
pub(super) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

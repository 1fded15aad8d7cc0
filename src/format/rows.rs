//! Rows on their way into a table, whatever file they come from, and the findings about their form.

use std::mem;
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr2;

use crate::format::heading::Heading;
use crate::format::lost::LOST;
use crate::format::tally::Tally;
use crate::format::{Piece, stray_byte};
use crate::model::table::Chunk;
use crate::model::{Example, Finding, Place, Rule, Severity, Table, Text};
use crate::text;

pub(super) static BLANK_ROW: Rule = Rule {
    code: "blank-row",
    severity: Severity::Remark,
    meaning: Text::of(
        "There are blank rows between the others; they were passed over.",
        "Des lignes vides se trouvent entre les autres ; elles n'ont pas été prises en compte.",
    ),
    correction: Text::of(
        "Take blank rows out; after each row there is one line end.",
        "Supprimez les lignes vides ; chaque ligne se termine par une seule fin de ligne.",
    ),
    example: Example { wrong: "login;firstName\nada;Ada\n\nbo;Bo\n", right: "login;firstName\nada;Ada\nbo;Bo\n" },
};

pub(super) static CELL_TOO_LONG: Rule = Rule {
    code: "cell-too-long",
    severity: Severity::Error,
    meaning: Text::of(
        "A cell is longer than a spreadsheet can show (32,767 characters).",
        "Une cellule est plus longue que ce qu'un tableur peut afficher (32 767 caractères).",
    ),
    correction: Text::of(
        "Look whether a line end or a quote is missing before it; no datum of a person is that long.",
        "Vérifiez s'il manque une fin de ligne ou un guillemet avant elle ; aucune donnée d'une personne n'est aussi \
         longue.",
    ),
    example: Example { wrong: "ada;Adaaaaaaaaaaaaaaaaa…", right: "ada;Ada" },
};

/// In bytes; it is cut at the next row's end.
const PIECE: usize = 1024 * 1024;

/// A chunk is cut at the next row's end.
const CHUNK: usize = 4 * 1024 * 1024;

/// What a spreadsheet can hold in a cell.
pub(super) const CHARACTERS_AT_MOST: usize = 32_767;

/// In characters.
const EXCERPT: usize = 100;

#[derive(Debug)]
pub(super) struct Rows {
    headings: Vec<Arc<str>>,
    table: Table,
    chunk: Chunk,
    /// Bytes that are written to a chunk before the next one is started.
    chunk_at_most: usize,
    tally: Tally,
    /// Of the row that is being written.
    place: Place,
    column: usize,
    /// The number of the last row that held something.
    last: u32,
    memory: usize,
    /// As much of it as was given on.
    given: usize,
}

impl Rows {
    pub fn below(heading: &Heading) -> Rows {
        Rows {
            headings: heading.cells.iter().map(|cell| cell.as_str().into()).collect(),
            table: Table::default(),
            chunk: Chunk::default(),
            chunk_at_most: CHUNK,
            tally: Tally::default(),
            place: Place::FILE,
            column: 0,
            last: heading.row,
            memory: 0,
            given: 0,
        }
    }

    /// Rows of a part of a file; its cells are those of a text that comes at the end. `last` is the number of the last
    /// row before it that held something. All of them are in this one chunk.
    pub fn of_part(heading: &Heading, chunk: Chunk, last: u32, tally: Tally) -> Rows {
        Rows { chunk, chunk_at_most: usize::MAX, last, tally, ..Rows::below(heading) }
    }

    pub fn width(&self) -> usize {
        self.headings.len()
    }

    /// Starts a row; those that were passed over since the last one were blank.
    pub fn start(&mut self, number: u32, line: Option<u32>) {
        let (first, last) = (self.last + 1, number - 1);
        if first <= last {
            let problem = match first == last {
                true => Text::of("is blank and was passed over", "est vide et n'a pas été prise en compte"),
                false => text!(
                    "is blank and was passed over, like all rows to row {last}",
                    "est vide et n'a pas été prise en compte, comme toutes celles jusqu'à la ligne {last}",
                ),
            };
            self.report(BLANK_ROW.at(Place { row: Some(first), ..Place::FILE }, problem));
        }
        self.place = Place { row: Some(number), line, ..Place::FILE };
        self.column = 0;
        self.last = number;
    }

    /// A row of cells that the chunk has already, about which there is nothing to say.
    pub fn whole(&mut self, cells: Range<usize>, number: u32, line: u32) {
        match number == self.last + 1 {
            true => self.last = number,
            false => self.start(number, Some(line)),
        }
        self.chunk.row_of(cells, number, line);
    }

    /// Where a cell that the chunk has already is in its text.
    pub fn range_of(&self, cell: usize) -> Range<usize> {
        self.chunk.range_of(cell)
    }

    pub fn cell(&mut self, text: &str) {
        if text.len() > CHARACTERS_AT_MOST {
            self.check_length(text);
        }
        self.chunk.cell(text);
        self.column += 1;
        self.memory += text.len() + size_of::<u32>();
    }

    /// What all rows so far take in a table, in bytes.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// What was written since the last time, once it is worth giving on; between two rows.
    pub fn piece(&mut self) -> Option<Piece> {
        (self.memory - self.given >= PIECE).then(|| self.take())
    }

    fn take(&mut self) -> Piece {
        self.given = self.memory;
        self.table.push(mem::take(&mut self.chunk));
        Piece { table: mem::take(&mut self.table), findings: mem::take(&mut self.tally.findings).into() }
    }

    /// Reports what could not be decoded, and what no text should hold. It takes a look at every byte: ask only where
    /// there is reason to.
    pub fn check_bytes(&mut self, column: usize, text: &str) {
        // U+FFFD starts with the byte EF.
        if memchr2(0, 0xef, text.as_bytes()).is_none() {
            return;
        }
        if text.contains(LOST) {
            self.report(stray_byte::lost_letter(self.place(column), text, None));
        }
        if text.contains('\0') {
            self.report(stray_byte::nul(self.place(column), text));
        }
    }

    pub fn report(&mut self, finding: Finding) {
        self.tally.report(finding);
    }

    /// There are so many errors that the file is refused, whatever follows.
    pub fn is_hopeless(&self) -> bool {
        self.tally.is_hopeless()
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
        if self.chunk.size() >= self.chunk_at_most {
            self.table.push(mem::take(&mut self.chunk));
        }
    }

    /// What is left to give on, and what is to be said in front of all findings about rows.
    pub fn last_piece(&mut self) -> (Piece, Vec<Finding>) {
        let is_empty = self.given == 0 && self.table.is_empty() && self.chunk.is_empty();
        let of_file = self.tally.of_file(is_empty);
        (self.take(), of_file)
    }

    /// The rows of a part, whose text is given now.
    pub fn into_part(self, text: String, is_unended: bool) -> (Table, Tally) {
        let mut table = Table::of_the_moment(self.chunk.with_text(text));
        if is_unended {
            table.leave_unended();
        }
        (table, self.tally)
    }

    fn check_length(&mut self, text: &str) {
        let characters = text.chars().count();
        if characters > CHARACTERS_AT_MOST {
            let problem = text!("has {characters} characters", "a {characters} caractères");
            let expected = text!("at most {CHARACTERS_AT_MOST}", "au plus {CHARACTERS_AT_MOST}");
            self.report(CELL_TOO_LONG.at(self.place(self.column), problem).expected(expected));
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

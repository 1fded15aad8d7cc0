//! A table: what a file holds, as one text and the places of its cells, cut in chunks.
//!
//! A cell is a slice of its chunk; no cell owns memory of its own. A chunk is at most 4 GiB, because places are `u32`.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;
use std::{iter, mem};

/// Bytes of text after which a new chunk is begun, where rows of chunks are put together.
const CHUNK: usize = 4 << 20;

/// In bytes of text: chunks that are no larger are put together, for the more of them there are, the longer a row is looked
/// for.
const SMALL: usize = 1024 * 1024;

/// Rows of cells, in file order.
#[derive(Debug, Default)]
pub struct Table {
    chunks: Vec<Chunk>,
    /// The index in the table of each chunk's first row.
    firsts: Vec<usize>,
    rows: usize,
    is_unended: bool,
}

/// A run of rows whose cells share one text.
#[derive(Debug, Default)]
pub struct Chunk {
    text: String,
    /// Where each cell ends, which is where the next one starts; or, in a text that was there before, where each is.
    ends: Vec<u32>,
    places: Vec<Range<u32>>,
    marks: Vec<Mark>,
    /// The first cell of the row that is being written.
    row_start: usize,
    /// Bytes of the text that is still to come in front of `text`.
    in_front: usize,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    /// The row's first cell, of all of the chunk.
    first: u32,
    /// One past its last cell.
    end: u32,
    number: u32,
    line: u32,
}

/// One row of a table, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    chunk: &'a Chunk,
    mark: Mark,
}

impl Table {
    pub fn len(&self) -> usize {
        self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Does the file end in the last cell of its last row, without the line end that is behind every other row? Then that
    /// cell may be only the start of what was written.
    pub fn is_unended(&self) -> bool {
        self.is_unended
    }

    pub fn leave_unended(&mut self) {
        self.is_unended = true;
    }

    /// Adds a chunk behind those that are there, and gives back the memory that it had ready for more.
    pub fn push(&mut self, mut chunk: Chunk) {
        if chunk.is_empty() {
            return;
        }
        if let Some(last) = self.chunks.last_mut().filter(|last| last.has_room_for(&chunk)) {
            self.rows += chunk.marks.len();
            return last.append(&chunk);
        }
        chunk.text.shrink_to_fit();
        chunk.ends.shrink_to_fit();
        chunk.places.shrink_to_fit();
        chunk.marks.shrink_to_fit();
        self.add(chunk);
    }

    /// The same, for a chunk that does not stay for long: its memory is left as it is.
    pub fn of_the_moment(chunk: Chunk) -> Table {
        let mut table = Table::default();
        if !chunk.is_empty() {
            table.add(chunk);
        }
        table
    }

    /// The rows with these numbers, of a table whose rows are numbered in order.
    pub fn only(&self, numbers: &BTreeSet<u32>) -> Table {
        let first = self.rows().next().map_or(0, |row| row.number());
        let mut wanted = numbers.range(first..).peekable();
        let mut chunk = Chunk::default();
        let mut is_last = false;
        for row in self.rows() {
            while wanted.next_if(|number| **number < row.number()).is_some() {}
            is_last = wanted.next_if_eq(&&row.number()).is_some();
            if is_last {
                row.cells().for_each(|cell| chunk.cell(cell));
                chunk.end_row(row.number(), row.line());
            }
        }
        Table { is_unended: self.is_unended && is_last, ..chunk.into() }
    }

    /// The rows of both tables, each numbered in order, in the order of their numbers.
    pub fn merge(&self, other: &Table) -> Table {
        let (mut ours, mut theirs) = (self.rows().peekable(), other.rows().peekable());
        let rows = iter::from_fn(|| match theirs.peek().map(Row::number) {
            Some(number) => ours.next_if(|row| row.number() < number).or_else(|| theirs.next()),
            None => ours.next(),
        });
        let mut merged = Table { is_unended: self.is_unended || other.is_unended, ..Table::default() };
        let mut chunk = Chunk::default();
        for row in rows {
            row.cells().for_each(|cell| chunk.cell(cell));
            chunk.end_row(row.number(), row.line());
            if chunk.size() >= CHUNK {
                merged.push(mem::take(&mut chunk));
            }
        }
        merged.push(chunk);
        merged
    }

    /// Adds the rows of another table behind those that are there.
    pub fn append(&mut self, other: Table) {
        self.is_unended |= other.is_unended;
        other.chunks.into_iter().for_each(|chunk| self.push(chunk));
    }

    fn add(&mut self, chunk: Chunk) {
        self.firsts.push(self.rows);
        self.rows += chunk.marks.len();
        self.chunks.push(chunk);
    }

    /// The row at `index`, counted from 0 over the whole table.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, index: usize) -> Row<'_> {
        // A piece of a file is one chunk.
        if let [only] = &*self.chunks {
            return only.row(index);
        }
        let chunk = self.firsts.partition_point(|first| *first <= index) - 1;
        self.chunks[chunk].row(index - self.firsts[chunk])
    }

    /// The index of the row with this number; numbers rise.
    pub fn find(&self, number: u32) -> Option<usize> {
        let (mut low, mut high) = (0, self.rows);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.row(middle).number().cmp(&number) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.chunks.iter().flat_map(|chunk| (0..chunk.marks.len()).map(|index| chunk.row(index)))
    }
}

impl From<Chunk> for Table {
    fn from(chunk: Chunk) -> Table {
        let mut table = Table::default();
        table.push(chunk);
        table
    }
}

impl Chunk {
    /// Its rows are made of cells that stand in `places` of a text of `length` bytes, which comes at the end, and of cells
    /// that are written.
    pub fn over(places: Vec<Range<u32>>, length: usize) -> Chunk {
        Chunk { row_start: places.len(), places, in_front: length, ..Chunk::default() }
    }

    /// Ends a chunk that was made [`Chunk::over`] this text.
    pub fn with_text(mut self, mut text: String) -> Chunk {
        debug_assert_eq!(text.len(), self.in_front, "it is the text over which the chunk was made");
        text.push_str(&self.text);
        (self.text, self.in_front) = (text, 0);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Can the rows of the other stand behind its own, written cells behind written cells?
    fn has_room_for(&self, other: &Chunk) -> bool {
        self.places.is_empty() && other.places.is_empty() && self.text.len() + other.text.len() <= SMALL
    }

    fn append(&mut self, other: &Chunk) {
        let (text, cells) = (self.text.len() as u32, self.ends.len() as u32);
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| text + end));
        let moved = |mark: &Mark| Mark { first: cells + mark.first, end: cells + mark.end, ..*mark };
        self.marks.extend(other.marks.iter().map(moved));
        self.row_start = self.ends.len();
    }

    /// Bytes of text so far, to know when to start the next chunk.
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// Appends to the cell that is being written.
    pub fn write(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Ends the cell that is being written.
    ///
    /// # Panics
    /// When the chunk has grown over 4 GiB.
    pub fn end_cell(&mut self) {
        let end = u32::try_from(self.in_front + self.text.len()).expect("a chunk is at most 4 GiB");
        match self.in_front {
            0 => self.ends.push(end),
            in_front => {
                let before = self.places.last().map_or(0, |place| place.end);
                self.places.push(before.max(in_front as u32)..end);
            }
        }
    }

    /// Writes one whole cell.
    pub fn cell(&mut self, text: &str) {
        self.write(text);
        self.end_cell();
    }

    /// Ends the row that is being written: `number` as a spreadsheet counts it (from 1, the heading included), `line`
    /// as an editor counts it (from 1, the line on which the row starts).
    pub fn end_row(&mut self, number: u32, line: u32) {
        let end = self.ends.len() + self.places.len();
        self.row_of(self.row_start..end, number, line);
        self.row_start = end;
    }

    /// Makes a row of cells that are there, counted from 0.
    pub fn row_of(&mut self, cells: Range<usize>, number: u32, line: u32) {
        let end = u32::try_from(cells.end).expect("a chunk is at most 4 GiB");
        self.marks.push(Mark { first: cells.start as u32, end, number, line });
    }

    /// Keeps some of its rows: told of each, in their order.
    pub fn keep(&mut self, mut is_kept: impl Iterator<Item = bool>) {
        self.marks.retain(|_| is_kept.next().expect("each row is told of"));
    }

    /// Where a cell is in the text, counted from 0 over all cells.
    #[inline]
    pub fn range_of(&self, cell: usize) -> Range<usize> {
        if let Some(place) = self.places.get(cell) {
            return place.start as usize..place.end as usize;
        }
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        start as usize..self.ends[cell] as usize
    }

    fn row(&self, index: usize) -> Row<'_> {
        Row { chunk: self, mark: self.marks[index] }
    }
}

impl<'a> Row<'a> {
    /// As a spreadsheet counts it: from 1, the heading included.
    pub fn number(&self) -> u32 {
        self.mark.number
    }

    /// As an editor counts it: from 1, the line on which the row starts.
    pub fn line(&self) -> u32 {
        self.mark.line
    }

    pub fn len(&self) -> usize {
        (self.mark.end - self.mark.first) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell at `column`, counted from 0; a cell that is not there reads as empty.
    #[inline]
    pub fn cell(&self, column: usize) -> &'a str {
        if column >= self.len() {
            return "";
        }
        &self.chunk.text[self.chunk.range_of(self.mark.first as usize + column)]
    }

    pub fn cells(self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |column| self.cell(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_made_of_cells_that_are_there_or_of_written_ones() {
        let text = "a;bc;\n\"d\"\"\";e\n";
        let mut chunk = Chunk::over(vec![0..1, 2..4, 5..5, 7..10, 12..13], text.len());
        chunk.row_of(0..3, 2, 2);
        chunk.cell("d\"");
        chunk.cell("e");
        chunk.end_row(3, 3);
        chunk.row_of(4..5, 4, 4);
        let table = Table::from(chunk.with_text(text.into()));

        let rows: Vec<Vec<&str>> = table.rows().map(|row| row.cells().collect()).collect();
        assert_eq!(rows, [vec!["a", "bc", ""], vec!["d\"", "e"], vec!["e"]]);
    }

    #[test]
    fn rows_that_are_not_kept_leave_the_others_as_they_are() {
        let mut kept = chunk(&[&["a", "b"], &["c"], &["d", "e"]], 2);
        kept.keep([true, false, true].into_iter());
        let table = Table::from(kept);
        let rows: Vec<(u32, &str)> = table.rows().map(|row| (row.number(), row.cell(1))).collect();
        assert_eq!(rows, [(2, "b"), (4, "e")]);
    }

    fn chunk(rows: &[&[&str]], first_number: u32) -> Chunk {
        let mut chunk = Chunk::default();
        for (row, number) in rows.iter().zip(first_number..) {
            row.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        chunk
    }

    #[test]
    fn some_rows_are_taken_out_and_put_back_in_their_places() {
        let mut table = Table::default();
        table.push(chunk(&[&["a"], &["b", "x"], &["c"]], 2));
        table.push(chunk(&[&["d"], &["e"]], 5));
        table.leave_unended();
        let numbers: BTreeSet<u32> = [1, 3, 5, 6, 9].into();
        let others: BTreeSet<u32> = [2, 4].into();
        let (some, rest) = (table.only(&numbers), table.only(&others));
        let told = |table: &Table| -> Vec<(u32, String)> {
            table.rows().map(|row| (row.number(), row.cells().collect::<Vec<&str>>().join(";"))).collect()
        };
        assert_eq!(told(&some), [(3, "b;x".into()), (5, "d".into()), (6, "e".into())]);
        assert_eq!((some.is_unended(), rest.is_unended()), (true, false));
        for merged in [some.merge(&rest), rest.merge(&some)] {
            assert_eq!(told(&merged), told(&table));
            assert!(merged.is_unended());
        }
        assert!(!rest.merge(&Table::default()).is_unended());
    }

    #[test]
    fn cells_are_found_over_chunks_and_ragged_rows() {
        let mut table = Table::default();
        table.push(chunk(&[&["a", "", "é"], &["b"]], 2));
        table.push(Chunk::default());
        table.push(chunk(&[&["c", "d"]], 4));

        assert_eq!(table.len(), 3);
        let rows: Vec<Vec<&str>> = table.rows().map(|row| row.cells().collect()).collect();
        assert_eq!(rows, [vec!["a", "", "é"], vec!["b"], vec!["c", "d"]]);
        assert_eq!(table.row(1).cell(2), "");
        assert_eq!(table.row(2).cell(1), "d");
        assert_eq!(table.row(2).number(), 4);
    }

    #[test]
    fn small_chunks_are_put_together_and_large_ones_are_not() {
        let long = "x".repeat(SMALL);
        let mut table = Table::default();
        for number in [2, 4, 6] {
            table.push(chunk(&[&["a", "b"], &["c"]], number));
        }
        table.push(chunk(&[&[&long, "d"]], 8));
        table.push(chunk(&[&["e"]], 9));
        let rows: Vec<(u32, String)> =
            table.rows().map(|row| (row.number(), row.cells().map(|cell| &cell[..1]).collect())).collect();
        let expected = [(2, "ab"), (3, "c"), (4, "ab"), (5, "c"), (6, "ab"), (7, "c"), (8, "xd"), (9, "e")];
        assert_eq!(rows, expected.map(|(number, cells)| (number, cells.to_owned())));
        assert_eq!((table.chunks.len(), table.row(7).cell(0), table.find(7)), (3, "e", Some(5)));
    }
}

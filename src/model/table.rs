//! A table: what a file holds, as one text and the ends of its cells, cut in chunks.
//!
//! A cell is a slice of its chunk; no cell owns memory of its own. A chunk is at most 4 GiB, because ends are `u32`.

use std::cmp::Ordering;

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
    ends: Vec<u32>,
    marks: Vec<Mark>,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    /// One past the row's last cell, in `Chunk::ends`.
    end: u32,
    number: u32,
    line: u32,
}

/// One row of a table, borrowed.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    chunk: &'a Chunk,
    first: usize,
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
        chunk.text.shrink_to_fit();
        chunk.ends.shrink_to_fit();
        chunk.marks.shrink_to_fit();
        self.firsts.push(self.rows);
        self.rows += chunk.marks.len();
        self.chunks.push(chunk);
    }

    /// Adds the rows that follow, and whether the file ends in the last of them.
    pub fn append(&mut self, next: Table) {
        next.chunks.into_iter().for_each(|chunk| self.push(chunk));
        self.is_unended = next.is_unended;
    }

    /// The row at `index`, counted from 0 over the whole table.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, index: usize) -> Row<'_> {
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
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
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
        let end = u32::try_from(self.text.len()).expect("a chunk is at most 4 GiB");
        self.ends.push(end);
    }

    /// Writes one whole cell.
    pub fn cell(&mut self, text: &str) {
        self.write(text);
        self.end_cell();
    }

    /// Ends the row that is being written: `number` as a spreadsheet counts it (from 1, the heading included), `line`
    /// as an editor counts it (from 1, the line on which the row starts).
    pub fn end_row(&mut self, number: u32, line: u32) {
        let end = u32::try_from(self.ends.len()).expect("a chunk is at most 4 GiB");
        self.marks.push(Mark { end, number, line });
    }

    fn row(&self, index: usize) -> Row<'_> {
        let first = match index {
            0 => 0,
            _ => self.marks[index - 1].end as usize,
        };
        Row { chunk: self, first, mark: self.marks[index] }
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
        self.mark.end as usize - self.first
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell at `column`, counted from 0; a cell that is not there reads as empty.
    pub fn cell(&self, column: usize) -> &'a str {
        if column >= self.len() {
            return "";
        }
        let at = self.first + column;
        let start = match at {
            0 => 0,
            _ => self.chunk.ends[at - 1] as usize,
        };
        &self.chunk.text[start..self.chunk.ends[at] as usize]
    }

    pub fn cells(self) -> impl Iterator<Item = &'a str> {
        (0..self.len()).map(move |column| self.cell(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(rows: &[&[&str]], first_number: u32) -> Chunk {
        let mut chunk = Chunk::default();
        for (row, number) in rows.iter().zip(first_number..) {
            row.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        chunk
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
}

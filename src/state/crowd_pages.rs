//! Pages of a crowd: the marks of users whose numbers follow one another, packed into one cell of SQLite.
//!
//! A page is read many times faster than a row a user; and rows would not be less to write, for SQLite writes in pages, too.

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::{Connection, OptionalExtension, Rows, Statement};

use crate::model::{Mark, Shape};
use crate::state::stored::unreadable;

pub(super) const SCHEMA: &str = "
    CREATE TABLE crowd_pages (
        exchange TEXT NOT NULL,
        page INTEGER NOT NULL, -- of 256 users each, by their numbers
        marks BLOB NOT NULL,   -- in the order of the numbers
        PRIMARY KEY (exchange, page)
    ) STRICT;
";

/// All pages of an exchange.
pub(super) const READ: &str = "SELECT marks FROM crowd_pages WHERE exchange = ?1 ORDER BY page";

/// Users of so many numbers share a page.
const PAGE: u32 = 256;

/// Reads marks, user by user.
pub(super) struct Reader<'a> {
    rows: Rows<'a>,
    /// Where on the page the next mark starts.
    at: usize,
    size: usize,
    mark: Mark,
}

/// Writes marks, user by user, on the pages that are there and on new ones.
pub(super) struct Writer<'a> {
    exchange: &'a str,
    read: Statement<'a>,
    write: Statement<'a>,
    size: usize,
    page: u32,
    marks: Vec<u8>,
    /// Where on the page the next mark may belong.
    at: usize,
    is_changed: bool,
}

pub(super) fn forget(db: &Connection, exchange: &str) -> rusqlite::Result<()> {
    db.execute("DELETE FROM crowd_pages WHERE exchange = ?1", [exchange]).map(drop)
}

impl<'a> Reader<'a> {
    pub(super) fn new(mut rows: Rows<'a>, shape: &Shape) -> rusqlite::Result<Reader<'a>> {
        rows.advance()?;
        let mark = Mark { ways: vec![0; shape.ways.len()], ..Mark::default() };
        Ok(Reader { rows, at: 0, size: size(shape), mark })
    }

    /// Gives all marks before that of the user, and passes over theirs.
    pub(super) fn pass(&mut self, user: u32, take: impl FnMut(&Mark)) -> rusqlite::Result<()> {
        self.read(Some(user), take)
    }

    pub(super) fn rest(&mut self, take: impl FnMut(&Mark)) -> rusqlite::Result<()> {
        self.read(None, take)
    }

    fn read(&mut self, until: Option<u32>, mut take: impl FnMut(&Mark)) -> rusqlite::Result<()> {
        while let Some(row) = self.rows.get() {
            let marks = row.get_ref(0)?.as_blob()?;
            if marks.len() % self.size != 0 {
                return Err(unreadable("a blob", "a page of marks").into());
            }
            for packed in marks[self.at..].chunks_exact(self.size) {
                let number = number(packed);
                if until.is_some_and(|until| number > until) {
                    return Ok(());
                }
                self.at += self.size;
                if until != Some(number) {
                    unpack(packed, &mut self.mark);
                    take(&self.mark);
                }
            }
            self.rows.advance()?;
            self.at = 0;
        }
        Ok(())
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(db: &'a Connection, exchange: &'a str, shape: &Shape) -> rusqlite::Result<Writer<'a>> {
        let mut writer = Writer {
            exchange,
            read: db.prepare("SELECT marks FROM crowd_pages WHERE exchange = ?1 AND page = ?2")?,
            write: db.prepare(
                "INSERT INTO crowd_pages (exchange, page, marks) VALUES (?1, ?2, ?3)
                 ON CONFLICT (exchange, page) DO UPDATE SET marks = excluded.marks",
            )?,
            size: size(shape),
            page: 0,
            marks: Vec::new(),
            at: 0,
            is_changed: false,
        };
        writer.open(0)?;
        Ok(writer)
    }

    /// Users must come in the order of their numbers.
    pub(super) fn put(&mut self, mark: &Mark) -> rusqlite::Result<()> {
        let page = mark.number / PAGE;
        if page != self.page {
            self.close()?;
            self.open(page)?;
        }
        let there = |at: usize| self.marks.get(at..at + self.size).map(number);
        while there(self.at).is_some_and(|number| number < mark.number) {
            self.at += self.size;
        }
        let end = if there(self.at) == Some(mark.number) { self.at + self.size } else { self.at };
        let packed = pack(mark);
        if self.marks[self.at..end] != packed {
            self.marks.splice(self.at..end, packed);
            self.is_changed = true;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> rusqlite::Result<()> {
        self.close()
    }

    fn open(&mut self, page: u32) -> rusqlite::Result<()> {
        let there: Option<Vec<u8>> = self.read.query_row((self.exchange, page), |row| row.get(0)).optional()?;
        (self.page, self.marks, self.at, self.is_changed) = (page, there.unwrap_or_default(), 0, false);
        Ok(())
    }

    fn close(&mut self) -> rusqlite::Result<()> {
        if self.is_changed {
            self.write.execute((self.exchange, self.page, &self.marks))?;
        }
        Ok(())
    }
}

/// In bytes, of one mark.
fn size(shape: &Shape) -> usize {
    20 + 4 * shape.ways.len()
}

fn pack(mark: &Mark) -> Vec<u8> {
    let (first, last) = ((mark.row as u32), ((mark.row >> 32) as u32));
    let parts = [mark.number, mark.manager, mark.key, first, last];
    parts.iter().chain(&mark.ways).flat_map(|part| part.to_le_bytes()).collect()
}

fn unpack(packed: &[u8], mark: &mut Mark) {
    let mut parts = packed.chunks_exact(4).map(|part| u32::from_le_bytes(part.try_into().expect("four bytes")));
    let mut next = || parts.next().expect("a mark has a part more");
    (mark.number, mark.manager, mark.key) = (next(), next(), next());
    mark.row = u64::from(next()) | u64::from(next()) << 32;
    mark.ways.iter_mut().for_each(|way| *way = next());
}

/// It comes first.
fn number(packed: &[u8]) -> u32 {
    u32::from_le_bytes(packed[..4].try_into().expect("four bytes"))
}

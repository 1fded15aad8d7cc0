//! CSV: the encoding, the separator and the headings are recognised, then all rows are read, in pieces side by side.

use std::io;
use std::mem;
use std::num::NonZero;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use crate::format::body::Body;
use crate::format::code::Code;
use crate::format::dialect::Encoding;
use crate::format::head::Head;
use crate::format::heading::COLUMNS_AT_MOST;
use crate::format::intake::{File, Start, Taken};
use crate::format::part::Part;
use crate::format::relay::{self, Baton};
use crate::format::tally::Tally;
use crate::format::{Kind, Piece, Reading, Source, encoding, separator, shape, unreadable};
use crate::model::{Bytes, Finding, Table};

/// Bytes of a piece, and of what is looked at of a file at a time.
const PIECE: NonZero<usize> = NonZero::new(1024 * 1024).expect("it is some");

/// In this share of a piece, headings and some rows below them are most often found.
const HEAD: usize = 16;

/// A CSV file of which all is known but its rows, which are read from where they are.
pub struct Opened<'a> {
    /// As that of [`Reading`].
    pub heading: Vec<String>,
    pub source: Source,
    /// What is known without the rows; about the whole file.
    pub findings: Vec<Finding>,
    file: File<'a>,
    piece: NonZero<usize>,
}

/// What a piece was taken for.
struct Seen<T> {
    start: Start,
    /// Its findings are those below.
    tally: Tally,
    findings: Arc<Vec<Finding>>,
    surplus: Option<u32>,
    of_file: Vec<Finding>,
    rows: usize,
    seen: T,
}

/// Opens a CSV file; see [`crate::format::read`]. The inner error says what the file is instead.
///
/// # Errors
/// The bytes cannot be read.
pub fn open<'a>(
    bytes: &'a dyn Bytes,
    stated: Option<Encoding>,
    is_heading: &'a (dyn Fn(&str) -> bool + Sync),
) -> io::Result<Result<Opened<'a>, Finding>> {
    open_in_pieces(bytes, stated, is_heading, PIECE)
}

/// # Errors
/// There is no text, or no end of columns.
pub(super) fn read(
    bytes: &[u8],
    stated: Option<Encoding>,
    is_heading: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Reading, Finding> {
    let opened = open(&bytes, stated, is_heading).expect("what is in memory can be read")?;
    let mut table = Table::default();
    let of_rows = opened.pieces(NonZero::<usize>::MIN, |piece| piece.table, |rows| table.append(rows));
    let Opened { heading, source, mut findings, .. } = opened;
    findings.extend(of_rows.expect("what is in memory can be read"));
    Ok(Reading { heading, table, findings, source })
}

fn open_in_pieces<'a>(
    bytes: &'a dyn Bytes,
    stated: Option<Encoding>,
    is_heading: &'a (dyn Fn(&str) -> bool + Sync),
    piece: NonZero<usize>,
) -> io::Result<Result<Opened<'a>, Finding>> {
    let mut start = vec![0; bytes.len().min(unreadable::HEAD as u64) as usize];
    bytes.read_at(&mut start, 0)?;
    if let Err(refusal) = unreadable::check(&start, bytes.len()) {
        return Ok(Err(refusal));
    }
    let told = encoding::tell(bytes, stated, piece.get())?;
    let body = Body::of(bytes, &told)?;
    if body.is_empty() {
        return Ok(Err(unreadable::is_empty()));
    }
    let head = match head(&body, is_heading, piece.get().div_ceil(HEAD) as u64)? {
        Ok(head) => head,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Head { heading, separator, .. } = &head;
    if heading.cells.len() > COLUMNS_AT_MOST {
        return Ok(Err(unreadable::too_many_columns()));
    }
    if let Err(refusal) = heading.check_lengths() {
        return Ok(Err(refusal));
    }
    let of_file = [told.remark, separator::remark(*separator, heading.cells.len()), heading.title()];
    let source = Source {
        kind: Kind::Csv,
        encoding: told.code.name(),
        separator: Some((*separator).into()),
        heading_row: heading.row,
    };
    let opened = Opened {
        heading: heading.cells.clone(),
        source,
        findings: of_file.into_iter().flatten().collect(),
        file: File { body, encoding: told.code.name(), head, is_heading },
        piece,
    };
    Ok(if opened.is_a_line_of_text()? { Err(unreadable::is_a_line_of_text()) } else { Ok(opened) })
}

/// As much of the text is read as it takes: `length` bytes at first.
fn head(body: &Body<'_>, is_heading: &dyn Fn(&str) -> bool, mut length: u64) -> io::Result<Result<Head, Finding>> {
    loop {
        let (mut bytes, mut text) = (Vec::new(), String::new());
        body.read(body.start..body.start + length, &mut bytes)?;
        let is_whole = body.start + bytes.len() as u64 == body.end;
        let unfinished = if is_whole { 0 } else { body.code.unfinished(&bytes) };
        body.code.decode(&bytes[..bytes.len() - unfinished], &mut text);
        let found = Head::of(&text, is_whole, is_heading);
        if let Some(found) = found {
            return Ok(found.map(|head| {
                let below = body.start as usize + body.code.length_of(&text[..head.below], &bytes);
                Head { below, ..head }
            }));
        }
        length *= 4;
    }
}

impl Opened<'_> {
    /// To be stated by whoever opens the file again, so that it need not be told once more.
    pub fn encoding(&self) -> Encoding {
        match self.file.body.code {
            Code::Windows1252 => Encoding::Windows1252,
            // UTF-16 is known by its start, whatever is stated.
            Code::Utf8 | Code::Utf16(_) => Encoding::Utf8,
        }
    }

    /// Has the rows read in pieces of so many bytes. Whatever their size, all that is said stays the same.
    #[must_use]
    pub fn in_pieces_of(self, bytes: NonZero<usize>) -> Self {
        Opened { piece: bytes, ..self }
    }

    /// Reads all rows: `see` is called side by side for each piece, `take` with what it gave, in the order of the file.
    /// Gives the findings about the form of the rows, and those about the file that only its rows show. Where the rows
    /// have too many errors, nothing more is taken, and what was seen behind that row is let go.
    ///
    /// # Errors
    /// The bytes cannot be read; some pieces may have been taken before.
    pub fn pieces<T: Send>(
        &self,
        threads: NonZero<usize>,
        see: impl Fn(Piece) -> T + Sync,
        mut take: impl FnMut(T),
    ) -> io::Result<Vec<Finding>> {
        let mut tally = Tally::default();
        self.file.head.flaw.iter().for_each(|flaw| tally.report(flaw.clone()));
        let (mut surplus, mut of_file, mut rows) = (None, Vec::new(), 0);
        let mut failure = None;
        let first = self.file.start();
        let pieces = (self.file.body.end - first.at).div_ceil(self.piece.get() as u64) as usize;
        let work = |part: &mut Part, baton: Baton<'_, Start, _>| self.work(part, baton, &see).transpose();
        relay::run(pieces, threads, first, work, |index, seen| {
            let seen = seen.and_then(|seen: Seen<T>| match tally.is_hopeless_with(&seen.tally) {
                true => self.see_again(index, seen, tally.errors(), &see),
                false => Ok(seen),
            });
            match seen {
                Ok(seen) => {
                    surplus = surplus.or(seen.surplus);
                    of_file.extend(seen.of_file);
                    rows += seen.rows;
                    take(seen.seen);
                    // What took the piece may have let go of its findings.
                    let findings = Arc::unwrap_or_clone(seen.findings);
                    tally.append(seen.tally.with(findings));
                }
                Err(cause) => failure = Some(cause),
            }
            if tally.is_hopeless() || failure.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let surplus = surplus.map(shape::surplus);
        match failure {
            Some(cause) => Err(cause),
            None => Ok(surplus.into_iter().chain(of_file).chain(tally.finish(rows == 0)).collect()),
        }
    }

    /// Nothing when all is over.
    fn work<T>(
        &self,
        part: &mut Part,
        baton: Baton<'_, Start, io::Result<Seen<T>>>,
        see: &impl Fn(Piece) -> T,
    ) -> io::Result<Option<Seen<T>>> {
        let index = baton.part();
        let is_known = index == 0 || baton.is_alone();
        if !is_known {
            self.read(part, index, None)?;
        }
        let Some(start) = baton.receive() else { return Ok(None) };
        if is_known || !part.starts_at(start.at) {
            self.read(part, index, Some(start.at))?;
        }
        baton.pass_on(self.file.start_behind(part, &start));
        Ok(Some(self.seen(part, start, Tally::ahead(), see)))
    }

    /// Once more, behind so many errors, where there are too many with those of this piece.
    fn see_again<T>(
        &self,
        index: usize,
        Seen { start, .. }: Seen<T>,
        errors: usize,
        see: &impl Fn(Piece) -> T,
    ) -> io::Result<Seen<T>> {
        let mut part = Part::default();
        self.read(&mut part, index, Some(start.at))?;
        Ok(self.seen(&mut part, start, Tally::behind(errors), see))
    }

    fn read(&self, part: &mut Part, index: usize, start: Option<u64>) -> io::Result<()> {
        part.read(&self.file.body, self.range(index), start, |text, signs| self.file.splitter(text, signs))
    }

    fn range(&self, index: usize) -> Range<u64> {
        let size = self.piece.get() as u64;
        let start = self.file.head.below as u64 + index as u64 * size;
        start..(start + size).min(self.file.body.end)
    }

    fn seen<T>(&self, part: &mut Part, start: Start, before: Tally, see: &impl Fn(Piece) -> T) -> Seen<T> {
        let Taken { table, mut tally, surplus, of_file } = self.file.take(part, &start, before);
        let rows = table.len();
        let findings = Arc::new(mem::take(&mut tally.findings));
        let seen = see(Piece { table, findings: findings.clone() });
        Seen { start, tally, findings, surplus, of_file, rows, seen }
    }

    /// One heading that nobody knows, and no row: a message in place of a table.
    fn is_a_line_of_text(&self) -> io::Result<bool> {
        if self.file.head.heading.known > 0 || self.heading.len() > 1 {
            return Ok(false);
        }
        let mut rows = 0;
        self.pieces(NonZero::<usize>::MIN, |piece| piece.table.len(), |more| rows += more)?;
        Ok(rows == 0)
    }
}

#[cfg(test)]
mod any_pieces;
#[cfg(test)]
mod tests;

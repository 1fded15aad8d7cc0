//! Reading a file that somebody else made: CSV in this process, a workbook in another, which may die of it.
//!
//! The libraries that read workbooks are large, and the format invites bombs: some hundred bytes that unfold to
//! gigabytes. So the program starts itself once more for each workbook, with limits on memory and time (`child`). What
//! becomes of that process is a finding about the file, never the end of a run. Its standard error goes nowhere: it
//! might quote the file.

mod child;
mod end;
mod frame;
mod process;
mod watch;

use std::collections::BTreeSet;
use std::num::NonZero;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread;
use std::time::Duration;

pub use child::serve;
use frame::Head;
use process::Process;

use crate::format::dialect::Encoding;
use crate::format::{self, Piece, Reading, Source, workbook};
use crate::job::Error;
use crate::model::{Bytes, Exit, Finding, Table};
use crate::rule::sieve::Sifted;

/// The hidden word of the command line that makes a process such a reader.
pub const VERB: &str = "read-workbook";

/// With which the child ends when it cannot set its limits: then it reads nothing.
pub const UNCONFINED: Exit = Exit::Disk;

/// Address space, in bytes. The file is in it, and the texts that its cells share; the rows are not.
const MEMORY_AT_MOST: u64 = 1024 * 1024 * 1024;

/// By so many bytes a workbook is known.
pub const MARK: usize = 8;

/// A workbook of which the sheet and the headings are found, while another process reads it.
pub struct Workbook<'a> {
    /// As [`Reading::heading`].
    pub heading: Vec<String>,
    pub source: Source,
    /// What is said of the file and the sheet before any row is read.
    pub findings: Vec<Finding>,
    bytes: &'a dyn Bytes,
    is_heading: &'a dyn Fn(&str) -> bool,
    /// Starts the process, or another one in its place.
    command: Command,
    /// It has its rows still to tell.
    process: Option<Process>,
}

impl<'a> Workbook<'a> {
    /// The inner error is the one finding about a file that is no workbook, or that no process of ours can read.
    ///
    /// # Errors
    /// There can be no process to read it in, or the bytes cannot be read.
    pub fn open(
        bytes: &'a dyn Bytes,
        is_heading: &'a dyn Fn(&str) -> bool,
    ) -> Result<Result<Workbook<'a>, Finding>, Error> {
        Workbook::open_by(ourselves(), bytes, is_heading)
    }

    fn open_by(
        mut command: Command,
        bytes: &'a dyn Bytes,
        is_heading: &'a dyn Fn(&str) -> bool,
    ) -> Result<Result<Workbook<'a>, Finding>, Error> {
        let (head, process) = match Process::start(&mut command, bytes, is_heading)? {
            Ok((head, process)) => (head, Some(process)),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Head { kind, heading_row, heading, findings } = head;
        let source = Source { kind, encoding: "UTF-8", separator: None, heading_row };
        Ok(Ok(Workbook { heading, source, findings, bytes, is_heading, command, process }))
    }

    /// Reads all rows, and gives them on in pieces of about 1 MiB, in the order of the file; asked once more, it reads them
    /// once more. What is said of the whole file at its end comes back: it belongs behind [`Workbook::findings`], in front
    /// of what the pieces say. The inner error is the one finding about a workbook that cannot be read to its end: then
    /// none of the rows that were given counts.
    ///
    /// # Errors
    /// As those of [`Workbook::open`].
    pub fn pieces(&mut self, take: &mut dyn FnMut(Piece)) -> Result<Result<Vec<Finding>, Finding>, Error> {
        let process = match self.process.take() {
            Some(process) => process,
            None => match Process::start(&mut self.command, self.bytes, self.is_heading)? {
                Ok((_, process)) => process,
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        process.pieces(take)
    }
}

/// A file, whatever its form: its headings are found, and its rows are read piece by piece.
pub enum Opened<'a> {
    Text(Box<format::Opened<'a>>),
    Workbook(Box<Workbook<'a>>),
}

impl<'a> Opened<'a> {
    /// The encoding of a text file may be stated. The inner error is the one finding about a file that is no table, or that
    /// no process of ours can read.
    ///
    /// # Errors
    /// There can be no process to read a workbook in, or the disk fails.
    pub fn of(
        content: &'a dyn Bytes,
        encoding: Option<Encoding>,
        is_heading: &'a (dyn Fn(&str) -> bool + Sync),
    ) -> Result<Result<Opened<'a>, Finding>, Error> {
        if workbook::is_one(&content.top(MARK).map_err(Error::unread)?) {
            let workbook = Workbook::open(content, is_heading)?;
            return Ok(workbook.map(|workbook| Opened::Workbook(Box::new(workbook))));
        }
        let text = format::open(content, encoding, is_heading).map_err(Error::unread)?;
        Ok(text.map(|text| Opened::Text(Box::new(text))))
    }

    /// As [`Reading::heading`].
    pub fn heading(&self) -> &[String] {
        match self {
            Opened::Text(text) => &text.heading,
            Opened::Workbook(workbook) => &workbook.heading,
        }
    }

    pub fn source(&self) -> &Source {
        match self {
            Opened::Text(text) => &text.source,
            Opened::Workbook(workbook) => &workbook.source,
        }
    }

    /// Reads all rows: each piece is seen, several at a time, and what was made of it is taken in the order of the file.
    /// Gives the findings about the form of the file, in its order. The inner error is the one finding about a file that
    /// cannot be read to its end: then nothing that was taken counts.
    ///
    /// # Errors
    /// As those of [`Opened::of`].
    pub fn pieces<T: Send>(
        &mut self,
        see: impl Fn(Piece) -> T + Sync,
        mut take: impl FnMut(T),
    ) -> Result<Result<Vec<Finding>, Finding>, Error> {
        match self {
            Opened::Text(text) => {
                let of_rows = text.pieces(threads(), see, take).map_err(Error::unread)?;
                Ok(Ok([text.findings.clone(), of_rows].concat()))
            }
            Opened::Workbook(workbook) => {
                let mut of_rows = Vec::new();
                let at_end = workbook.pieces(&mut |piece| {
                    of_rows.extend_from_slice(&piece.findings);
                    take(see(piece));
                })?;
                Ok(at_end.map(|at_end| [workbook.findings.clone(), at_end, of_rows].concat()))
            }
        }
    }

    /// Reads all rows through a sieve.
    pub fn sift(
        &mut self,
        sieve: impl Fn(Piece) -> Sifted + Sync,
    ) -> Result<Result<(Sifted, Vec<Finding>), Finding>, Error> {
        let mut sifted = Sifted::default();
        let findings = self.pieces(sieve, |piece| sifted.append(piece))?;
        Ok(findings.map(|findings| (sifted, findings)))
    }

    /// Reads all rows, and leaves them all to be looked at.
    pub fn all(&mut self) -> Result<Result<(Sifted, Vec<Finding>), Finding>, Error> {
        self.sift(|piece| Sifted::all(piece.table))
    }

    /// Reads the rows with these numbers.
    pub fn pick(&mut self, numbers: &BTreeSet<u32>) -> Result<Result<Table, Finding>, Error> {
        let mut picked = Table::default();
        let read = self.pieces(|piece| piece.table.only(numbers), |rows| picked.append(rows))?;
        Ok(read.map(|_| picked))
    }

    fn whole(mut self) -> Result<Result<Reading, Finding>, Error> {
        let read = self.all()?;
        Ok(read.map(|(sifted, findings)| {
            let (heading, source) = (self.heading().to_vec(), self.source().clone());
            Reading { heading, table: sifted.left, findings, source }
        }))
    }
}

/// Both cores of a small machine; more threads wait for the disk.
pub(super) fn threads() -> NonZero<usize> {
    const AT_MOST: NonZero<usize> = NonZero::new(8).expect("it is more than zero");
    thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN).min(AT_MOST)
}

/// Reads a file, whatever its form, and holds all of it.
///
/// # Errors
/// As those of [`Opened::of`].
pub fn read(
    content: &dyn Bytes,
    encoding: Option<Encoding>,
    is_heading: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Result<Reading, Finding>, Error> {
    match Opened::of(content, encoding, is_heading)? {
        Ok(opened) => opened.whole(),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// In memory, for what cannot be read in pieces.
pub fn whole(content: &dyn Bytes) -> Result<Vec<u8>, Error> {
    content.top(usize::MAX).map_err(Error::unread)
}

/// Through the kernel's link, and not by name: the file may have been replaced by a newer version since we started.
/// Nothing of the environment is handed on, for secrets may be in it.
fn ourselves() -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.arg0("passerelle").arg(VERB).env_clear();
    command
}

/// What a file of so many bytes may take, of the processor, and of the clock while we wait for it. What a file that unfolds
/// to no more than its size lets expect takes a tenth of it, which leaves room for slow machines.
fn time_at_most(length: u64) -> Duration {
    Duration::from_secs(60 + length / 1024 / 1024)
}

#[cfg(test)]
mod tests;

//! The end of a child that had not said all: what it says of the file.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::Signal;

use super::{MEMORY_AT_MOST, UNCONFINED};
use crate::format::workbook;
use crate::job::Error;
use crate::model::{Finding, Place, Text};
use crate::text;

#[derive(Debug, PartialEq, Eq)]
enum End {
    Memory,
    Time,
    Failure,
}

/// The one finding about the file; `broken` is how it ceased to talk.
///
/// # Errors
/// It says nothing of the file: the child could not begin, or somebody stopped it.
pub fn finding(
    broken: &io::Error,
    is_late: bool,
    status: ExitStatus,
    time_at_most: Duration,
) -> Result<Finding, Error> {
    if status.code() == Some(i32::from(UNCONFINED.code())) {
        return Err(Error::Process(io::Error::other("it could not set its own limits")));
    }
    // Whoever stops this run may stop every process of it.
    if let Some(Signal::TERM | Signal::INT) = status.signal().and_then(Signal::from_named_raw) {
        return Err(Error::Process(io::Error::new(io::ErrorKind::Interrupted, "it was asked to stop")));
    }
    let end = End::of(broken, is_late, status);
    tracing::info!(?end, %status, "a workbook could not be read");
    Ok(end.finding(time_at_most))
}

impl End {
    fn of(broken: &io::Error, is_late: bool, status: ExitStatus) -> End {
        match status.signal().and_then(Signal::from_named_raw) {
            _ if is_late => End::Time,
            // What it said made no sense; how we ended it afterwards says nothing.
            _ if broken.kind() == io::ErrorKind::InvalidData => End::Failure,
            Some(Signal::XCPU) => End::Time,
            // A Rust program aborts where it gets no memory, for the heap or the stack; the system kills where all is used.
            Some(Signal::ABORT | Signal::KILL) => End::Memory,
            _ => End::Failure,
        }
    }

    fn finding(&self, time_at_most: Duration) -> Finding {
        let gigabytes = MEMORY_AT_MOST / 1024 / 1024 / 1024;
        let seconds = time_at_most.as_secs();
        let problem = match self {
            End::Memory => text!(
                "the workbook cannot be read in {gigabytes} GiB of memory",
                "le classeur ne peut pas être lu avec {gigabytes} Gio de mémoire"
            ),
            End::Time => text!(
                "the workbook cannot be read in {seconds} seconds",
                "le classeur ne peut pas être lu en {seconds} secondes"
            ),
            End::Failure => Text::of(
                "the program that reads workbooks fails on this one",
                "le programme qui lit les classeurs échoue sur celui-ci",
            ),
        };
        workbook::UNREADABLE.at(Place::FILE, problem).expected(Text::of(
            "the rows alone, saved as CSV or copied into a new workbook",
            "les lignes seules, enregistrées en CSV ou copiées dans un nouveau classeur",
        ))
    }
}

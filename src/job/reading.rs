//! Reading a file that somebody else made: CSV in this process, a workbook in another, which may die of it.
//!
//! The libraries that read workbooks are large, and the format invites bombs: some hundred bytes that unfold to
//! gigabytes. So the program starts itself once more for each workbook, with limits on memory and time (`child`). What
//! becomes of that process is a finding about the file, never the end of a run. Its standard error goes nowhere: it
//! might quote the file.

mod child;
mod frame;

use std::io::{self, BufReader, Read, Write};
use std::mem;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

pub use child::serve;
use frame::{Head, Tag};
use rustix::process::Signal;

use crate::format::dialect::Encoding;
use crate::format::{self, Reading, Source, workbook};
use crate::job::Error;
use crate::model::bytes::Reader;
use crate::model::table::Chunk;
use crate::model::{Bytes, Exit, Finding, Place, Table, Text};
use crate::text;

/// The hidden word of the command line that makes a process such a reader.
pub const VERB: &str = "read-workbook";

/// With which the child ends when it cannot set its limits: then it reads nothing.
pub const UNCONFINED: Exit = Exit::Disk;

/// Address space, in bytes: five times what 100,000 rows of 16 columns take.
const MEMORY_AT_MOST: u64 = 1024 * 1024 * 1024;

/// Of the clock, and of the processor: twenty times what 100,000 rows take on a slow machine.
const TIME_AT_MOST: Duration = Duration::from_secs(60);

/// In bytes; the table's next chunk starts at the next row's end.
const CHUNK: usize = 4 * 1024 * 1024;

/// Of the file, as it is said to that process; in bytes.
const PIECE: usize = 256 * 1024;

/// By so many bytes a workbook is known.
const MARK: usize = 8;

/// Why the two processes do not understand each other any more.
enum Broken {
    /// The file cannot be read.
    Disk(io::Error),
    Line(io::Error),
}

impl From<io::Error> for Broken {
    fn from(cause: io::Error) -> Broken {
        Broken::Line(cause)
    }
}

/// How a process came to its end before it had said all.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Memory,
    Time,
    Failure,
}

/// Reads a file, whatever its form; the encoding of a text file may be stated. The inner error is the one finding about a
/// file that is no table, or that no process of ours can read.
///
/// # Errors
/// There can be no process to read a workbook in, or the disk fails.
pub fn read(
    content: &dyn Bytes,
    encoding: Option<Encoding>,
    is_heading: &dyn Fn(&str) -> bool,
) -> Result<Result<Reading, Finding>, Error> {
    match workbook::is_one(&content.top(MARK).map_err(Error::unread)?) {
        true => read_apart(&mut ourselves(), TIME_AT_MOST, content, is_heading),
        false => Ok(format::read_as(&whole(content)?, encoding, is_heading)),
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

fn read_apart(
    command: &mut Command,
    time_at_most: Duration,
    content: &dyn Bytes,
    is_heading: &dyn Fn(&str) -> bool,
) -> Result<Result<Reading, Finding>, Error> {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = piped.spawn().map_err(Error::Process)?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let (input, output) = (input.expect("it is piped"), output.expect("it is piped"));
    let (over, is_over) = mpsc::channel();
    let watch = thread::Builder::new().spawn(move || watch(child, time_at_most, &is_over)).map_err(Error::Process)?;
    let said = converse(input, BufReader::new(output), content, is_heading);
    drop::<mpsc::Sender<()>>(over);
    let (is_late, status) = watch.join().expect("watching does not panic");
    let status = status.map_err(Error::Process)?;
    let broken = match said {
        Ok(read) => return Ok(read),
        Err(Broken::Disk(cause)) => return Err(Error::unread(cause)),
        Err(Broken::Line(broken)) => broken,
    };
    if status.code() == Some(i32::from(UNCONFINED.code())) {
        return Err(Error::Process(io::Error::other("it could not set its own limits")));
    }
    // Whoever stops this run may stop every process of it.
    if let Some(Signal::TERM | Signal::INT) = status.signal().and_then(Signal::from_named_raw) {
        return Err(Error::Process(io::Error::new(io::ErrorKind::Interrupted, "it was asked to stop")));
    }
    let end = End::of(&broken, is_late, status);
    tracing::info!(?end, %status, "a workbook could not be read");
    Ok(Err(end.finding(time_at_most)))
}

/// Ends the process when all is said, or when it is late; whether it was.
fn watch(mut child: Child, time_at_most: Duration, is_over: &Receiver<()>) -> (bool, io::Result<ExitStatus>) {
    let is_late = is_over.recv_timeout(time_at_most) == Err(RecvTimeoutError::Timeout);
    // What has come to its end by itself keeps its own status.
    child.kill().ok();
    (is_late, child.wait())
}

/// Says the file, answers what is asked, and takes what is told.
fn converse(
    mut input: impl Write,
    mut output: impl Read,
    file: &dyn Bytes,
    is_heading: &dyn Fn(&str) -> bool,
) -> Result<Result<Reading, Finding>, Broken> {
    input.write_all(&file.len().to_le_bytes())?;
    let (mut file, mut piece) = (Reader::of(file), vec![0; PIECE]);
    loop {
        match file.read(&mut piece).map_err(Broken::Disk)? {
            0 => break,
            count => input.write_all(&piece[..count])?,
        }
    }
    let mut head: Option<Head> = None;
    let (mut table, mut chunk, mut findings) = (Table::default(), Chunk::default(), Vec::new());
    let mut bytes = Vec::new();
    // More than it may have in memory it cannot mean to say.
    let mut output = output.by_ref().take(MEMORY_AT_MOST);
    loop {
        match frame::receive(&mut output, &mut bytes)? {
            Tag::Asks => input.write_all(&[u8::from(is_heading(&String::from_utf8_lossy(&bytes)))])?,
            Tag::Head => head = Some(frame::json(&bytes)?),
            Tag::Row => {
                frame::take_row(&bytes, &mut chunk)?;
                if chunk.size() >= CHUNK {
                    table.push(mem::take(&mut chunk));
                }
            }
            Tag::Finding => findings.push(frame::json(&bytes)?),
            Tag::Refused => return Ok(Err(frame::json(&bytes)?)),
            Tag::End => break,
        }
    }
    table.push(chunk);
    let Head { kind, heading_row, heading } = head.ok_or_else(frame::nonsense)?;
    let source = Source { kind, encoding: "UTF-8", separator: None, heading_row };
    Ok(Ok(Reading { heading, table, findings, source }))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a process that is not ours, by the words of a shell.
    fn end_of(script: &str, seconds: u64) -> String {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script);
        let read = read_apart(&mut shell, Duration::from_secs(seconds), &b"PK\x03\x04".to_vec(), &|_| true);
        let refusal = read.expect("there is a shell").expect_err("it reads nothing");
        assert_eq!(refusal.code, "workbook-unreadable");
        refusal.problem.to_string()
    }

    #[test]
    fn every_bad_end_of_the_child_is_one_finding() {
        let memory = "the workbook cannot be read in 1 GiB of memory";
        let failure = "the program that reads workbooks fails on this one";
        for (script, problem) in [
            ("cat > /dev/null & kill -ABRT $$", memory),
            ("kill -KILL $$", memory),
            ("kill -XCPU $$", "the workbook cannot be read in 60 seconds"),
            ("exit 0", failure),
            ("exit 1", failure),
            ("kill -SEGV $$", failure),
            ("echo 'Dear parent, all is well.'; exec sleep 60", failure),
            ("printf '\\005\\0\\0\\0\\0'; exec sleep 60", failure),
            ("printf '\\001\\002\\0\\0\\0[1'; exec sleep 60", failure),
            ("printf '\\002\\001\\0\\0\\0x'; exec sleep 60", failure),
        ] {
            assert_eq!(end_of(script, 60), problem, "{script}");
        }
        assert_eq!(end_of("exec sleep 60", 1), "the workbook cannot be read in 1 seconds");
        assert_eq!(end_of("exec yes", 60), failure);
    }

    #[test]
    fn a_question_for_a_heading_is_answered() {
        let mut shell = Command::new("sh");
        let script = "head -c 12 > /dev/null; printf '\\0\\005\\0\\0\\0login'; test $(head -c 1 | od -An -tu1) = 1 && kill -ABRT $$";
        shell.arg("-c").arg(script);
        let read =
            read_apart(&mut shell, Duration::from_secs(60), &b"PK\x03\x04".to_vec(), &|heading| heading == "login");
        let refusal = read.expect("there is a shell").expect_err("it reads nothing");
        assert_eq!(refusal.problem.to_string(), "the workbook cannot be read in 1 GiB of memory");
    }

    #[test]
    fn where_no_process_can_be_started_or_confined_nothing_is_said_of_the_file() {
        let mut nowhere = Command::new("/nowhere/passerelle");
        let mut unconfined = Command::new("sh");
        unconfined.args(["-c", "exit 7"]);
        for command in [&mut nowhere, &mut unconfined] {
            let error =
                read_apart(command, TIME_AT_MOST, &Vec::new(), &|_| true).expect_err("there is no such process");
            assert_eq!(error.to_string(), "read a workbook in a process of its own");
            assert_eq!(error.exit(), Exit::Disk);
        }
        assert_eq!(Error::Process(io::ErrorKind::WouldBlock.into()).exit(), Exit::TryLater);
    }

    #[test]
    fn a_process_that_is_stopped_from_outside_says_nothing_of_the_file() {
        for signal in ["TERM", "INT"] {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("kill -{signal} $$")]);
            let error = read_apart(&mut shell, TIME_AT_MOST, &Vec::new(), &|_| true).expect_err("nothing was read");
            assert_eq!(error.exit(), Exit::TryLater, "{signal}");
        }
    }
}

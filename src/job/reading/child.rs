//! The child: reads one workbook under limits that it sets itself, and says what it read.

use std::io::{self, BufWriter, Read, Write};
use std::sync::Mutex;

use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

use super::frame::{self, Head, Tag};
use super::{MEMORY_AT_MOST, time_at_most};
use crate::format::Source;
use crate::format::workbook::Workbook;
use crate::model::Finding;

/// Takes a file from `input`, behind its length in eight bytes, and gives frames to `output`.
///
/// # Errors
/// The limits cannot be set, or the parent is gone.
pub fn serve(input: impl Read + Send, output: impl Write + Send) -> io::Result<()> {
    confine()?;
    let mut line = Line { input, output: BufWriter::new(output) };
    let bytes = line.file()?;
    let line = Mutex::new(line);
    let is_known = |heading: &str| line.lock().is_ok_and(|mut line| line.is_known(heading).unwrap_or(false));
    let opened = Workbook::open(&bytes, &is_known);
    let Line { mut output, .. } = line.into_inner().expect("nothing panics while it asks");
    match opened.map(|workbook| tell(workbook, &mut output)) {
        Ok(told) => told?,
        Err(refusal) => frame::send_json(&mut output, Tag::Refused, &refusal)?,
    }
    output.flush()
}

/// From here on no more memory and time than this, no file or socket opened, no byte written but to the parent, and no
/// picture of this memory left on a disk.
fn confine() -> io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    limit(Resource::Core, 0, 0)?;
    limit(Resource::Fsize, 0, 0)?;
    limit(Resource::Nofile, 3, 3)?;
    limit(Resource::As, MEMORY_AT_MOST, MEMORY_AT_MOST)
}

/// It matters when the parent is gone and can no longer end us. At the first second the system asks, which tells it apart;
/// at the next it ends.
fn confine_time(length: u64) -> io::Result<()> {
    let seconds = time_at_most(length).as_secs();
    limit(Resource::Cpu, seconds, seconds + 1)
}

/// Never more than there is already.
fn limit(resource: Resource, current: u64, maximum: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let limit = Rlimit { current: Some(current.min(most)), maximum: Some(maximum.min(most)) };
    Ok(setrlimit(resource, limit)?)
}

/// Both directions between the processes.
struct Line<I, O: Write> {
    input: I,
    output: BufWriter<O>,
}

impl<I: Read, O: Write> Line<I, O> {
    fn file(&mut self) -> io::Result<Vec<u8>> {
        let mut length = [0; 8];
        self.input.read_exact(&mut length)?;
        let length = u64::from_le_bytes(length);
        confine_time(length)?;
        let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(|_| frame::nonsense())?);
        self.input.by_ref().take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Only the parent knows the profile.
    fn is_known(&mut self, heading: &str) -> io::Result<bool> {
        if heading.is_empty() {
            return Ok(false);
        }
        frame::send(&mut self.output, Tag::Asks, heading.as_bytes())?;
        self.output.flush()?;
        let mut answer = [0];
        self.input.read_exact(&mut answer)?;
        Ok(answer == [1])
    }
}

fn tell(mut workbook: Workbook<'_>, output: &mut impl Write) -> io::Result<()> {
    let Source { kind, heading_row, .. } = workbook.source();
    let head = Head { kind, heading_row, heading: workbook.heading().to_vec(), findings: workbook.findings() };
    frame::send_json(output, Tag::Head, &head)?;
    // The parent has the headings before the rows are read.
    output.flush()?;
    let mut bytes = Vec::new();
    let told = workbook.pieces(&mut |piece| {
        send_findings(output, &piece.findings)?;
        frame::rows(&piece.table, &mut bytes);
        frame::send(output, Tag::Rows, &bytes)
    })?;
    match told {
        Ok(of_file) => {
            send_findings(output, &of_file)?;
            frame::send(output, Tag::End, b"")
        }
        Err(refusal) => frame::send_json(output, Tag::Refused, &refusal),
    }
}

fn send_findings(output: &mut impl Write, findings: &[Finding]) -> io::Result<()> {
    findings.iter().try_for_each(|finding| frame::send_json(output, Tag::Finding, finding))
}

//! The process that reads a workbook, from our side: it is given the file, and tells the headings and then the rows.

use std::io::{self, BufReader, Write};
use std::mem;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use super::frame::{self, Head, Tag};
use super::watch::Watch;
use super::{end, time_at_most};
use crate::format::Piece;
use crate::job::Error;
use crate::model::{Bytes, Finding};

/// Of the file at a time.
const PIECE: usize = 1024 * 1024;

/// About the rows of one piece; of the whole file a reader keeps half as many.
const FINDINGS_AT_MOST: usize = 100_000;

pub struct Process {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// What was received last.
    bytes: Vec<u8>,
    /// Of the row that was told last.
    row: u32,
    watch: Watch,
}

impl Process {
    /// Starts it and hears it out as far as the headings.
    pub fn start(
        command: &mut Command,
        file: &dyn Bytes,
        is_heading: &dyn Fn(&str) -> bool,
    ) -> Result<Result<(Head, Process), Finding>, Error> {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = piped.spawn().map_err(Error::Process)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (input, output) = (input.expect("it is piped"), output.expect("it is piped"));
        let watch = Watch::over(child, time_at_most(file.len())).map_err(Error::Process)?;
        let mut process = Process { input, output: BufReader::new(output), bytes: Vec::new(), row: 0, watch };
        let head = match process.say(file)? {
            Ok(()) => process.head(is_heading),
            Err(broken) => Err(broken),
        };
        match head {
            Ok(Ok(head)) => {
                process.row = head.heading_row;
                process.watch.rest();
                Ok(Ok((head, process)))
            }
            Ok(Err(refusal)) => Ok(Err(refusal)),
            Err(broken) => process.end(&broken).map(Err),
        }
    }

    /// The rows, and at their end what is to be said of the whole file.
    pub fn pieces(mut self, take: &mut dyn FnMut(Piece)) -> Result<Result<Vec<Finding>, Finding>, Error> {
        match self.hear(take) {
            Ok(told) => Ok(told),
            Err(broken) => self.end(&broken).map(Err),
        }
    }

    /// The outer error is ours, the inner one the child's.
    fn say(&mut self, file: &dyn Bytes) -> Result<io::Result<()>, Error> {
        let length = file.len();
        if let Err(broken) = self.input.write_all(&length.to_le_bytes()) {
            return Ok(Err(broken));
        }
        let mut piece = vec![0; PIECE];
        for at in (0..length).step_by(PIECE) {
            let piece = &mut piece[..PIECE.min((length - at) as usize)];
            let read = file.read_at(piece, at);
            read.map_err(Error::unread)?;
            if let Err(broken) = self.input.write_all(piece) {
                return Ok(Err(broken));
            }
        }
        Ok(Ok(()))
    }

    fn head(&mut self, is_heading: &dyn Fn(&str) -> bool) -> io::Result<Result<Head, Finding>> {
        loop {
            match frame::receive(&mut self.output, &mut self.bytes)? {
                Tag::Asks => {
                    let is_known = is_heading(&String::from_utf8_lossy(&self.bytes));
                    self.input.write_all(&[u8::from(is_known)])?;
                }
                Tag::Head => return Ok(Ok(frame::json(&self.bytes)?)),
                Tag::Refused => return Ok(Err(frame::json(&self.bytes)?)),
                Tag::Finding | Tag::Rows | Tag::End => return Err(frame::nonsense()),
            }
        }
    }

    fn hear(&mut self, take: &mut dyn FnMut(Piece)) -> io::Result<Result<Vec<Finding>, Finding>> {
        let mut findings = Vec::new();
        self.watch.go_on();
        loop {
            match frame::receive(&mut self.output, &mut self.bytes)? {
                Tag::Finding if findings.len() < FINDINGS_AT_MOST => findings.push(frame::json(&self.bytes)?),
                Tag::Rows => {
                    let table = frame::take_rows(&self.bytes, &mut self.row)?;
                    self.watch.rest();
                    take(Piece { table, findings: mem::take(&mut findings).into() });
                    self.watch.go_on();
                }
                Tag::Refused => return Ok(Err(frame::json(&self.bytes)?)),
                Tag::End => return Ok(Ok(findings)),
                Tag::Asks | Tag::Head | Tag::Finding => return Err(frame::nonsense()),
            }
        }
    }

    fn end(self, broken: &io::Error) -> Result<Finding, Error> {
        let time = self.watch.time_at_most();
        let (is_late, status) = self.watch.end();
        end::finding(broken, is_late, status.map_err(Error::Process)?, time)
    }
}

//! The body of a text file: the bytes between a mark in front and a sign at the end, and what they are read as.

use std::io;
use std::ops::Range;

use crate::format::code::Code;
use crate::format::encoding::Told;
use crate::format::lost::Lost;
use crate::model::Bytes;

/// What DOS wrote behind the last line, and old systems still do.
const END_OF_FILE: u8 = 0x1a;

/// Blanks at the end are looked for in blocks of so many bytes.
const BLOCK: u64 = 4 * 1024;

pub(super) struct Body<'a> {
    bytes: Box<dyn Bytes + 'a>,
    pub code: Code,
    pub start: u64,
    pub end: u64,
    /// Nothing but blanks is behind it.
    filled: u64,
    knows_lost: bool,
}

impl<'a> Body<'a> {
    /// UTF-16 is decoded as a whole: it is rare. All else stays where it is.
    pub fn of(bytes: &'a dyn Bytes, told: &Told) -> io::Result<Body<'a>> {
        let (start, length) = (told.start, bytes.len());
        let is_wide = matches!(told.code, Code::Utf16(_));
        let mut body =
            Body { bytes: Box::new(bytes), code: told.code, start, end: length, filled: start, knows_lost: !is_wide };
        if is_wide {
            let (mut wide, mut text) = (Vec::new(), String::new());
            body.read(start..length, &mut wide)?;
            told.code.decode(&wide, &mut text);
            let end = text.len() as u64;
            body = Body { bytes: Box::new(text.into_bytes()), code: Code::Utf8, start: 0, end, filled: 0, ..body };
        }
        let mut last = [0];
        if body.start < body.end {
            body.bytes.read_at(&mut last, body.end - 1)?;
        }
        if last == [END_OF_FILE] {
            body.end -= 1;
        }
        body.filled = body.find_filled()?;
        Ok(body)
    }

    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Fills `into` with what is in the range, as far as the body goes.
    pub fn read(&self, range: Range<u64>, into: &mut Vec<u8>) -> io::Result<()> {
        self.read_behind(0, range, into)
    }

    /// The same, behind the first bytes, which are kept.
    pub fn read_behind(&self, kept: usize, range: Range<u64>, into: &mut Vec<u8>) -> io::Result<()> {
        let end = range.end.min(self.end);
        into.resize(kept + end.saturating_sub(range.start) as usize, 0);
        self.bytes.read_at(&mut into[kept..], range.start)
    }

    /// Nothing but blanks follows.
    pub fn is_blank_from(&self, at: u64) -> bool {
        at >= self.filled
    }

    /// What stood where the text of `bytes`, which start at `start`, has a lost letter.
    pub fn lost<'b>(&self, bytes: &'b [u8], start: u64) -> Lost<'b> {
        let to_end = start + bytes.len() as u64 == self.bytes.len();
        match self.knows_lost {
            true => self.code.lost(bytes, start as usize, to_end),
            false => Lost::unknown(),
        }
    }

    fn find_filled(&self) -> io::Result<u64> {
        let mut end = self.end;
        while end > self.start {
            let from = end.saturating_sub(BLOCK).max(self.start);
            let (mut bytes, mut text) = (Vec::new(), String::new());
            self.read(from..end, &mut bytes)?;
            let skipped = if from == self.start { 0 } else { self.code.border(&bytes, 0) };
            self.code.decode(&bytes[skipped..], &mut text);
            let start = from + skipped as u64;
            if !text.trim_end().is_empty() {
                return Ok(start + self.code.length_of(text.trim_end(), &bytes[skipped..]) as u64);
            }
            end = start;
        }
        Ok(self.start)
    }
}

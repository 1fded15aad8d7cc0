//! A part of a text on its way to be read: its bytes, its text, and where its rows are.

use std::io;
use std::ops::Range;

use memchr::memchr2;

use crate::format::body::Body;
use crate::format::cut::Cut;
use crate::format::signs::Signs;
use crate::format::split::Splitter;

/// Of a part, so much is read at first behind its end, for its last row.
const BEHIND: u64 = 64;

/// The rows that start within a range of bytes. One is filled again and again.
#[derive(Debug, Default)]
pub(super) struct Part {
    bytes: Vec<u8>,
    /// Where the first of `bytes` is in the file.
    bytes_start: u64,
    /// What is behind the last row is there too.
    pub text: String,
    pub signs: Signs,
    pub cut: Cut,
    /// Where the first row starts, where that is known or guessed.
    start: Option<u64>,
    /// Where the first row behind this part starts.
    pub end: u64,
}

impl Part {
    /// Reads the rows that start within `range`. Where the first one does is known, or else it is guessed to be behind
    /// the first line break; without any, nothing is read.
    pub fn read(
        &mut self,
        body: &Body<'_>,
        range: Range<u64>,
        start: Option<u64>,
        splitter: impl Fn(&str, Signs) -> Splitter<'_>,
    ) -> io::Result<()> {
        (self.text, self.cut, self.start, self.end) = (String::new(), Cut::default(), start, range.end);
        self.bytes_start = start.unwrap_or(range.start - 1);
        if self.bytes_start >= range.end {
            self.bytes.clear();
            self.end = self.bytes_start;
            return Ok(());
        }
        let mut behind = (range.end - range.start).div_ceil(BEHIND);
        body.read(self.bytes_start..range.end + behind, &mut self.bytes)?;
        self.start = start.or_else(|| self.behind_first_break(range.end));
        let Some(start) = self.start else { return Ok(()) };
        while !self.cut_from(start, range.end, body, &splitter) {
            let kept = self.bytes.len();
            let read = self.bytes_start + kept as u64;
            behind *= 2;
            body.read_behind(kept, read..read + behind, &mut self.bytes)?;
        }
        Ok(())
    }

    pub fn starts_at(&self, start: u64) -> bool {
        self.start == Some(start)
    }

    /// The bytes of the rows.
    pub fn bytes(&self, start: u64) -> &[u8] {
        &self.bytes[(start - self.bytes_start) as usize..(self.end - self.bytes_start) as usize]
    }

    fn behind_first_break(&self, end: u64) -> Option<u64> {
        let within = &self.bytes[..self.bytes.len().min((end - self.bytes_start) as usize)];
        let found = memchr2(b'\n', b'\r', within)?;
        let is_double = within[found] == b'\r' && self.bytes.get(found + 1) == Some(&b'\n');
        Some(self.bytes_start + found as u64 + if is_double { 2 } else { 1 })
    }

    /// False where more has to be read to know where the last row ends.
    fn cut_from(
        &mut self,
        start: u64,
        end: u64,
        body: &Body<'_>,
        splitter: &impl Fn(&str, Signs) -> Splitter<'_>,
    ) -> bool {
        let is_whole = self.bytes_start + self.bytes.len() as u64 == body.end;
        let bytes = &self.bytes[(start - self.bytes_start) as usize..];
        let whole = bytes.len() - if is_whole { 0 } else { body.code.unfinished(bytes) };
        let limit = body.code.border(bytes, end.saturating_sub(start) as usize).min(whole);
        // Some room for cells that are written behind it.
        self.text = String::with_capacity(bytes.len() + bytes.len() / 16);
        body.code.decode(&bytes[..limit], &mut self.text);
        let of_limit = self.text.len();
        body.code.decode(&bytes[limit..whole], &mut self.text);
        self.signs = Signs::of(&self.text);
        self.cut = Cut::of(&self.text, self.signs, splitter(&self.text, self.signs), of_limit);
        let last = &self.text[of_limit..self.cut.end];
        self.end = start + (limit + body.code.length_of(last, &bytes[limit..whole])) as u64;
        is_whole || !self.cut.saw_end
    }
}

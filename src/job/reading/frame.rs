//! Frames: what the reader of workbooks says to the process that started it, each as a tag, a length and the bytes.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::format::Kind;
use crate::model::table::{Chunk, Row};
use crate::model::{Finding, Table};

/// A piece, and behind it a row of 1000 cells, all of them as long as a spreadsheet allows, in two bytes a letter.
const BYTES_AT_MOST: u32 = 80 * 1024 * 1024;

/// What is in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// A heading, as text; the answer is one byte, 1 where it is known.
    Asks,
    /// A [`Head`], as JSON.
    Head,
    /// A finding about the rows that follow, as JSON; behind the last rows, about the file.
    Finding,
    /// Rows, see [`rows`].
    Rows,
    /// The one finding about a file that is no table, as JSON; nothing follows.
    Refused,
    /// Nothing: the reading was whole.
    End,
}

/// What is known before the rows are read.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    pub kind: Kind,
    pub heading_row: u32,
    pub heading: Vec<String>,
    /// About the file and the sheet.
    pub findings: Vec<Finding>,
}

const TAGS: [Tag; 6] = [Tag::Asks, Tag::Head, Tag::Finding, Tag::Rows, Tag::Refused, Tag::End];

pub fn send(output: &mut impl Write, tag: Tag, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= BYTES_AT_MOST).ok_or_else(nonsense)?;
    output.write_all(&[tag as u8])?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(bytes)
}

pub fn send_json(output: &mut impl Write, tag: Tag, value: &impl Serialize) -> io::Result<()> {
    send(output, tag, &serde_json::to_vec(value)?)
}

/// The next frame; its bytes are in `buffer` until the next call.
///
/// # Errors
/// `InvalidData` when it is no frame of ours; otherwise as the other end broke off.
pub fn receive(input: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<Tag> {
    let mut start = [0; 5];
    input.read_exact(&mut start)?;
    let [tag, length @ ..] = start;
    let length = u32::from_le_bytes(length);
    let tag = TAGS.into_iter().find(|known| *known as u8 == tag).filter(|_| length <= BYTES_AT_MOST);
    let tag = tag.ok_or_else(nonsense)?;
    buffer.clear();
    match input.take(length.into()).read_to_end(buffer)? {
        read if read == length as usize => Ok(tag),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    serde_json::from_slice(bytes).map_err(|_| nonsense())
}

/// How many bytes of numbers there are; for each row its number, how many cells it has, and the length of each; then the
/// text of all cells.
pub fn rows(table: &Table, bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.extend([0; 4]);
    for row in table.rows() {
        bytes.extend(row.number().to_le_bytes());
        bytes.extend((row.len() as u32).to_le_bytes());
        row.cells().for_each(|cell| bytes.extend((cell.len() as u32).to_le_bytes()));
    }
    let numbers = bytes.len() as u32 - 4;
    bytes[..4].copy_from_slice(&numbers.to_le_bytes());
    table.rows().flat_map(Row::cells).for_each(|cell| bytes.extend(cell.as_bytes()));
}

/// The table of which [`rows`] made this. `last` is the number of the row before, and becomes that of the last one here.
pub fn take_rows(bytes: &[u8], last: &mut u32) -> io::Result<Table> {
    let (length, rest) = number(bytes)?;
    let (mut numbers, text) = rest.split_at_checked(length as usize).ok_or_else(nonsense)?;
    let mut text = std::str::from_utf8(text).map_err(|_| nonsense())?;
    let mut chunk = Chunk::default();
    while !numbers.is_empty() {
        let (row, rest) = number(numbers)?;
        let (cells, mut rest) = number(rest)?;
        for _ in 0..cells {
            let (length, behind) = number(rest)?;
            let (cell, text_behind) = text.split_at_checked(length as usize).ok_or_else(nonsense)?;
            chunk.cell(cell);
            (rest, text) = (behind, text_behind);
        }
        if row <= *last {
            return Err(nonsense());
        }
        chunk.end_row(row, row);
        (*last, numbers) = (row, rest);
    }
    match text {
        "" => Ok(chunk.into()),
        _ => Err(nonsense()),
    }
}

fn number(bytes: &[u8]) -> io::Result<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk().ok_or_else(nonsense)?;
    Ok((u32::from_le_bytes(*number), rest))
}

/// What makes no sense between two processes of one program.
pub fn nonsense() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut chunk = Chunk::default();
        ["a", "", "été\n"].iter().for_each(|cell| chunk.cell(cell));
        chunk.end_row(7, 7);
        chunk.end_row(8, 8);
        chunk.cell("z");
        chunk.end_row(11, 11);
        chunk.into()
    }

    #[test]
    fn what_is_sent_is_received() {
        let (mut wire, mut bytes) = (Vec::new(), Vec::new());
        rows(&table(), &mut bytes);
        send(&mut wire, Tag::Rows, &bytes).expect("a vector takes all");
        send(&mut wire, Tag::End, b"").expect("a vector takes all");

        let mut input = wire.as_slice();
        assert_eq!(receive(&mut input, &mut bytes).expect("a frame"), Tag::Rows);
        let mut last = 6;
        let received = take_rows(&bytes, &mut last).expect("rows");
        let received: Vec<(u32, Vec<&str>)> =
            received.rows().map(|row| (row.number(), row.cells().collect())).collect();
        assert_eq!(received, [(7, vec!["a", "", "été\n"]), (8, vec![]), (11, vec!["z"])]);
        assert_eq!(last, 11);
        assert_eq!(receive(&mut input, &mut bytes).expect("a frame"), Tag::End);
        let end = receive(&mut input, &mut bytes).expect_err("the end");
        assert_eq!(end.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn nonsense_is_refused_before_memory_is_taken_for_it() {
        let cases: [&[u8]; 3] = [b"\x09\0\0\0\0", b"\x02\xff\xff\xff\xff", b"HTTP/1.1 200 OK"];
        for bytes in cases {
            let refusal = receive(&mut &*bytes, &mut Vec::new()).expect_err("no frame");
            assert_eq!(refusal.kind(), io::ErrorKind::InvalidData);
        }
        let mut whole = Vec::new();
        rows(&table(), &mut whole);
        assert!(take_rows(&whole, &mut 0).is_ok() && take_rows(&whole, &mut 7).is_err());
        for end in 0..whole.len() {
            assert!(take_rows(&whole[..end], &mut 0).is_err(), "{end}");
        }
        for (at, byte) in [(0, 3), (8, 9), (12, 2), (whole.len() - 1, 0xff)] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            assert!(take_rows(&bytes, &mut 0).is_err(), "{at}");
        }
        assert!(take_rows(&[whole.as_slice(), b"x"].concat(), &mut 0).is_err());
    }
}

//! Frames: what the reader of workbooks says to the process that started it, each as a tag, a length and the bytes.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::format::Kind;
use crate::model::table::{Chunk, Row};

/// A row of 1000 cells, all of them as long as a spreadsheet allows, in two bytes a letter.
const BYTES_AT_MOST: u32 = 64 * 1024 * 1024;

/// What is in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// A heading, as text; the answer is one byte, 1 where it is known.
    Asks,
    /// A [`Head`], as JSON.
    Head,
    /// A row of the table, see [`row`].
    Row,
    /// A finding, as JSON.
    Finding,
    /// The one finding about a file that is no table, as JSON; nothing follows.
    Refused,
    /// Nothing: the reading was whole.
    End,
}

/// A reading without what is sent after it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Head {
    pub kind: Kind,
    pub heading_row: u32,
    pub heading: Vec<String>,
}

const TAGS: [Tag; 6] = [Tag::Asks, Tag::Head, Tag::Row, Tag::Finding, Tag::Refused, Tag::End];

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

/// The number of the row, and its cells, each behind its length.
pub fn row(row: Row<'_>, bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.extend(row.number().to_le_bytes());
    for cell in row.cells() {
        bytes.extend((cell.len() as u32).to_le_bytes());
        bytes.extend(cell.as_bytes());
    }
}

/// Adds what [`row`] made to a chunk.
pub fn take_row(bytes: &[u8], chunk: &mut Chunk) -> io::Result<()> {
    let (number, mut rest) = number(bytes)?;
    while !rest.is_empty() {
        let (length, behind) = self::number(rest)?;
        let (cell, behind) = behind.split_at_checked(length as usize).ok_or_else(nonsense)?;
        chunk.cell(std::str::from_utf8(cell).map_err(|_| nonsense())?);
        rest = behind;
    }
    chunk.end_row(number, number);
    Ok(())
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
    use crate::model::Table;

    #[test]
    fn what_is_sent_is_received() {
        let mut chunk = Chunk::default();
        ["a", "", "été\n"].iter().for_each(|cell| chunk.cell(cell));
        chunk.end_row(7, 7);
        let table = Table::from(chunk);
        let (mut wire, mut bytes) = (Vec::new(), Vec::new());
        row(table.row(0), &mut bytes);
        send(&mut wire, Tag::Row, &bytes).expect("a vector takes all");
        send(&mut wire, Tag::End, b"").expect("a vector takes all");

        let mut input = wire.as_slice();
        assert_eq!(receive(&mut input, &mut bytes).expect("a frame"), Tag::Row);
        let mut received = Chunk::default();
        take_row(&bytes, &mut received).expect("a row");
        let received = Table::from(received);
        assert_eq!(received.row(0).cells().collect::<Vec<_>>(), ["a", "", "été\n"]);
        assert_eq!(received.row(0).number(), 7);
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
        for row in [b"\x01\0".as_slice(), b"\x01\0\0\0\x09\0\0\0abc", b"\x01\0\0\0\x01\0\0\0\xff"] {
            assert!(take_row(row, &mut Chunk::default()).is_err());
        }
    }
}

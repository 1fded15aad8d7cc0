//! What is sent: exactly so many bytes, which can be sent again from the start as long as few of them were.

use std::io::{self, Read};

use super::failure::Failure;

/// A server that does not like a connection says so after the first bytes; those are kept.
const KEPT: usize = 4 << 20;

pub struct Content<'a> {
    reader: &'a mut dyn Read,
    size: u64,
    read: u64,
    /// All that was read so far, unless it became too much.
    kept: Vec<u8>,
    /// Where in `kept` the next piece is taken from.
    position: usize,
}

impl Content<'_> {
    pub fn new(reader: &mut dyn Read, size: u64) -> Content<'_> {
        Content { reader, size, read: 0, kept: Vec::new(), position: 0 }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Starts over. False when it is too late for that.
    pub fn rewind(&mut self) -> bool {
        let whole = self.kept.len() as u64 == self.read;
        if whole {
            self.position = 0;
        }
        whole
    }

    /// The next piece, 0 bytes at the end. Fails when the reader has fewer or more bytes than was announced.
    pub fn next(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        if self.position < self.kept.len() {
            let count = (&self.kept[self.position..]).read(buffer).map_err(Failure::Local)?;
            self.position += count;
            return Ok(count);
        }
        let count = read_some(self.reader, buffer).map_err(Failure::Local)?;
        if self.kept.len() as u64 == self.read && self.kept.len() + count <= KEPT {
            self.kept.extend_from_slice(&buffer[..count]);
            self.position = self.kept.len();
        }
        self.read += count as u64;
        if self.read > self.size || (count == 0 && self.read < self.size) {
            return Err(Failure::SentOther { announced: self.size, found: self.read });
        }
        Ok(count)
    }
}

fn read_some(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, KEPT};
    use crate::transport::Kind;

    fn drain(content: &mut Content) -> Vec<u8> {
        let (mut all, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
        loop {
            match content.next(&mut buffer).unwrap() {
                0 => return all,
                count => all.extend_from_slice(&buffer[..count]),
            }
        }
    }

    #[test]
    fn a_small_file_can_be_sent_twice() {
        let bytes: Vec<u8> = (0..200_000u32).map(|number| number as u8).collect();
        let mut reader = bytes.as_slice();
        let mut content = Content::new(&mut reader, bytes.len() as u64);
        content.next(&mut [0; 10]).unwrap();
        assert!(content.rewind());
        assert_eq!(drain(&mut content), bytes);
        assert!(content.rewind());
        assert_eq!(drain(&mut content), bytes);
    }

    #[test]
    fn a_big_file_can_only_be_sent_twice_at_its_start() {
        let bytes = vec![b'x'; KEPT + 1];
        let mut reader = bytes.as_slice();
        let mut content = Content::new(&mut reader, bytes.len() as u64);
        content.next(&mut [0; 10]).unwrap();
        assert!(content.rewind());
        assert_eq!(drain(&mut content), bytes);
        assert!(!content.rewind());
    }

    #[test]
    fn a_file_that_changed_its_size_is_not_sent() {
        for announced in [3, 5] {
            let mut reader = b"four".as_slice();
            let mut content = Content::new(&mut reader, announced);
            let mut buffer = [0; 100];
            let failure = content.next(&mut buffer).and_then(|_| content.next(&mut buffer)).unwrap_err();
            assert_eq!(failure.kind(), Kind::Damaged);
        }
    }
}

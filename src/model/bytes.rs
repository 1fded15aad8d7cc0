//! The bytes of a file, wherever they are: in memory, or on a disk, from which any part can be read.

use std::io::{self, Read};

/// What can be read in parts, in any order, by several threads at a time. It does not change meanwhile.
pub trait Bytes: Send + Sync {
    fn len(&self) -> u64;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `into` with what stands from `at` on.
    ///
    /// # Errors
    /// The bytes end before, or the disk fails.
    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()>;

    /// The first bytes, as many as there are up to so many.
    ///
    /// # Errors
    /// As those of [`Bytes::read_at`].
    fn top(&self, at_most: usize) -> io::Result<Vec<u8>> {
        let length = usize::try_from(self.len()).unwrap_or(usize::MAX).min(at_most);
        let mut top = vec![0; length];
        self.read_at(&mut top, 0)?;
        Ok(top)
    }
}

/// Reads bytes from the first to the last.
pub struct Reader<'a> {
    bytes: &'a dyn Bytes,
    at: u64,
}

impl Reader<'_> {
    pub fn of(bytes: &dyn Bytes) -> Reader<'_> {
        Reader { bytes, at: 0 }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.len() - self.at).unwrap_or(usize::MAX);
        let count = into.len().min(left);
        self.bytes.read_at(&mut into[..count], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Bytes for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        let from = usize::try_from(at).ok().and_then(|at| self.get(at..));
        let part = from.and_then(|from| from.get(..into.len())).ok_or(io::ErrorKind::UnexpectedEof)?;
        into.copy_from_slice(part);
        Ok(())
    }
}

impl<B: Bytes + ?Sized> Bytes for &B {
    fn len(&self) -> u64 {
        B::len(self)
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        B::read_at(self, into, at)
    }
}

impl Bytes for Vec<u8> {
    fn len(&self) -> u64 {
        Bytes::len(self.as_slice())
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.as_slice().read_at(into, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_can_be_read_and_nothing_behind_the_end() {
        let bytes: &dyn Bytes = &b"abcdef".to_vec();
        let mut part = [0; 3];
        bytes.read_at(&mut part, 2).expect("it is there");
        assert_eq!((bytes.len(), &part), (6, b"cde"));
        assert_eq!(bytes.read_at(&mut part, 4).map_err(|cause| cause.kind()), Err(io::ErrorKind::UnexpectedEof));
        assert!(bytes.read_at(&mut [], u64::MAX).is_err() && bytes.read_at(&mut [], 6).is_ok());
        assert_eq!((bytes.top(2).expect("two bytes"), bytes.top(7).expect("all")), (b"ab".into(), b"abcdef".into()));
    }

    #[test]
    fn a_reader_gives_every_byte_once_however_small_the_pieces() {
        let bytes = b"abcdef".to_vec();
        for length in 1..8 {
            let (mut reader, mut piece, mut read) = (Reader::of(&bytes), vec![0; length], Vec::new());
            loop {
                match reader.read(&mut piece).expect("it is in memory") {
                    0 => break,
                    count => read.extend_from_slice(&piece[..count]),
                }
            }
            assert_eq!(read, b"abcdef");
        }
    }
}

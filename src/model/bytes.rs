//! The bytes of a file, wherever they are: in memory, or on a disk, from which any part can be read.

use std::io;

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
    }
}

//! Bytes without end, to send, and to compare what comes back with.

use std::io::{self, Read, Write};

/// They do not repeat with any power of two. As a writer it takes these bytes and no others.
pub struct Endless {
    block: Vec<u8>,
    position: usize,
}

impl Default for Endless {
    fn default() -> Endless {
        let block = (0_u32..).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).take(99_991).collect();
        Endless { block, position: 0 }
    }
}

impl Endless {
    fn pass(&mut self, count: usize) {
        self.position = (self.position + count) % self.block.len();
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&self.block[self.position..]).read(buffer)?;
        self.pass(count);
        Ok(count)
    }
}

impl Write for Endless {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let expected = &self.block[self.position..];
        let count = bytes.len().min(expected.len());
        assert!(bytes[..count] == expected[..count], "a byte came back changed");
        self.pass(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

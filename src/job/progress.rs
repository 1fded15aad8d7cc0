//! Progress: how far a long step is, told to whoever watches.

use std::io::{self, Read, Write};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Bytes,
    Rows,
}

/// Whoever watches; `cli` shows it on a terminal. Each thread has one step at a time.
pub trait Progress: Sync {
    fn begin(&self, what: &str, total: u64, unit: Unit);
    fn advance(&self, by: u64);
    fn end(&self);
}

/// A reader or writer whose bytes are counted on the way.
pub struct Counted<'a, T> {
    pub inner: T,
    pub progress: &'a dyn Progress,
}

impl<T: Read> Read for Counted<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.inner.read(buffer)?;
        self.progress.advance(taken as u64);
        Ok(taken)
    }
}

impl<T: Write> Write for Counted<'_, T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.progress.advance(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

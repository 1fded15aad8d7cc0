//! A digest: SHA-256 of bytes, by which a file, a snapshot or a profile is known again.

use std::fmt;
use std::io::{self, BufReader, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::Bytes;
use crate::model::bytes::Reader;

/// In bytes, of what is read to be digested.
const PIECE: usize = 256 * 1024;

/// SHA-256, written as 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

/// Takes bytes piece by piece.
#[derive(Default)]
pub struct Digester(Sha256);

impl Digester {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Write for Digester {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Digest {
    pub fn of(bytes: &[u8]) -> Digest {
        let mut digester = Digester::default();
        digester.update(bytes);
        digester.finish()
    }

    /// Reads them once, in pieces.
    ///
    /// # Errors
    /// As those of [`Bytes::read_at`].
    pub fn of_all(bytes: &dyn Bytes) -> io::Result<Digest> {
        let mut digester = Digester::default();
        io::copy(&mut BufReader::with_capacity(PIECE, Reader::of(bytes)), &mut digester)?;
        Ok(digester.finish())
    }

    /// A digest that was written down before.
    pub fn from_text(text: String) -> Digest {
        Digest(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

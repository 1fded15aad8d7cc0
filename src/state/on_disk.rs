//! A file of the spool, of which any part can be read; it is never in memory as a whole.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::model::Bytes;

/// Open: what becomes of its name does not matter to who reads it.
#[derive(Debug)]
pub struct OnDisk {
    file: File,
    size: u64,
}

impl OnDisk {
    pub(super) fn of(file: File) -> io::Result<OnDisk> {
        let size = file.metadata()?.len();
        Ok(OnDisk { file, size })
    }

    /// Makes it safe from a power cut.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

impl Bytes for OnDisk {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.file.read_exact_at(into, at)
    }
}

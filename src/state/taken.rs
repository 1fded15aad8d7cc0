//! A file that is taken in: written to the disk once, while its digest is made, and read from there ever after.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use tempfile::{NamedTempFile, TempPath};

use crate::model::digest::Digester;
use crate::model::{Bytes, Digest};
use crate::state::spool::{Spool, failed};
use crate::state::{Error, Kind, OnDisk};

/// In bytes; what comes in larger pieces is not copied before it is written.
const PIECE: usize = 256 * 1024;

/// While its bytes come. Dropped, it leaves nothing.
pub struct Taking {
    written: Written,
    digester: Digester,
}

/// While the bytes come of a file that is only looked at: nobody asks for its digest, and it has no name.
pub struct Borrowing(Written);

struct Written {
    file: BufWriter<File>,
    place: Option<Place>,
}

/// A file that came whole. Dropped, it leaves nothing, unless it was kept.
pub struct Taken {
    content: OnDisk,
    /// None: it has no name, and cannot be kept, or it was kept.
    place: Option<Place>,
    digest: Digest,
}

/// A temporary name in the spool.
struct Place {
    spool: Spool,
    path: TempPath,
}

impl Taking {
    pub(super) fn within(spool: &Spool, file: NamedTempFile) -> Taking {
        let (file, path) = file.into_parts();
        Taking::of(Written::to(file, Some(Place { spool: spool.clone(), path })))
    }

    /// In a file of the system without a name, which nobody finds and which is gone with this process: for whoever must
    /// not change anything.
    pub fn unnamed() -> Result<Taking, Error> {
        Written::unnamed().map(Taking::of)
    }

    fn of(written: Written) -> Taking {
        Taking { written, digester: Digester::default() }
    }

    /// All bytes have come.
    pub fn finish(self) -> Result<Taken, Error> {
        let (content, place) = self.written.finish()?;
        Ok(Taken { content, place, digest: self.digester.finish() })
    }
}

impl Borrowing {
    /// In a file as that of [`Taking::unnamed`].
    pub fn unnamed() -> Result<Borrowing, Error> {
        Written::unnamed().map(Borrowing)
    }

    /// All bytes have come.
    pub fn finish(self) -> Result<OnDisk, Error> {
        self.0.finish().map(|(content, _)| content)
    }
}

impl Written {
    fn to(file: File, place: Option<Place>) -> Written {
        Written { file: BufWriter::with_capacity(PIECE, file), place }
    }

    fn unnamed() -> Result<Written, Error> {
        let file = tempfile::tempfile();
        let tried = || format!("make a temporary file in {}", std::env::temp_dir().display());
        let file = file.map_err(|cause| Error::new(Kind::Disk, tried()).caused_by(cause))?;
        Ok(Written::to(file, None))
    }

    fn finish(self) -> Result<(OnDisk, Option<Place>), Error> {
        let Written { file, place } = self;
        let path = shown(place.as_ref());
        let content = file.into_inner().map_err(io::IntoInnerError::into_error).and_then(OnDisk::of);
        Ok((content.map_err(failed("write", &path))?, place))
    }
}

impl Write for Taking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.written.write(bytes)?;
        self.digester.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.written.flush()
    }
}

impl Write for Borrowing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Write for Written {
    /// Whoever fetches the bytes tells a failure as one of fetching; so it says itself that it is one of this disk.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let told = |cause: io::Error| {
            let path = shown(self.place.as_ref());
            io::Error::new(cause.kind(), failed("write", &path)(cause))
        };
        self.file.write(bytes).map_err(told)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Taken {
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Gives it its name in the spool, where it stays, safe from a power cut. Replaces what had the name. False: it is not
    /// in the spool.
    pub fn keep(&mut self, name: &str) -> Result<bool, Error> {
        let Some(Place { spool, path }) = self.place.take() else { return Ok(false) };
        let kept = spool.path(name);
        let keep = || {
            self.content.sync()?;
            path.persist(&kept).map_err(|failure| failure.error)?;
            spool.sync()
        };
        keep().map_err(failed("write", &kept))?;
        Ok(true)
    }
}

impl Bytes for Taken {
    fn len(&self) -> u64 {
        self.content.len()
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.content.read_at(into, at)
    }
}

fn shown(place: Option<&Place>) -> PathBuf {
    place.map_or_else(std::env::temp_dir, |place| place.path.to_path_buf())
}

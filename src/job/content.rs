//! A partner's file, on a disk: in the spool, or where it lies on this machine. It is never in memory as a whole.

use std::fs::{File, Metadata};
use std::io::{self, BufReader, ErrorKind};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::io::Errno;

use crate::job::Error;
use crate::model::bytes::Reader;
use crate::model::{Bytes, Digest};
use crate::state::{OnDisk, Spool, Taken, Taking};

/// In bytes, of what is copied.
const PIECE: usize = 256 * 1024;

pub struct Content {
    pub digest: Digest,
    place: Place,
}

enum Place {
    Taken(Taken),
    /// An earlier run kept it.
    Spool(OnDisk),
    /// Named on the command line: its owner may write to it meanwhile.
    Here(Here),
}

/// A file of this machine, as it was when it was opened.
pub struct Here {
    path: PathBuf,
    file: File,
    size: u64,
    modified: SystemTime,
}

impl Content {
    pub fn taken(taken: Taken) -> Content {
        Content { digest: taken.digest().clone(), place: Place::Taken(taken) }
    }

    pub fn spooled(spool: &Spool, name: &str) -> Result<Content, Error> {
        let content = spool.open(name)?;
        let digest = Digest::of_all(&content).map_err(|cause| Error::disk("read", &spool.path(name), cause))?;
        Ok(Content { digest, place: Place::Spool(content) })
    }

    /// Reads a file where it lies; `unread` tells that it cannot be opened. What comes out of a pipe comes only once, and is
    /// taken in.
    pub fn named(path: &Path, unread: impl Fn(io::Error) -> Error) -> Result<Content, Error> {
        let file = File::open(path).map_err(&unread)?;
        let metadata = file.metadata().map_err(&unread)?;
        if metadata.is_dir() {
            return Err(unread(Errno::ISDIR.into()));
        }
        if !metadata.is_file() {
            let mut taking = Taking::unnamed()?;
            io::copy(&mut BufReader::with_capacity(PIECE, file), &mut taking).map_err(unread)?;
            return Ok(Content::taken(taking.finish()?));
        }
        let here = Here::of(path, file, &metadata).map_err(&unread)?;
        let digest = Digest::of_all(&here).map_err(Error::unread)?;
        Ok(Content { digest, place: Place::Here(here) })
    }

    /// Refused when somebody has written to the file since it was opened: what was read of it may be half of the one and half
    /// of the other.
    pub fn check_unchanged(&self) -> Result<(), Error> {
        match &self.place {
            Place::Here(here) if here.is_changed().map_err(Error::unread)? => Err(Error::unread(here.changed())),
            _ => Ok(()),
        }
    }

    /// Keeps it in the spool under this name, whatever becomes of it elsewhere.
    pub fn keep(&mut self, spool: &Spool, name: &str) -> Result<(), Error> {
        if let Place::Taken(taken) = &mut self.place
            && taken.keep(name)?
        {
            return Ok(());
        }
        let mut copy = spool.take()?;
        io::copy(&mut BufReader::with_capacity(PIECE, Reader::of(self)), &mut copy)
            .map_err(|cause| Error::disk("keep", &spool.path(name), cause))?;
        let mut copy = copy.finish()?;
        match &self.place {
            Place::Here(here) if *copy.digest() != self.digest => Err(Error::unread(here.changed())),
            _ => Ok(copy.keep(name).map(drop)?),
        }
    }

    fn bytes(&self) -> &dyn Bytes {
        match &self.place {
            Place::Taken(taken) => taken,
            Place::Spool(kept) => kept,
            Place::Here(here) => here,
        }
    }
}

impl Bytes for Content {
    fn len(&self) -> u64 {
        self.bytes().len()
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.bytes().read_at(into, at)
    }
}

impl Here {
    /// To look at it only. Refused where it is a pipe, of which nothing comes twice.
    pub fn open(path: &Path) -> io::Result<Here> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        match metadata.is_file() {
            true => Here::of(path, file, &metadata),
            false => Err(ErrorKind::InvalidInput.into()),
        }
    }

    fn of(path: &Path, file: File, metadata: &Metadata) -> io::Result<Here> {
        Ok(Here { path: path.into(), file, size: metadata.len(), modified: metadata.modified()? })
    }

    fn is_changed(&self) -> io::Result<bool> {
        let now = self.file.metadata()?;
        Ok((now.len(), now.modified()?) != (self.size, self.modified))
    }

    /// Whoever writes to it may be done in a while.
    fn changed(&self) -> io::Error {
        io::Error::new(ErrorKind::ResourceBusy, format!("{} was changed while it was read", self.path.display()))
    }
}

impl Bytes for Here {
    fn len(&self) -> u64 {
        self.size
    }

    fn read_at(&self, into: &mut [u8], at: u64) -> io::Result<()> {
        self.file.read_exact_at(into, at).map_err(|cause| match cause.kind() {
            ErrorKind::UnexpectedEof => self.changed(),
            _ => cause,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;
    use crate::model::Exit;

    fn named(path: &Path) -> Content {
        Content::named(path, |cause| panic!("{cause}")).expect("it is there")
    }

    /// What is said when the file is written to, once it was opened.
    fn said_of(change: impl Fn(&Path), look: impl Fn(&mut Content, &Spool) -> Result<(), Error>) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("users.csv");
        fs::write(&path, "login;lastName\nada;Byron\n").expect("room");
        let spool = Spool::at(&folder.path().join("spool"));
        let mut content = named(&path);
        look(&mut content, &spool).expect("nothing has changed yet");
        content = named(&path);
        change(&path);
        let error = look(&mut content, &spool).expect_err("it has changed");
        assert_eq!(error.exit(), Exit::TryLater);
        error.failure().chain.join(": ").replace(&path.display().to_string(), "users.csv")
    }

    #[test]
    fn a_file_that_is_written_to_while_it_is_read_is_told() {
        let longer = |path: &Path| {
            let mut file = File::options().append(true).open(path).expect("a file");
            file.write_all(b"alan;Turing\n").expect("room");
        };
        let shorter =
            |path: &Path| File::options().write(true).open(path).and_then(|file| file.set_len(5)).expect("cut");
        let younger = |path: &Path| {
            let file = File::options().write(true).open(path).expect("a file");
            file.set_modified(SystemTime::UNIX_EPOCH).expect("a time");
        };
        let told = "read the file to the end: users.csv was changed while it was read";
        assert_eq!(said_of(longer, |content, _| content.check_unchanged()), told);
        assert_eq!(said_of(younger, |content, _| content.check_unchanged()), told);
        assert_eq!(said_of(shorter, |content, _| content.check_unchanged()), told);
        assert_eq!(said_of(shorter, |content, _| content.top(9).map(drop).map_err(Error::unread)), told);
    }

    #[test]
    fn what_is_kept_is_what_was_read_whatever_size_and_time_say() {
        let disguised = |path: &Path| {
            let before = fs::metadata(path).and_then(|metadata| metadata.modified()).expect("a time");
            let mut file = File::options().write(true).open(path).expect("a file");
            file.write_all(b"logan").and_then(|()| file.set_modified(before)).expect("room");
        };
        let told = said_of(disguised, |content, spool| content.keep(spool, "users.in"));
        assert_eq!(told, "read the file to the end: users.csv was changed while it was read");
    }

    #[test]
    fn what_is_replaced_is_read_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("users.csv");
        fs::write(&path, "old").expect("room");
        let content = named(&path);
        fs::write(folder.path().join("new"), "a newer one").expect("room");
        fs::rename(folder.path().join("new"), &path).expect("renamed");
        content.check_unchanged().expect("nobody wrote to it");
        assert_eq!(content.top(usize::MAX).expect("it is there"), b"old");
    }

    #[test]
    fn a_folder_is_refused_and_a_pipe_is_read_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let refused = Content::named(folder.path(), |cause| Error::Usage(cause.to_string()));
        assert_eq!(refused.err().expect("it is a folder").to_string(), "Is a directory (os error 21)");

        let pipe = folder.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        let text = b"login\nada\n".repeat(20_000);
        let content = std::thread::scope(|threads| {
            threads.spawn(|| fs::write(&pipe, &text).expect("somebody reads"));
            named(&pipe)
        });
        assert_eq!((content.len(), &content.digest), (text.len() as u64, &Digest::of(&text)));
        let spool = Spool::at(&folder.path().join("spool"));
        let mut content = content;
        content.keep(&spool, "users.in").expect("room");
        assert!(fs::read(spool.path("users.in")).expect("a copy") == text);
    }
}

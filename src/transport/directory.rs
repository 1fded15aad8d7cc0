//! A folder on this machine, or one that the system mounts, as a server.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::examine::{CONTENT, MIDDLE};
use super::{BUFFER, Error, Kind, Limit, Listing, Replacement, Session, compare_sizes, copy, path};
use crate::model::sheet::{Found, Trait};

/// `[server.NAME.directory]`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Options {
    /// A folder that exists, relative to the folder of the site file.
    path: PathBuf,
}

impl Options {
    pub fn needs(&self) -> Vec<&Path> {
        vec![&self.path]
    }

    pub fn describe(&self) -> String {
        format!("directory {}", self.path.display())
    }
}

/// Refused when the folder is not there: a mount that is missing must not become an empty folder.
pub fn connect(options: &Options, base: &Path, limit: &Limit) -> Result<Directory, Error> {
    let root = base.join(&options.path);
    let tried = || format!("open the directory {}", root.display());
    // A mount whose server is gone does not answer at all.
    let asked = root.clone();
    let metadata = limit.bound(move || fs::metadata(asked)).ok_or_else(|| limit.overrun(tried()))?;
    let metadata = metadata.map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Error::new(Kind::Missing, tried())
            .caused_by("it is not there: make it, or correct `path`, which is relative to the site file"),
        _ => failed(tried(), cause),
    })?;
    if !metadata.is_dir() {
        return Err(Error::new(Kind::Setup, tried()).caused_by("it is a file, not a folder"));
    }
    Ok(Directory { root, limit: limit.clone() })
}

/// A conversation with the file system, which answers in its own time: the limit is looked at from piece to piece.
pub struct Directory {
    root: PathBuf,
    limit: Limit,
}

impl Session for Directory {
    fn bind(&mut self, limit: &Limit) {
        self.limit = limit.clone();
    }

    fn list(&mut self, folder: &str) -> Result<Listing, Error> {
        let folder = self.locate(folder)?;
        list(&folder).map_err(|cause| failed(format!("list {}", folder.display()), cause))
    }

    fn fetch(&mut self, path: &str, into: &mut dyn Write) -> Result<u64, Error> {
        let path = self.locate(path)?;
        let tried = || format!("read {}", path.display());
        let read = |cause| self.failed(tried(), cause);
        let announced = length(&path).map_err(read)?;
        let mut file = Bounded { file: File::open(&path).map_err(read)?, limit: &self.limit };
        let fetched = copy(&mut file, into, tried, read)?;
        compare_sizes(tried(), announced, fetched)?;
        Ok(fetched)
    }

    fn write(&mut self, path: &str, content: &mut dyn Read, size: u64) -> Result<(), Error> {
        let path = self.locate(path)?;
        let tried = || format!("write {}", path.display());
        let write = |cause| self.failed(tried(), cause);
        // What has the name is not written to: it may be a link that another user of this machine laid there.
        match fs::remove_file(&path) {
            Err(cause) if !is_missing(&cause) => return Err(write(cause)),
            _ => {}
        }
        let mut file = File::create_new(&path).map_err(write)?;
        let mut content = BufReader::with_capacity(BUFFER, Bounded { file: content, limit: &self.limit });
        io::copy(&mut content, &mut file).and_then(|_| file.sync_all()).map_err(write)?;
        compare_sizes(tried(), size, file.metadata().map_err(write)?.len())
    }

    fn size(&mut self, path: &str) -> Result<Option<u64>, Error> {
        let path = self.locate(path)?;
        match fs::metadata(&path) {
            Ok(metadata) => Ok(metadata.is_file().then_some(metadata.len())),
            Err(cause) if is_missing(&cause) => Ok(None),
            Err(cause) => Err(failed(format!("look at {}", path.display()), cause)),
        }
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<Replacement, Error> {
        let (from, to) = (self.locate(from)?, self.locate(to)?);
        fs::rename(&from, &to)
            .and_then(|()| remember_names_in(to.parent()))
            .and_then(|()| remember_names_in(from.parent()))
            .map_err(|cause| failed(format!("rename {} to {}", from.display(), to.display()), cause))?;
        Ok(Replacement::Atomic)
    }

    fn remove(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        match fs::remove_file(&path) {
            Err(cause) if !is_missing(&cause) => Err(failed(format!("remove {}", path.display()), cause)),
            _ => Ok(()),
        }
    }

    fn make_folder(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        match fs::create_dir(&path) {
            Err(_) if path.is_dir() => Ok(()),
            made => made.map_err(|cause| failed(format!("make the folder {}", path.display()), cause)),
        }
    }

    fn remove_folder(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        fs::remove_dir(&path).map_err(|cause| failed(format!("remove the folder {}", path.display()), cause))
    }

    fn probe(&mut self, what: Trait, file: &str) -> Result<Option<Found>, Error> {
        Ok(match what {
            Trait::Protocol => Some("directory".into()),
            Trait::Resume => Some(self.reads_from_the_middle(file)?.into()),
            Trait::FreeSpace => Some(self.free_space()?.into()),
            _ => None,
        })
    }
}

impl Directory {
    fn locate(&self, path: &str) -> Result<PathBuf, Error> {
        Ok(self.root.join(path::below("", path)?))
    }

    fn reads_from_the_middle(&self, path: &str) -> Result<bool, Error> {
        let path = self.locate(path)?;
        let mut read = Vec::new();
        let done = File::open(&path).and_then(|mut file| {
            file.seek(SeekFrom::Start(MIDDLE as u64))?;
            file.read_to_end(&mut read)
        });
        done.map_err(|cause| failed(format!("read {}", path.display()), cause))?;
        Ok(read == CONTENT[MIDDLE..])
    }

    /// For whoever has no special rights, in bytes.
    fn free_space(&self) -> Result<f64, Error> {
        let told = rustix::fs::statvfs(&self.root);
        let told = told.map_err(|cause| failed(format!("look at {}", self.root.display()), cause.into()))?;
        Ok(told.f_bavail as f64 * told.f_frsize as f64)
    }

    fn failed(&self, tried: String, cause: io::Error) -> Error {
        match self.limit.is_over() {
            true => self.limit.overrun(tried),
            false => failed(tried, cause),
        }
    }
}

/// Reads no further than the limit allows.
struct Bounded<'a, T> {
    file: T,
    limit: &'a Limit,
}

impl<T: Read> Read for Bounded<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.limit.is_over() {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => self.file.read(buffer),
        }
    }
}

/// In bytes. To open a pipe would wait for somebody at its other end.
fn length(path: &Path) -> io::Result<u64> {
    let metadata = fs::metadata(path)?;
    match metadata.is_file() {
        true => Ok(metadata.len()),
        false => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is no file")),
    }
}

fn list(folder: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match fs::metadata(entry.path()) {
            Ok(metadata) if metadata.is_file() => {
                let modified = metadata.modified().ok().map(Into::into);
                listing.add(entry.file_name().as_bytes(), metadata.len(), modified);
            }
            Ok(_) => {}
            // Taken away between the two looks, or a link that points nowhere.
            Err(cause) if is_missing(&cause) => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(listing)
}

/// Without this a crash of the machine may forget a rename that was reported as done.
fn remember_names_in(folder: Option<&Path>) -> io::Result<()> {
    folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn is_missing(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn failed(tried: String, cause: io::Error) -> Error {
    let kind = match cause.kind() {
        _ if is_missing(&cause) => Kind::Missing,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Kind::Full,
        io::ErrorKind::TimedOut => Kind::TimedOut,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::IsADirectory => {
            Kind::Denied
        }
        _ => Kind::Local,
    };
    Error::new(kind, tried).caused_by(cause)
}

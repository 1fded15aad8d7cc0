//! The spool: a private folder of files taken in and files to deliver, each kept until it is done with.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::state::{Error, Kind, OnDisk, State, Taking};

/// Files by name; a name is one of ours, without a folder in it.
#[derive(Debug, Clone)]
pub struct Spool(PathBuf);

impl Spool {
    /// The spool in that folder, which is made when the first file comes.
    pub fn at(folder: &Path) -> Spool {
        Spool(folder.into())
    }

    /// Keeps the bytes under a name, whole or not at all, and safe from a power cut. Replaces what had the name.
    ///
    /// # Panics
    /// When the name is none of ours: empty, with a folder in it, or with a dot at its start.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        let path = self.path(name);
        self.write(&path, bytes).map_err(failed("write", &path))?;
        Ok(path)
    }

    /// Begins to take a file in, under a temporary name. What a crash leaves of it is removed as all else that the journal
    /// does not know.
    pub fn take(&self) -> Result<Taking, Error> {
        let file = self.temporary().map_err(failed("write to", &self.0))?;
        Ok(Taking::within(self, file))
    }

    pub fn open(&self, name: &str) -> Result<OnDisk, Error> {
        let path = self.path(name);
        File::open(&path).and_then(OnDisk::of).map_err(failed("read", &path))
    }

    /// None: it is not there.
    pub fn find(&self, name: &str) -> Result<Option<OnDisk>, Error> {
        let path = self.path(name);
        match File::open(&path) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            opened => opened.and_then(OnDisk::of).map(Some).map_err(failed("read", &path)),
        }
    }

    /// One that is not there is no error.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        remove(&path).map_err(failed("remove", &path))
    }

    /// Removes all but these: what a run that was cut off left behind before the journal knew of it.
    pub fn keep_only(&self, names: &HashSet<String>) -> Result<(), Error> {
        let others = self.others(names).map_err(failed("list", &self.0))?;
        others.iter().try_for_each(|path| remove(path).map_err(failed("remove", path)))
    }

    /// Where the file of that name is.
    pub fn path(&self, name: &str) -> PathBuf {
        let ours = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
        assert!(ours, "`{name}` is no name for a file in the spool");
        self.0.join(name)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.temporary()?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|failure| failure.error)?;
        self.sync()
    }

    /// For its owner alone, starts with a dot, and is removed when it is dropped.
    fn temporary(&self) -> io::Result<NamedTempFile> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700))?;
        tempfile::Builder::new().prefix(".new-").tempfile_in(&self.0)
    }

    /// Makes the names safe from a power cut.
    pub(super) fn sync(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    fn others(&self, names: &HashSet<String>) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.0) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut others = Vec::new();
        for entry in entries {
            let entry = entry?;
            let is_known = entry.file_name().to_str().is_some_and(|name| names.contains(name));
            if !is_known && entry.file_type()?.is_file() {
                others.push(entry.path());
            }
        }
        Ok(others)
    }
}

impl State {
    /// The names in the spool that the journal still needs: of unfinished plans and deliveries, held ones too.
    pub fn spooled(&self) -> Result<HashSet<String>, Error> {
        let sql = "
            SELECT spooled FROM plans WHERE status IN ('held', 'applying', 'applied') AND spooled IS NOT NULL
            UNION
            SELECT spooled FROM deliveries WHERE status IN ('held', 'prepared', 'uploading', 'renaming')";
        self.read("the names of the spool", |db| db.prepare(sql)?.query_map((), |row| row.get(0))?.collect())
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

pub(super) fn failed(tried: &str, path: &Path) -> impl Fn(io::Error) -> Error {
    move |cause| Error::new(Kind::Disk, format!("{tried} {}", path.display())).caused_by(cause)
}

//! The sample site: a company of 80 people, written into a new directory to be tried out.

use std::fs;
use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry, include_dir};

use crate::job::Error;

static ACME: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/samples/acme");

/// Writes the sample site into `passerelle-sample`, or `passerelle-sample-2` and so on where that is taken, below
/// `parent`. Returns the path of its `passerelle.toml`.
pub fn write(parent: &Path) -> Result<PathBuf, Error> {
    let folder = new_folder(parent)?;
    write_entries(&ACME, &folder)?;
    Ok(folder.join("passerelle.toml"))
}

fn new_folder(parent: &Path) -> Result<PathBuf, Error> {
    let names = std::iter::once("passerelle-sample".to_string()).chain((2..).map(|n| format!("passerelle-sample-{n}")));
    for name in names {
        let folder = parent.join(name);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(cause) => return Err(Error::disk("make the folder", &folder, cause)),
        }
    }
    unreachable!("there is always one more number")
}

fn write_entries(from: &Dir<'_>, to: &Path) -> Result<(), Error> {
    for entry in from.entries() {
        let path = to.join(entry.path());
        match entry {
            DirEntry::Dir(folder) => {
                fs::create_dir(&path).map_err(|cause| Error::disk("make the folder", &path, cause))?;
                write_entries(folder, to)?;
            }
            DirEntry::File(file) => {
                fs::write(&path, file.contents()).map_err(|cause| Error::disk("write", &path, cause))?;
            }
        }
    }
    Ok(())
}

//! The lock: one run at a time for a site. The system holds it, and releases it when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::state::{Error, Kind};

/// Held until it is dropped. The file stays: to remove it would let two runs hold two locks of the same name.
#[derive(Debug)]
pub struct Lock {
    _held: File,
}

impl Lock {
    /// Takes the lock of the state at `path`: the file beside it with `.lock` appended. Does not wait.
    pub fn take(path: &Path) -> Result<Lock, Error> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let name = Path::new(&name);
        let tried = |kind| Error::new(kind, format!("take the lock {}", name.display()));
        let mut file = open(name).map_err(|cause| tried(Kind::Disk).caused_by(cause))?;
        match file.try_lock() {
            Ok(()) => {
                write_holder(&mut file).map_err(|cause| tried(Kind::Disk).caused_by(cause))?;
                Ok(Lock { _held: file })
            }
            Err(TryLockError::WouldBlock) => Err(tried(Kind::Locked).caused_by(holder(&mut file))),
            Err(TryLockError::Error(cause)) => Err(tried(Kind::Disk).caused_by(cause)),
        }
    }
}

fn open(name: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(name)
}

/// Only for the message of whoever comes second; nothing is decided by it.
fn write_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse::<u32>().ok()) {
        Some(process) => format!("another run holds it (process {process})"),
        None => "another run holds it".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn the_second_taker_is_told_who_holds_the_lock_and_may_try_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.db");
        let held = Lock::take(&path).expect("a free lock");

        let refused = Lock::take(&path).expect_err("the lock is held");
        assert_eq!(refused.kind, Kind::Locked);
        assert!(refused.later_may_help());
        assert_eq!(refused.to_string(), format!("take the lock {}.lock", path.display()));
        let cause = refused.source().expect("a cause").to_string();
        assert_eq!(cause, format!("another run holds it (process {})", std::process::id()));

        drop(held);
        Lock::take(&path).expect("the lock is free again");
    }
}

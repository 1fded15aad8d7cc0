//! The lock: one run at a time for a site. The system holds it, and releases it when the process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::state::{Error, Kind};

/// How long who comes second waits for a holder who has said that it is brief; nobody waits for a run.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long it may take a holder to say so, once it has the lock.
const WORD: Duration = Duration::from_millis(20);

/// What a brief holder writes beside its process.
const BRIEFLY: &str = "briefly";

/// Held until it is dropped. The file stays: to remove it would let two runs hold two locks of the same name.
#[derive(Debug)]
pub struct Lock {
    _held: File,
}

impl Lock {
    /// Takes the lock of the state at `path`: the file beside it with `.lock` appended. Waits for at most a minute where
    /// it is held briefly, and not at all where it is held for a run.
    pub fn take(path: &Path) -> Result<Lock, Error> {
        let start = Instant::now();
        loop {
            match Lock::try_take(path, "") {
                Err(held) if held.kind == Kind::HeldBriefly && start.elapsed() < PATIENCE => thread::sleep(WORD),
                Err(held) if held.kind == Kind::Locked && start.elapsed() < WORD => thread::sleep(WORD),
                taken => return taken,
            }
        }
    }

    /// As [`Lock::take`], for no longer than a delivery takes: who comes second waits. Does not wait itself.
    pub fn take_briefly(path: &Path) -> Result<Lock, Error> {
        Lock::try_take(path, BRIEFLY)
    }

    fn try_take(path: &Path, how: &str) -> Result<Lock, Error> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let name = Path::new(&name);
        let tried = |kind| Error::new(kind, format!("take the lock {}", name.display()));
        let mut file = open(name).map_err(|cause| tried(Kind::Disk).caused_by(cause))?;
        match file.try_lock() {
            Ok(()) => {
                write_holder(&mut file, how).map_err(|cause| tried(Kind::Disk).caused_by(cause))?;
                Ok(Lock { _held: file })
            }
            Err(TryLockError::WouldBlock) => {
                let (kind, holder) = holder(&mut file);
                Err(tried(kind).caused_by(holder))
            }
            Err(TryLockError::Error(cause)) => Err(tried(Kind::Disk).caused_by(cause)),
        }
    }
}

fn open(name: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(name)
}

/// For whoever comes second. Who is killed leaves the words; the lock itself is free then.
fn write_holder(file: &mut File, how: &str) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{} {how}", std::process::id())
}

fn holder(file: &mut File) -> (Kind, String) {
    let mut text = String::new();
    let words: Vec<&str> =
        file.read_to_string(&mut text).map(|_| text.split_whitespace().collect()).unwrap_or_default();
    match words[..] {
        [process, BRIEFLY] => (Kind::HeldBriefly, format!("a watch holds it for a moment (process {process})")),
        [process, ..] => (Kind::Locked, format!("another run holds it (process {process})")),
        [] => (Kind::Locked, "another run holds it".into()),
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

    #[test]
    fn a_lock_that_is_held_briefly_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.db");
        let held = Lock::take_briefly(&path).expect("a free lock");
        let refused = Lock::take_briefly(&path).expect_err("who is brief does not wait");
        assert_eq!(refused.kind, Kind::HeldBriefly);
        assert!(refused.later_may_help());
        thread::scope(|scope| {
            let taker = scope.spawn(|| Lock::take(&path));
            thread::sleep(10 * WORD);
            assert!(!taker.is_finished(), "it waits");
            drop(held);
            taker.join().expect("no panic").expect("the lock is free now");
        });
    }
}

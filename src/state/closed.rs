//! Closed in order: what the state was like on disk when a run had ended, so that the next one need not read all of it.
//!
//! `state.db.closed` is there between two runs. Whatever writes to the file, be it `sqlite3`, `cp` or a slip of `dd`, moves
//! the time of its last change, which nobody can set; so does a run that is killed in the middle, and leaves no
//! `state.db.closed` either. After the machine was started anew it is not believed: power may have been cut.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::state::backup::beside;

/// Systems count the times of files in ticks of at most so long.
const TICK: Duration = Duration::from_millis(10);

/// Another one after every start of the machine; on a system that does not say it, there is none.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// A state that was found whole, until it is dropped: then it is closed in order, unless it turned out to be damaged.
#[derive(Debug)]
pub(super) struct Closing {
    path: PathBuf,
    is_damaged: AtomicBool,
}

/// Has nothing changed the state since it was closed in order?
pub(super) fn is_in_order(path: &Path) -> bool {
    let is_known = || -> io::Result<bool> { Ok(fs::read_to_string(note(path))? == picture(&fs::metadata(path)?)?) };
    is_known().unwrap_or(false)
}

impl Closing {
    /// From now on, whoever is killed leaves a state that was not closed in order.
    pub(super) fn of(path: &Path) -> Closing {
        fs::remove_file(note(path)).ok();
        Closing { path: path.into(), is_damaged: AtomicBool::new(false) }
    }

    pub(super) fn tell_damaged(&self) {
        self.is_damaged.store(true, Ordering::Relaxed);
    }

    /// A change in the same tick as the last of ours would not be seen: the note must be of a later one.
    fn write_down(&self) -> io::Result<()> {
        let state = fs::metadata(&self.path)?;
        let picture = picture(&state)?;
        for _ in 0..3 {
            let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).clone();
            let mut file = options.open(note(&self.path))?;
            file.write_all(picture.as_bytes())?;
            if time(&file.metadata()?) > time(&state) {
                return Ok(());
            }
            thread::sleep(TICK);
        }
        Err(io::Error::other("times are too coarse here"))
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        let is_in_order = !thread::panicking() && !self.is_damaged.load(Ordering::Relaxed);
        if !is_in_order || self.write_down().is_err() {
            // Without it, the next run reads the whole state: nothing is lost but time.
            fs::remove_file(note(&self.path)).ok();
        }
    }
}

fn note(path: &Path) -> PathBuf {
    beside(path, "closed")
}

fn picture(state: &Metadata) -> io::Result<String> {
    let boot = fs::read_to_string(BOOT)?;
    let (seconds, nanoseconds) = time(state);
    let (device, inode, size) = (state.dev(), state.ino(), state.len());
    Ok(format!("{device} {inode} {size} {seconds}.{nanoseconds:09} {boot}"))
}

/// Of the last change of content, name or rights, which no program can set.
fn time(file: &Metadata) -> (i64, i64) {
    (file.ctime(), file.ctime_nsec())
}

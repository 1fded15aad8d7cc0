//! A server that runs, seen from both sides: what a site writes of it, and the folder that it serves.

use std::any::Any;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use passerelle::transport::{Error, Options, Session};
use rustix::thread::{Gid, Uid, set_thread_gid, set_thread_groups, set_thread_uid};

use crate::process::write_secret;
use crate::suite;

pub struct Place {
    /// Options that let us in.
    pub options: Options,
    /// The same with a password or a key that the server does not know.
    pub stranger: Options,
    /// The folder of the site.
    pub base: PathBuf,
    /// Where the server's files are on this machine.
    pub folder: PathBuf,
    /// What ends when the test does.
    pub _running: Box<dyn Any>,
}

impl Place {
    pub fn try_to_connect(&self) -> Result<Box<dyn Session>, Error> {
        self.options.connect(&self.base, &suite::time_enough())
    }

    pub fn connect(&self) -> Box<dyn Session> {
        self.try_to_connect().unwrap_or_else(|error| panic!("{}", error.chain()))
    }

    /// The failure to connect of somebody whom the server does not know.
    pub fn turn_away(&self) -> Error {
        self.stranger.connect(&self.base, &suite::time_enough()).err().expect("a stranger should not be let in")
    }
}

/// Serves those who log in where a server is started by root. Every Debian has this user, and his home.
pub const DAEMON: u32 = 1;

pub fn is_root() -> bool {
    fs::metadata("/proc/self").expect("a process can look at itself").uid() == 0
}

/// The owner of what a server writes that has no rights but those of [`DAEMON`], or ours where we are not root.
pub fn server_owner() -> u32 {
    if is_root() { DAEMON } else { fs::metadata("/proc/self").expect("a process can look at itself").uid() }
}

/// Of this thread and of those that it starts: a server inside the test is not root either.
pub fn give_up_rights() {
    if is_root() {
        set_thread_groups(&[]).unwrap();
        set_thread_gid(Gid::from_raw(DAEMON)).unwrap();
        set_thread_uid(Uid::from_raw(DAEMON)).unwrap();
    }
}

/// Whether a server that only root can start may be tried. Continuous integration is root.
pub fn may_start_as_root(server: &str) -> bool {
    if !is_root() {
        eprintln!("SKIPPED: {server} needs to be started by root, so nothing was tried against it");
    }
    is_root()
}

/// Makes a folder for a server whose files belong to [`DAEMON`], or to us where we are not root.
pub fn make_drop_folder(path: &Path) {
    fs::create_dir_all(path).unwrap();
    give(path, server_owner());
}

/// Lets a server write there; we can only be somebody else as root.
pub fn give(path: &Path, owner: u32) {
    if is_root() {
        chown(path, Some(owner), None).unwrap();
    }
}

/// A folder that every user may look into, not only the one who made it.
pub fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Writes a file for the eyes of the server only.
pub fn write_private(path: &Path, text: &str) {
    write_secret(path, text);
    give(path, server_owner());
}

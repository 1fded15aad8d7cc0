//! Door: files that are elsewhere, on a server: a directory, an FTP, FTPS or SFTP server; and endpoints, which take what is
//! delivered and have no files.
//!
//! To add one: a file with its `Options` and its `Session`, or what an endpoint does, and a line in each `match` below.

mod connections;
pub mod directory;
pub mod endpoint;
pub mod examine;
pub mod ftp;
pub mod handover;
mod identity;
pub mod openpgp;
mod path;
pub mod retry;
mod scratch;
pub mod sftp;
mod tcp;
mod watchdog;

use std::io::{self, Read, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Deserialize;

pub use connections::Connections;
pub use endpoint::Endpoint;

pub use crate::net::{Error, Kind, Limit, Stop};
pub use identity::Identity;
pub use path::inside;

use crate::model::sheet::{Found, Trait};
use crate::model::{Sheet, Text};

/// A server, as a site writes it: a place for files (`[server.NAME.directory]`, `[server.NAME.ftp]` or
/// `[server.NAME.sftp]`), or an endpoint (`[server.NAME.https]` or `[server.NAME.scim]`).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Options {
    Directory(directory::Options),
    Ftp(ftp::Options),
    Sftp(sftp::Options),
    Https(endpoint::https::Options),
    Scim(endpoint::scim::Options),
}

impl Options {
    /// What it is, if it takes deliveries and has no files; None for a place for files.
    pub fn endpoint(&self) -> Option<Endpoint<'_>> {
        match self {
            Options::Directory(_) | Options::Ftp(_) | Options::Sftp(_) => None,
            Options::Https(options) => Some(Endpoint::Https(options)),
            Options::Scim(options) => Some(Endpoint::Scim(options)),
        }
    }

    /// Connects, proves who the server is, and logs in. Paths in the options are relative to `base`, the folder of the
    /// site file. What is said from then on is bounded by `limit`. An endpoint has no files to speak of: a site that is read
    /// asks it for none.
    pub fn connect(&self, base: &Path, limit: &Limit) -> Result<Box<dyn Session>, Error> {
        match self {
            Options::Directory(options) => Ok(Box::new(directory::connect(options, base, limit)?)),
            Options::Ftp(options) => Ok(Box::new(ftp::connect(options, base, limit)?)),
            Options::Sftp(options) => Ok(Box::new(sftp::connect(options, base, limit)?)),
            Options::Https(_) | Options::Scim(_) => {
                let tried = format!("look for files at {}", self.describe());
                Err(Error::new(Kind::Setup, tried).caused_by("it is an endpoint, which only takes deliveries"))
            }
        }
    }

    /// What must be said at every run: that nothing protects the data on the way, for example.
    pub fn remarks(&self) -> Vec<Text> {
        match self {
            Options::Directory(_) | Options::Sftp(_) | Options::Https(_) | Options::Scim(_) => Vec::new(),
            Options::Ftp(options) => options.remarks(),
        }
    }

    /// What of this machine it needs, relative to the folder of the site file: a folder, a key, a file of authorities.
    pub fn needs(&self) -> Vec<&Path> {
        match self {
            Options::Directory(options) => options.needs(),
            Options::Ftp(options) => options.needs(),
            Options::Sftp(options) => options.needs(),
            Options::Https(options) => options.needs(),
            Options::Scim(options) => options.needs(),
        }
    }

    /// How often work with this server is tried, and with what pauses.
    pub fn retries(&self) -> retry::Policy {
        match self {
            // An endpoint repeats its requests by itself.
            Options::Directory(_) | Options::Https(_) | Options::Scim(_) => retry::Policy::default(),
            Options::Ftp(options) => options.tries.into(),
            Options::Sftp(options) => options.tries.into(),
        }
    }

    /// Begins with what was learnt of the server at another time. It saves attempts; nothing is taken on trust.
    pub fn expect(&self, sheet: &Sheet) {
        if let Options::Ftp(options) = self
            && sheet.is(Trait::NeedsOldTls) == Some(true)
        {
            options.turn_to_tls_1_2();
        }
    }

    /// The server in a few words without secrets, for people: `sftp acme@sftp.skillup.example:22/acme`.
    pub fn describe(&self) -> String {
        match self {
            Options::Directory(options) => options.describe(),
            Options::Ftp(options) => options.describe(),
            Options::Sftp(options) => options.describe(),
            Options::Https(options) => options.describe(),
            Options::Scim(options) => options.describe(),
        }
    }
}

/// A conversation with one server, logged in. Paths are relative to the server's `path`, with `/` between the parts.
///
/// After an error of any kind but [`Kind::Missing`] and [`Kind::Denied`] the conversation is over: connect again.
pub trait Session: Send {
    /// Another limit from now on: when it is over, the conversation is, too.
    fn bind(&mut self, limit: &Limit);

    /// By what the server proved who it is; None where nothing is proved: a directory, and plain FTP.
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// The files of a folder (`""` is the server's own), in no order; folders are not listed. A folder that is not there is
    /// [`Kind::Missing`]; a listing that failed is never an empty one.
    fn list(&mut self, folder: &str) -> Result<Listing, Error>;

    /// Copies a file's bytes; returns how many. Fails when they are fewer or more than the server said.
    fn fetch(&mut self, path: &str, into: &mut dyn Write) -> Result<u64, Error>;

    /// Writes `size` bytes under this very name, in place of what a file of that name held, and compares the size on the
    /// server. Nothing is read from `content` before the server lets the file be written. Whoever wants the file whole or
    /// not at all uses [`handover`].
    fn write(&mut self, path: &str, content: &mut dyn Read, size: u64) -> Result<(), Error>;

    /// The size of a file, None where there is none.
    fn size(&mut self, path: &str) -> Result<Option<u64>, Error>;

    /// Gives a file another name, and replaces what had that name.
    fn rename(&mut self, from: &str, to: &str) -> Result<Replacement, Error>;

    /// Removes a file; one that is not there is no error.
    fn remove(&mut self, path: &str) -> Result<(), Error>;

    /// Makes a folder; one that is there is no error.
    fn make_folder(&mut self, path: &str) -> Result<(), Error>;

    /// Removes an empty folder.
    fn remove_folder(&mut self, path: &str) -> Result<(), Error>;

    /// Finds out one [`Trait`] that only the protocol knows; None where servers of this kind do not differ in it. Some
    /// are tried on `file`, which holds [`examine::CONTENT`].
    fn probe(&mut self, what: Trait, file: &str) -> Result<Option<Found>, Error>;
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Listing {
    pub files: Vec<Entry>,
    /// Names that cannot be handled safely: reported, never skipped in silence, never sent.
    pub unusable: Vec<UnusableName>,
}

impl Listing {
    /// Adds a file under the name that the server told, to the files or to the unusable names.
    pub fn add(&mut self, name: &[u8], size: u64, modified: Option<DateTime<Utc>>) {
        match usable(name) {
            Ok(name) => self.files.push(Entry { name: name.to_owned(), size, modified }),
            Err(reason) => self.unusable.push(UnusableName { shown: shown(name), reason }),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name in its folder, without the path.
    pub name: String,
    pub size: u64,
    /// As the server tells it, which may be coarse or in its own time zone.
    pub modified: Option<DateTime<Utc>>,
}

/// A name that is not UTF-8, or was not on the server, or has blanks at an end, a slash or a control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusableName {
    /// As far as it can be shown.
    pub shown: String,
    pub reason: &'static str,
}

/// How a name came to mean another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// At every instant the name held the old file or the new one.
    Atomic,
    /// For an instant the name was absent, because the server cannot do better.
    InTwoSteps,
}

/// The name of a file, or why it cannot be sent to a server or taken from one.
pub fn usable(name: &[u8]) -> Result<&str, &'static str> {
    let text = str::from_utf8(name).map_err(|_| "is not UTF-8")?;
    if text.is_empty() {
        Err("is empty")
    } else if text.trim() != text {
        Err("has blanks at an end")
    } else if text.chars().any(char::is_control) {
        Err("has a control character")
    } else if text.contains(char::REPLACEMENT_CHARACTER) {
        Err("has a letter that was lost on the way")
    } else if text.contains('/') {
        Err("has a slash")
    } else if text == "." || text == ".." {
        Err("means a folder")
    } else {
        Ok(text)
    }
}

/// Why a name cannot be sent to a server or taken from one, if it cannot.
pub fn unusable(name: &[u8]) -> Option<&'static str> {
    usable(name).err()
}

/// A name or an address, of which an IPv6 one has colons; not a URL, nor a name with a port.
fn is_host(text: &str) -> bool {
    let is_address = text.parse::<std::net::IpAddr>().is_ok();
    is_address || !text.is_empty() && !text.contains(|letter: char| letter.is_whitespace() || "/:@".contains(letter))
}

/// Fewer and larger pieces are cheaper, up to about this size.
const BUFFER: usize = 1 << 20;

/// Copies to the end in large pieces; returns how many bytes. `unread` tells a failure to read.
fn copy(
    from: &mut dyn Read,
    into: &mut dyn Write,
    tried: impl Fn() -> String,
    unread: impl Fn(io::Error) -> Error,
) -> Result<u64, Error> {
    let mut buffer = vec![0; BUFFER];
    let mut copied = 0;
    loop {
        let count = from.read(&mut buffer).map_err(&unread)?;
        if count == 0 {
            return Ok(copied);
        }
        into.write_all(&buffer[..count]).map_err(|cause| Error::new(Kind::Local, tried()).caused_by(cause))?;
        copied += count as u64;
    }
}

/// Refuses a transfer after which there are not as many bytes as there should be.
fn compare_sizes(tried: String, expected: u64, found: u64) -> Result<(), Error> {
    if expected == found {
        return Ok(());
    }
    Err(Error::new(Kind::Damaged, tried).caused_by(format!("{expected} bytes were expected, there are {found}")))
}

fn shown(name: &[u8]) -> String {
    let show = |character: char| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    };
    String::from_utf8_lossy(name).chars().map(show).collect()
}

//! SFTP servers, by libssh2.

mod examine;
mod failure;
mod host_key;
mod host_names;
mod identity;
mod known_hosts;
mod login;
mod offer;
mod options;
mod posix_rename;
mod private_key;
mod proof;

use std::io::{Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use chrono::DateTime;
use ssh2::{ErrorCode, FileStat, MethodType, OpenFlags, OpenType};

use self::failure::{behind, failed};
use self::host_key::HostKey;
use self::identity::Expected;
pub use self::options::{Fingerprint, Identity, Key, Login, Options};
use self::posix_rename::PosixRename;
use self::proof::Proof;
use super::watchdog::Watchdog;
use super::{BUFFER, Error, Kind, Limit, Listing, Replacement, Session, compare_sizes, copy, path, tcp};
use crate::model::sheet::{Found, Trait};

/// Connects, makes sure who the server is, and only then logs in.
pub fn connect(options: &Options, base: &Path, limit: &Limit) -> Result<Sftp, Error> {
    let expected = Expected::read(options, base)?;
    let proof = Proof::read(&options.login, base)?;
    let place = format!("{}:{}", options.host, options.port);
    let watchdog = Watchdog::start(limit);
    let begin = || {
        let session = greet(options, &expected, &place, limit, &watchdog)?;
        session.set_timeout(milliseconds(options.answer_timeout));
        let ways = proof.show(&session, &options.user, &place)?;
        let files = session.sftp().map_err(|cause| failed(format!("open SFTP on {place}"), &cause))?;
        Ok((session, ways, files))
    };
    let (session, ways, files) = begin().map_err(|error| watchdog.explain(error))?;
    Ok(Sftp {
        files: Some(files),
        renamer: Renamer::NotTried,
        unannounced: options.posix_rename,
        ways,
        session,
        watchdog,
        root: options.path.clone(),
        place,
    })
}

/// A conversation with an SFTP server.
pub struct Sftp {
    /// None only while a rename has the one channel that the server allows.
    files: Option<ssh2::Sftp>,
    renamer: Renamer,
    /// Whether the server renames as POSIX does without announcing it.
    unannounced: bool,
    /// By which one could log in.
    ways: Vec<String>,
    session: ssh2::Session,
    watchdog: Watchdog,
    root: String,
    place: String,
}

/// How a file replaces another on this server.
enum Renamer {
    NotTried,
    Beside(PosixRename),
    /// The server allows one channel at a time.
    InTurn,
    Absent,
}

impl Session for Sftp {
    fn bind(&mut self, limit: &Limit) {
        self.watchdog.bind(limit);
    }

    fn identity(&self) -> Option<super::Identity> {
        let key = self.session.host_key().and_then(|(bytes, _)| HostKey::from_wire(bytes))?;
        Some(super::Identity::HostKey { kind: key.type_name().to_owned(), fingerprint: key.fingerprint().0 })
    }

    fn list(&mut self, folder: &str) -> Result<Listing, Error> {
        let folder = self.locate(folder)?;
        // OpenSSH takes an empty name for the folder of the login, other servers for a mistake.
        let opened = if folder.is_empty() { "." } else { &folder };
        self.read_folder(opened).map_err(|cause| self.failed(format!("list {}", self.shown(&folder)), &cause))
    }

    fn fetch(&mut self, path: &str, into: &mut dyn Write) -> Result<u64, Error> {
        let path = self.locate(path)?;
        let tried = || format!("read {}", self.shown(&path));
        let failed = |cause| self.failed(tried(), &cause);
        let mut file = self.files().and_then(|files| files.open(&path)).map_err(failed)?;
        let announced = file.stat().map_err(failed)?.size;
        let fetched = copy(&mut file, into, tried, |error| failed(behind(&self.session, &error)))?;
        let now = file.stat().map_err(failed)?.size;
        for expected in [announced, now].into_iter().flatten() {
            compare_sizes(tried(), expected, fetched)?;
        }
        Ok(fetched)
    }

    fn write(&mut self, path: &str, content: &mut dyn Read, size: u64) -> Result<(), Error> {
        let path = self.locate(path)?;
        let tried = || format!("write {}", self.shown(&path));
        let failed = |cause| self.failed(tried(), &cause);
        // The partner's programs may run as another user, so the server's own rules decide who reads the file.
        let (flags, mode) = (OpenFlags::WRITE | OpenFlags::TRUNCATE, 0o644);
        let mut file =
            self.files().and_then(|files| files.open_mode(&path, flags, mode, OpenType::File)).map_err(failed)?;
        let mut buffer = Vec::with_capacity(BUFFER);
        loop {
            buffer.clear();
            let read = (&mut *content).take(BUFFER as u64).read_to_end(&mut buffer);
            read.map_err(|cause| Error::new(Kind::Local, tried()).caused_by(cause))?;
            if buffer.is_empty() {
                break;
            }
            self.send(&mut file, &buffer).map_err(|cause| match cause.code() {
                ErrorCode::Session(failure::SFTP_PROTOCOL) => Error::new(Kind::Full, tried())
                    .caused_by("the server takes no more bytes of this file: it may be full, or a quota reached"),
                _ => failed(cause),
            })?;
        }
        file.close().map_err(failed)?;
        let written = self.stat(&path).map_err(failed)?.and_then(|stat| stat.size);
        compare_sizes(tried(), size, written.unwrap_or_default())
    }

    fn size(&mut self, path: &str) -> Result<Option<u64>, Error> {
        let path = self.locate(path)?;
        let stat = self.stat(&path).map_err(|cause| self.failed(format!("look at {}", self.shown(&path)), &cause))?;
        Ok(stat.filter(|stat| !stat.is_dir()).and_then(|stat| stat.size))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<Replacement, Error> {
        let (from, to) = (self.locate(from)?, self.locate(to)?);
        let replaced = match self.rename_over(&from, &to) {
            Ok(true) => Ok(Replacement::Atomic),
            Ok(false) => self.remove_and_rename(&from, &to),
            Err(cause) => Err(cause),
        };
        replaced.map_err(|cause| self.failed(format!("rename {from} to {}", self.shown(&to)), &cause))
    }

    fn remove(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        match self.files().and_then(|files| files.unlink(Path::new(&path))) {
            Err(cause) if !is_missing(&cause) => Err(self.failed(format!("remove {}", self.shown(&path)), &cause)),
            _ => Ok(()),
        }
    }

    fn make_folder(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        let Err(cause) = self.files().and_then(|files| files.mkdir(Path::new(&path), 0o755)) else {
            return Ok(());
        };
        match self.stat(&path) {
            Ok(Some(stat)) if stat.is_dir() => Ok(()),
            _ => Err(self.failed(format!("make the folder {}", self.shown(&path)), &cause)),
        }
    }

    fn remove_folder(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        let removed = self.files().and_then(|files| files.rmdir(Path::new(&path)));
        removed.map_err(|cause| self.failed(format!("remove the folder {}", self.shown(&path)), &cause))
    }

    fn probe(&mut self, what: Trait, file: &str) -> Result<Option<Found>, Error> {
        let file = self.locate(file)?;
        self.try_trait(what, &file).map_err(|cause| self.failed(format!("try out {}", self.place), &cause))
    }
}

impl Sftp {
    fn locate(&self, path: &str) -> Result<String, Error> {
        path::below(&self.root, path)
    }

    fn files(&self) -> Result<&ssh2::Sftp, ssh2::Error> {
        self.files.as_ref().ok_or_else(|| failure::because(failure::SOCKET_DISCONNECT))
    }

    fn shown(&self, path: &str) -> String {
        let path = if path.is_empty() { "the folder" } else { path };
        format!("{path} on {}", self.place)
    }

    fn read_folder(&self, folder: &str) -> Result<Listing, ssh2::Error> {
        let mut listing = Listing::default();
        let mut opened = self.files()?.opendir(folder)?;
        loop {
            let (name, stat) = match opened.readdir() {
                Ok(entry) => entry,
                Err(end) if end.code() == ErrorCode::Session(failure::FILE) => return Ok(listing),
                Err(cause) => return Err(cause),
            };
            let stat = match is_told(&stat) {
                true => Some(stat),
                // A link, or a server that tells names only.
                false => self.stat(Path::new(folder).join(&name))?,
            };
            if let Some(stat) = stat.filter(FileStat::is_file) {
                let modified = stat.mtime.and_then(|seconds| DateTime::from_timestamp(seconds.try_into().ok()?, 0));
                listing.add(name.as_os_str().as_encoded_bytes(), stat.size.unwrap_or_default(), modified);
            }
        }
    }

    /// What a name means, after links; None where it means nothing.
    fn stat(&self, path: impl AsRef<Path>) -> Result<Option<FileStat>, ssh2::Error> {
        match self.files()?.stat(path.as_ref()) {
            Err(cause) if is_missing(&cause) => Ok(None),
            stat => stat.map(Some),
        }
    }

    /// Sends bytes whole, or ends the conversation: after a packet that was sent in part the server waits for the rest.
    fn send(&self, file: &mut ssh2::File, mut bytes: &[u8]) -> Result<(), ssh2::Error> {
        while !bytes.is_empty() {
            match file.write(bytes) {
                // 0 says that the server's window took a part of a packet, which is no failure: the next call goes on.
                Ok(count) => bytes = &bytes[count..],
                Err(error) => {
                    let cause = behind(&self.session, &error);
                    self.hang_up();
                    return Err(cause);
                }
            }
        }
        Ok(())
    }

    /// False where the server cannot.
    fn rename_over(&mut self, from: &str, to: &str) -> Result<bool, ssh2::Error> {
        if let Renamer::NotTried = self.renamer {
            self.renamer = match PosixRename::open(&self.session, self.unannounced) {
                Ok(Some(channel)) => Renamer::Beside(channel),
                Ok(None) => Renamer::Absent,
                Err(cause) if cause.code() == ErrorCode::Session(failure::CHANNEL_FAILURE) => Renamer::InTurn,
                Err(cause) => return Err(cause),
            };
        }
        let renamed = match &mut self.renamer {
            Renamer::Beside(channel) => channel.rename(from, to).map(|()| true),
            Renamer::InTurn => self.rename_in_turn(from, to),
            Renamer::NotTried | Renamer::Absent => Ok(false),
        };
        match renamed {
            Err(cause) if cause.code() == ErrorCode::SFTP(failure::OP_UNSUPPORTED) => {
                self.renamer = Renamer::Absent;
                Ok(false)
            }
            renamed => renamed,
        }
    }

    fn rename_in_turn(&mut self, from: &str, to: &str) -> Result<bool, ssh2::Error> {
        self.files = None;
        let renamed = match when_free(|| PosixRename::open(&self.session, self.unannounced)) {
            Ok(Some(mut channel)) => channel.rename(from, to).map(|()| true),
            Ok(None) => Ok(false),
            Err(cause) => Err(cause),
        };
        self.files = Some(when_free(|| self.session.sftp())?);
        renamed
    }

    fn remove_and_rename(&mut self, from: &str, to: &str) -> Result<Replacement, ssh2::Error> {
        // Before the old file is removed, the new one must be there.
        let (from, to) = (Path::new(from), Path::new(to));
        self.files()?.stat(from)?;
        let replacement = match self.stat(to)? {
            Some(_) => {
                self.files()?.unlink(to)?;
                Replacement::RemovedFirst
            }
            None => Replacement::Atomic,
        };
        self.files()?.rename(from, to, None)?;
        Ok(replacement)
    }

    fn failed(&self, tried: String, cause: &ssh2::Error) -> Error {
        let error = failed(tried, cause);
        if matches!(error.kind, Kind::TimedOut | Kind::Unreachable | Kind::Protocol) {
            self.hang_up();
        }
        self.watchdog.explain(error)
    }

    /// Closing files and channels in good order would wait for answers that do not come.
    fn hang_up(&self) {
        self.watchdog.shut();
    }
}

/// Shakes hands until the server shows a key that is accepted. Nothing of ours is said before.
fn greet(
    options: &Options,
    expected: &Expected,
    place: &str,
    limit: &Limit,
    watchdog: &Watchdog,
) -> Result<ssh2::Session, Error> {
    let mut seen: Vec<HostKey> = Vec::new();
    let mut first_failure = None;
    for algorithms in expected.algorithms() {
        let error = match shake_hands(options, &algorithms, place, limit, watchdog) {
            Ok((session, key)) if expected.accepts(&key) => return Ok(session),
            Ok((_, key)) => {
                if !seen.contains(&key) {
                    seen.push(key);
                }
                continue;
            }
            Err(error) => error,
        };
        // A server that has no key of this family ends here too; one that does not answer is not asked again.
        let ends = error.kind != Kind::Protocol;
        first_failure.get_or_insert(error);
        if ends {
            break;
        }
    }
    match first_failure {
        Some(error) if seen.is_empty() => Err(offer::explain(error, options, limit)),
        _ => Err(expected.refused(options, &seen)),
    }
}

fn shake_hands(
    options: &Options,
    algorithms: &str,
    place: &str,
    limit: &Limit,
    watchdog: &Watchdog,
) -> Result<(ssh2::Session, HostKey), Error> {
    let tried = || format!("begin an SSH session with {place}");
    let failed = |cause| failed(tried(), &cause);
    let tcp = tcp::connect(&options.host, options.port, options.connect_timeout, limit)?;
    watchdog.watch_control(&tcp).map_err(|cause| Error::new(Kind::Local, tried()).caused_by(cause))?;
    let mut session = ssh2::Session::new().map_err(failed)?;
    session.set_timeout(milliseconds(options.connect_timeout));
    session.method_pref(MethodType::HostKey, algorithms).map_err(failed)?;
    session.set_tcp_stream(tcp);
    session.handshake().map_err(failed)?;
    let key = session.host_key().and_then(|(bytes, _)| HostKey::from_wire(bytes));
    let key = key.ok_or_else(|| Error::new(Kind::Protocol, tried()).caused_by("the server showed no key"))?;
    Ok((session, key))
}

/// Opens a channel in place of one that was just closed, which the server counts until its program has ended.
fn when_free<T>(open: impl Fn() -> Result<T, ssh2::Error>) -> Result<T, ssh2::Error> {
    for pause in [5, 10, 20, 50, 100, 500, 1000] {
        match open() {
            Err(cause) if cause.code() == ErrorCode::Session(failure::CHANNEL_FAILURE) => {
                thread::sleep(Duration::from_millis(pause));
            }
            opened => return opened,
        }
    }
    open()
}

fn milliseconds(timeout: Duration) -> u32 {
    timeout.as_millis().try_into().unwrap_or(u32::MAX)
}

fn is_missing(cause: &ssh2::Error) -> bool {
    failed("", cause).kind == Kind::Missing
}

/// Whether a listing told what kind of thing it is and how long, without a link in between.
fn is_told(stat: &FileStat) -> bool {
    stat.perm.is_some() && stat.size.is_some() && !stat.file_type().is_symlink()
}

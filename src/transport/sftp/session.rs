//! What the engine asks of an SFTP server, told in words.

use std::io::{Read, Write};

use super::attributes::Attributes;
use super::beside::Beside;
use super::conversation::Conversation;
use super::failure::Failure;
use super::host_key::HostKey;
use super::request::Request;
use super::{download, folder, rename, upload};
use crate::model::sheet::{Found, Trait};
use crate::transport::watchdog::Watchdog;
use crate::transport::{Error, Identity, Kind, Limit, Listing, Replacement, Session, path};

/// For a folder that we make: everybody may look into it, as into those that a person makes.
const PERMISSIONS: u32 = 0o755;

/// A conversation with an SFTP server, logged in.
pub struct Sftp {
    pub(super) ssh: ssh2::Session,
    /// By which one could log in.
    pub(super) ways: Vec<String>,
    pub(super) server: Conversation,
    pub(super) beside: Beside,
    pub(super) watchdog: Watchdog,
    pub(super) root: String,
    pub(super) place: String,
}

impl Session for Sftp {
    fn bind(&mut self, limit: &Limit) {
        self.watchdog.bind(limit);
    }

    fn identity(&self) -> Option<Identity> {
        let key = self.ssh.host_key().and_then(|(bytes, _)| HostKey::from_wire(bytes))?;
        Some(Identity::HostKey { kind: key.type_name().to_owned(), fingerprint: key.fingerprint().0 })
    }

    fn list(&mut self, folder: &str) -> Result<Listing, Error> {
        let folder = self.locate(folder)?;
        // OpenSSH takes an empty name for the folder of the login, other servers for a mistake.
        let opened = if folder.is_empty() { "." } else { &folder };
        let listed = folder::list(&mut self.server, opened.as_bytes());
        let shown = if folder.is_empty() { "the folder" } else { &folder };
        self.told(listed, || format!("list {shown}"))
    }

    fn fetch(&mut self, path: &str, into: &mut dyn Write) -> Result<u64, Error> {
        let path = self.locate(path)?;
        let fetched = download::download(&mut self.server, path.as_bytes(), into);
        self.told(fetched, || format!("read {path}"))
    }

    fn write(&mut self, path: &str, content: &mut dyn Read, size: u64) -> Result<(), Error> {
        let path = self.locate(path)?;
        let beside = self.beside.for_file(size, &self.server);
        let written = upload::upload(&mut self.server, beside, path.as_bytes(), content, size);
        self.told(written, || format!("write {path}"))
    }

    fn size(&mut self, path: &str) -> Result<Option<u64>, Error> {
        let path = self.locate(path)?;
        let looked = self.server.look_at(path.as_bytes());
        let attributes = self.told(looked, || format!("look at {path}"))?;
        Ok(attributes.filter(|attributes| !attributes.is_folder()).and_then(|attributes| attributes.size))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<Replacement, Error> {
        let (from, to) = (self.locate(from)?, self.locate(to)?);
        let renamed = rename::rename(&mut self.server, &from, &to);
        self.told(renamed, || format!("rename {from} to {to}"))
    }

    fn remove(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        match self.do_at_once(Request::Remove { path: path.as_bytes() }) {
            Err(failure) if failure.kind() == Kind::Missing => Ok(()),
            outcome => self.told(outcome, || format!("remove {path}")),
        }
    }

    fn make_folder(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        let made = match self.do_at_once(Request::MakeFolder { path: path.as_bytes(), permissions: PERMISSIONS }) {
            Err(refused) if refused.leaves_a_conversation() => match self.server.look_at(path.as_bytes()) {
                Ok(found) if found.as_ref().is_some_and(Attributes::is_folder) => Ok(()),
                _ => Err(refused),
            },
            outcome => outcome,
        };
        self.told(made, || format!("make the folder {path}"))
    }

    fn remove_folder(&mut self, path: &str) -> Result<(), Error> {
        let path = self.locate(path)?;
        let removed = self.do_at_once(Request::RemoveFolder { path: path.as_bytes() });
        self.told(removed, || format!("remove the folder {path}"))
    }

    fn probe(&mut self, what: Trait, file: &str) -> Result<Option<Found>, Error> {
        let file = self.locate(file)?;
        let found = self.try_trait(what, file.as_bytes());
        self.told(found, || format!("find out `{what:?}`"))
    }
}

impl Sftp {
    fn locate(&self, path: &str) -> Result<String, Error> {
        path::below(&self.root, path)
    }

    fn do_at_once(&mut self, request: Request) -> Result<(), Failure> {
        let asked = self.server.ask(request)?;
        self.server.done(asked)
    }

    /// Says what was tried where it failed, and ends a conversation that cannot go on.
    fn told<T>(&mut self, outcome: Result<T, Failure>, tried: impl FnOnce() -> String) -> Result<T, Error> {
        outcome.map_err(|failure| {
            self.server.forget_all();
            self.beside.forget_all();
            let goes_on = failure.leaves_a_conversation();
            let error = failure.while_trying_to(format!("{} on {}", tried(), self.place));
            let error = self.watchdog.explain_end(error);
            if !goes_on {
                self.watchdog.shut();
            }
            self.watchdog.explain(error)
        })
    }
}

impl Drop for Sftp {
    /// Closing channels in good order would wait for answers: a farewell must do.
    fn drop(&mut self) {
        let _ = self.ssh.disconnect(None, "done", None);
        self.watchdog.shut();
    }
}

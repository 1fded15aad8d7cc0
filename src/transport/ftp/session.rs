//! What the engine asks of an FTP server: each request is tried, once more where that is known to help, and told in words.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use chrono::Utc;
use secrecy::SecretString;

use super::content::Content;
use super::conversation::Conversation;
use super::failure::Failure;
use super::options::Options;
use crate::transport::{Error, Kind, Listing, Replacement, Session, path};

/// A conversation with an FTP server, logged in.
pub struct FtpSession {
    options: Options,
    password: SecretString,
    base: PathBuf,
    /// None once it is over.
    conversation: Option<Conversation>,
}

impl FtpSession {
    pub(super) fn connect(options: &Options, base: &Path) -> Result<FtpSession, Error> {
        let password = options.password.read(base)?;
        let conversation = Some(Conversation::open(options, &password, base)?);
        Ok(FtpSession { options: options.clone(), password, base: base.to_owned(), conversation })
    }

    /// Does something, and does it again in a new conversation after a failure that asks for it.
    fn attempt<T>(
        &mut self,
        tried: String,
        mut act: impl FnMut(&mut Conversation) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let over = || Error::new(Kind::Unreachable, tried.clone()).caused_by("the conversation is over: connect again");
        let first = act(self.conversation.as_mut().ok_or_else(over)?);
        let outcome = match first {
            Err(failure) if self.again(&failure) => {
                self.hang_up();
                let conversation = Conversation::open(&self.options, &self.password, &self.base)?;
                act(self.conversation.insert(conversation))
            }
            outcome => outcome,
        };
        outcome.map_err(|failure| self.explain(failure, tried))
    }

    /// A cut listing may be whole the next time. A server that refuses the TLS of its data connections may take the
    /// older version; what is learnt holds for the next conversations too.
    fn again(&self, failure: &Failure) -> bool {
        match failure {
            Failure::CutShort(_) => true,
            Failure::DataTls(_) => self.options.turn_to_tls_1_2(),
            Failure::DataTlsTooLate(_) => {
                self.options.turn_to_tls_1_2();
                false
            }
            _ => false,
        }
    }

    /// Ends the conversation after whatever leaves its state unknown.
    fn explain(&mut self, failure: Failure, tried: String) -> Error {
        let overdue = self.conversation.as_ref().is_some_and(Conversation::is_overdue);
        let failure = if overdue { Failure::Overdue } else { failure };
        if !matches!(failure.kind(), Kind::Missing | Kind::Denied) {
            self.hang_up();
        }
        failure.while_trying_to(tried)
    }

    fn hang_up(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            conversation.hang_up();
        }
    }

    /// A path below the server's own folder, as the server knows it.
    fn locate(&self, path: &str) -> Result<String, Error> {
        path::below(self.conversation.as_ref().map_or("", Conversation::root), path)
    }

    fn on(&self) -> String {
        self.options.address()
    }
}

impl Session for FtpSession {
    fn list(&mut self, folder: &str) -> Result<Listing, Error> {
        let place = self.locate(folder)?;
        self.attempt(format!("list the folder `{folder}` on {}", self.on()), |server| server.list(&place, Utc::now()))
    }

    fn fetch(&mut self, path: &str, into: &mut dyn Write) -> Result<u64, Error> {
        let place = self.locate(path)?;
        self.attempt(format!("fetch {path} from {}", self.on()), |server| server.fetch(&place, into))
    }

    fn write(&mut self, path: &str, content: &mut dyn Read, size: u64) -> Result<(), Error> {
        let place = self.locate(path)?;
        let mut content = Content::new(content, size);
        self.attempt(format!("write {path} to {}", self.on()), |server| server.write(&place, &mut content))
    }

    fn size(&mut self, path: &str) -> Result<Option<u64>, Error> {
        let place = self.locate(path)?;
        self.attempt(format!("ask {} for the size of {path}", self.on()), |server| server.size(&place))
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<Replacement, Error> {
        let (old, new) = (self.locate(from)?, self.locate(to)?);
        self.attempt(format!("rename {from} to {to} on {}", self.on()), |server| server.rename(&old, &new))
    }

    fn remove(&mut self, path: &str) -> Result<(), Error> {
        let place = self.locate(path)?;
        self.attempt(format!("remove {path} from {}", self.on()), |server| server.remove(&place))
    }

    fn make_folder(&mut self, path: &str) -> Result<(), Error> {
        let place = self.locate(path)?;
        self.attempt(format!("make the folder {path} on {}", self.on()), |server| server.make_folder(&place))
    }
}

impl Drop for FtpSession {
    fn drop(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            conversation.say_goodbye();
        }
    }
}

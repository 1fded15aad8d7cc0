//! What the engine asks of an FTP server: each request is tried, once more where that is known to help, and told in words.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use chrono::Utc;
use secrecy::SecretString;

use super::content::Content;
use super::conversation::Conversation;
use super::failure::Failure;
use super::options::Options;
use crate::model::sheet::{Found, Trait};
use crate::transport::{Error, Identity, Kind, Limit, Listing, Replacement, Session, path};

/// A conversation with an FTP server, logged in.
pub struct FtpSession {
    options: Options,
    password: SecretString,
    base: PathBuf,
    limit: Limit,
    /// None once it is over.
    conversation: Option<Conversation>,
}

impl FtpSession {
    pub(super) fn connect(options: &Options, base: &Path, limit: &Limit) -> Result<FtpSession, Error> {
        let password = options.password.read_line(base)?;
        let conversation = Some(Conversation::open(options, &password, base, limit)?);
        Ok(FtpSession { options: options.clone(), password, base: base.to_owned(), limit: limit.clone(), conversation })
    }

    /// Does something, and does it again in a new conversation after a failure that asks for it.
    fn attempt<T>(
        &mut self,
        tried: String,
        mut act: impl FnMut(&mut Conversation) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let over = || Error::new(Kind::Unreachable, tried.clone()).caused_by("the conversation is over: connect again");
        let mut conversation = self.conversation.take().ok_or_else(over)?;
        let mut outcome = act(&mut conversation);
        if outcome.as_ref().is_err_and(|failure| self.again(failure)) {
            conversation.hang_up();
            conversation = Conversation::open(&self.options, &self.password, &self.base, &self.limit)?;
            outcome = act(&mut conversation);
        }
        let outcome = outcome.map_err(|failure| conversation.explain(failure, tried));
        match &outcome {
            Err(error) if !matches!(error.kind, Kind::Missing | Kind::Denied) => conversation.hang_up(),
            // What was answered clearly leaves a conversation that can go on.
            _ => self.conversation = Some(conversation),
        }
        outcome
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

    /// A path below the server's own folder, as the server knows it.
    fn locate(&self, path: &str) -> Result<String, Error> {
        path::below(self.conversation.as_ref().map_or("", Conversation::root), path)
    }

    fn on(&self) -> String {
        self.options.address()
    }
}

impl Session for FtpSession {
    fn bind(&mut self, limit: &Limit) {
        self.limit = limit.clone();
        if let Some(conversation) = &self.conversation {
            conversation.bind(limit);
        }
    }

    fn identity(&self) -> Option<Identity> {
        self.conversation.as_ref().and_then(Conversation::certificate).map(Identity::Certificate)
    }

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

    fn remove_folder(&mut self, path: &str) -> Result<(), Error> {
        let place = self.locate(path)?;
        self.attempt(format!("remove the folder {path} from {}", self.on()), |server| server.remove_folder(&place))
    }

    fn probe(&mut self, what: Trait, file: &str) -> Result<Option<Found>, Error> {
        match what {
            Trait::Protocol => return Ok(Some(self.options.protocol().into())),
            Trait::NeedsOldTls => return Ok(self.options.needs_tls_1_2().then(|| true.into())),
            _ => {}
        }
        let place = self.locate(file)?;
        self.attempt(format!("try out {}", self.on()), |server| server.probe(what, &place))
    }
}

impl Drop for FtpSession {
    fn drop(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            conversation.say_goodbye();
        }
    }
}

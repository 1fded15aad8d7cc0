//! A server's failure: what was tried on what, and whether trying later may help.

use std::error::Error as StdError;

use crate::model::Text;

/// What kind of failure it is, for whoever decides what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No connection, or it broke.
    Unreachable,
    /// No answer in time; what was asked for may have happened all the same.
    TimedOut,
    /// This run was asked to stop before it was done.
    Stopped,
    /// The server could not prove who it is.
    Identity,
    /// User, password or key were refused.
    Login,
    /// There is no such file or folder.
    Missing,
    /// The server does not allow it, now and later.
    Denied,
    /// The server has no room, for the moment.
    Full,
    /// The server asks to come back later: there were too many requests.
    Busy,
    /// What arrived is not what was sent.
    Damaged,
    /// The server spoke in a way that is not understood.
    Protocol,
    /// A file of ours could not be read or written on the way: the spool, a folder that is the server.
    Local,
    /// An option of ours is wrong, or what it names: a secret, a key, a certificate.
    Setup,
}

/// Says what was tried on what; the cause is the source.
#[derive(Debug, thiserror::Error)]
#[error("{tried}")]
pub struct Error {
    pub kind: Kind,
    tried: String,
    #[source]
    cause: Option<Box<dyn StdError + Send + Sync>>,
    /// What helps to understand it, and is not a part of it.
    known: Option<Text>,
    quotes: bool,
}

impl Error {
    /// `tried` is a clause such as "connect to sftp.skillup.example:22", without its cause.
    pub fn new(kind: Kind, tried: impl Into<String>) -> Error {
        Error { kind, tried: tried.into(), cause: None, known: None, quotes: false }
    }

    pub fn caused_by(self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        Error { cause: Some(cause.into()), ..self }
    }

    /// Its causes may quote data of people: they are for whoever reads the report, and never for a log.
    pub fn quoting(self) -> Error {
        Error { quotes: true, ..self }
    }

    pub fn is_quoting(&self) -> bool {
        self.quotes
    }

    /// What a log may say of it.
    pub fn logged(&self) -> String {
        if self.quotes { self.to_string() } else { self.chain() }
    }

    /// What is known of the server from an earlier time, for whoever reads of the failure.
    pub fn beside(self, known: Option<Text>) -> Error {
        Error { known, ..self }
    }

    pub fn known(&self) -> Option<&Text> {
        self.known.as_ref()
    }

    /// What was tried and every cause, in one line.
    pub fn chain(&self) -> String {
        let causes = std::iter::successors(self.source(), |&cause| cause.source());
        causes.fold(self.to_string(), |line, cause| format!("{line}: {cause}"))
    }

    pub fn later_may_help(&self) -> bool {
        match self.kind {
            Kind::Unreachable | Kind::TimedOut | Kind::Stopped | Kind::Full | Kind::Busy | Kind::Damaged => true,
            Kind::Identity
            | Kind::Login
            | Kind::Missing
            | Kind::Denied
            | Kind::Protocol
            | Kind::Local
            | Kind::Setup => false,
        }
    }
}

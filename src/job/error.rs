//! Why a verb could not be done, and the exit code that says so.

use std::error::Error as StdError;
use std::io;
use std::path::Path;

use crate::model::Exit;
use crate::profile::Complaints;
use crate::report::Failure;
use crate::{state, transport};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Transport(#[from] transport::Error),
    #[error(transparent)]
    State(#[from] state::Error),
    #[error(transparent)]
    Site(#[from] Complaints),
    /// Something was asked for that is not there, or not so.
    #[error("{0}")]
    Usage(String),
    /// A file of data cannot be used.
    #[error("use {file}")]
    Data {
        file: String,
        /// What is wrong with it; it may quote the file.
        #[source]
        cause: Unusable,
    },
    /// What was held is not what would be done now.
    #[error("{0}")]
    Moved(String),
    /// Another process of ours.
    #[error("read a workbook in a process of its own")]
    Process(#[source] io::Error),
    /// A file on this machine.
    #[error("{tried}")]
    Disk {
        tried: String,
        #[source]
        cause: io::Error,
    },
}

/// What makes a file of data unusable.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(String);

impl Error {
    pub fn data(file: &str, cause: impl ToString) -> Error {
        Error::Data { file: file.into(), cause: Unusable(cause.to_string()) }
    }

    /// `verb` completes the sentence with the path: "read /srv/hr.csv".
    pub fn disk(verb: &str, path: &Path, cause: io::Error) -> Error {
        Error::Disk { tried: format!("{verb} {}", path.display()), cause }
    }

    /// Of a partner's file that is on our disk already.
    pub fn unread(cause: io::Error) -> Error {
        Error::Disk { tried: "read the file to the end".into(), cause }
    }

    pub fn exit(&self) -> Exit {
        match self {
            Error::Transport(error) if error.later_may_help() => Exit::TryLater,
            Error::Transport(error) => match error.kind {
                transport::Kind::Setup => Exit::SiteRefused,
                transport::Kind::Local => Exit::Disk,
                _ => Exit::ServerRefused,
            },
            Error::State(error) if error.later_may_help() => Exit::TryLater,
            Error::Process(cause) | Error::Disk { cause, .. } if is_passing(cause) => Exit::TryLater,
            Error::State(_) | Error::Disk { .. } | Error::Process(_) => Exit::Disk,
            Error::Site(_) => Exit::SiteRefused,
            Error::Data { .. } => Exit::DataRefused,
            Error::Moved(_) => Exit::Held,
            Error::Usage(_) => Exit::Usage,
        }
    }

    pub fn failure(&self) -> Failure {
        let mut chain = vec![self.to_string()];
        let mut cause = self.source();
        while let Some(error) = cause {
            chain.push(error.to_string());
            cause = error.source();
        }
        let known = match self {
            Error::Transport(error) => error.known().cloned(),
            _ => None,
        };
        let quotes = match self {
            Error::Transport(error) => error.is_quoting(),
            Error::Data { .. } => true,
            _ => false,
        };
        Failure { exit_code: self.exit(), chain, later_may_help: self.exit() == Exit::TryLater, known, quotes }
    }
}

/// Too many processes, too little memory, a wish to stop, or somebody who writes to the file, just now.
fn is_passing(cause: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, OutOfMemory, ResourceBusy, WouldBlock};
    matches!(cause.kind(), WouldBlock | OutOfMemory | Interrupted | ResourceBusy)
}

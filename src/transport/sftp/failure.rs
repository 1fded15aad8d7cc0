//! Why a step of a conversation failed, before it is said what the step was for; and what libssh2's codes mean.

use std::io;

use ssh2::ErrorCode;

use super::status::Status;
use crate::transport::{Error, Kind};

// Names and numbers of libssh2.h, which the binding keeps to itself.
const INVALID_MAC: i32 = -4;
const SOCKET_SEND: i32 = -7;
const TIMEOUT: i32 = -9;
const DECRYPT: i32 = -12;
pub const SOCKET_DISCONNECT: i32 = -13;
pub const FILE: i32 = -16;
pub const PASSWORD_EXPIRED: i32 = -15;
pub const AUTHENTICATION_FAILED: i32 = -18;
pub const PUBLICKEY_UNVERIFIED: i32 = -19;
const BANNER_RECV: i32 = -2;
const CHANNEL_CLOSED: i32 = -26;
const CHANNEL_EOF_SENT: i32 = -27;
const SOCKET_TIMEOUT: i32 = -30;
const SOCKET_RECV: i32 = -43;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server understood, and said no.
    #[error(transparent)]
    Refused(Status),
    #[error("the server has no such file")]
    Absent,
    /// The server opened a file, and did not take the bytes for it.
    #[error("the server takes no more bytes of this file: it may be full, or a quota reached")]
    NotTaken(#[source] Status),
    #[error("{}", in_words(.0))]
    Ssh(ssh2::Error),
    #[error("the server closed the conversation")]
    Closed,
    #[error("the server's answer is not understood: {0}")]
    NotUnderstood(String),
    #[error("{expected} bytes were expected, there are {found}")]
    OtherSize { expected: u64, found: u64 },
    /// Our side of a transfer failed: what is sent could not be read, or what is received not be written.
    #[error("our own file failed")]
    Local(#[source] io::Error),
}

impl Failure {
    pub fn kind(&self) -> Kind {
        match self {
            Failure::Refused(status) => status.kind(),
            Failure::Absent => Kind::Missing,
            Failure::NotTaken(_) => Kind::Full,
            Failure::Ssh(cause) => kind_of(cause),
            Failure::Closed => Kind::Unreachable,
            Failure::NotUnderstood(_) => Kind::Protocol,
            Failure::OtherSize { .. } => Kind::Damaged,
            Failure::Local(_) => Kind::Local,
        }
    }

    /// Whether the server answered so clearly that more can be asked.
    pub fn leaves_a_conversation(&self) -> bool {
        matches!(self.kind(), Kind::Missing | Kind::Denied)
    }

    /// `tried` is a clause such as "read in/hr.csv on sftp.example:22".
    pub fn while_trying_to(self, tried: impl Into<String>) -> Error {
        Error::new(self.kind(), tried).caused_by(self)
    }
}

impl From<ssh2::Error> for Failure {
    fn from(cause: ssh2::Error) -> Failure {
        Failure::Ssh(cause)
    }
}

/// What was tried failed for `cause`.
pub fn failed(tried: impl Into<String>, cause: &ssh2::Error) -> Error {
    Error::new(kind_of(cause), tried).caused_by(in_words(cause))
}

/// The error behind one that came through `Read` or `Write`, which lose its code.
pub fn behind(session: &ssh2::Session, error: &io::Error) -> ssh2::Error {
    let from_code = |code| ssh2::Error::from_errno(ErrorCode::Session(code));
    match error.kind() {
        io::ErrorKind::TimedOut => from_code(TIMEOUT),
        _ => ssh2::Error::last_session_error(session).unwrap_or_else(|| from_code(SOCKET_DISCONNECT)),
    }
}

fn kind_of(cause: &ssh2::Error) -> Kind {
    match cause.code() {
        ErrorCode::Session(TIMEOUT | SOCKET_TIMEOUT) => Kind::TimedOut,
        ErrorCode::Session(
            BANNER_RECV | SOCKET_SEND | SOCKET_DISCONNECT | SOCKET_RECV | CHANNEL_CLOSED | CHANNEL_EOF_SENT,
        ) => Kind::Unreachable,
        // SSH notices every byte that was changed on the way.
        ErrorCode::Session(INVALID_MAC | DECRYPT) => Kind::Damaged,
        ErrorCode::Session(AUTHENTICATION_FAILED | PUBLICKEY_UNVERIFIED | PASSWORD_EXPIRED) => Kind::Login,
        ErrorCode::Session(_) | ErrorCode::SFTP(_) => Kind::Protocol,
    }
}

fn in_words(cause: &ssh2::Error) -> String {
    let said = if kind_of(cause) == Kind::TimedOut { "no answer in time" } else { cause.message() };
    let (ErrorCode::Session(code) | ErrorCode::SFTP(code)) = cause.code();
    format!("{said} (libssh2 {code})")
}

//! What libssh2 and the server's status codes mean. The texts of errors differ from server to server and decide nothing.

use std::io;

use ssh2::ErrorCode;

use crate::transport::{Error, Kind};

// Names and numbers of libssh2.h, which the binding keeps to itself.
const SOCKET_SEND: i32 = -7;
const TIMEOUT: i32 = -9;
pub const SOCKET_DISCONNECT: i32 = -13;
pub const FILE: i32 = -16;
pub const PASSWORD_EXPIRED: i32 = -15;
pub const AUTHENTICATION_FAILED: i32 = -18;
pub const PUBLICKEY_UNVERIFIED: i32 = -19;
pub const CHANNEL_FAILURE: i32 = -21;
const BANNER_RECV: i32 = -2;
const CHANNEL_CLOSED: i32 = -26;
const CHANNEL_EOF_SENT: i32 = -27;
const SOCKET_TIMEOUT: i32 = -30;
pub const SFTP_PROTOCOL: i32 = -31;
const SOCKET_RECV: i32 = -43;

// Status codes of SFTP, draft-ietf-secsh-filexfer-02 section 7 and -13 section 9.1.
const NO_SUCH_FILE: i32 = 2;
const NO_CONNECTION: i32 = 6;
const CONNECTION_LOST: i32 = 7;
pub const OP_UNSUPPORTED: i32 = 8;
const NO_SUCH_PATH: i32 = 10;
const NO_SPACE: i32 = 14;
const QUOTA_EXCEEDED: i32 = 15;

/// What was tried failed for `cause`.
pub fn failed(tried: impl Into<String>, cause: &ssh2::Error) -> Error {
    let (kind, number) = match cause.code() {
        ErrorCode::Session(code) => (of_session(code), format!("libssh2 {code}")),
        ErrorCode::SFTP(code) => (of_status(code), format!("SFTP status {code}")),
    };
    let said = if kind == Kind::TimedOut { "no answer in time" } else { cause.message() };
    Error::new(kind, tried).caused_by(format!("{said} ({number})"))
}

/// The error behind one that came through `Read` or `Write`, which lose its code.
pub fn behind(session: &ssh2::Session, error: &io::Error) -> ssh2::Error {
    let code = match error.kind() {
        io::ErrorKind::UnexpectedEof => SOCKET_DISCONNECT,
        io::ErrorKind::TimedOut => TIMEOUT,
        _ => return ssh2::Error::last_session_error(session).unwrap_or_else(|| because(SOCKET_DISCONNECT)),
    };
    because(code)
}

/// An error of our own in the terms of libssh2.
pub fn because(code: i32) -> ssh2::Error {
    ssh2::Error::from_errno(ErrorCode::Session(code))
}

fn of_session(code: i32) -> Kind {
    match code {
        TIMEOUT | SOCKET_TIMEOUT => Kind::TimedOut,
        BANNER_RECV | SOCKET_SEND | SOCKET_DISCONNECT | SOCKET_RECV | CHANNEL_CLOSED | CHANNEL_EOF_SENT => {
            Kind::Unreachable
        }
        AUTHENTICATION_FAILED | PUBLICKEY_UNVERIFIED | PASSWORD_EXPIRED => Kind::Login,
        _ => Kind::Protocol,
    }
}

fn of_status(code: i32) -> Kind {
    match code {
        NO_SUCH_FILE | NO_SUCH_PATH => Kind::Missing,
        NO_SPACE | QUOTA_EXCEEDED => Kind::Full,
        NO_CONNECTION | CONNECTION_LOST => Kind::Unreachable,
        // Among them 4, "failure", which most servers say for everything that has no code of its own.
        _ => Kind::Denied,
    }
}

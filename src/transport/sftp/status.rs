//! What a server says of a request: done, or why not. Its words differ from server to server and decide nothing.

use super::fields::Fields;
use crate::transport::{Kind, shown};

// Status codes: draft-ietf-secsh-filexfer-02 section 7, and -13 section 9.1.
pub const OK: u32 = 0;
pub const EOF: u32 = 1;
const NO_SUCH_FILE: u32 = 2;
pub const PERMISSION_DENIED: u32 = 3;
/// What most servers say for everything that has no code of its own.
pub const FAILURE: u32 = 4;
const BAD_MESSAGE: u32 = 5;
const NO_CONNECTION: u32 = 6;
const CONNECTION_LOST: u32 = 7;
pub const OP_UNSUPPORTED: u32 = 8;
const NO_SUCH_PATH: u32 = 10;
const NO_SPACE: u32 = 14;
const QUOTA_EXCEEDED: u32 = 15;

/// As many of a server's characters as a sentence bears.
const LONGEST_SAYING: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} (SFTP status {code})", if said.is_empty() { "the server does not say why" } else { said })]
pub struct Status {
    pub code: u32,
    /// The server's words, without what would disturb a terminal.
    said: String,
}

impl Status {
    /// Servers of the first versions tell the code alone.
    pub fn take(fields: &mut Fields) -> Option<Status> {
        let code = fields.number()?;
        let said = shown(fields.string().unwrap_or_default()).chars().take(LONGEST_SAYING).collect();
        Some(Status { code, said })
    }

    pub fn kind(&self) -> Kind {
        match self.code {
            NO_SUCH_FILE | NO_SUCH_PATH => Kind::Missing,
            NO_SPACE | QUOTA_EXCEEDED => Kind::Full,
            NO_CONNECTION | CONNECTION_LOST => Kind::Unreachable,
            OK | EOF | BAD_MESSAGE => Kind::Protocol,
            _ => Kind::Denied,
        }
    }
}

//! By what a server proved who it is.

use std::fmt;

use chrono::{DateTime, Utc};

use super::ftp::Certificate;

/// What a server showed, and was accepted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The public key of an SSH server.
    HostKey {
        /// `ssh-ed25519`, for example.
        kind: String,
        /// `SHA256:` and base64, as `ssh-keygen -l` prints it.
        fingerprint: String,
    },
    /// The certificate of an FTPS server.
    Certificate(Certificate),
}

impl Identity {
    /// When the proof ends by itself; a host key never does.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self {
            Identity::HostKey { .. } => None,
            Identity::Certificate(certificate) => Some(certificate.until),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Identity::HostKey { kind, fingerprint } => write!(f, "the key {kind} {fingerprint}"),
            Identity::Certificate(certificate) => certificate.fmt(f),
        }
    }
}

//! Whether the server is the one it should be.

use std::path::{Path, PathBuf};

use super::host_key::{ALGORITHMS, HostKey};
use super::known_hosts::{self, KnownKeys};
use super::options::{Fingerprint, Identity, Options};
use crate::transport::{Error, Kind};

/// What is known of a server before anything is said to it.
pub enum Expected {
    Keys { file: PathBuf, known: KnownKeys },
    Fingerprint(Fingerprint),
}

impl Expected {
    pub fn read(options: &Options, base: &Path) -> Result<Expected, Error> {
        Ok(match &options.identity {
            Identity::KnownHosts(path) => {
                let file = base.join(path);
                let known = known_hosts::read(&file, &options.host, options.port)?;
                Expected::Keys { file, known }
            }
            Identity::Fingerprint(fingerprint) => Expected::Fingerprint(fingerprint.clone()),
        })
    }

    /// What to ask the server for, in turn: the types of key that are known, and then each family alone. A server has keys
    /// of several types and shows one, so that a host that is known by another would look changed.
    pub fn algorithms(&self) -> Vec<String> {
        let known: Vec<_> = match self {
            Expected::Keys { known, .. } if !known.trusted.is_empty() => {
                known.trusted.iter().map(HostKey::algorithms).collect()
            }
            _ => ALGORITHMS.to_vec(),
        };
        std::iter::once(known.join(",")).chain(ALGORITHMS.map(str::to_owned)).collect()
    }

    pub fn accepts(&self, key: &HostKey) -> bool {
        match self {
            Expected::Keys { known, .. } => known.trusted.contains(key) && !known.revoked.contains(key),
            Expected::Fingerprint(fingerprint) => key.fingerprint() == *fingerprint,
        }
    }

    /// Why none of the keys that the server of `options` showed is accepted, and what to write if one of them is right.
    pub fn refused(&self, options: &Options, seen: &[HostKey]) -> Error {
        let (host, port) = (&options.host, options.port);
        let shown = list(seen);
        let cause = match self {
            Expected::Keys { file, known } if known.revoked.iter().any(|key| seen.contains(key)) => {
                let revoked: Vec<_> = known.revoked.iter().filter(|key| seen.contains(key)).cloned().collect();
                format!("it showed {}, which {} marks as revoked", list(&revoked), file.display())
            }
            Expected::Keys { file, known } if known.trusted.is_empty() => format!(
                "{} has no line for it; it showed {shown}. Ask whoever runs the server whether that is right, and only \
                 then add what `ssh-keyscan -p {port} {host}` prints, or write `fingerprint` in place of `known-hosts`",
                file.display()
            ),
            Expected::Keys { file, known } => format!(
                "{} has {}, it showed {shown}. {CHANGED}, correct the line",
                file.display(),
                list(&known.trusted)
            ),
            Expected::Fingerprint(fingerprint) => {
                format!("{} was expected, it showed {shown}. {CHANGED}, correct `fingerprint`", fingerprint.0)
            }
        };
        Error::new(Kind::Identity, format!("make sure that {host}:{port} is the right server")).caused_by(cause)
    }
}

const CHANGED: &str = "Either the server has a new key or somebody stands between it and us. \
                       Ask whoever runs the server, and only if the new key is right";

fn list(keys: &[HostKey]) -> String {
    keys.iter().map(HostKey::to_string).collect::<Vec<_>>().join(" and ")
}

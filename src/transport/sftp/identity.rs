//! Whether the server is the one it should be.

use std::path::{Path, PathBuf};

use super::host_key::{ALGORITHMS, HostKey};
use super::host_names;
use super::known_hosts::{self, Known, KnownKeys};
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
            Expected::Keys { known, .. } => known.trusted.iter().filter_map(|known| known.key.algorithms()).collect(),
            Expected::Fingerprint(_) => Vec::new(),
        };
        let first = if known.is_empty() { ALGORITHMS.join(",") } else { known.join(",") };
        std::iter::once(first).chain(ALGORITHMS.map(str::to_owned)).collect()
    }

    pub fn accepts(&self, key: &HostKey) -> bool {
        match self {
            Expected::Keys { known, .. } => has(&known.trusted, key) && !has(&known.revoked, key),
            Expected::Fingerprint(fingerprint) => key.fingerprint() == *fingerprint,
        }
    }

    /// Why none of the keys that the server of `options` showed is accepted, and what to write if one of them is right.
    pub fn refused(&self, options: &Options, seen: &[HostKey]) -> Error {
        let (host, port) = (&options.host, options.port);
        let cause = match self {
            Expected::Keys { file, known } => told_by(file, known, &host_names::name_of(host, port), seen),
            Expected::Fingerprint(fingerprint) => {
                let right = seen.iter().map(|key| format!("`fingerprint = \"{}\"`", key.fingerprint().0));
                let right = right.collect::<Vec<_>>().join(" or ");
                format!("{} was expected, and it showed {}. {CHANGED}, write {right}", fingerprint.0, list(seen))
            }
        };
        Error::new(Kind::Identity, format!("make sure that {host}:{port} is the right server")).caused_by(cause)
    }
}

const CHANGED: &str = "Either the server has a new key or somebody stands between it and us. \
                       Ask whoever runs the server, and only if the new key is right";

/// Why a file does not have `name` with a key that was `seen`.
fn told_by(file: &Path, known: &KnownKeys, name: &str, seen: &[HostKey]) -> String {
    let place = file.display();
    let shown = list(seen);
    if let Some(revoked) = known.revoked.iter().find(|known| seen.contains(&known.key)) {
        return format!(
            "it showed {}, which {place}:{} marks as revoked. Whoever runs the server must give it a new key",
            revoked.key, revoked.line
        );
    }
    // The first is of the kind that is known, or else the one that the server prefers.
    let line = seen.first().map(|key| format!("`{name} {}`", key.written())).unwrap_or_default();
    match (known.trusted.first(), known.authority) {
        (Some(first), _) => {
            let (at, keys) = (first.line, known.trusted.iter().map(|known| known.key.clone()).collect::<Vec<_>>());
            let has = list(&keys);
            format!("{place}:{at} has {has}, and it showed {shown}. {CHANGED}, write in place of line {at}: {line}")
        }
        (None, Some(at)) => format!(
            "{place}:{at} knows it by `@cert-authority`, and certificates of hosts are not understood here; it showed \
             {shown}. Ask whoever runs the server whether that is right, and only then add the line {line}"
        ),
        (None, None) => format!(
            "{place} has no line for it; it showed {shown}. Ask whoever runs the server whether that is right, and \
             only then add the line {line}"
        ),
    }
}

fn has(known: &[Known], key: &HostKey) -> bool {
    known.iter().any(|known| known.key == *key)
}

fn list(keys: &[HostKey]) -> String {
    keys.iter().map(HostKey::to_string).collect::<Vec<_>>().join(" and ")
}

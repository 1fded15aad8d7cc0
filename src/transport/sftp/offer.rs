//! What a server offers for a conversation, asked for where it and we found nothing in common: libssh2 does not tell.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use ssh2::{MethodType, Session};

use super::host_key::ALGORITHMS;
use super::options::Options;
use crate::transport::{self, Error, Limit, tcp};

/// Lines that a server may say before its name, and the length of a packet: more is no SSH (RFC 4253, 4.2 and 6.1).
const MOST_BYTES: u64 = 64 << 10;
const KEXINIT: u8 = 20;
const HOST_KEYS: usize = 1;
const COOKIE: usize = 16;

/// How many names an error repeats of those that a stranger sends.
const SHOWN: usize = 12;

/// The algorithms of one kind that are known here.
struct Kind {
    name: &'static str,
    /// Its place in the packet, RFC 4253 section 7.1.
    place: usize,
    ours: Vec<&'static str>,
}

/// The failure to begin a conversation with the server of `options`, and the algorithms where they are the reason.
pub fn explain(failure: Error, options: &Options, limit: &Limit) -> Error {
    // A server that finds no algorithm may hang up before it is understood why.
    if !matches!(failure.kind, transport::Kind::Protocol | transport::Kind::Unreachable) {
        return failure;
    }
    match ask(options, limit).and_then(|lists| nothing_in_common(&lists)) {
        Some(told) => Error::new(transport::Kind::Protocol, failure.to_string()).caused_by(told),
        None => failure,
    }
}

/// Whether the server says that it has no host key for any of these algorithms.
pub fn lacks(algorithms: &str, options: &Options, limit: &Limit) -> bool {
    let offered = ask(options, limit).and_then(|lists| lists.into_iter().nth(HOST_KEYS));
    offered.is_some_and(|offered| !algorithms.split(',').any(|one| offered.split(',').any(|theirs| theirs == one)))
}

/// What the server offers, in the order of the packet.
fn ask(options: &Options, limit: &Limit) -> Option<Vec<String>> {
    let patience = options.connect_timeout.min(limit.left());
    let connection = tcp::connect(&options.host, options.port, patience, limit).ok()?;
    connection.set_read_timeout(Some(patience)).ok()?;
    limit.bound(move || read_lists(connection))?
}

/// Lists in the order of the packet.
fn nothing_in_common(lists: &[String]) -> Option<String> {
    let offered = |kind: &Kind| lists.get(kind.place).filter(|list| !list.is_empty());
    let shown = |list: &String| list.split(',').filter(is_algorithm).take(SHOWN).collect::<Vec<_>>().join(", ");
    let strange = |theirs: &str, ours: &[&str]| !theirs.split(',').any(|one| ours.contains(&one));
    let without = ours().into_iter().find(|kind| offered(kind).is_some_and(|theirs| strange(theirs, &kind.ours)))?;
    Some(format!(
        "for {} the server offers {}, which is no longer safe or not known here. Whoever runs it must allow one of {}",
        without.name,
        offered(&without).map(shown)?,
        without.ours.join(", ")
    ))
}

fn read_lists(mut connection: TcpStream) -> Option<Vec<String>> {
    connection.write_all(b"SSH-2.0-passerelle\r\n").ok()?;
    let mut from = BufReader::new(connection.take(MOST_BYTES));
    let mut line = Vec::new();
    while !line.starts_with(b"SSH-") {
        line.clear();
        if from.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
    }
    let mut head = [0; 5];
    from.read_exact(&mut head).ok()?;
    let (length, padding) = head.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    let mut packet = Vec::new();
    from.take((length.checked_sub(1 + usize::from(padding[0]))?) as u64).read_to_end(&mut packet).ok()?;
    let (kind, mut rest) = packet.split_first()?;
    rest = rest.get(COOKIE..).filter(|_| *kind == KEXINIT)?;
    let mut lists = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (list, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        // What a stranger sends is shown to people.
        lists.push(String::from_utf8_lossy(list).replace(char::is_control, "?"));
        rest = after;
        if lists.len() == LISTS {
            break;
        }
    }
    Some(lists)
}

/// As many as are looked at: the last is that of the integrity codes.
const LISTS: usize = 6;

fn ours() -> [Kind; 4] {
    let known = |kind| {
        let mut names = Session::new().and_then(|session| session.supported_algs(kind)).unwrap_or_default();
        names.retain(is_algorithm);
        names
    };
    let of_hosts = ALGORITHMS.iter().flat_map(|family| family.split(',')).collect();
    [
        Kind { name: "the key exchange", place: 0, ours: known(MethodType::Kex) },
        Kind { name: "the host key", place: HOST_KEYS, ours: of_hosts },
        Kind { name: "the cipher", place: 2, ours: known(MethodType::CryptCs) },
        Kind { name: "the integrity code", place: 4, ours: known(MethodType::MacCs) },
    ]
}

/// Some names only say what else a side understands.
fn is_algorithm(name: &&str) -> bool {
    !name.starts_with("ext-info-") && !name.starts_with("kex-strict-")
}

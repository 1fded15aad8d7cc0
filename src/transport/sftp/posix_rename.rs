//! Replacing a file at one instant, with the extension `posix-rename@openssh.com`.
//!
//! The rename of SFTP version 3 fails where the new name is taken, and the binding of libssh2 lacks the extension. Here a
//! second channel of the same session speaks the four packets that it takes (draft-ietf-secsh-filexfer-02, and OpenSSH's
//! PROTOCOL, section 4.3).

use std::io::{Read, Write};

use ssh2::ErrorCode;

use super::failure::{self, behind};

const NAME: &str = "posix-rename@openssh.com";
const INIT: u8 = 1;
const VERSION: u8 = 2;
const STATUS: u8 = 101;
const EXTENDED: u8 = 200;

/// Longer than any answer that is expected here; OpenSSH's own limit for a packet.
const LONGEST_PACKET: u32 = 256 * 1024;

/// What the server says of itself when SFTP begins.
pub struct Announced {
    pub version: u32,
    pub extensions: Vec<String>,
}

impl Announced {
    /// On a channel of its own.
    pub fn ask(session: &ssh2::Session) -> Result<Announced, ssh2::Error> {
        let mut channel = session.channel_session()?;
        channel.subsystem("sftp")?;
        PosixRename { session: session.clone(), channel, requests: 0 }.greet()
    }
}

/// A channel that stays open, because a new one costs five round trips.
pub struct PosixRename {
    session: ssh2::Session,
    channel: ssh2::Channel,
    requests: u32,
}

impl PosixRename {
    /// None where the server does not announce the extension, unless it is known to understand it all the same.
    pub fn open(session: &ssh2::Session, unannounced: bool) -> Result<Option<PosixRename>, ssh2::Error> {
        let mut channel = session.channel_session()?;
        channel.subsystem("sftp")?;
        let mut opened = PosixRename { session: session.clone(), channel, requests: 0 };
        let announced = opened.greet()?.extensions.iter().any(|name| name == NAME);
        Ok((announced || unannounced).then_some(opened))
    }

    fn greet(&mut self) -> Result<Announced, ssh2::Error> {
        self.send(&[&[INIT][..], &3_u32.to_be_bytes()].concat())?;
        let (kind, body) = self.receive()?;
        let Some((version, pairs)) = body.split_first_chunk::<4>().filter(|_| kind == VERSION) else {
            return Err(not_understood());
        };
        let names = extensions(pairs).map(|name| String::from_utf8_lossy(name).into_owned());
        Ok(Announced { version: u32::from_be_bytes(*version), extensions: names.collect() })
    }

    /// After a timeout nobody knows whether it happened.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<(), ssh2::Error> {
        self.requests += 1;
        let id = self.requests.to_be_bytes();
        self.send(&[&[EXTENDED][..], &id, &string(NAME), &string(from), &string(to)].concat())?;
        let (kind, body) = self.receive()?;
        let (Some(answered), Some(code)) = (body.first_chunk::<4>(), body.get(4..8)) else {
            return Err(not_understood());
        };
        if kind != STATUS || *answered != id {
            return Err(not_understood());
        }
        match i32::from_be_bytes(code.try_into().expect("four bytes were taken")) {
            0 => Ok(()),
            code => Err(ssh2::Error::from_errno(ErrorCode::SFTP(code))),
        }
    }

    // `Channel::flush` throws away what has come in, so it is never called.
    fn send(&mut self, packet: &[u8]) -> Result<(), ssh2::Error> {
        let framed = [&(packet.len() as u32).to_be_bytes()[..], packet].concat();
        self.channel.write_all(&framed).map_err(|error| behind(&self.session, &error))
    }

    fn receive(&mut self) -> Result<(u8, Vec<u8>), ssh2::Error> {
        let mut length = [0; 4];
        self.channel.read_exact(&mut length).map_err(|error| behind(&self.session, &error))?;
        let length = u32::from_be_bytes(length);
        if length == 0 || length > LONGEST_PACKET {
            return Err(not_understood());
        }
        let mut packet = vec![0; length as usize];
        self.channel.read_exact(&mut packet).map_err(|error| behind(&self.session, &error))?;
        let body = packet.split_off(1);
        Ok((packet[0], body))
    }
}

/// The names among the pairs of name and value that follow the version.
fn extensions(mut pairs: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let name = take_string(&mut pairs)?;
        take_string(&mut pairs)?;
        Some(name)
    })
}

fn take_string<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *bytes = rest;
    Some(text)
}

fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_be_bytes()[..], text.as_bytes()].concat()
}

fn not_understood() -> ssh2::Error {
    ssh2::Error::new(ErrorCode::Session(failure::SFTP_PROTOCOL), "the server's answer is not understood")
}

#[cfg(test)]
mod tests {
    use super::{extensions, string};

    #[test]
    fn the_names_of_extensions_are_found_and_a_cut_list_ends() {
        let list = ["posix-rename@openssh.com", "1", "fsync@openssh.com", "1"].map(string).concat();
        assert_eq!(extensions(&list).count(), 2);
        assert_eq!(extensions(&list).next().unwrap(), b"posix-rename@openssh.com");
        assert_eq!(extensions(&list[..list.len() - 1]).count(), 1);
        assert_eq!(extensions(&[0xFF; 9]).count(), 0);
    }
}

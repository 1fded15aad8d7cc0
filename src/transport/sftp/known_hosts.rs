//! A known-hosts file of OpenSSH, as far as it speaks of one server.
//!
//! What it says of other hosts is passed over, even where it is damaged. A key that is marked `@revoked` is refused
//! whatever names stand beside it: who lost it for one host has lost it for all.

use std::fs;
use std::path::Path;

use super::host_key::HostKey;
use super::host_names;
use crate::transport::{Error, Kind};

/// What a file says of one server.
#[derive(Default)]
pub struct KnownKeys {
    pub trusted: Vec<Known>,
    pub revoked: Vec<Known>,
    /// The line of an authority that certifies the server's keys, which is not understood here.
    pub authority: Option<usize>,
}

/// A key, and the line that it is on, from 1.
pub struct Known {
    pub line: usize,
    pub key: HostKey,
}

/// Reads the keys of `host` at `port`. As in OpenSSH, lines for `[host]:port` come before those for `host`.
pub fn read(file: &Path, host: &str, port: u16) -> Result<KnownKeys, Error> {
    let tried = || format!("read the known hosts in {}", file.display());
    let scan = format!("`ssh-keyscan -p {port} {host}`");
    let bytes = fs::read(file).map_err(|cause| {
        let advice = format!("write into it what {scan} prints, once whoever runs the server has confirmed it");
        Error::new(Kind::Setup, tried()).caused_by(format!("{cause}; {advice}"))
    })?;
    // A comment may be in any encoding, names and keys are ASCII.
    let text = String::from_utf8_lossy(&bytes);
    let mut known = KnownKeys::default();
    let mut without_port = Vec::new();
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let refused = |cause: &str| {
            let advice = format!("correct or remove it; {scan} prints lines as they should be");
            Error::new(Kind::Setup, tried()).caused_by(format!("{}:{line}: {cause}: {advice}", file.display()))
        };
        let Some(entry) = Entry::parse(text).map_err(refused)? else {
            continue;
        };
        if entry.marker == Marker::Revoked {
            known.revoked.push(Known { line, key: entry.key().map_err(refused)? });
            continue;
        }
        let found = if entry.is_about(&host_names::name_of(host, port)).map_err(refused)? {
            &mut known.trusted
        } else if entry.is_about(&host.to_ascii_lowercase()).map_err(refused)? {
            &mut without_port
        } else {
            continue;
        };
        match entry.marker {
            Marker::Authority => known.authority = known.authority.or(Some(line)),
            _ => found.push(Known { line, key: entry.key().map_err(refused)? }),
        }
    }
    if known.trusted.is_empty() {
        known.trusted = without_port;
    }
    Ok(known)
}

/// A line, of which the key is only looked at where it is needed.
struct Entry<'a> {
    marker: Marker,
    names: &'a str,
    type_and_key: Option<(&'a str, &'a str)>,
}

#[derive(PartialEq)]
enum Marker {
    None,
    Revoked,
    Authority,
}

impl Entry<'_> {
    /// None for an empty line and for a comment.
    fn parse(text: &str) -> Result<Option<Entry<'_>>, &'static str> {
        let mut words = text.split_ascii_whitespace().peekable();
        let marker = match words.peek() {
            None => return Ok(None),
            Some(word) if word.starts_with('#') => return Ok(None),
            Some(&"@revoked") => Marker::Revoked,
            Some(&"@cert-authority") => Marker::Authority,
            Some(word) if word.starts_with('@') => return Err("this marker is not understood"),
            Some(_) => Marker::None,
        };
        let mut words = words.skip((marker != Marker::None).into());
        let names = words.next().filter(|names| !names.starts_with('@')).ok_or("this line is not `names type key`")?;
        Ok(Some(Entry { marker, names, type_and_key: words.next().zip(words.next()) }))
    }

    fn is_about(&self, host: &str) -> Result<bool, &'static str> {
        host_names::are_about(self.names, host)
    }

    fn key(&self) -> Result<HostKey, &'static str> {
        let (type_name, key) = self.type_and_key.ok_or("this line is not `names type key`")?;
        let key = HostKey::from_base64(key).filter(|key| key.type_name() == type_name);
        key.ok_or("the key on this line is damaged")
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownKeys, read};
    use crate::transport::Error;

    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const OTHER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf";

    fn read_bytes(text: impl AsRef<[u8]>, host: &str, port: u16) -> Result<KnownKeys, Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        std::fs::write(&file, text).unwrap();
        read(&file, host, port)
    }

    /// The lines by which a host is known.
    fn lines(text: &str, host: &str, port: u16) -> Vec<usize> {
        read_bytes(text, host, port).unwrap().trusted.iter().map(|known| known.line).collect()
    }

    #[test]
    fn a_host_is_found_by_each_of_its_names_and_by_its_port() {
        let text =
            format!("# comment\n\nsftp.example,192.0.2.1 {ED25519} a comment\r\n[other.example]:2222\t{ED25519}\n");
        for (host, port, found) in [
            ("sftp.example", 22, &[3][..]),
            ("SFTP.Example", 22, &[3]),
            ("192.0.2.1", 22, &[3]),
            ("other.example", 2222, &[4]),
            ("other.example", 22, &[]),
            ("example", 22, &[]),
        ] {
            assert_eq!(lines(&text, host, port), found, "{host}:{port}");
        }
    }

    #[test]
    fn a_line_with_the_port_comes_before_one_without() {
        let text = format!("*.example {ED25519}\n[sftp.example]:2222 {OTHER}\n");
        assert_eq!(lines(&text, "sftp.example", 2222), [2]);
        assert_eq!(lines(&text, "sftp.example", 2223), [1]);
        assert_eq!(lines(&text, "sftp.example", 22), [1]);
    }

    #[test]
    fn a_revoked_key_is_never_among_the_trusted_ones() {
        for names in ["*", "sftp.example", "elsewhere.example"] {
            let keys = read_bytes(format!("@revoked {names} {ED25519}\n"), "sftp.example", 22).unwrap();
            assert_eq!((keys.trusted.len(), keys.revoked.len()), (0, 1), "{names}");
        }
    }

    #[test]
    fn an_authority_is_told_only_where_it_is_one_for_this_host() {
        let text = format!("@cert-authority *.example,!old.example {ED25519}\nsftp.example {OTHER}\n");
        let authority = |host| read_bytes(&text, host, 22).unwrap().authority;
        assert_eq!(authority("other.example"), Some(1));
        assert_eq!(authority("old.example"), None);
        assert_eq!(lines(&text, "sftp.example", 22), [2]);
    }

    #[test]
    fn what_is_wrong_with_the_line_of_another_host_does_no_harm() {
        let text = format!("other.example ssh-rsa\n# caf\u{e9}\nother.example ssh-rsa AAAA\nsftp.example {ED25519}\n");
        assert_eq!(lines(&text, "sftp.example", 22), [4]);
        let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
        assert_eq!(read_bytes(latin, "sftp.example", 22).unwrap().trusted.len(), 1);
    }

    #[test]
    fn a_line_that_cannot_be_honoured_is_refused_with_its_place() {
        for (line, said) in [
            (format!("@other *.example {ED25519}"), "this marker is not understood"),
            (format!("@revoked @cert-authority *.example {ED25519}"), "is not `names type key`"),
            ("@revoked elsewhere.example ssh-rsa AAAA".to_owned(), "is damaged"),
            ("sftp.example ssh-rsa".to_owned(), "is not `names type key`"),
            ("*.example ssh-rsa AAAA".to_owned(), "is damaged"),
            (format!("sftp.example {}", ED25519.replace("ssh-ed25519 ", "ssh-rsa ")), "is damaged"),
            (format!("|1|AAAA {ED25519}"), "the hashed name on this line is damaged"),
        ] {
            let message = read_bytes(format!("# first\n{line}\n"), "sftp.example", 22).err().unwrap().chain();
            assert!(message.contains("known_hosts:2: ") && message.contains(said), "{message}");
            assert!(message.ends_with("`ssh-keyscan -p 22 sftp.example` prints lines as they should be"), "{message}");
        }
    }
}

//! A known-hosts file of OpenSSH, as far as it speaks of one server.
//!
//! libssh2 finds the names, hashed ones too. It would pass over markers in silence, so they are read here: a key that is
//! marked `@revoked` is refused whatever names stand beside it, and a file with another marker is not used at all.

use std::fs;
use std::path::Path;

use ssh2::{CheckResult, KnownHostFileKind};

use super::failure::failed;
use super::host_key::HostKey;
use crate::transport::{Error, Kind};

/// What a file says of one server.
#[derive(Default)]
pub struct KnownKeys {
    pub trusted: Vec<HostKey>,
    pub revoked: Vec<HostKey>,
}

/// Reads the keys of `host` at `port`. As in OpenSSH, a line for `[host]:port` comes before one for `host`.
pub fn read(file: &Path, host: &str, port: u16) -> Result<KnownKeys, Error> {
    let tried = || format!("read the known hosts in {}", file.display());
    let text = fs::read_to_string(file).map_err(|cause| Error::new(Kind::Setup, tried()).caused_by(cause))?;
    let mut with_port = Vec::new();
    let mut without_port = Vec::new();
    let mut revoked = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let refused = |cause: &str| {
            let place = format!("{}:{}", file.display(), index + 1);
            Error::new(Kind::Setup, tried()).caused_by(format!("{place}: {cause}"))
        };
        let Some(line) = Line::parse(line).map_err(refused)? else {
            continue;
        };
        if line.revoked {
            revoked.push(line.key);
        } else if line.names(&format!("[{host}]:{port}")).map_err(|cause| failed(tried(), &cause))? {
            with_port.push(line.key);
        } else if line.names(host).map_err(|cause| failed(tried(), &cause))? {
            without_port.push(line.key);
        }
    }
    let trusted = if with_port.is_empty() { without_port } else { with_port };
    Ok(KnownKeys { trusted, revoked })
}

struct Line<'a> {
    names: &'a str,
    key: HostKey,
    revoked: bool,
}

impl Line<'_> {
    /// None for an empty line and for a comment.
    fn parse(text: &str) -> Result<Option<Line<'_>>, &'static str> {
        let mut words = text.split_whitespace().peekable();
        let revoked = match words.peek() {
            None => return Ok(None),
            Some(word) if word.starts_with('#') => return Ok(None),
            Some(&"@revoked") => true,
            Some(&"@cert-authority") => {
                return Err(
                    "`@cert-authority` cannot be honoured, because certificates of hosts are not understood here: \
                            write the server's own key in a file without this line",
                );
            }
            Some(word) if word.starts_with('@') => return Err("this marker is not understood"),
            Some(_) => false,
        };
        let mut words = words.skip(revoked.into());
        let (Some(names), Some(_), Some(key)) = (words.next(), words.next(), words.next()) else {
            return Err("this line is not `names type key`");
        };
        let key = HostKey::from_base64(key).ok_or("the key on this line is damaged")?;
        Ok(Some(Line { names, key, revoked }))
    }

    /// Whether the line is about `name`, which may be hashed in it. Patterns with `*` are not about anybody.
    fn names(&self, name: &str) -> Result<bool, ssh2::Error> {
        let session = ssh2::Session::new()?;
        let mut hosts = session.known_hosts()?;
        // Any key will do, because only the name is asked for; libssh2 wants at least 20 characters.
        hosts.read_str(&format!("{} ssh-rsa {}", self.names, "A".repeat(20)), KnownHostFileKind::OpenSSH)?;
        Ok(!matches!(hosts.check(name, b"any key"), CheckResult::NotFound | CheckResult::Failure))
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownKeys, read};
    use crate::transport::Error;

    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const OTHER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf";

    fn read_text(text: &str, host: &str, port: u16) -> Result<KnownKeys, Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        std::fs::write(&file, text).unwrap();
        read(&file, host, port)
    }

    fn is_known(text: &str, host: &str, port: u16) -> bool {
        !read_text(text, host, port).unwrap().trusted.is_empty()
    }

    #[test]
    fn a_host_is_found_by_each_of_its_names_and_by_its_port() {
        let text =
            format!("# comment\n\nsftp.example,192.0.2.1 {ED25519} a comment\n[other.example]:2222\t{ED25519}\n");
        assert!(is_known(&text, "sftp.example", 22));
        assert!(is_known(&text, "192.0.2.1", 22));
        assert!(is_known(&text, "other.example", 2222));
        assert!(!is_known(&text, "other.example", 22));
        assert!(!is_known(&text, "example", 22));
    }

    #[test]
    fn a_line_with_the_port_comes_before_one_without() {
        let text = format!("sftp.example {ED25519}\n[sftp.example]:2222 {OTHER}\n");
        let keys = read_text(&text, "sftp.example", 2222).unwrap().trusted;
        assert_eq!(keys.len(), 1);
        assert!(keys[0].fingerprint() == read_text(&text, "sftp.example", 2222).unwrap().trusted[0].fingerprint());
        assert!(keys[0] != read_text(&text, "sftp.example", 22).unwrap().trusted[0]);
        assert!(is_known(&text, "sftp.example", 2223));
    }

    #[test]
    fn a_revoked_key_is_never_among_the_trusted_ones() {
        let keys = read_text(&format!("@revoked * {ED25519}\n"), "sftp.example", 22).unwrap();
        assert_eq!((keys.trusted.len(), keys.revoked.len()), (0, 1));
    }

    #[test]
    fn a_line_that_cannot_be_honoured_is_refused_with_its_place() {
        for (line, said) in [
            (format!("@cert-authority *.example {ED25519}"), "`@cert-authority` cannot be honoured"),
            (format!("@other *.example {ED25519}"), "this marker is not understood"),
            ("sftp.example ssh-rsa".to_owned(), "is not `names type key`"),
            ("sftp.example ssh-rsa AAAA".to_owned(), "is damaged"),
        ] {
            let message = read_text(&format!("# first\n{line}\n"), "sftp.example", 22).err().unwrap().chain();
            assert!(message.contains("known_hosts:2: ") && message.contains(said), "{message}");
        }
    }
}

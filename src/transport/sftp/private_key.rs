//! What is wrong with a private key, told before the server is asked: libssh2 has one message for everything.

use std::path::Path;

use crate::transport::{Error, Kind};

/// Refuses a file that is no private key in OpenSSH's format or in PEM, and one that needs a passphrase where none is
/// named. `text` is never shown.
pub fn check(path: &Path, text: &str, has_passphrase: bool) -> Result<(), Error> {
    let cause = match Form::of(text) {
        Form::Private { encrypted: true } if !has_passphrase => {
            "it is encrypted: name its passphrase with `passphrase = \"credential:NAME\"`"
        }
        Form::Private { .. } => return Ok(()),
        Form::Public => "it is the public half of a key: the private half is in the file without `.pub`",
        Form::Putty => "it is a key of PuTTY: convert it with `puttygen KEY.ppk -O private-openssh -o KEY`",
        Form::Unknown => "it is not a private key in OpenSSH's format or in PEM",
    };
    Err(Error::new(Kind::Setup, format!("use the key {}", path.display())).caused_by(cause))
}

enum Form {
    Private { encrypted: bool },
    Public,
    Putty,
    Unknown,
}

impl Form {
    fn of(text: &str) -> Form {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let Some(first) = lines.next() else {
            return Form::Unknown;
        };
        if first == "-----BEGIN OPENSSH PRIVATE KEY-----" {
            // "openssh-key-v1", a zero, and the name of the cipher with its length, in base64.
            let plain = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
            Form::Private { encrypted: !lines.next().unwrap_or_default().starts_with(plain) }
        } else if first.starts_with("-----BEGIN ") && first.ends_with(" PRIVATE KEY-----") {
            let announced = lines.take(2).any(|line| line.starts_with("Proc-Type:") && line.ends_with("ENCRYPTED"));
            Form::Private { encrypted: announced || first.contains("ENCRYPTED") }
        } else if first.starts_with("PuTTY-User-Key-File-") {
            Form::Putty
        } else if first.starts_with("ssh-") || first.starts_with("ecdsa-") || first.contains("PUBLIC KEY") {
            Form::Public
        } else {
            Form::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::check;

    #[test]
    fn a_file_that_cannot_be_used_says_what_it_is() {
        for (text, said) in [
            ("ssh-ed25519 AAAA me@here", "public half"),
            ("-----BEGIN PUBLIC KEY-----", "public half"),
            ("PuTTY-User-Key-File-3: ssh-ed25519", "puttygen"),
            ("hunter2", "is not a private key"),
            ("", "is not a private key"),
            ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "`passphrase ="),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "`passphrase ="),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI", "`passphrase ="),
        ] {
            let message = check(Path::new("id"), text, false).unwrap_err().chain();
            assert!(message.contains(said) && !message.contains("hunter2"), "{text}: {message}");
        }
    }

    #[test]
    fn a_private_key_is_left_to_the_library() {
        for text in
            ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU", "-----BEGIN PRIVATE KEY-----\n"]
        {
            check(Path::new("id"), text, false).unwrap();
        }
        check(Path::new("id"), "-----BEGIN ENCRYPTED PRIVATE KEY-----", true).unwrap();
    }
}

//! The public key by which a server shows who it is.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

use super::options::Fingerprint;

/// A key as it goes over the wire, RFC 4253 section 6.6: it begins with the name of its type.
#[derive(Clone, PartialEq, Eq)]
pub struct HostKey(Vec<u8>);

impl HostKey {
    /// None when the bytes do not begin with the name of a type.
    pub fn from_wire(bytes: &[u8]) -> Option<HostKey> {
        type_of(bytes).map(|_| HostKey(bytes.to_vec()))
    }

    /// As a line of a known-hosts file holds it.
    pub fn from_base64(text: &str) -> Option<HostKey> {
        HostKey::from_wire(&STANDARD.decode(text).ok()?)
    }

    pub fn type_name(&self) -> &str {
        type_of(&self.0).expect("a host key is only made from bytes that begin with a type")
    }

    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(&self.0))))
    }

    /// The signature algorithms that prove this key, best first; None for a kind that is not asked for. RSA with SHA-1 is
    /// not among them, as in OpenSSH since 8.8.
    pub fn algorithms(&self) -> Option<&str> {
        match self.type_name() {
            "ssh-rsa" => Some(RSA),
            name => ALGORITHMS.iter().flat_map(|family| family.split(',')).find(|known| *known == name),
        }
    }

    /// As a known-hosts file has it behind the names.
    pub fn written(&self) -> String {
        format!("{} {}", self.type_name(), STANDARD.encode(&self.0))
    }
}

/// Every algorithm that is asked for, a line for each family of keys.
pub const ALGORITHMS: [&str; 3] = ["ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", RSA];
const RSA: &str = "rsa-sha2-512,rsa-sha2-256";

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.type_name(), self.fingerprint().0)
    }
}

fn type_of(key: &[u8]) -> Option<&str> {
    let (length, rest) = key.split_first_chunk::<4>()?;
    let name = rest.get(..u32::from_be_bytes(*length) as usize)?;
    str::from_utf8(name).ok().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::HostKey;

    // The key of github.com and its fingerprint, as GitHub publishes them.
    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    #[test]
    fn a_key_has_the_fingerprint_that_openssh_shows() {
        let key = HostKey::from_base64(KEY).unwrap();
        assert_eq!(key.to_string(), "ssh-ed25519 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
        assert_eq!(key.written(), format!("ssh-ed25519 {KEY}"));
    }

    #[test]
    fn bytes_that_are_no_key_are_none() {
        for text in ["", "AAAA", "not base64", "/////w=="] {
            assert!(HostKey::from_base64(text).is_none(), "{text}");
        }
    }
}

//! What we have to prove who we are: a key or an agent, a password, or both.

use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::options::{Key, Login};
use super::private_key;
use crate::net::secret::keep_from_others;
use crate::transport::{Error, Kind};

/// What we have to show, in the order in which it is shown, read before the server is asked anything.
pub struct Proof(Vec<Way>);

pub enum Way {
    Key { path: PathBuf, text: SecretString, passphrase: Option<SecretString>, certificate: Option<String> },
    Agent,
    Password(SecretString),
}

impl Proof {
    pub fn read(login: &Login, base: &Path) -> Result<Proof, Error> {
        let (key, password) = match login {
            Login::Password(password) => (None, Some(password)),
            Login::Key { key, password } => (Some(key), password.as_ref()),
        };
        let key = key.map(|key| Way::of(key, base)).transpose()?;
        let password = password.map(|name| name.read_line(base)).transpose()?.map(Way::Password);
        Ok(Proof(key.into_iter().chain(password).collect()))
    }

    pub fn ways(&self) -> &[Way] {
        &self.0
    }
}

impl Way {
    fn of(key: &Key, base: &Path) -> Result<Way, Error> {
        let Key::File { path, passphrase, certificate } = key else {
            return Ok(Way::Agent);
        };
        let path = base.join(path);
        let unusable = || Error::new(Kind::Setup, format!("read the key {}", path.display()));
        let bytes = fs::read(&path).map_err(|cause| unusable().caused_by(cause))?;
        let passphrase = passphrase.as_ref().map(|name| name.read_line(base)).transpose()?;
        // What is no text is no key either, and that is said there.
        let text = String::from_utf8(bytes).unwrap_or_default();
        private_key::check(&path, &text, passphrase.is_some())?;
        keep_from_others(&path).map_err(|cause| unusable().caused_by(cause))?;
        let certificate = certificate.as_ref().map(|path| read_certificate(&base.join(path))).transpose()?;
        Ok(Way::Key { path, text: text.into(), passphrase, certificate })
    }
}

/// The public half of a key with the signature of an authority, as `ssh-keygen -s` writes it.
fn read_certificate(path: &Path) -> Result<String, Error> {
    let unusable = || Error::new(Kind::Setup, format!("read the certificate {}", path.display()));
    let text = fs::read_to_string(path).map_err(|cause| unusable().caused_by(cause))?;
    let kind = text.split_ascii_whitespace().next().unwrap_or_default();
    match kind.ends_with("-cert-v01@openssh.com") {
        true => Ok(text.trim().to_owned()),
        false => Err(unusable().caused_by("it is no certificate of OpenSSH: its file ends in `-cert.pub`")),
    }
}

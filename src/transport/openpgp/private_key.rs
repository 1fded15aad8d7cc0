//! Our private key, and its passphrase, from the secrets that a site names.

use std::path::Path;

use pgp::types::Password;
use rpgpie::certificate::{Certificate, Checked};
use rpgpie::key::ComponentKeyPriv;
use rpgpie::tsk::Tsk;
use secrecy::ExposeSecret;

use super::partner::why_not;
use crate::net::secret::SecretName;
use crate::transport::{Error, Kind};

pub struct PrivateKey {
    pub key: Tsk,
    pub passphrase: Password,
}

impl PrivateKey {
    /// Armoured. Refused when the passphrase is not the right one, or is missing.
    pub fn read(name: &SecretName, passphrase: Option<&SecretName>, base: &Path) -> Result<PrivateKey, Error> {
        let text = name.read(base)?;
        let password = match passphrase {
            Some(passphrase) => Password::from(passphrase.read(base)?.expose_secret()),
            None => Password::empty(),
        };
        let keys = Tsk::load(&mut text.expose_secret().as_bytes()).ok();
        let Some(key) = keys.and_then(|mut keys| keys.pop()) else {
            let advice = "it is no private key of OpenPGP; `gpg --armor --export-secret-keys` writes one";
            return Err(refused(name, advice.into()));
        };
        let unlocked = parts(&key).iter().all(|part| is_unlocked(part, &password));
        match (unlocked, passphrase) {
            (true, _) => Ok(PrivateKey { key, passphrase: password }),
            (false, Some(passphrase)) => Err(refused(name, format!("`{passphrase}` is not its passphrase"))),
            (false, None) => Err(refused(
                name,
                "it is encrypted: name its passphrase with `passphrase = \"credential:NAME\"`".into(),
            )),
        }
    }

    /// Refuses a key with which nothing can be decrypted.
    pub fn check_decrypts(&self, name: &SecretName) -> Result<(), Error> {
        match self.key.decryption_keys_sec().is_empty() {
            true => Err(refused(name, "it has no part that decrypts".into())),
            false => Ok(()),
        }
    }

    /// Refuses a key that may not sign today.
    pub fn check_signs(&self, name: &SecretName) -> Result<(), Error> {
        if self.key.signing_capable_component_keys().next().is_some() {
            return Ok(());
        }
        let checked = Checked::from(Certificate::from(self.key.clone()));
        Err(refused(name, why_not(&checked, "sign")))
    }
}

fn parts(key: &Tsk) -> Vec<ComponentKeyPriv> {
    key.signing_keys_sec().into_iter().chain(key.decryption_keys_sec()).collect()
}

fn is_unlocked(part: &ComponentKeyPriv, passphrase: &Password) -> bool {
    match part {
        ComponentKeyPriv::Primary(key) => matches!(key.unlock(passphrase, |_, _| Ok(())), Ok(Ok(()))),
        ComponentKeyPriv::Subkey(key) => matches!(key.unlock(passphrase, |_, _| Ok(())), Ok(Ok(()))),
    }
}

fn refused(name: &SecretName, cause: String) -> Error {
    Error::new(Kind::Setup, format!("use the OpenPGP key `{name}`")).caused_by(cause)
}

//! `openpgp` of an export: whom its files are encrypted to, and who signs them.

use std::path::{Path, PathBuf};

use pgp::types::Password;
use rpgpie::certificate::Certificate;
use rpgpie::message::{SignatureMode, encrypt};
use serde::Deserialize;

use super::partner::Partner;
use super::private_key::PrivateKey;
use crate::net::secret::SecretName;
use crate::transport::{Error, Kind};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Sealing {
    /// The partner's public key or keys, relative to the folder of the site file.
    encrypt_to: PathBuf,
    /// Our private key; without it, files are not signed.
    sign_with: Option<SecretName>,
    /// Of our private key.
    passphrase: Option<SecretName>,
    /// As text, for partners who ask for that.
    #[serde(default)]
    armour: bool,
    /// The folder of the site file.
    #[serde(skip)]
    base: PathBuf,
}

/// What it takes to seal, read and found valid.
pub struct Sealer {
    partner: Vec<Certificate>,
    ours: Option<PrivateKey>,
    armour: bool,
}

impl Sealing {
    /// With paths relative to this folder.
    pub fn below(self, base: &Path) -> Sealing {
        Sealing { base: base.into(), ..self }
    }

    /// The file of this machine that it needs, relative to the folder of the site file.
    pub fn needs(&self) -> &Path {
        &self.encrypt_to
    }

    /// Of the file's name.
    pub fn ending(&self) -> &'static str {
        if self.armour { ".asc" } else { ".pgp" }
    }

    /// Reads the keys; refused when one is missing, expired, revoked, or made for something else.
    pub fn read_keys(&self) -> Result<Sealer, Error> {
        let base = &self.base;
        let partner = Partner::read(&base.join(&self.encrypt_to))?.recipients()?;
        let ours = match &self.sign_with {
            Some(name) => {
                let key = PrivateKey::read(name, self.passphrase.as_ref(), base)?;
                key.check_signs(name)?;
                Some(key)
            }
            None if self.passphrase.is_some() => {
                let tried = Error::new(Kind::Setup, "use the passphrase of an OpenPGP key");
                return Err(tried.caused_by("nothing is signed; name the key with `sign-with`, or leave it out"));
            }
            None => None,
        };
        Ok(Sealer { partner, ours, armour: self.armour })
    }
}

impl Sealer {
    /// To these alone, and unsigned.
    pub(super) fn to(partner: Vec<Certificate>) -> Sealer {
        Sealer { partner, ours: None, armour: false }
    }

    /// Other bytes each time.
    pub fn seal(&self, content: &[u8]) -> Result<Vec<u8>, Error> {
        let mut sealed = Vec::new();
        let signers = self.ours.iter().map(|ours| ours.key.clone()).collect();
        let passphrases: Vec<&Password> = self.ours.iter().map(|ours| &ours.passphrase).collect();
        encrypt(
            None,
            self.partner.clone(),
            Vec::new(),
            signers,
            &passphrases,
            &mut &*content,
            SignatureMode::Binary,
            &mut sealed,
            self.armour,
        )
        .map_err(|cause| Error::new(Kind::Setup, "encrypt with OpenPGP").caused_by(cause.to_string()))?;
        Ok(sealed)
    }
}

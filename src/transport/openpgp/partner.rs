//! The partner's public keys: read from a file, and judged by what they are valid for today.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use pgp::types::{KeyDetails, Timestamp};
use rpgpie::certificate::{Certificate, Checked};

use crate::transport::{Error, Kind};

/// All certificates of one file: one partner may have an old key and a new one.
pub struct Partner {
    file: PathBuf,
    certificates: Vec<Certificate>,
}

impl Partner {
    /// From a file with one or several public keys, armoured or not.
    pub fn read(file: &Path) -> Result<Partner, Error> {
        let bytes = fs::read(file).map_err(|cause| refused(file, format!("it cannot be read: {cause}")))?;
        if bytes.windows(PRIVATE.len()).any(|part| part == PRIVATE) {
            return Err(refused(file, "it is a private key; export the public one with `gpg --armor --export`".into()));
        }
        match certificates(&bytes) {
            Some(certificates) => Ok(Partner { file: file.into(), certificates }),
            None => Err(refused(file, "it is no public key of OpenPGP; `gpg --armor --export` writes one".into())),
        }
    }

    /// Those that something can be encrypted to today; refused where there is none.
    pub fn recipients(&self) -> Result<Vec<Certificate>, Error> {
        self.valid("encrypt to it", |checked| !checked.valid_encryption_capable_component_keys().is_empty())
    }

    /// All of them, for a signature is judged by the key that made it; refused where none may sign today.
    pub fn into_signers(self) -> Result<Vec<Certificate>, Error> {
        let may_sign =
            |checked: &Checked| !checked.valid_signing_capable_component_keys_at(Timestamp::now()).is_empty();
        self.valid("verify with it", may_sign)?;
        Ok(self.certificates)
    }

    fn valid(&self, purpose: &str, is_valid: impl Fn(&Checked) -> bool) -> Result<Vec<Certificate>, Error> {
        let checked: Vec<Checked> = self.certificates.iter().cloned().map(Checked::from).collect();
        let valid = self.certificates.iter().zip(&checked).filter(|(_, checked)| is_valid(checked));
        let valid: Vec<Certificate> = valid.map(|(certificate, _)| certificate.clone()).collect();
        if valid.is_empty() {
            let reasons: Vec<String> = checked.iter().map(|checked| why_not(checked, purpose)).collect();
            return Err(refused(&self.file, reasons.join("; ")));
        }
        Ok(valid)
    }
}

const PRIVATE: &[u8] = b"BEGIN PGP PRIVATE KEY";
const PUBLIC: &str = "-----BEGIN PGP PUBLIC KEY";

/// Armoured keys may stand one behind the other in a file.
fn certificates(bytes: &[u8]) -> Option<Vec<Certificate>> {
    let armoured = str::from_utf8(bytes).ok().filter(|text| text.contains(PUBLIC));
    let Some(text) = armoured else { return Certificate::load(&mut &bytes[..]).ok() };
    let starts: Vec<usize> = text.match_indices(PUBLIC).map(|(start, _)| start).chain([text.len()]).collect();
    let blocks = starts.windows(2).map(|ends| Certificate::load(&mut &bytes[ends[0]..ends[1]]).ok());
    Some(blocks.collect::<Option<Vec<_>>>()?.concat())
}

/// Why the key cannot be used today.
pub fn why_not(checked: &Checked, purpose: &str) -> String {
    let now = Timestamp::now();
    let reason = match expiry(checked) {
        _ if checked.revoked_at(now) => "it is revoked".into(),
        Some(day) if day < Utc::now() => format!("it expired on {}", day.format("%Y-%m-%d")),
        _ if !matches!(checked.primary_valid_at(now), Ok(true)) => {
            "it is expired, or not valid yet, or too weak".into()
        }
        _ => format!("none of its parts is valid to {purpose}: expired, revoked, or made for something else"),
    };
    format!("key {}: {reason}", checked.fingerprint())
}

fn expiry(checked: &Checked) -> Option<DateTime<Utc>> {
    let lifetime = checked.active_certificate_self_signature_at(Timestamp::now())?.key_expiration_time()?.as_secs();
    let born = checked.as_signed_public_key().created_at().as_secs();
    DateTime::from_timestamp(i64::from(born) + i64::from(lifetime), 0).filter(|_| lifetime > 0)
}

fn refused(file: &Path, cause: String) -> Error {
    Error::new(Kind::Setup, format!("use the OpenPGP key {}", file.display())).caused_by(cause)
}

//! What a certificate says of itself.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, Utc};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;

use super::trust::Pin;
use crate::transport::shown;

/// The facts of a certificate (X.509), as people ask for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is about: `CN=ftps.formation.example, O=Formation`.
    pub subject: String,
    /// The names and addresses of hosts that it is for; the first part of a name may be `*`.
    pub names: Vec<String>,
    /// Who signed it.
    pub issuer: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub pin: Pin,
    pub(super) is_signed_by_itself: bool,
    pub(super) is_of_an_authority: bool,
    /// Its key or its signature is too weak to prove anything.
    pub(super) weakness: Option<Weakness>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weakness {
    /// The length of an RSA key, in bits.
    ShortKey(usize),
    /// SHA-1 or MD5.
    Signature(&'static str),
}

/// Below this RSA keys are no longer accepted by TLS libraries.
const SHORTEST_RSA_KEY: usize = 2048;

/// Of RSA and of ECDSA, by their object identifiers (RFC 3279, section 2.2).
const WEAK_SIGNATURES: [(&str, &str); 3] =
    [("1.2.840.113549.1.1.4", "MD5"), ("1.2.840.113549.1.1.5", "SHA-1"), ("1.2.840.10045.4.1", "SHA-1")];

impl Certificate {
    /// None for bytes that are no certificate.
    pub fn read(der: &[u8]) -> Option<Certificate> {
        let (_, read) = X509Certificate::from_der(der).ok()?;
        Some(Certificate {
            subject: printable(&read.subject().to_string()),
            names: names(&read),
            issuer: printable(&read.issuer().to_string()),
            from: moment(read.validity().not_before)?,
            until: moment(read.validity().not_after)?,
            pin: Pin::of(der),
            is_signed_by_itself: read.subject().as_raw() == read.issuer().as_raw(),
            is_of_an_authority: read.is_ca(),
            weakness: short_key(&read).or_else(|| weak_signature(&read)),
        })
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = if self.subject.is_empty() { "nobody" } else { &self.subject };
        write!(f, "the certificate of `{subject}`")?;
        if !self.names.is_empty() {
            write!(f, " for {}", quoted(&self.names))?;
        }
        write!(f, ", issued by `{}`, valid from {} to {}", self.issuer, day(self.from), day(self.until))
    }
}

/// How many names an error repeats.
const SHOWN: usize = 5;

/// Names for people: "`a.example`, `b.example` and 3 more".
pub(super) fn quoted(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

pub(super) fn day(moment: DateTime<Utc>) -> impl fmt::Display {
    moment.format("%Y-%m-%d")
}

fn names(read: &X509Certificate<'_>) -> Vec<String> {
    let extension = read.subject_alternative_name().ok().flatten();
    extension.iter().flat_map(|names| &names.value.general_names).filter_map(name).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(printable(name)),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|bytes| Ipv4Addr::from(bytes).to_string()),
            _ => <[u8; 16]>::try_from(*bytes).ok().map(|bytes| Ipv6Addr::from(bytes).to_string()),
        },
        _ => None,
    }
}

fn moment(time: ASN1Time) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.timestamp(), 0)
}

fn short_key(read: &X509Certificate<'_>) -> Option<Weakness> {
    match read.public_key().parsed().ok()? {
        PublicKey::RSA(key) if key.key_size() < SHORTEST_RSA_KEY => Some(Weakness::ShortKey(key.key_size())),
        _ => None,
    }
}

fn weak_signature(read: &X509Certificate<'_>) -> Option<Weakness> {
    let algorithm = read.signature_algorithm.algorithm.to_id_string();
    WEAK_SIGNATURES.iter().find(|(weak, _)| *weak == algorithm).map(|(_, hash)| Weakness::Signature(hash))
}

/// What a stranger wrote, without what a terminal would obey.
fn printable(text: &str) -> String {
    shown(text.as_bytes())
}

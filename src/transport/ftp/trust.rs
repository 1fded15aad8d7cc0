//! How an FTPS server proves who it is: by an authority of the system, by one of the partner, or by its very certificate.
//!
//! Whether a certificate was revoked is not looked up: an authority's list would have to be fetched for that.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::Utc;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::certificate::Certificate;
use super::refusal::Refusal;
use crate::transport::{Error, Kind};

/// What is accepted as a proof.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// A certificate for this host, signed by an authority that the system trusts.
    System,
    /// A certificate for this host, signed by an authority of this PEM file, which is relative to the site file.
    Ca(PathBuf),
    /// This very certificate and no other, whatever name and dates it carries and whoever signed it.
    Pinned(Pin),
}

/// SHA-256 of a certificate in DER, written `SHA256:` with hexadecimal digits (with or without colons) or base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pin([u8; 32]);

#[derive(Debug, thiserror::Error)]
#[error(
    "a pinned certificate is written `SHA256:` and 64 hexadecimal digits, as \
     `openssl x509 -in FILE.pem -noout -fingerprint -sha256` prints them (base64 is understood too)"
)]
pub struct NotAPin;

impl Pin {
    pub fn of(certificate: &[u8]) -> Pin {
        Pin(Sha256::digest(certificate).into())
    }
}

impl TryFrom<String> for Pin {
    type Error = NotAPin;

    fn try_from(text: String) -> Result<Pin, NotAPin> {
        let digits = text.strip_prefix("SHA256:").ok_or(NotAPin)?;
        let bytes = from_hexadecimal(&digits.replace(':', "")).or_else(|| from_base64(digits)).ok_or(NotAPin)?;
        bytes.try_into().map(Pin).map_err(|_| NotAPin)
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SHA256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let values: Vec<u32> = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let pairs = values.chunks_exact(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect();
    if values.len() == 64 { pairs } else { None }
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// Applies a [`Trust`] to the certificates that are shown, and remembers them.
#[derive(Debug)]
pub struct Verifier {
    trust: Trust,
    rule: Rule,
    /// Whom the file of authorities holds.
    authorities: Vec<String>,
    provider: Arc<CryptoProvider>,
    shown: Mutex<Vec<CertificateDer<'static>>>,
}

#[derive(Debug)]
enum Rule {
    Authorities(Arc<WebPkiServerVerifier>),
    Exactly(Pin),
}

impl Trust {
    /// Reads the authorities that are needed; `base` is the folder of the site file.
    pub fn verifier(&self, base: &Path, provider: Arc<CryptoProvider>) -> Result<Verifier, Error> {
        let mut authorities = Vec::new();
        let rule = match self {
            Trust::System => Rule::Authorities(system_authorities(&provider)?),
            Trust::Ca(file) => Rule::Authorities(authorities_of(&base.join(file), &mut authorities, &provider)?),
            Trust::Pinned(pin) => Rule::Exactly(*pin),
        };
        Ok(Verifier { trust: self.clone(), rule, authorities, provider, shown: Mutex::default() })
    }
}

fn system_authorities(provider: &Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>, Error> {
    let failed = || Error::new(Kind::Setup, "read the certificate authorities of the system");
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // A store of a system may hold some that are too old to be understood; the others serve.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(match found.errors.into_iter().next() {
            Some(cause) => failed().caused_by(cause),
            None => failed().caused_by("there are none: install the package `ca-certificates`, or trust a file"),
        });
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    verifier.map_err(|cause| failed().caused_by(cause))
}

/// `names` receives whom the file holds.
fn authorities_of(
    file: &Path,
    names: &mut Vec<String>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Error> {
    let failed =
        || Error::new(Kind::Setup, format!("read the certificate authorities of `trust` from {}", file.display()));
    let bytes = std::fs::read(file).map_err(|cause| failed().caused_by(cause))?;
    let mut roots = RootCertStore::empty();
    for (number, certificate) in (1..).zip(CertificateDer::pem_slice_iter(&bytes)) {
        let damaged = || failed().caused_by(format!("the certificate {number} in it is damaged"));
        let certificate = certificate.map_err(|_| damaged())?;
        names.extend(Certificate::read(&certificate).map(|authority| authority.subject));
        roots.add(certificate).map_err(|_| damaged())?;
    }
    if roots.is_empty() {
        return Err(failed().caused_by("it holds no certificate in PEM form (`-----BEGIN CERTIFICATE-----`)"));
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
    verifier.map_err(|cause| failed().caused_by(cause))
}

impl Verifier {
    /// What the server showed last: its own certificate first.
    pub fn shown(&self) -> Vec<Certificate> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.iter().filter_map(|one| Certificate::read(one)).collect()
    }

    /// Why what was shown last is not accepted as that of `host`.
    pub fn told(&self, host: &str, error: &CertificateError) -> String {
        let (trust, authorities) = (&self.trust, &self.authorities);
        Refusal { host, trust, authorities, shown: &self.shown(), now: Utc::now() }.told(error)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown = std::iter::once(end_entity).chain(intermediates).map(|one| one.clone().into_owned()).collect();
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        match &self.rule {
            Rule::Authorities(web) => {
                web.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            Rule::Exactly(pin) if *pin == Pin::of(end_entity) => Ok(ServerCertVerified::assertion()),
            Rule::Exactly(_) => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

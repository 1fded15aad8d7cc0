//! The certificate by which we prove who we are, where an FTPS server asks for one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, SignatureScheme};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::certificate::Certificate;
use crate::net::secret::SecretName;
use crate::transport::{Error, Kind};

/// `client-certificate = { chain = "client.pem", key = "credential:NAME" }`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClientCertificate {
    /// A PEM file with our certificate, and then those that link it to its authority; relative to the site file.
    pub chain: PathBuf,
    /// Its private key in PEM (PKCS#8, PKCS#1 or SEC1), not encrypted.
    pub key: SecretName,
}

impl ClientCertificate {
    fn read(&self, base: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, Error> {
        let file = base.join(&self.chain);
        let unusable = || Error::new(Kind::Setup, format!("use our certificate in {}", file.display()));
        let pem = std::fs::read(&file).map_err(|cause| unusable().caused_by(cause))?;
        let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|cause| unusable().caused_by(cause))?;
        if chain.is_empty() {
            return Err(unusable().caused_by("it holds no certificate in PEM form (`-----BEGIN CERTIFICATE-----`)"));
        }
        let key = self.read_key(base)?;
        CertifiedKey::from_der(chain, key, provider).map_err(|cause| match cause {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                unusable().caused_by(format!("`{}` is not the key of the first certificate in it", self.key))
            }
            cause => unusable().caused_by(cause),
        })
    }

    fn read_key(&self, base: &Path) -> Result<PrivateKeyDer<'static>, Error> {
        let text = self.key.read(base)?;
        let text = text.expose_secret();
        let unusable =
            |cause| Error::new(Kind::Setup, format!("use the key `{}` of our certificate", self.key)).caused_by(cause);
        if text.contains("ENCRYPTED") {
            return Err(unusable(
                "it is encrypted: write it without its passphrase with `openssl pkey -in KEY -out PLAIN-KEY`, and let \
                 systemd encrypt it (`systemd-creds encrypt`) or only its owner read it",
            ));
        }
        // The cause might repeat a part of the key.
        PrivateKeyDer::from_pem_slice(text.as_bytes())
            .map_err(|_| unusable("it is not a private key in PEM form (`-----BEGIN PRIVATE KEY-----`)"))
    }
}

/// Shows our certificate, if there is one, and remembers that the server asked.
#[derive(Debug)]
pub struct Shower {
    certified: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl Shower {
    pub fn new(ours: Option<&ClientCertificate>, base: &Path, provider: &CryptoProvider) -> Result<Shower, Error> {
        let certified = ours.map(|ours| ours.read(base, provider)).transpose()?.map(Arc::new);
        Ok(Shower { certified, asked: AtomicBool::new(false) })
    }

    /// What is wrong with what we showed, where the server asked for it.
    pub fn blamed(&self) -> Option<String> {
        let asked = self.asked.load(Ordering::Relaxed);
        asked.then(|| match self.certified.as_ref().and_then(|ours| Certificate::read(ours.cert.first()?)) {
            Some(ours) => format!("the server does not accept {ours}, which is what we show as `client-certificate`"),
            None => "the server asks for a certificate of ours, and there is none: write \
                     `client-certificate = { chain = \"FILE.pem\", key = \"credential:NAME\" }`"
                .to_owned(),
        })
    }
}

impl ResolvesClientCert for Shower {
    fn resolve(&self, _authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.certified.clone()
    }

    fn has_certs(&self) -> bool {
        self.certified.is_some()
    }
}

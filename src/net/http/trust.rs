//! By which authorities a web service proves who it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::net::{Error, Kind};

/// `trust` of a web service: `"system"`, or `{ ca = "authority.pem" }`. Nothing turns it off.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// The authorities that this machine trusts.
    System,
    /// Those in a file, in PEM form; relative to the folder of the site file.
    Ca(PathBuf),
}

impl Trust {
    /// What of this machine it needs.
    pub fn needs(&self) -> Option<&Path> {
        match self {
            Trust::System => None,
            Trust::Ca(file) => Some(file),
        }
    }

    pub(super) fn config(&self, base: &Path) -> Result<TlsConfig, Error> {
        let authorities = match self {
            Trust::System => rustls_native_certs::load_native_certs().certs,
            Trust::Ca(file) => read(&base.join(file))?,
        };
        let roots: Vec<Certificate<'static>> =
            authorities.iter().map(|one| Certificate::from_der(one).to_owned()).collect();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots));
        Ok(config.unversioned_rustls_crypto_provider(provider).build())
    }
}

fn read(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let failed =
        || Error::new(Kind::Setup, format!("read the certificate authorities of `trust` from {}", file.display()));
    let found = CertificateDer::pem_file_iter(file).map_err(|cause| failed().caused_by(cause))?;
    let found = found.collect::<Result<Vec<_>, _>>().map_err(|cause| failed().caused_by(cause))?;
    match found.is_empty() {
        true => Err(failed().caused_by("it holds no certificate in PEM form (`-----BEGIN CERTIFICATE-----`)")),
        false => Ok(found),
    }
}

//! Certificates for servers under test, signed by authorities that nobody else knows.

use passerelle::model::Digest;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// What links it to the highest authority, as PEM; empty for that one.
    link: String,
}

/// What a server shows, and the key that proves it; both as PEM.
pub struct Certificate {
    pub chain: String,
    pub key: String,
    pub der: Vec<u8>,
}

impl Authority {
    pub fn new() -> Authority {
        Authority::named("Test authority")
    }

    pub fn named(name: &str) -> Authority {
        let issuer = CertifiedIssuer::self_signed(of_an_authority(name), KeyPair::generate().unwrap()).unwrap();
        Authority { issuer, link: String::new() }
    }

    /// One that signs in the name of this one.
    pub fn intermediate(&self, name: &str, with: impl FnOnce(&mut CertificateParams)) -> Authority {
        let mut params = of_an_authority(name);
        with(&mut params);
        let issuer = CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &self.issuer).unwrap();
        Authority { link: format!("{}{}", issuer.pem(), self.link), issuer }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    pub fn certificate_for(&self, host: &str) -> Certificate {
        self.sign(&[host], |_| {})
    }

    /// For this machine by each of its own names.
    pub fn certificate_for_loopback(&self) -> Certificate {
        self.sign(&["localhost", "127.0.0.1", "::1"], |_| {})
    }

    /// A certificate for these names, with the link to the highest authority behind it.
    pub fn sign(&self, names: &[&str], with: impl FnOnce(&mut CertificateParams)) -> Certificate {
        let (params, key) = (of_a_server(names, with), KeyPair::generate().unwrap());
        let signed = params.signed_by(&key, &self.issuer).unwrap();
        let chain = format!("{}{}", signed.pem(), self.link);
        Certificate { chain, key: key.serialize_pem(), der: signed.der().to_vec() }
    }
}

impl Certificate {
    pub fn signed_by_itself(host: &str) -> Certificate {
        let (params, key) = (of_a_server(&[host], |_| {}), KeyPair::generate().unwrap());
        let signed = params.self_signed(&key).unwrap();
        Certificate { chain: signed.pem(), key: key.serialize_pem(), der: signed.der().to_vec() }
    }

    /// Without what links it to its authority.
    pub fn alone(self) -> Certificate {
        let end = "-----END CERTIFICATE-----\n";
        let own = self.chain.find(end).unwrap() + end.len();
        Certificate { chain: self.chain[..own].to_owned(), ..self }
    }

    pub fn pin(&self) -> String {
        format!("SHA256:{}", Digest::of(&self.der))
    }
}

fn of_an_authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn of_a_server(names: &[&str], with: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "A server");
    with(&mut params);
    params
}

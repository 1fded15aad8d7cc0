//! Web services prove who they are: by an authority of the site's choice, for the name by which they are called.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use passerelle::net::http::{Budget, Client, Request, Trust, Url};
use passerelle::net::{Error, Kind, Limit, Stop};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Answers every request with `{}`, for as long as the test runs; its certificate is for `localhost`.
fn serve(issuer: &Issuer) -> u16 {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_string()]).unwrap().signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut reader = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
            let mut line = String::new();
            // Who does not trust it hangs up.
            while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                line.clear();
            }
            let _ = reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        }
    });
    port
}

fn ask(url: &str, trust: &Trust) -> Result<u16, Error> {
    let budget = Budget::new(NonZeroU32::new(100).unwrap());
    let url = Url::try_from(url.to_string()).unwrap();
    let client = Client::new(&url, trust, budget, 3, Path::new("/"))?;
    let limit = Limit::new(Duration::from_secs(60), &Stop::default());
    client.ask(&Request::get("/people"), &limit).map(|answer| answer.status)
}

#[test]
fn a_service_is_spoken_with_where_the_authority_of_the_site_vouches_for_its_name_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (authority(), authority());
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        Trust::Ca(path)
    };
    let trust = write("ours.pem", &ours.pem());
    let (port, foreign) = (serve(&ours), serve(&theirs));
    assert_eq!(ask(&format!("https://localhost:{port}"), &trust).unwrap(), 200);

    for (url, trust) in [
        (format!("https://localhost:{foreign}"), &trust),
        (format!("https://127.0.0.1:{port}"), &trust),
        (format!("https://localhost:{port}"), &Trust::System),
    ] {
        let refused = ask(&url, trust).unwrap_err();
        assert_eq!(refused.kind, Kind::Identity, "{url}: {}", refused.chain());
        assert!(!refused.later_may_help() && refused.chain().contains("certificate"), "{}", refused.chain());
    }

    for (name, text, said) in
        [("empty.pem", "", "holds no certificate"), ("broken.pem", "-----BEGIN CERTIFICATE-----\nAAA", "")]
    {
        let refused = ask(&format!("https://localhost:{port}"), &write(name, text)).unwrap_err();
        assert!(refused.kind == Kind::Setup && refused.chain().contains(said), "{name}: {}", refused.chain());
    }
}

//! An FTP and FTPS server inside the test.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use libunftp::ServerBuilder;
use libunftp::options::{ActivePassiveMode, TlsFlags};
use passerelle::transport::Kind;
use tokio::runtime::Builder;
use unftp_core::auth::{AuthenticationError, Authenticator, Credentials, Principal};
use unftp_sbe_fs::Filesystem;

use crate::certificate::Certificate;
use crate::ftp_site::{PASSWORD, PLAIN, Site};
use crate::place::{Place, give_up_rights, make_drop_folder, open_folder};
use crate::process::free_port;
use crate::way::{IPV4, Way};

/// A server in a folder of its own; it ends with the tests.
pub struct InProcess {
    folder: tempfile::TempDir,
    pub port: u16,
}

/// Lets everyone in who has the password of the [`Site`].
#[derive(Debug)]
struct WithPassword;

#[async_trait]
impl Authenticator for WithPassword {
    async fn authenticate(&self, user: &str, shown: &Credentials) -> Result<Principal, AuthenticationError> {
        match shown.password.as_deref() {
            Some(PASSWORD) => Ok(Principal { username: user.to_owned() }),
            _ => Err(AuthenticationError::BadPassword),
        }
    }
}

impl InProcess {
    pub fn start(certificate: Option<Certificate>) -> InProcess {
        InProcess::start_on(IPV4, certificate)
    }

    fn start_on(host: &'static str, certificate: Option<Certificate>) -> InProcess {
        let (folder, port) = (open_folder(), free_port());
        let root = folder.path().join("drop");
        make_drop_folder(&root);
        let mut builder = ServerBuilder::new(Box::new(move || Filesystem::new(root.clone()).unwrap()))
            .authenticator(Arc::new(WithPassword))
            .active_passive_mode(ActivePassiveMode::ActiveAndPassive);
        if let Some(certificate) = certificate {
            let (chain, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
            std::fs::write(&chain, certificate.chain).unwrap();
            std::fs::write(&key, certificate.key).unwrap();
            let flags = TlsFlags::LATEST_VERSIONS | TlsFlags::RESUMPTION_SESS_ID | TlsFlags::RESUMPTION_TICKETS;
            builder = builder.ftps(chain, key).ftps_required(true, true).ftps_tls_flags(flags);
        }
        let server = builder.build().unwrap();
        let address = SocketAddr::new(host.parse().unwrap(), port);
        std::thread::spawn(move || {
            give_up_rights();
            // On several threads it takes now and then the first bytes of TLS for a command.
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(server.listen(address.to_string()))
        });
        while TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        InProcess { folder, port }
    }

    pub fn drop_folder(&self) -> PathBuf {
        self.folder.path().join("drop")
    }
}

pub fn place(way: Way) -> Option<Place> {
    let site = Site::new();
    let certificate = way.is_encrypted().then(|| site.authority.certificate_for_loopback());
    let server = InProcess::start_on(way.host, certificate);
    let (port, drop) = (server.port, server.drop_folder());
    Some(site.place(port, way, "", drop, server))
}

#[test]
fn a_folder_that_is_not_there_is_missing_when_the_conversation_starts() {
    let (site, server) = (Site::new(), InProcess::start(None));
    let error = site.refusal(server.port, &format!("{PLAIN}\npath = '/absent'"));
    assert_eq!(error.kind, Kind::Missing, "{}", error.chain());
    assert!(error.to_string().starts_with("enter the folder `/absent` on localhost:"), "{error}");
}

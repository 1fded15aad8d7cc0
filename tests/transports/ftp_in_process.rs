//! An FTP and FTPS server inside the test.

use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use libunftp::ServerBuilder;
use libunftp::options::{ActivePassiveMode, TlsFlags};
use passerelle::transport::Kind;
use tokio::runtime::Builder;
use unftp_sbe_fs::Filesystem;

use crate::certificate::Certificate;
use crate::ftp_site::{EXPLICIT, PLAIN, Site};
use crate::process::free_port;
use crate::suite;

/// A server that lets everyone in, in a folder of its own; it ends with the tests.
pub struct InProcess {
    folder: tempfile::TempDir,
    pub port: u16,
}

impl InProcess {
    pub fn start(certificate: Option<Certificate>) -> InProcess {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let root: PathBuf = folder.path().join("drop");
        std::fs::create_dir(&root).unwrap();
        let mut builder = ServerBuilder::new(Box::new(move || Filesystem::new(root.clone()).unwrap()))
            .active_passive_mode(ActivePassiveMode::ActiveAndPassive);
        if let Some(certificate) = certificate {
            let (chain, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
            std::fs::write(&chain, certificate.chain).unwrap();
            std::fs::write(&key, certificate.key).unwrap();
            let flags = TlsFlags::LATEST_VERSIONS | TlsFlags::RESUMPTION_SESS_ID | TlsFlags::RESUMPTION_TICKETS;
            builder = builder.ftps(chain, key).ftps_required(true, true).ftps_tls_flags(flags);
        }
        let server = builder.build().unwrap();
        // On several threads it takes now and then the first bytes of TLS for a command.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        std::thread::spawn(move || runtime.block_on(server.listen(format!("127.0.0.1:{port}"))));
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        InProcess { folder, port }
    }

    pub fn drop_folder(&self) -> PathBuf {
        self.folder.path().join("drop")
    }
}

#[test]
fn plain_ftp_passes_the_common_suite() {
    let (site, server) = (Site::new(), InProcess::start(None));
    suite::passes(&|| site.connect(server.port, PLAIN));
}

#[test]
fn explicit_ftps_passes_the_common_suite() {
    let site = Site::new();
    let server = InProcess::start(Some(site.authority.certificate_for("localhost")));
    suite::passes(&|| site.connect(server.port, EXPLICIT));
}

#[test]
fn files_pass_in_each_version_of_tls() {
    let site = Site::new();
    let server = InProcess::start(Some(site.authority.certificate_for("localhost")));
    for rest in ["tls = '1.2'", "tls = '1.3'", "tls = 'auto'"] {
        let mut session = site.connect(server.port, &format!("{EXPLICIT}\n{rest}"));
        for name in ["1.csv", "2.csv", "3.csv", "4.csv"] {
            session.write(name, &mut &b"content"[..], 7).unwrap();
        }
        assert_eq!(session.list("").unwrap().files.len(), 4);
    }
}

#[test]
fn a_folder_that_is_not_there_is_missing_when_the_conversation_starts() {
    let (site, server) = (Site::new(), InProcess::start(None));
    let error = site.refusal(server.port, &format!("{PLAIN}\npath = '/absent'"));
    assert_eq!(error.kind, Kind::Missing, "{}", error.chain());
    assert!(error.to_string().starts_with("enter the folder `/absent` on localhost:"), "{error}");
}

#[test]
fn the_server_may_open_the_connections_for_files() {
    let (site, server) = (Site::new(), InProcess::start(None));
    let mut session = site.connect(server.port, &format!("{PLAIN}\nmode = 'active'"));
    session.write("a.csv", &mut &b"content"[..], 7).unwrap();
    assert_eq!(session.list("").unwrap().files.len(), 1);
}

//! vsftpd, in a process of its own, with a configuration of its own: TLS sessions must be reused, as it asks by default.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::PathBuf;

use passerelle::transport::{Kind, Session};

use crate::ftp_site::{EXPLICIT, IMPLICIT, PASSWORD, PLAIN, Site};
use crate::process::{Server, free_port, installed};
use crate::suite;

const VSFTPD: &str = "/usr/sbin/vsftpd";

/// Serves those who log in. Every Debian has this user, and his home, which vsftpd looks at.
const DAEMON: u32 = 1;

struct Vsftpd {
    site: Site,
    folder: tempfile::TempDir,
    port: u16,
    _server: Server,
}

impl Vsftpd {
    /// `more` are lines of vsftpd.conf.
    fn start(more: &str) -> Option<Vsftpd> {
        if !installed(VSFTPD) || !is_root() {
            return None;
        }
        let (site, folder, port) = (Site::new(), tempfile::tempdir().unwrap(), free_port());
        let at = |name: &str| folder.path().join(name);
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        for name in ["home", "home/drop", "empty"] {
            fs::create_dir(at(name)).unwrap();
        }
        // vsftpd locks a login in its home, and asks that the home itself cannot be written to.
        chown(at("home/drop"), Some(DAEMON), None).unwrap();
        let certificate = site.authority.certificate_for("localhost");
        fs::write(at("certificate.pem"), certificate.chain).unwrap();
        fs::write(at("key.pem"), certificate.key).unwrap();
        fs::write(at("passwords"), PASSWORD).unwrap();
        let root = folder.path().display();
        let config = format!(
            "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nseccomp_sandbox=NO\nisolate=NO\n\
             isolate_network=NO\nsecure_chroot_dir={root}/empty\nxferlog_enable=NO\nlocal_enable=NO\n\
             anonymous_enable=YES\nftp_username=daemon\nanon_root={root}/home\nwrite_enable=YES\n\
             secure_email_list_enable=YES\nemail_password_file={root}/passwords\nanon_umask=022\n\
             anon_upload_enable=YES\nanon_mkdir_write_enable=YES\nanon_other_write_enable=YES\n\
             anon_world_readable_only=NO\nallow_anon_ssl=YES\nrequire_ssl_reuse=YES\nssl_ciphers=HIGH\n\
             rsa_cert_file={root}/certificate.pem\nrsa_private_key_file={root}/key.pem\n{more}\n"
        );
        fs::write(at("vsftpd.conf"), config).unwrap();
        let mut server = Server::start(VSFTPD, |command| {
            command.arg(at("vsftpd.conf"));
        })
        .unwrap();
        server.wait_for(([127, 0, 0, 1], port).into());
        Some(Vsftpd { site, folder, port, _server: server })
    }

    fn connect(&self, rest: &str) -> Box<dyn Session> {
        self.site.connect(self.port, &format!("{rest}\npath = '/drop'"))
    }

    fn drop_folder(&self) -> PathBuf {
        self.folder.path().join("home/drop")
    }
}

/// vsftpd only runs as root. Continuous integration is.
fn is_root() -> bool {
    let root = fs::metadata("/proc/self").unwrap().uid() == 0;
    if !root {
        eprintln!("SKIPPED: vsftpd needs to be started by root, so nothing was tried against it");
    }
    root
}

const TLS: &str = "ssl_enable=YES\nforce_anon_logins_ssl=YES\nforce_anon_data_ssl=YES";

#[test]
fn vsftpd_passes_the_common_suite_without_encryption() {
    let Some(server) = Vsftpd::start("") else { return };
    suite::passes(&|| server.connect(PLAIN));
    suite::replaces_at_one_instant(&|| server.connect(PLAIN), &server.drop_folder());
}

#[test]
fn vsftpd_passes_the_common_suite_with_explicit_tls_and_session_reuse() {
    let Some(server) = Vsftpd::start(TLS) else { return };
    suite::passes(&|| server.connect(EXPLICIT));
}

#[test]
fn vsftpd_passes_the_common_suite_with_implicit_tls_and_session_reuse() {
    let Some(server) = Vsftpd::start(&format!("{TLS}\nimplicit_ssl=YES")) else { return };
    suite::passes(&|| server.connect(IMPLICIT));
}

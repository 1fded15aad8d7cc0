//! vsftpd, in a process of its own, with a configuration of its own: TLS sessions must be reused, as it asks by default.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use passerelle::transport::{Kind, Session};

use crate::ftp_site::{EXPLICIT, IMPLICIT, PASSWORD, PLAIN, Site};
use crate::process::{Server, free_port, installed};
use crate::suite;

const VSFTPD: &str = "/usr/sbin/vsftpd";

/// Serves those who log in. Every Debian has this user, and his home, which vsftpd looks at.
const DAEMON: u32 = 1;

pub struct Vsftpd {
    pub site: Site,
    folder: tempfile::TempDir,
    pub port: u16,
    /// Of its certificate.
    pub pin: String,
    _server: Server,
}

impl Vsftpd {
    /// `more` are lines of vsftpd.conf.
    pub fn start(more: &str) -> Option<Vsftpd> {
        Vsftpd::start_with(|_, _| more.to_owned())
    }

    /// `more` gives lines of vsftpd.conf for a site, and for the server's own folder.
    pub fn start_with(more: impl FnOnce(&Site, &Path) -> String) -> Option<Vsftpd> {
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
        let pin = certificate.pin();
        fs::write(at("certificate.pem"), certificate.chain).unwrap();
        fs::write(at("key.pem"), certificate.key).unwrap();
        fs::write(at("passwords"), PASSWORD).unwrap();
        let more = more(&site, folder.path());
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
        Some(Vsftpd { site, folder, port, pin, _server: server })
    }

    fn connect(&self, rest: &str) -> Box<dyn Session> {
        self.site.connect(self.port, &format!("{rest}\npath = '/drop'"))
    }

    pub fn drop_folder(&self) -> PathBuf {
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

pub const TLS: &str = "ssl_enable=YES\nforce_anon_logins_ssl=YES\nforce_anon_data_ssl=YES";

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

/// The server asks for TLS sessions to be reused. With TLS 1.3 that works twice, unless new tickets are taken from each
/// connection: the third upload is the one that fails.
#[test]
fn many_uploads_in_one_conversation_reuse_their_tls_session_in_each_version() {
    let Some(server) = Vsftpd::start(TLS) else { return };
    for version in ["1.2", "1.3", "auto"] {
        let mut session = server.connect(&format!("{EXPLICIT}\ntls = '{version}'"));
        for number in 0..50 {
            let written = session.write(&format!("{number}.csv"), &mut &b"content"[..], 7);
            written.unwrap_or_else(|error| panic!("TLS {version}, file {number}: {}", error.chain()));
        }
        assert_eq!(session.list("").unwrap().files.len(), 50);
    }
}

#[test]
fn vsftpd_opens_the_connections_for_files_where_the_site_asks_for_it() {
    let Some(server) = Vsftpd::start(&format!("{TLS}\nport_enable=YES")) else { return };
    let mut session = server.connect(&format!("{EXPLICIT}\nmode = 'active'"));
    session.write("a.csv", &mut &b"content"[..], 7).unwrap();
    assert_eq!(session.list("").unwrap().files.len(), 1);
}

#[test]
fn a_password_that_vsftpd_does_not_know_is_a_refused_login() {
    let Some(server) = Vsftpd::start(TLS) else { return };
    let error = server.site.refusal(server.port, &format!("{EXPLICIT}\npassword = 'file:wrong'"));
    assert_eq!(error.kind, Kind::Login, "{}", error.chain());
    assert!(!error.chain().contains("battery staple"), "{}", error.chain());
}

#[test]
fn a_vsftpd_that_insists_on_tls_says_so_to_plain_ftp() {
    let Some(server) = Vsftpd::start(TLS) else { return };
    let error = server.site.refusal(server.port, PLAIN);
    assert_eq!(error.kind, Kind::Login);
    assert!(error.chain().contains("must use encryption"), "{}", error.chain());
}

#[test]
fn a_mistake_in_the_configuration_of_vsftpd_is_named_as_such() {
    let Some(server) = Vsftpd::start(&format!("{TLS}\nanon_root=/absent")) else { return };
    let error = server.site.refusal(server.port, EXPLICIT);
    assert_eq!(error.kind, Kind::Protocol);
    assert!(error.chain().contains("a mistake in its configuration"), "{}", error.chain());
}

#[test]
fn a_folder_that_may_not_be_written_to_denies_and_the_conversation_goes_on() {
    let Some(server) = Vsftpd::start("") else { return };
    let mut session = server.site.connect(server.port, PLAIN);
    let error = session.write("a.csv", &mut &b"content"[..], 7).unwrap_err();
    assert_eq!(error.kind, Kind::Denied, "{}", error.chain());
    let error = session.write("absent/a.csv", &mut &b"content"[..], 7).unwrap_err();
    assert_eq!(error.kind, Kind::Missing, "{}", error.chain());
    session.write("drop/a.csv", &mut &b"content"[..], 7).unwrap();
}

#[test]
fn vsftpd_lists_names_that_cannot_be_used_and_they_are_reported() {
    let Some(server) = Vsftpd::start("") else { return };
    for name in [&b"caf\xE9.csv"[..], b" blank.csv", b"blank.csv ", b"good.csv"] {
        fs::write(server.drop_folder().join(OsStr::from_bytes(name)), "x").unwrap();
    }
    let listing = server.connect(PLAIN).list("").unwrap();
    assert_eq!(listing.files.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["good.csv"]);
    let mut reasons: Vec<_> = listing.unusable.iter().map(|name| name.reason).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["has blanks at an end", "has blanks at an end", "is not UTF-8"]);
}

#[test]
fn a_link_counts_as_the_file_that_it_leads_to() {
    let Some(server) = Vsftpd::start("") else { return };
    fs::write(server.drop_folder().join("real.csv"), "content").unwrap();
    symlink("real.csv", server.drop_folder().join("link.csv")).unwrap();
    symlink("nowhere", server.drop_folder().join("dangling.csv")).unwrap();
    symlink("/", server.drop_folder().join("folder.csv")).unwrap();
    let mut files = server.connect(PLAIN).list("").unwrap().files;
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let files: Vec<_> = files.iter().map(|entry| (entry.name.as_str(), entry.size)).collect();
    assert_eq!(files, [("link.csv", 7), ("real.csv", 7)]);
}

//! vsftpd, in a process of its own, with a configuration of its own: TLS sessions must be reused, as it asks by default.

use std::fs;
use std::path::{Path, PathBuf};

use passerelle::transport::{Kind, Session};

use crate::ftp_site::{EXPLICIT, PASSWORD, PLAIN, Site};
use crate::place::{Place, make_drop_folder, may_start_as_root, open_folder};
use crate::process::{Server, free_port, installed};
use crate::way::{FALSE_ADDRESS, IPV4, IPV6, Way};

const VSFTPD: &str = "/usr/sbin/vsftpd";

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
        Vsftpd::serve(IPV4, more)
    }

    fn serve(host: &str, more: impl FnOnce(&Site, &Path) -> String) -> Option<Vsftpd> {
        if !installed(VSFTPD) || !may_start_as_root("vsftpd") {
            return None;
        }
        let (site, folder, port) = (Site::new(), open_folder(), free_port());
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("empty")).unwrap();
        // vsftpd locks a login in its home, and asks that the home itself cannot be written to.
        make_drop_folder(&at("home/drop"));
        let certificate = site.authority.certificate_for_loopback();
        let pin = certificate.pin();
        fs::write(at("certificate.pem"), certificate.chain).unwrap();
        fs::write(at("key.pem"), certificate.key).unwrap();
        fs::write(at("passwords"), PASSWORD).unwrap();
        let more = more(&site, folder.path());
        let root = folder.path().display();
        let listen = match host {
            IPV6 => "listen_ipv6=YES\nlisten_address6=::1",
            _ => "listen=YES\nlisten_address=127.0.0.1",
        };
        let config = format!(
            "{listen}\nlisten_port={port}\nbackground=NO\nseccomp_sandbox=NO\nisolate=NO\n\
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
        server.wait_for(host, port);
        Some(Vsftpd { site, folder, port, pin, _server: server })
    }

    fn connect(&self, rest: &str) -> Box<dyn Session> {
        self.site.connect(self.port, &format!("{rest}\npath = '/drop'"))
    }

    pub fn drop_folder(&self) -> PathBuf {
        self.folder.path().join("home/drop")
    }
}

/// A server that speaks this way, and no way without TLS where it has TLS.
pub fn place(way: Way) -> Option<Place> {
    let mut more = "port_enable=YES\n".to_owned();
    if way.is_encrypted() {
        more += TLS;
    }
    if way.is_implicit() {
        more += "\nimplicit_ssl=YES";
    }
    if way.has_false_address() {
        more += &format!("\ncmds_denied=EPSV\npasv_address={FALSE_ADDRESS}");
    }
    let server = Vsftpd::serve(way.host, |_, _| more)?;
    let (port, drop) = (server.port, server.drop_folder());
    let Vsftpd { site, folder, _server, .. } = server;
    Some(site.place(port, way, "path = '/drop'", drop, (_server, folder)))
}

pub const TLS: &str = "ssl_enable=YES\nforce_anon_logins_ssl=YES\nforce_anon_data_ssl=YES";

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

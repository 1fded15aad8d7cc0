//! ProFTPD, in a process of its own, with a configuration of its own: FTP, FTPS whose sessions must be reused, as it asks by
//! default, and SFTP.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::ftp_site::{PASSWORD, Site};
use crate::openssh_server::{me, new_key, run};
use crate::place::{Place, give, is_root, make_drop_folder, open_folder, server_owner, write_private};
use crate::process::{FTP_SERVERS, Server, free_port, installed, write_secret};
use crate::way::{FALSE_ADDRESS, Way};

/// [`PASSWORD`], as the system keeps passwords.
pub const HASH: &str =
    "$6$passerelle$6Hxhjhd9tjNc0cVsU9fFf5OCsqfx5tRHUstmTw6.D/4IQn34TrMyTCkf7kWin9Yl56DVTzKpm/VwSRfcHmRLs0";

/// FTP and FTPS.
pub fn place(way: Way) -> Option<Place> {
    let program = program()?;
    let (site, folder, port) = (Site::new(), open_folder(), free_port());
    let certificate = site.authority.certificate_for_loopback();
    write_private(&folder.path().join("certificate.pem"), &certificate.chain);
    write_private(&folder.path().join("key.pem"), &certificate.key);
    let root = folder.path().display();
    let mut more = String::new();
    if way.is_encrypted() {
        let implicit = if way.is_implicit() { "TLSOptions UseImplicitSSL\n" } else { "" };
        more += &format!(
            "LoadModule mod_tls.c\nTLSEngine on\nTLSRequired on\nTLSProtocol TLSv1.2 TLSv1.3\n{implicit}\
             TLSECCertificateFile {root}/certificate.pem\nTLSECCertificateKeyFile {root}/key.pem\nTLSLog {root}/log\n"
        );
    }
    if way.has_false_address() {
        more += &format!("MasqueradeAddress {FALSE_ADDRESS}\n<Limit EPSV>\nDenyAll\n</Limit>\n");
    }
    let server = start(&program, folder.path(), way.host, port, &more);
    let (path, drop) = (format!("path = '{root}/drop'"), folder.path().join("drop"));
    Some(site.place(port, way, &path, drop, (server, folder)))
}

/// Its module for SFTP. `proof` is the line of the site that says who we are: `password` or `key`.
pub fn sftp_place(proof: &'static str, host: &'static str) -> Option<Place> {
    let program = program()?;
    let (folder, port) = (open_folder(), free_port());
    let at = |name: &str| folder.path().join(name);
    for key in ["host", "id", "stranger"] {
        new_key(&at(key), &["-t", "ed25519"], "");
    }
    // The module reads keys of logins as RFC 4716 writes them.
    let public = run("ssh-keygen", &["-e", "-f", at("id.pub").to_str().unwrap()]);
    fs::write(at("authorized"), public).unwrap();
    write_secret(at("password"), PASSWORD);
    write_secret(at("wrong"), "battery staple");
    write_private(&at("host"), &fs::read_to_string(at("host")).unwrap());
    let known = fs::read_to_string(at("host.pub")).unwrap();
    fs::write(at("known_hosts"), format!("[{host}]:{port} {known}")).unwrap();
    let root = folder.path().display();
    let more = format!(
        "LoadModule mod_sftp.c\nSFTPEngine on\nSFTPHostKey {root}/host\nSFTPLog {root}/log\n\
         SFTPAuthorizedUserKeys file:{root}/authorized\n"
    );
    let server = start(&program, folder.path(), host, port, &more);
    let options = |proof: &str| {
        let text = format!(
            "[sftp]\nhost = '{host}'\nport = {port}\nuser = 'anonymous'\n{proof}\nknown-hosts = 'known_hosts'\n\
             path = '{root}/drop'"
        );
        toml::from_str(&text).unwrap()
    };
    Some(Place {
        options: options(proof),
        stranger: options(if proof.starts_with("key") { "key = 'stranger'" } else { "password = 'file:wrong'" }),
        base: folder.path().to_owned(),
        folder: at("drop"),
        _running: Box::new((server, folder)),
    })
}

fn program() -> Option<String> {
    let program = format!("{FTP_SERVERS}/usr/sbin/proftpd");
    installed(&program).then_some(program)
}

/// `more` are lines of its configuration.
fn start(program: &str, folder: &Path, host: &str, port: u16, more: &str) -> Server {
    let at = |name: &str| folder.join(name);
    make_drop_folder(&at("drop"));
    let (root, home) = (folder.display(), at("drop").display().to_string());
    let owner = server_owner();
    // It keeps files of its own beside the configuration.
    give(folder, owner);
    write_private(&at("passwd"), &format!("anonymous:{HASH}:{owner}:{owner}::{home}:/bin/sh\n"));
    write_private(&at("group"), &format!("anonymous:x:{owner}:anonymous\n"));
    let (user, group) =
        if is_root() { ("daemon".to_owned(), "daemon".to_owned()) } else { (me(), run("id", &["-gn"])) };
    let config = format!(
        "ModulePath {FTP_SERVERS}/usr/lib/proftpd\nServerType standalone\nDefaultAddress {host}\nPort {port}\n\
         UseIPv6 on\nUser {user}\nGroup {group}\nPidFile {root}/pid\nScoreboardFile {root}/scoreboard\n\
         DelayTable {root}/delay\nDelayEngine off\nControlsEngine off\nSystemLog {root}/log\nTransferLog none\nWtmpLog off\n\
         AuthOrder mod_auth_file.c\nAuthUserFile {root}/passwd\nAuthGroupFile {root}/group\nRequireValidShell off\n\
         Umask 022\nAllowOverwrite on\nUseReverseDNS off\n{more}"
    );
    fs::write(at("proftpd.conf"), config).unwrap();
    let mut server = Server::start_as_daemon(program, |command| {
        command.args(["--nodaemon", "--quiet", "--config"]).arg(at("proftpd.conf")).stderr(Stdio::null());
    })
    .unwrap();
    server.wait_for(host, port);
    server
}

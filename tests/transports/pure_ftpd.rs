//! Pure-FTPd, in a process of its own, with a list of users of its own.

use std::fs;

use crate::ftp_site::Site;
use crate::openssh_server::run;
use crate::place::{DAEMON, Place, make_drop_folder, may_start_as_root, open_folder};
use crate::process::{FTP_SERVERS, Server, free_port, installed, write_secret};
use crate::proftpd::HASH;
use crate::way::{FALSE_ADDRESS, Way};

pub fn place(way: Way) -> Option<Place> {
    let program = format!("{FTP_SERVERS}/usr/sbin/pure-ftpd");
    if !installed(&program) || !may_start_as_root("Pure-FTPd") {
        return None;
    }
    let (site, folder, port) = (Site::new(), open_folder(), free_port());
    let at = |name: &str| folder.path().join(name).display().to_string();
    make_drop_folder(&folder.path().join("drop"));
    fs::write(at("passwd"), format!("anonymous:{HASH}:{DAEMON}:{DAEMON}::{}::::::::::::\n", at("drop"))).unwrap();
    run(&format!("{FTP_SERVERS}/usr/bin/pure-pw"), &["mkdb", &at("users"), "-f", &at("passwd")]);
    let certificate = site.authority.certificate_for_loopback();
    write_secret(at("certificate.pem"), certificate.key + &certificate.chain);
    let mut server = Server::start(&program, |command| {
        // Refuses logins and files without TLS, or has none.
        command.args(["--tls", if way.is_encrypted() { "3" } else { "0" }, "--certfile", &at("certificate.pem")]);
        command.args(["--login", &format!("puredb:{}", at("users")), "--noanonymous", "--minuid", "1"]);
        command.args(["--bind", &format!("{},{port}", way.host), "--pidfile", &at("pid"), "--umask", "133:022"]);
        command.args(["--dontresolve", "--displaydotfiles", "--maxclientsnumber", "100"]);
        if way.has_false_address() {
            // For "broken clients" it has no EPSV.
            command.args(["--brokenclientscompatibility", "--forcepassiveip", FALSE_ADDRESS]);
        }
    })
    .unwrap();
    server.wait_for(way.host, port);
    let (path, drop) = (format!("path = '{}'", at("drop")), folder.path().join("drop"));
    Some(site.place(port, way, &path, drop, (server, folder)))
}

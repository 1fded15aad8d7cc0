//! pyftpdlib, a library for servers in Python, in a process of its own.

use crate::ftp_site::{PASSWORD, Site};
use crate::place::{Place, make_drop_folder, open_folder, write_private};
use crate::process::{Server, free_port, installed};
use crate::way::{FALSE_ADDRESS, Way};

/// The system's own, which Debian's packages of Python are for.
const PYTHON: &str = "/usr/bin/python3";
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transports/pyftpd.py");

pub fn place(way: Way) -> Option<Place> {
    if !installed("/usr/lib/python3/dist-packages/pyftpdlib") || !installed("/usr/lib/python3/dist-packages/OpenSSL") {
        return None;
    }
    let (site, folder, port) = (Site::new(), open_folder(), free_port());
    let at = |name: &str| folder.path().join(name).display().to_string();
    make_drop_folder(&folder.path().join("drop"));
    let certificate = site.authority.certificate_for_loopback();
    write_private(&folder.path().join("certificate.pem"), &(certificate.key + &certificate.chain));
    let mut server = Server::start_as_daemon(PYTHON, |command| {
        command.args([PROGRAM, &at("drop"), PASSWORD, way.host, &port.to_string()]);
        command.arg(if way.is_encrypted() { at("certificate.pem") } else { String::new() });
        command.arg(if way.has_false_address() { FALSE_ADDRESS } else { "" });
    })
    .unwrap();
    server.wait_for(way.host, port);
    let drop = folder.path().join("drop");
    // To "anonymous" it opens whatever the password.
    Some(site.place(port, way, "user = 'acme'", drop, (server, folder)))
}

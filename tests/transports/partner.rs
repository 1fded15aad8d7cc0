//! A partner's server of each protocol: vsftpd and OpenSSH, with a folder on disk for each test of its own.

use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use crate::openssh_server::{OpenSsh, SSHD, me};
use crate::process::{free_ports, installed};
use crate::proxy::Ports;
use crate::vsftpd::{TLS, Vsftpd};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    Ftp,
    Ftps,
    Sftp,
}

pub struct Partner {
    server: Server,
    pub ports: Ports,
}

enum Server {
    Ftp(Vsftpd),
    Ftps(Vsftpd),
    Sftp(OpenSsh),
}

/// Enough for the tests that run side by side.
const DATA_PORTS: usize = 48;

impl Partner {
    /// None where the server is not installed.
    pub fn start(protocol: Protocol) -> Option<Partner> {
        if protocol == Protocol::Sftp {
            let server = installed(SSHD).then(|| OpenSsh::start(""))?;
            let ports = Ports { control: server.port, data: Vec::new() };
            return Some(Partner { server: Server::Sftp(server), ports });
        }
        let data = free_ports(DATA_PORTS);
        let (first, last) = (data[0], data[DATA_PORTS - 1]);
        let encryption = if protocol == Protocol::Ftps { TLS } else { "" };
        let range = format!("pasv_min_port={first}\npasv_max_port={last}\nmax_clients=0\nmax_per_ip=0\n{encryption}");
        let server = Vsftpd::start(&range)?;
        let ports = Ports { control: server.port, data };
        let server = if protocol == Protocol::Ftps { Server::Ftps(server) } else { Server::Ftp(server) };
        Some(Partner { server, ports })
    }

    /// A new folder on the server, with a folder `in`.
    pub fn new_folder(&self, name: &str) -> PathBuf {
        let folder = self.root().join(name);
        fs::create_dir_all(folder.join("in")).unwrap();
        self.give(&folder);
        folder
    }

    /// A folder and all below belong to whoever the server writes as.
    pub fn give(&self, path: &Path) {
        let owner = fs::metadata(self.root()).unwrap().uid();
        chown(path, Some(owner), None).unwrap();
        if path.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| self.give(&entry.unwrap().path()));
        }
    }

    fn root(&self) -> PathBuf {
        match &self.server {
            Server::Ftp(server) | Server::Ftps(server) => server.drop_folder(),
            Server::Sftp(server) => server.at("drop"),
        }
    }

    /// As a site writes it, for the folder of a test behind a proxy. `more` are further lines.
    pub fn section(&self, address: IpAddr, folder: &str, more: &str) -> String {
        let port = self.ports.control;
        let ftp = |server: &Vsftpd, encryption: &str| {
            let base = server.site.path().display();
            format!(
                "[server.partner.ftp]\nhost = '{address}'\nport = {port}\nuser = 'anonymous'\n\
                 password = 'file:{base}/password'\npath = '/drop/{folder}'\n{encryption}\n{more}\n"
            )
        };
        match &self.server {
            Server::Ftp(server) => ftp(server, "encryption = 'none'"),
            Server::Ftps(server) => {
                ftp(server, &format!("encryption = 'explicit'\ntrust = {{ pinned = '{}' }}", server.pin))
            }
            Server::Sftp(server) => format!(
                "[server.partner.sftp]\nhost = '{address}'\nport = {port}\nuser = '{}'\nkey = '{}'\n\
                 fingerprint = '{}'\npath = '{}/{folder}'\n{more}\n",
                me(),
                server.at("id").display(),
                server.fingerprint("host_ed25519"),
                server.at("drop").display(),
            ),
        }
    }
}

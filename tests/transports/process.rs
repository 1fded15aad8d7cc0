//! A program that a test starts, and that never outlives it.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{self, Child, Command};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use crate::place::is_root;

/// Where `tests/run` puts the FTP servers of which Debian lets only one be installed.
pub const FTP_SERVERS: &str = "/usr/local/lib/ftp-servers";

/// A server in a process of its own, killed when it goes out of scope, and at the latest with the thread that started it.
pub struct Server {
    child: Child,
}

impl Server {
    /// Starts `program` so that it dies with the test, even one that is killed: `setpriv` of util-linux asks the system for
    /// a signal at the death of the thread that is its parent.
    pub fn start(program: &str, prepare: impl FnOnce(&mut Command)) -> io::Result<Server> {
        Server::start_with_rights(&[], program, prepare)
    }

    /// The same, as [`DAEMON`] where we are root: not every server gives its rights up by itself.
    pub fn start_as_daemon(program: &str, prepare: impl FnOnce(&mut Command)) -> io::Result<Server> {
        let daemon = ["--reuid", "daemon", "--regid", "daemon", "--clear-groups"];
        Server::start_with_rights(if is_root() { &daemon } else { &[] }, program, prepare)
    }

    fn start_with_rights(rights: &[&str], program: &str, prepare: impl FnOnce(&mut Command)) -> io::Result<Server> {
        let mut command = Command::new("setpriv");
        command.args(rights).args(["--pdeathsig", "KILL", program]);
        prepare(&mut command);
        Ok(Server { child: command.spawn()? })
    }

    /// Waits until something listens on an address of this machine, and fails at once when the server has ended.
    pub fn wait_for(&mut self, host: &str, port: u16) {
        let address = SocketAddr::new(host.parse().unwrap(), port);
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
            if let Some(status) = self.child.try_wait().expect("a child can be asked whether it has ended") {
                panic!("the server ended before anyone could connect: {status}");
            }
            assert!(Instant::now() < deadline, "nothing listens on {address} after 30 seconds");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of this machine on which nothing listens.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Ports of this machine, one after another, on which nothing listens, whatever the address.
pub fn free_ports(count: usize) -> Vec<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let size = u16::try_from(count).unwrap();
    loop {
        // Below those that the system gives out by itself.
        let first = 10_000 + (process::id() as u16 % 200) * 100 + NEXT.fetch_add(size, Ordering::Relaxed);
        let ports: Vec<u16> = (first..first + size).collect();
        if ports.iter().all(|port| TcpListener::bind(("0.0.0.0", *port)).is_ok()) {
            return ports;
        }
    }
}

/// Whether a real server may be used. Where it is not installed the test says so and ends, unless
/// `PASSERELLE_ALL_SERVERS=1` asks for every server.
pub fn installed(program: &str) -> bool {
    if std::path::Path::new(program).exists() {
        return true;
    }
    assert!(std::env::var_os("PASSERELLE_ALL_SERVERS").is_none_or(|all| all != "1"), "{program} is not installed");
    eprintln!("SKIPPED: {program} is not installed, so nothing was tried against it");
    false
}

/// Writes a file that only its owner may read, as Passerelle asks of passwords and keys.
pub fn write_secret(path: impl AsRef<std::path::Path>, text: impl AsRef<[u8]>) {
    let mut file = std::fs::OpenOptions::new();
    let mut file = file.write(true).create(true).truncate(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_ref()).unwrap();
}

//! A program that a test starts, and that never outlives it.

use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{self, Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
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

/// A port of this machine on which nothing listens, whatever the address.
pub fn free_port() -> u16 {
    free_ports(1)[0]
}

/// Ports of this machine, one after another, on which nothing listens, whatever the address.
pub fn free_ports(count: usize) -> Vec<u16> {
    // Below those that the system gives out by itself, to a connection or a listener, between our look and a server's start.
    const FIRST: u32 = 10_000;
    const LAST: u32 = 32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let size = u32::try_from(count).unwrap();
    loop {
        let number = process::id().wrapping_mul(100).wrapping_add(NEXT.fetch_add(size, Ordering::Relaxed));
        let first = FIRST + number % (LAST - FIRST);
        let ports: Vec<u16> = (first..first + size).map(|port| u16::try_from(port).unwrap()).collect();
        if ports.iter().all(|port| is_free(*port)) {
            return ports;
        }
    }
}

fn is_free(port: u16) -> bool {
    // A machine without IPv6 has no port of it that could be taken.
    let taken = |bound: io::Result<TcpListener>| bound.is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse);
    !taken(TcpListener::bind((Ipv4Addr::UNSPECIFIED, port))) && !taken(TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)))
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

//! Whatever a server does or leaves undone, a conversation with it ends with its limit, and says which one that was.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

use passerelle::transport::{Error, Kind, Limit, Options, Stop};
use socket2::{Domain, Socket, Type};

use crate::process::write_secret;

/// With each of them a server may wait in its own way.
const PROTOCOLS: [&str; 4] = [
    "[ftp]\nencryption = 'none'\npassword = 'file:password'",
    "[ftp]\nencryption = 'explicit'\ntrust = 'system'\npassword = 'file:password'",
    "[ftp]\nencryption = 'implicit'\ntrust = 'system'\npassword = 'file:password'",
    "[sftp]\nfingerprint = 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'\npassword = 'file:password'",
];

/// Every protocol's failure with the server there, in a limit that is over soon.
fn failures(port: u16, limit: impl Fn() -> Limit) -> Vec<Error> {
    let base = tempfile::tempdir().unwrap();
    write_secret(base.path().join("password"), "secret");
    let connect = |options: &Options, base: &Path| options.connect(base, &limit()).err().expect("nobody answers");
    PROTOCOLS
        .iter()
        .map(|protocol| {
            let options = format!("{protocol}\nhost = '127.0.0.1'\nport = {port}\nuser = 'acme'\n");
            connect(&toml::from_str(&options).unwrap(), base.path())
        })
        .collect()
}

fn soon() -> Limit {
    Limit::new(Duration::from_millis(500), &Stop::default())
}

#[test]
fn a_server_that_lets_us_in_and_says_nothing_is_left_with_the_limit() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for error in failures(silent.local_addr().unwrap().port(), soon) {
        assert_eq!(error.kind, Kind::TimedOut, "{}", error.chain());
        assert!(error.chain().contains("`within-minutes`"), "{}", error.chain());
    }
}

#[test]
fn a_server_that_lets_nobody_in_is_left_with_the_limit() {
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap().as_socket().unwrap();
    // Whoever comes after the first ones hears nothing at all.
    let patience = Duration::from_millis(200);
    let first: Vec<_> = std::iter::from_fn(|| TcpStream::connect_timeout(&address, patience).ok()).take(8).collect();
    assert!(first.len() < 8, "the queue of the server has no end");
    for error in failures(address.port(), soon) {
        assert_eq!(error.kind, Kind::TimedOut, "{}", error.chain());
        assert!(error.chain().contains("`within-minutes`"), "{}", error.chain());
    }
}

#[test]
fn a_wish_to_stop_ends_every_wait_after_its_grace() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let stopped = || {
        let stop = Stop::default();
        let limit = Limit::new(Duration::from_secs(600), &stop);
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(300));
            stop.ask(Duration::from_millis(100));
        });
        limit
    };
    for error in failures(silent.local_addr().unwrap().port(), stopped) {
        assert_eq!(error.kind, Kind::Stopped, "{}", error.chain());
        assert!(error.chain().ends_with("this run was asked to stop"), "{}", error.chain());
    }
}

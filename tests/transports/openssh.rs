//! SFTP against OpenSSH's own server.

use passerelle::transport::Kind;

use crate::openssh_server::{OpenSsh, SSHD};
use crate::process::installed;

#[test]
fn keys_that_change_in_the_middle_of_a_file_do_not_change_the_file() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("RekeyLimit 1M");
    let content: Vec<u8> = (0..20_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut session = server.connect();
    session.write("a.bin", &mut &content[..], content.len() as u64).unwrap();
    let mut fetched = Vec::new();
    session.fetch("a.bin", &mut fetched).unwrap();
    assert!(fetched == content);
}

#[test]
fn a_server_without_room_may_have_some_later() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    std::os::unix::fs::symlink("/dev/full", server.at("drop/full.csv")).unwrap();
    let mut session = server.connect();
    let error = session.write("full.csv", &mut &b"content"[..], 7).unwrap_err();
    assert_eq!(error.kind, Kind::Full, "{}", error.chain());
    assert!(error.later_may_help());
}

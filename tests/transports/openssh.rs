//! SFTP against OpenSSH's own server.

use std::fs;

use passerelle::transport::Kind;

use crate::openssh_server::{OpenSsh, SSHD};
use crate::process::installed;
use crate::suite;

#[test]
fn openssh_passes_the_common_suite() {
    if installed(SSHD) {
        let server = OpenSsh::start("");
        suite::passes(&|| server.connect());
    }
}

#[test]
fn openssh_reports_names_that_it_cannot_use() {
    if installed(SSHD) {
        let server = OpenSsh::start("");
        suite::reports_names_that_it_cannot_use(&|| server.connect(), &server.at("drop"));
    }
}

#[test]
fn openssh_replaces_a_file_at_one_instant() {
    if installed(SSHD) {
        let server = OpenSsh::start("");
        suite::replaces_at_one_instant(&|| server.connect(), &server.at("drop"));
    }
}

#[test]
fn a_server_that_allows_one_channel_replaces_a_file_at_one_instant_too() {
    if installed(SSHD) {
        let server = OpenSsh::start("MaxSessions 1");
        suite::replaces_at_one_instant(&|| server.connect(), &server.at("drop"));
    }
}

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
fn a_link_is_the_file_it_points_to_and_one_that_points_nowhere_is_not_listed() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    fs::write(server.at("target.csv"), "content").unwrap();
    for (link, target) in [("link.csv", "../target.csv"), ("nowhere.csv", "absent"), ("folder.csv", "..")] {
        std::os::unix::fs::symlink(target, server.at("drop").join(link)).unwrap();
    }
    let files = server.connect().list("").unwrap().files;
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].name.as_str(), files[0].size), ("link.csv", 7));
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

//! By what an SFTP server is known, and what is said of one that is not the right one.

use std::fs;

use passerelle::transport::{Identity, Kind};

use crate::openssh_server::{OpenSsh, SSHD, run};
use crate::process::installed;

#[test]
fn the_server_is_known_by_any_of_its_keys_hashed_or_by_fingerprint() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    let known = "key = 'id'\nknown-hosts = 'known_hosts'";
    for key in ["host_ed25519", "host_rsa"] {
        server.know(&[key]);
        assert!(server.try_with(known).is_ok(), "{key}");
        let fingerprint = server.fingerprint(key);
        assert!(server.try_with(&format!("key = 'id'\nfingerprint = '{fingerprint}'")).is_ok(), "{key}");
    }
    run("ssh-keygen", &["-q", "-H", "-f", server.at("known_hosts").to_str().unwrap()]);
    assert!(!fs::read_to_string(server.at("known_hosts")).unwrap().contains("127.0.0.1"));
    assert!(server.try_with(known).is_ok());
}

#[test]
fn a_server_that_is_not_the_one_it_should_be_is_refused_with_what_it_showed() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    let known = "key = 'id'\nknown-hosts = 'known_hosts'";
    let shown = server.fingerprint("host_ed25519");

    fs::write(server.at("known_hosts"), "# nobody yet\n").unwrap();
    let said = server.refuses(Kind::Identity, known);
    assert!(said.contains("has no line for it") && said.contains(&shown), "{said}");
    let right = format!("[127.0.0.1]:{} {}", server.port, server.key("host_ed25519"));
    assert!(said.ends_with(&format!("only then add the line `{right}`")), "{said}");

    server.know(&["id"]);
    let said = server.refuses(Kind::Identity, known);
    assert!(said.contains("new key or somebody stands between"), "{said}");
    assert!(said.contains(&shown) && said.contains(&server.fingerprint("id")), "{said}");
    assert!(said.ends_with(&format!("write in place of line 1: `{right}`")), "{said}");
    fs::write(server.at("known_hosts"), right).unwrap();
    server.try_with(known).unwrap();

    let revoked = format!("@revoked * {}", server.public("host_ed25519"));
    let line = format!("[127.0.0.1]:{} {}", server.port, server.public("host_ed25519"));
    fs::write(server.at("known_hosts"), revoked + &line).unwrap();
    let said = server.refuses(Kind::Identity, known);
    assert!(said.contains("known_hosts:1 marks as revoked") && said.contains(&shown), "{said}");

    let wrong = server.fingerprint("id");
    let said = server.refuses(Kind::Identity, &format!("key = 'id'\nfingerprint = '{wrong}'"));
    assert!(said.contains(&wrong) && said.contains(&format!("write `fingerprint = \"{shown}\"`")), "{said}");

    let said = server.refuses(Kind::Setup, "key = 'id'\nknown-hosts = 'absent'");
    assert!(said.contains("No such file") && said.contains("`ssh-keyscan -p "), "{said}");
}

#[test]
fn lines_are_read_as_openssh_reads_them() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    let (port, right, wrong) = (server.port, server.key("host_ed25519"), server.key("id"));
    for lines in [
        format!("[127.0.*]:{port} {right}"),
        format!("[127.0.0.?]:{port},!elsewhere {right}"),
        format!("127.0.0.1 {right}"),
        format!("@cert-authority *.elsewhere.example {wrong}\n[127.0.0.1]:{port} {right}"),
        format!("@cert-authority [127.*]:{port} {wrong}\n[127.0.0.1]:{port} {right}"),
        format!("@revoked * {wrong}\n[127.0.0.1]:{port} {right}"),
        format!("elsewhere.example ssh-rsa damaged\n[127.0.0.1]:{port} {wrong}\n[127.0.0.1]:{port} {right}"),
    ] {
        fs::write(server.at("known_hosts"), &lines).unwrap();
        let connected = server.try_with("key = 'id'\nknown-hosts = 'known_hosts'");
        assert!(connected.is_ok(), "{lines}\n{}", connected.err().unwrap().chain());
    }
    for (lines, kind, reason) in [
        (format!("*,!127.0.0.1,![127.0.0.1]:{port} {right}"), Kind::Identity, "has no line for it"),
        (format!("[127.0.0.1]:22 {right}"), Kind::Identity, "has no line for it"),
        (
            format!("@cert-authority [127.*]:{port} {wrong}"),
            Kind::Identity,
            "known_hosts:1 knows it by `@cert-authority`",
        ),
        (format!("@revoked nobody {right}\n127.0.0.1 {right}"), Kind::Identity, "known_hosts:1 marks as revoked"),
        (format!("[127.0.0.1]:{port} {wrong}\n127.0.0.1 {right}"), Kind::Identity, "known_hosts:1 has ssh-ed25519"),
        (
            format!("127.0.0.1 ssh-ed25519 damaged\n127.0.0.1 {right}"),
            Kind::Setup,
            "known_hosts:1: the key on this line is damaged",
        ),
    ] {
        fs::write(server.at("known_hosts"), &lines).unwrap();
        let said = server.refuses(kind, "key = 'id'\nknown-hosts = 'known_hosts'");
        assert!(said.contains(reason), "{lines}\n{said}");
    }
}

#[test]
fn a_server_shows_the_key_by_which_it_was_known() {
    if !installed(SSHD) {
        return;
    }
    let server = OpenSsh::start("");
    let fingerprint = server.fingerprint("host_ed25519");
    let identity = server.connect().identity().unwrap();
    assert_eq!(identity, Identity::HostKey { kind: "ssh-ed25519".to_owned(), fingerprint });
    assert_eq!(identity.until(), None);
}

/// There is no option to allow what is no longer safe: the server must offer something better.
#[test]
fn a_server_with_nothing_in_common_is_told_by_what_it_offers() {
    if !installed(SSHD) {
        return;
    }
    for (config, reason) in [
        (
            "KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group14-sha1",
            "for the key exchange the server offers diffie-hellman-group1-sha1, diffie-hellman-group14-sha1",
        ),
        (
            "HostKeyAlgorithms ssh-rsa",
            "for the host key the server offers ssh-rsa, which is no longer safe or not known here. Whoever runs it must allow one of ssh-ed25519, ",
        ),
        ("Ciphers 3des-cbc", "for the cipher the server offers 3des-cbc"),
        ("Ciphers aes128-ctr\nMACs hmac-md5", "for the integrity code the server offers hmac-md5"),
    ] {
        let said = OpenSsh::start(config).refuses(Kind::Protocol, "key = 'id'\nknown-hosts = 'known_hosts'");
        assert!(said.contains(reason) && said.contains("must allow one of "), "{config}: {said}");
    }
}

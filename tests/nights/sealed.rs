//! Files that are sealed with OpenPGP, both ways with GnuPG, and what is said of those that cannot be opened.

use std::fs;
use std::path::Path;

use passerelle::model::{Language, Text};
use passerelle::transport::openpgp::{Fault, Opening, Sealing};
use passerelle::transport::{Error, Kind};
use tempfile::TempDir;

use crate::gnupg::{Gnupg, PASSPHRASE};

const CONTENT: &[u8] = "login;lastName\r\nada;Lovelace\r\nzoé;Élan\r\n".as_bytes();

fn opening(folder: &Path, toml: &str) -> Opening {
    toml::from_str::<Opening>(toml).expect("it is well written").below(folder)
}

fn sealing(folder: &Path, toml: &str) -> Sealing {
    toml::from_str::<Sealing>(toml).expect("it is well written").below(folder)
}

const OPEN: &str = "decrypt-with = 'file:ours.key'\npassphrase = 'file:passphrase'\nverify = 'partner.asc'";
const SEAL: &str = "encrypt-to = 'partner.asc'\nsign-with = 'file:ours.key'\npassphrase = 'file:passphrase'";

/// A folder with the keys of a site.
fn site(gpg: &Gnupg) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    gpg.hand_out(folder.path(), "partner@partner.example");
    folder
}

fn opened(folder: &Path, file: &[u8]) -> Result<Vec<u8>, Fault> {
    opening(folder, OPEN).open(file).unwrap_or_else(|error| panic!("{}", error.chain()))
}

fn said(text: &Text) -> String {
    let [english, french] = [Language::English, Language::French].map(|language| text.is(language));
    assert_ne!(english, french);
    english.into()
}

#[test]
fn what_a_partner_encrypts_and_signs_is_read_however_it_is_done() {
    let Some(gpg) = Gnupg::of_two() else { return };
    gpg.make("other@acme.example", "ed25519", "");
    let folder = site(&gpg);
    for words in [
        &["-r", "ours@acme.example"][..],
        &["-r", "ours@acme.example", "--armor"],
        &["-r", "other@acme.example", "-r", "ours@acme.example"],
        &["-R", "other@acme.example", "-R", "ours@acme.example"],
        &["-r", "ours@acme.example", "--compress-algo", "none"],
        &["-r", "ours@acme.example", "--compress-algo", "zlib", "-u", "other@acme.example"],
        &["-r", "ours@acme.example", "--cipher-algo", "AES128", "--digest-algo", "SHA256"],
    ] {
        let words = [&["--sign", "--encrypt", "-u", "partner@partner.example"], words].concat();
        assert_eq!(opened(folder.path(), &gpg.run(&words, CONTENT)).as_deref(), Ok(CONTENT), "{words:?}");
    }
    let large = CONTENT.repeat(100_000);
    assert!(opened(folder.path(), &gpg.seal(&large)) == Ok(large));
    assert_eq!(opened(folder.path(), &gpg.seal(b"")).as_deref(), Ok(&b""[..]));
}

#[test]
fn keys_of_either_kind_open_and_verify() {
    let Some(gpg) = Gnupg::new() else { return };
    gpg.make("ours@acme.example", "ed25519", PASSPHRASE);
    gpg.make("partner@partner.example", "rsa2048", "");
    let folder = site(&gpg);
    assert_eq!(opened(folder.path(), &gpg.seal(CONTENT)).as_deref(), Ok(CONTENT));
    let sealed =
        sealing(folder.path(), SEAL).read_keys().and_then(|sealer| sealer.seal(CONTENT)).expect("it is sealed");
    let (content, status) = gpg.open(&sealed, "");
    assert!(content == CONTENT && status.contains("GOODSIG"), "{status}");
}

#[test]
fn what_we_seal_a_partner_decrypts_and_verifies() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let folder = site(&gpg);
    let sealer = sealing(folder.path(), SEAL).read_keys().expect("keys");
    for content in [CONTENT, b"", &CONTENT.repeat(50_000)] {
        let sealed = sealer.seal(content).expect("it is sealed");
        let (opened, status) = gpg.open(&sealed, "");
        assert!(opened == content, "{status}");
        let ours = gpg.fingerprint("ours@acme.example");
        assert!(status.contains("GOODSIG") && status.contains(&format!("VALIDSIG {ours}")), "{status}");
        assert!(status.contains("DECRYPTION_OKAY") && status.contains("GOODMDC"), "{status}");
    }
    let armoured = sealing(folder.path(), "encrypt-to = 'partner.asc'\narmour = true");
    let sealed = armoured.read_keys().and_then(|sealer| sealer.seal(CONTENT)).expect("it is sealed");
    assert!(sealed.starts_with(b"-----BEGIN PGP MESSAGE-----"));
    let (opened, status) = gpg.open(&sealed, "");
    assert!(opened == CONTENT && !status.contains("GOODSIG"), "{status}");
}

#[test]
fn a_file_that_cannot_be_decrypted_is_refused_with_the_reason() {
    let Some(gpg) = Gnupg::of_two() else { return };
    gpg.make("stranger@else.example", "ed25519", "");
    let folder = site(&gpg);
    let sealed = gpg.seal(CONTENT);
    let half = &sealed[..sealed.len() / 2];
    let mut flipped = sealed.clone();
    *flipped.last_mut().expect("a byte") ^= 1;
    let signed = gpg.run(&["-u", "partner@partner.example", "--sign"], CONTENT);
    let to_stranger = gpg.run(&["-r", "stranger@else.example", "--encrypt"], CONTENT);
    let with_passphrase = gpg.run(&["--passphrase", "x", "--symmetric"], CONTENT);
    for (file, reason) in [
        (CONTENT, "is not a file of OpenPGP"),
        (b"", "is not a file of OpenPGP"),
        (&b"-----BEGIN PGP MESSAGE-----\n\nhQ\n"[..], "is damaged or incomplete"),
        (&gpg.public("partner@partner.example"), "is not a file of OpenPGP"),
        (&signed, "is not encrypted"),
        (&to_stranger, "is not encrypted to our key "),
        (&with_passphrase, "is not encrypted to our key "),
        (half, "is damaged or incomplete"),
        (&flipped, "is damaged or incomplete"),
        (&unprotected(&sealed), "does not protect it from being changed"),
    ] {
        match opened(folder.path(), file) {
            Err(Fault::NotDecrypted(text)) => assert!(said(&text).contains(reason), "{reason}: {}", said(&text)),
            other => panic!("{reason}: {other:?}"),
        }
    }
    for end in 0..sealed.len() {
        assert!(matches!(opened(folder.path(), &sealed[..end]), Err(Fault::NotDecrypted(_))), "cut at {end}");
    }
}

/// The same message as one without integrity protection, which is how an attacker begins.
fn unprotected(sealed: &[u8]) -> Vec<u8> {
    let [tag, high, low, ..] = *sealed else { panic!("a packet") };
    assert_eq!(tag, 0x85, "a session key with a length of two bytes");
    let (key, data) = sealed.split_at(3 + usize::from(u16::from_be_bytes([high, low])));
    assert_eq!(data[0], 0xd2, "protected data");
    assert!((192..224).contains(&data[1]), "a length of two bytes");
    let body = &data[4..];
    let length = u16::try_from(body.len() - 192).expect("it is short").to_be_bytes();
    [key, &[0xc9, length[0] + 192, length[1]], body].concat()
}

#[test]
fn a_file_without_a_valid_signature_of_the_partner_is_refused_with_the_reason() {
    let Some(gpg) = Gnupg::of_two() else { return };
    gpg.make("stranger@else.example", "ed25519", "");
    gpg.make_at("20200101T000000", "old@partner.example", "ed25519", "", "1y");
    let folder = site(&gpg);
    let both = [gpg.public("old@partner.example"), gpg.public("partner@partner.example")].concat();
    fs::write(folder.path().join("partner.asc"), both).expect("a file");

    let to_us = ["-r", "ours@acme.example", "--encrypt"];
    let by = |name: &'static str| [&["-u", name, "--sign"][..], &to_us].concat();
    let long_ago = [&["--faked-system-time", "20200601T000000"], &by("old@partner.example")[..]].concat();
    let tomorrow = [&["--faked-system-time", "20990101T000000"], &by("partner@partner.example")[..]].concat();
    let short =
        [&["--faked-system-time", "20240101T000000", "--default-sig-expire", "1d"][..], &tomorrow[2..]].concat();
    for (words, reason) in [
        (&to_us[..], "is not signed"),
        (&by("stranger@else.example"), "is not signed by the key "),
        (&long_ago, "is signed with a key that is expired, revoked, or not made for signing"),
        (&tomorrow, "has a signature that is not valid today"),
        (&short, "has a signature that is not valid today"),
    ] {
        match opened(folder.path(), &gpg.run(words, CONTENT)) {
            Err(Fault::BadSignature(text)) => assert!(said(&text).contains(reason), "{reason}: {}", said(&text)),
            other => panic!("{reason}: {other:?}"),
        }
    }
    assert_eq!(opened(folder.path(), &gpg.seal(CONTENT)).as_deref(), Ok(CONTENT));
    let anybody = "decrypt-with = 'file:ours.key'\npassphrase = 'file:passphrase'\nverify = 'none'";
    let unsigned = opening(folder.path(), anybody).open(&gpg.run(&to_us, CONTENT)).expect("keys");
    assert_eq!(unsigned.as_deref(), Ok(CONTENT));
}

fn refused<T>(result: Result<T, Error>) -> String {
    let error = result.err().expect("it is refused");
    assert_eq!(error.kind, Kind::Setup);
    error.chain()
}

#[test]
fn a_key_that_cannot_be_used_is_a_mistake_of_the_site_and_says_what_to_do() {
    let Some(gpg) = Gnupg::of_two() else { return };
    let folder = site(&gpg);
    let folder = folder.path();
    gpg.make_at("20200101T000000", "expired@partner.example", "ed25519", "", "1y");
    gpg.make("revoked@partner.example", "ed25519", "");
    gpg.revoke("revoked@partner.example");
    gpg.make_at("", "signs@partner.example", "ed25519", "", "never");
    gpg.make_at("20200101T000000", "stale@partner.example", "ed25519", "", "never");
    gpg.add_part("20200102T000000", "stale@partner.example", "cv25519", "", "1y");
    for (public, reason) in [
        (gpg.public("expired@partner.example"), "it expired on 2020-12-31"),
        (gpg.public("revoked@partner.example"), "it is revoked"),
        (gpg.public("signs@partner.example"), "none of its parts is valid to encrypt to it"),
        (gpg.public("stale@partner.example"), "none of its parts is valid to encrypt to it"),
        (gpg.private("partner@partner.example", ""), "it is a private key"),
        (b"hunter2".to_vec(), "it is no public key of OpenPGP"),
        (Vec::new(), "it is no public key of OpenPGP"),
    ] {
        fs::write(folder.join("partner.asc"), public).expect("a file");
        let said = refused(sealing(folder, SEAL).read_keys());
        assert!(said.contains("partner.asc: ") && said.contains(reason) && !said.contains("hunter2"), "{said}");
    }
    gpg.add_part("", "stale@partner.example", "cv25519", "", "1y");
    fs::write(folder.join("partner.asc"), gpg.public("stale@partner.example")).expect("a file");
    let sealed =
        sealing(folder, SEAL).read_keys().and_then(|sealer| sealer.seal(CONTENT)).expect("there is a newer part");
    assert_eq!(gpg.open(&sealed, "").0, CONTENT);
    fs::remove_file(folder.join("partner.asc")).expect("it goes");
    assert!(refused(sealing(folder, SEAL).read_keys()).contains("it cannot be read: No such file"));

    let unsigned = SEAL.replace("sign-with = 'file:ours.key'", "");
    gpg.hand_out(folder, "partner@partner.example");
    assert!(
        refused(sealing(folder, &unsigned).read_keys()).contains("nothing is signed; name the key with `sign-with`")
    );
    gpg.hand_out(folder, "expired@partner.example");
    assert!(refused(opening(folder, OPEN).open(b"")).contains("it expired on 2020-12-31"));
    gpg.hand_out(folder, "partner@partner.example");
    for (toml, reason) in [
        (OPEN.replace("passphrase = 'file:passphrase'", ""), "it is encrypted: name its passphrase"),
        (OPEN.replace("file:passphrase", "file:wrong"), "`file:wrong` is not its passphrase"),
        (OPEN.replace("file:ours.key", "file:passphrase"), "it is no private key of OpenPGP"),
        (OPEN.replace("file:ours.key", "file:public"), "it is no private key of OpenPGP"),
        (OPEN.replace("file:ours.key", "file:nowhere"), "read the secret `file:nowhere`"),
    ] {
        gpg.write_secret(folder, "wrong", b"deux chevaux verts");
        gpg.write_secret(folder, "public", &gpg.public("ours@acme.example"));
        let said = refused(opening(folder, &toml).open(b""));
        assert!(said.contains(reason) && !said.contains("chevaux"), "{said}");
    }
    gpg.make_at("20200101T000000", "past@acme.example", "rsa2048", "", "1y");
    gpg.write_secret(folder, "past.key", &gpg.private("past@acme.example", ""));
    let past = "encrypt-to = 'partner.asc'\nsign-with = 'file:past.key'";
    assert!(refused(sealing(folder, past).read_keys()).contains("`file:past.key`: key "));
    let past = "decrypt-with = 'file:past.key'\nverify = 'partner.asc'";
    assert!(refused(opening(folder, past).open(b"")).contains("it has no part that decrypts"));
}

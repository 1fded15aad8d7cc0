//! The names on a line of a known-hosts file, and whether they are about one host: patterns, negations and hashes, by the
//! rules of OpenSSH (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT", and `match_pattern_list` in its source).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// How a known-hosts file names `host` at `port`: OpenSSH writes the port only where it is not the usual one.
pub fn name_of(host: &str, port: u16) -> String {
    match port {
        22 => host.to_ascii_lowercase(),
        _ => format!("[{}]:{port}", host.to_ascii_lowercase()),
    }
}

/// Whether `names` are about `host`, which is in lower case. An error where that cannot be told.
pub fn are_about(names: &str, host: &str) -> Result<bool, &'static str> {
    match names.starts_with('|') {
        true => is_hash_of(names, host).ok_or("the hashed name on this line is damaged"),
        false => Ok(is_in_list(names, host)),
    }
}

/// `|1|salt|hash`: HMAC-SHA1 of the name with the salt as the key, both in base64.
fn is_hash_of(hashed: &str, host: &str) -> Option<bool> {
    let (salt, hash) = hashed.strip_prefix("|1|")?.split_once('|')?;
    let salt = STANDARD.decode(salt).ok()?;
    let expected = Hmac::<Sha1>::new_from_slice(&salt).ok()?.chain_update(host).finalize().into_bytes();
    Some(hash == STANDARD.encode(expected))
}

/// One name must fit, and none of those that begin with `!`.
fn is_in_list(names: &str, host: &str) -> bool {
    let names = names.to_ascii_lowercase();
    let mut is_in = false;
    for name in names.split(',') {
        match name.strip_prefix('!') {
            Some(excluded) if fits(excluded.as_bytes(), host.as_bytes()) => return false,
            Some(_) => {}
            None => is_in |= fits(name.as_bytes(), host.as_bytes()),
        }
    }
    is_in
}

/// `*` is any bytes or none, `?` is one; brackets mean themselves.
fn fits(pattern: &[u8], host: &[u8]) -> bool {
    match (pattern, host) {
        ([], _) => host.is_empty(),
        ([b'*', pattern @ ..], _) => (0..=host.len()).any(|skipped| fits(pattern, &host[skipped..])),
        ([b'?', pattern @ ..], [_, host @ ..]) => fits(pattern, host),
        ([letter, pattern @ ..], [first, host @ ..]) => letter == first && fits(pattern, host),
        (_, []) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::{Command, Stdio};

    use proptest::prelude::{ProptestConfig, prop, prop_assert_eq, proptest};

    use super::{are_about, name_of};

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    #[test]
    fn a_host_is_named_with_its_port_where_that_is_not_the_usual_one() {
        assert_eq!(name_of("SFTP.example", 22), "sftp.example");
        assert_eq!(name_of("sftp.example", 2222), "[sftp.example]:2222");
        assert_eq!(name_of("::1", 2222), "[::1]:2222");
    }

    #[test]
    fn patterns_negations_and_hashes_are_understood() {
        for (names, host, about) in [
            ("sftp.example,192.0.2.1", "192.0.2.1", true),
            ("SFTP.Example", "sftp.example", true),
            ("*.example", "sftp.example", true),
            ("*.example", "example", false),
            ("sftp?.example", "sftp2.example", true),
            ("sftp?.example", "sftp.example", false),
            ("*.example,!old.example", "sftp.example", true),
            ("*.example,!old.example", "old.example", false),
            ("!old.example,*.example", "old.example", false),
            ("!old.example", "sftp.example", false),
            ("*.example", "[sftp.example]:2222", false),
            ("[*.example]:2222", "[sftp.example]:2222", true),
            ("[*]:2222", "[sftp.example]:22", false),
            ("*", "[sftp.example]:2222", true),
            ("|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=", "192.168.1.61", true),
            ("|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=", "192.168.1.62", false),
        ] {
            assert_eq!(are_about(names, host), Ok(about), "{names} {host}");
        }
        for damaged in ["|1|", "|1|AAAA", "|2|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg=", "|1|%%|AAAA"]
        {
            assert!(are_about(damaged, "sftp.example").is_err(), "{damaged}");
        }
    }

    /// What OpenSSH's own tool says; None where it is not installed.
    fn openssh_finds(folder: &Path, names: &str, host: &str, hashed: bool) -> Option<(String, bool)> {
        let file = folder.join("known_hosts");
        std::fs::write(&file, format!("{names} {KEY}\n")).unwrap();
        let keygen = |arguments: &[&str]| {
            let mut command = Command::new("ssh-keygen");
            command.args(arguments).arg("-f").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).status()
        };
        if hashed {
            keygen(&["-H"]).ok()?;
        }
        let found = keygen(&["-F", host]).ok()?.success();
        let text = std::fs::read_to_string(file).unwrap();
        Some((text.split(' ').next().unwrap().to_owned(), found))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn a_line_is_about_the_hosts_that_openssh_finds_it_for(
            names in prop::collection::vec("!?(\\[?[ab*?]{1,4}(\\.[ab*])?(\\]:2[2*?])?)", 1..4),
            host in "[ab]{1,3}(\\.[ab])?|\\[[ab]{1,2}\\]:2[23]",
            hashed: bool,
        ) {
            let names = names.join(",");
            let folder = tempfile::tempdir().unwrap();
            let Some((names, found)) = openssh_finds(folder.path(), &names, &host, hashed) else {
                eprintln!("SKIPPED: ssh-keygen is not installed, so nothing was compared with it");
                return Ok(());
            };
            prop_assert_eq!(are_about(&names, &host), Ok(found), "{} {}", names, host);
        }
    }
}

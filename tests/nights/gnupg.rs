//! GnuPG with a keyring of its own, as partners use it.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tempfile::TempDir;

pub const PASSPHRASE: &str = "quatre chevaux verts";

/// The keyring of everybody: partners, strangers and us.
pub struct Gnupg {
    home: TempDir,
}

impl Drop for Gnupg {
    fn drop(&mut self) {
        Command::new("gpgconf").env("GNUPGHOME", self.home.path()).args(["--kill", "all"]).status().ok();
    }
}

impl Gnupg {
    /// None where it is not installed, unless `PASSERELLE_ALL_SERVERS=1` asks for everything.
    pub fn new() -> Option<Gnupg> {
        let is_there = Command::new("gpg").arg("--version").output().is_ok();
        let all = std::env::var_os("PASSERELLE_ALL_SERVERS").is_some_and(|all| all == "1");
        assert!(is_there || !all, "gpg is not installed");
        let home = tempfile::tempdir().expect("a folder");
        fs::set_permissions(home.path(), Permissions::from_mode(0o700)).expect("for us alone");
        // Few rounds for passphrases: what is slow for good reasons would be slow in every test.
        fs::write(home.path().join("gpg-agent.conf"), "s2k-count 65536\n").expect("a file");
        is_there.then_some(Gnupg { home })
    }

    /// With our key of long ago: RSA, with a passphrase; and the partner's: Curve25519, without.
    pub fn of_two() -> Option<Gnupg> {
        let gpg = Gnupg::new()?;
        gpg.make_whole("20190101T000000", "ours@acme.example", "rsa2048", PASSPHRASE);
        gpg.make_whole("20190101T000000", "partner@partner.example", "ed25519", "");
        Some(gpg)
    }

    /// A key that signs, with a part that decrypts.
    pub fn make(&self, name: &str, algorithm: &str, passphrase: &str) {
        self.make_whole("", name, algorithm, passphrase);
    }

    fn make_whole(&self, day: &str, name: &str, algorithm: &str, passphrase: &str) {
        let kind = if algorithm.starts_with("rsa") { algorithm } else { "cv25519" };
        self.make_at(day, name, algorithm, passphrase, "never");
        // A faked clock begins anew with each command, and a part must not be older than its key.
        self.add_part(&day.replace("0101T", "0102T"), name, kind, passphrase, "never");
    }

    /// As of a day, such as `20200101T000000`; without one, today.
    pub fn make_at(&self, day: &str, name: &str, algorithm: &str, passphrase: &str, expiry: &str) {
        self.run(&at(day, &["--passphrase", passphrase, "--quick-gen-key", name, algorithm, "sign,cert", expiry]), b"");
    }

    /// One more part that decrypts.
    pub fn add_part(&self, day: &str, name: &str, algorithm: &str, passphrase: &str, expiry: &str) {
        let fingerprint = self.fingerprint(name);
        let words = ["--passphrase", passphrase, "--quick-add-key", &fingerprint, algorithm, "encr", expiry];
        self.run(&at(day, &words), b"");
    }

    pub fn fingerprint(&self, name: &str) -> String {
        let listing = String::from_utf8(self.run(&["--with-colons", "--list-keys", name], b"")).expect("UTF-8");
        let line = listing.lines().find(|line| line.starts_with("fpr:")).expect("a fingerprint");
        line.split(':').nth(9).expect("it").into()
    }

    pub fn revoke(&self, name: &str) {
        let path = self.home.path().join(format!("openpgp-revocs.d/{}.rev", self.fingerprint(name)));
        let certificate = fs::read_to_string(path).expect("GnuPG makes one").replace(":-----BEGIN", "-----BEGIN");
        self.run(&["--import"], certificate.as_bytes());
    }

    pub fn public(&self, name: &str) -> Vec<u8> {
        self.run(&["--armor", "--export", name], b"")
    }

    pub fn private(&self, name: &str, passphrase: &str) -> Vec<u8> {
        self.run(&["--passphrase", passphrase, "--armor", "--export-secret-keys", name], b"")
    }

    /// Encrypted to us and signed by the partner.
    pub fn seal(&self, content: &[u8]) -> Vec<u8> {
        self.run(&["-u", "partner@partner.example", "-r", "ours@acme.example", "--sign", "--encrypt"], content)
    }

    /// What is in a file, and what GnuPG says about it for machines.
    pub fn open(&self, file: &[u8], passphrase: &str) -> (Vec<u8>, String) {
        let status = self.home.path().join("status");
        let status_file = status.to_str().expect("UTF-8");
        let content = self.run(&["--passphrase", passphrase, "--status-file", status_file, "--decrypt"], file);
        (content, fs::read_to_string(status).expect("a status"))
    }

    /// Standard output, of what must go well.
    pub fn run(&self, words: &[&str], input: &[u8]) -> Vec<u8> {
        let mut gpg = Command::new("gpg")
            .env("GNUPGHOME", self.home.path())
            .args(["--batch", "--yes", "--quiet", "--trust-model", "always", "--pinentry-mode", "loopback"])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("gpg");
        let mut stdin = gpg.stdin.take().expect("a pipe");
        let output = thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input).ok());
            gpg.wait_with_output().expect("its output")
        });
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Writes our private key, its passphrase and a public key where a site names them.
    pub fn hand_out(&self, folder: &Path, partner: &str) {
        self.write_secret(folder, "ours.key", &self.private("ours@acme.example", PASSPHRASE));
        self.write_secret(folder, "passphrase", PASSPHRASE.as_bytes());
        fs::write(folder.join("partner.asc"), self.public(partner)).expect("a file");
    }

    pub fn write_secret(&self, folder: &Path, name: &str, secret: &[u8]) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, secret).expect("a file");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("for us alone");
        path
    }
}

fn at<'a>(day: &'a str, words: &[&'a str]) -> Vec<&'a str> {
    let day = if day.is_empty() { vec![] } else { vec!["--faked-system-time", day] };
    [&day[..], words].concat()
}

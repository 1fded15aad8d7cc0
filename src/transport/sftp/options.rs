//! What a site writes about an SFTP server.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::net::Tries;
use crate::net::secret::SecretName;
use crate::transport::is_host;

/// `[server.NAME.sftp]`
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Options {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub login: Login,
    pub identity: Identity,
    /// The server's own folder for us; `""` is where the login leads to.
    pub path: String,
    /// For the connection and for the server's greeting.
    pub connect_timeout: Duration,
    /// For every answer after that. A server that looks for viruses may take minutes over the last one.
    pub answer_timeout: Duration,
    pub tries: Tries,
    /// Whether `posix-rename@openssh.com` is used even though the server does not announce it, as servers made with
    /// paramiko do not.
    pub posix_rename: bool,
}

/// How we prove who we are.
#[derive(Debug, Clone)]
pub enum Login {
    Password(SecretName),
    /// A key, and a password where the server asks for that too.
    Key {
        key: Key,
        password: Option<SecretName>,
    },
}

#[derive(Debug, Clone)]
pub enum Key {
    /// A private key in OpenSSH's format or in PEM, and its certificate where an authority has signed it, both relative to
    /// the folder of the site file.
    File { path: PathBuf, passphrase: Option<SecretName>, certificate: Option<PathBuf> },
    /// Any key that the agent behind `SSH_AUTH_SOCK` holds.
    Agent,
}

/// How the server proves who it is.
#[derive(Debug, Clone)]
pub enum Identity {
    /// A file as OpenSSH writes it, relative to the folder of the site file.
    KnownHosts(PathBuf),
    Fingerprint(Fingerprint),
}

/// The SHA-256 of a host key, as `ssh-keygen -l` prints it: `SHA256:` and 43 characters of base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(pub String);

impl Options {
    pub fn needs(&self) -> Vec<&Path> {
        let (key, password) = match &self.login {
            Login::Password(password) => (None, Some(password)),
            Login::Key { key, password } => (Some(key), password.as_ref()),
        };
        let (files, passphrase) = match key {
            Some(Key::File { path, passphrase, certificate }) => {
                (vec![Some(path.as_path()), certificate.as_deref()], passphrase.as_ref())
            }
            Some(Key::Agent) | None => (Vec::new(), None),
        };
        let secrets = [passphrase, password].into_iter().flatten().filter_map(SecretName::file);
        let known_hosts = match &self.identity {
            Identity::KnownHosts(path) => Some(path.as_path()),
            Identity::Fingerprint(_) => None,
        };
        files.into_iter().flatten().chain(secrets).chain(known_hosts).collect()
    }

    pub fn describe(&self) -> String {
        let slash = if self.path.is_empty() || self.path.starts_with('/') { "" } else { "/" };
        format!("sftp {}@{}:{}{slash}{}", self.user, self.host, self.port, self.path)
    }
}

/// The keys of the section, before it is known that they fit together.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    host: String,
    #[serde(default = "default_port")]
    port: u16,
    user: String,
    password: Option<SecretName>,
    key: Option<PathBuf>,
    passphrase: Option<SecretName>,
    certificate: Option<PathBuf>,
    #[serde(default)]
    agent: bool,
    known_hosts: Option<PathBuf>,
    fingerprint: Option<String>,
    #[serde(default)]
    path: String,
    #[serde(default = "default_connect_seconds")]
    connect_seconds: u32,
    #[serde(default = "default_answer_seconds")]
    answer_seconds: u32,
    #[serde(default)]
    tries: Tries,
    #[serde(default)]
    posix_rename: bool,
}

fn default_port() -> u16 {
    22
}

fn default_connect_seconds() -> u32 {
    30
}

fn default_answer_seconds() -> u32 {
    300
}

impl TryFrom<Written> for Options {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Options, &'static str> {
        let key = match (written.key, written.agent) {
            (Some(path), false) => {
                Some(Key::File { path, passphrase: written.passphrase, certificate: written.certificate })
            }
            (None, _) if written.passphrase.is_some() => return Err("`passphrase` opens a `key`, and there is none"),
            (None, _) if written.certificate.is_some() => {
                return Err("`certificate` is that of a `key`, and there is none");
            }
            (None, true) => Some(Key::Agent),
            (None, false) => None,
            (Some(_), true) => return Err("there are two ways to have a key: keep one of `key` and `agent`"),
        };
        let login = match (key, written.password) {
            (Some(key), password) => Login::Key { key, password },
            (None, Some(password)) => Login::Password(password),
            (None, None) => {
                return Err("the way to log in is missing: write one of `password = \"credential:NAME\"`, \
                            `key = \"PATH\"` and `agent = true`; or a key and a password where the server asks for both");
            }
        };
        let identity = match (written.known_hosts, written.fingerprint) {
            (Some(path), None) => Identity::KnownHosts(path),
            (None, Some(text)) => Identity::Fingerprint(Fingerprint::try_from(text)?),
            (None, None) => {
                return Err("how the server proves who it is, is missing: write one of `known-hosts = \"PATH\"` and \
                            `fingerprint = \"SHA256:…\"`");
            }
            _ => return Err("there are several ways to know the server: keep one of `known-hosts` and `fingerprint`"),
        };
        if !is_host(&written.host) {
            return Err("`host` is a name or an address alone; the folder goes into `path`, the port into `port`");
        }
        if written.connect_seconds == 0 || written.answer_seconds == 0 {
            return Err("`connect-seconds` and `answer-seconds` begin at 1: waiting for ever is not possible");
        }
        Ok(Options {
            host: written.host,
            port: written.port,
            user: written.user,
            login,
            identity,
            path: written.path,
            connect_timeout: Duration::from_secs(written.connect_seconds.into()),
            answer_timeout: Duration::from_secs(written.answer_seconds.into()),
            tries: written.tries,
            posix_rename: written.posix_rename,
        })
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Fingerprint, &'static str> {
        let code = text.strip_prefix("SHA256:").unwrap_or_default();
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        if code.len() == 43 && code.bytes().all(is_base64) {
            Ok(Fingerprint(text))
        } else {
            Err("a `fingerprint` is `SHA256:` and 43 characters, as `ssh-keygen -l` prints it")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Identity, Key, Login, Options};

    const FINGERPRINT: &str = "SHA256:uNiVztksCsDhcc0u9e8BrZtlG4AZuHLHvTHIv0A7s4U";

    fn parse(rest: &str) -> Result<Options, String> {
        toml::from_str(&format!("host = 'h'\nuser = 'u'\n{rest}")).map_err(|error| error.to_string())
    }

    #[test]
    fn each_way_to_log_in_and_to_know_the_server_is_understood() {
        let options = parse("password = 'env:P'\nknown-hosts = 'k'").unwrap();
        assert!(matches!((options.login, options.identity), (Login::Password(_), Identity::KnownHosts(_))));
        assert_eq!(options.port, 22);
        let options = parse(&format!("key = 'id'\npassphrase = 'env:P'\nfingerprint = '{FINGERPRINT}'")).unwrap();
        assert!(matches!(options.login, Login::Key { key: Key::File { passphrase: Some(_), .. }, password: None }));
        assert!(matches!(options.identity, Identity::Fingerprint(_)));
        let login = |ways: &str| parse(&format!("{ways}\nknown-hosts = 'k'")).unwrap().login;
        assert!(matches!(login("agent = true"), Login::Key { key: Key::Agent, password: None }));
        assert!(matches!(login("key = 'id'\npassword = 'env:P'"), Login::Key { password: Some(_), .. }));
    }

    #[test]
    fn keys_that_do_not_fit_together_are_refused() {
        for (rest, said) in [
            ("known-hosts = 'k'", "the way to log in is missing"),
            ("agent = false\nknown-hosts = 'k'", "the way to log in is missing"),
            ("agent = true\nkey = 'k'\nknown-hosts = 'k'", "keep one of `key` and `agent`"),
            ("agent = true\npassphrase = 'env:P'\nknown-hosts = 'k'", "`passphrase` opens a `key`"),
            ("password = 'env:P'\ncertificate = 'c'\nknown-hosts = 'k'", "`certificate` is that of a `key`"),
            ("agent = true", "how the server proves who it is"),
            ("agent = true\nknown-hosts = 'k'\nfingerprint = 'SHA256:x'", "several ways to know the server"),
            ("agent = true\nfingerprint = 'MD5:aa:bb'", "43 characters"),
            ("agent = true\nfingerprint = 'SHA256:short'", "43 characters"),
            ("agent = true\nknown-hosts = 'k'\nanswer-seconds = 0", "begin at 1"),
            ("agent = true\nknown-hosts = 'k'\ntries = 0", "expected a nonzero u32"),
            ("agent = true\nknown-host = 'k'", "unknown field `known-host`"),
            ("password = 'x'\nknown-hosts = 'k'", "`credential:NAME`"),
        ] {
            let message = parse(rest).unwrap_err();
            assert!(message.contains(said), "{rest}: {message}");
        }
    }

    #[test]
    fn a_server_is_described_without_secrets() {
        let described =
            |path| parse(&format!("password = 'env:P'\nknown-hosts = 'k'\npath = '{path}'")).unwrap().describe();
        assert_eq!(described(""), "sftp u@h:22");
        assert_eq!(described("/acme"), "sftp u@h:22/acme");
        assert_eq!(described("acme"), "sftp u@h:22/acme");
    }
}

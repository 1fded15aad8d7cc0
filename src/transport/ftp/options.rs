//! `[server.NAME.ftp]`: where an FTP server is, who we are there, and what protects the way.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Deserialize;

use super::client_certificate::ClientCertificate;
use super::trust::Trust;
use crate::model::Text;
use crate::net::Tries;
use crate::net::secret::SecretName;
use crate::text;
use crate::transport::is_host;

/// An FTP or FTPS server.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Options {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: SecretName,
    pub(super) protection: Protection,
    pub(super) mode: Mode,
    /// The folder on the server that all paths start from; one without a leading `/` starts where the login does.
    pub(super) path: String,
    pub(super) timeouts: Timeouts,
    pub(in crate::transport) tries: Tries,
    /// Set once this server turned out to need TLS 1.2; copies of the options share it, so one lesson serves the whole run.
    needs_tls_1_2: Arc<AtomicBool>,
}

/// What protects the way to the server, and by what it proves who it is.
#[derive(Debug, Clone)]
pub(super) enum Protection {
    None,
    /// The conversation starts in the clear and is turned to TLS before anything secret is said.
    Explicit(Security),
    /// TLS from the first byte.
    Implicit(Security),
}

/// How TLS is spoken, and by what each side proves who it is.
#[derive(Debug, Clone)]
pub(super) struct Security {
    pub trust: Trust,
    pub tls: Tls,
    pub ours: Option<ClientCertificate>,
}

/// The version of TLS: by itself the newest that works, or exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) enum Tls {
    #[default]
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "1.2")]
    Only1_2,
    #[serde(rename = "1.3")]
    Only1_3,
}

/// Who opens the connections that carry files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mode {
    /// We do.
    #[default]
    Passive,
    /// The server does, towards us.
    Active,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// For each step until we are logged in.
    pub connect: Duration,
    /// For each answer after that, and for each piece of a file. A virus scanner may keep the last answer back.
    pub answer: Duration,
}

/// The options as a site writes them, before what must agree was compared.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    host: String,
    port: Option<u16>,
    user: String,
    password: SecretName,
    encryption: Option<Encryption>,
    trust: Option<Trust>,
    tls: Option<Tls>,
    client_certificate: Option<ClientCertificate>,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    path: String,
    #[serde(default = "default_connect_seconds")]
    connect_seconds: u32,
    #[serde(default = "default_answer_seconds")]
    answer_seconds: u32,
    #[serde(default)]
    tries: Tries,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Encryption {
    Explicit,
    Implicit,
    None,
}

fn default_connect_seconds() -> u32 {
    30
}

fn default_answer_seconds() -> u32 {
    300
}

/// Why options that are right one by one do not agree.
#[derive(Debug, thiserror::Error)]
enum Disagreement {
    #[error(
        "`encryption` is missing: write `encryption = \"explicit\"` (FTPS that starts on port 21, the usual one), \
         `\"implicit\"` (FTPS on port 990), or `\"none\"` (plain FTP: the password and the files can be read by others)"
    )]
    NoEncryption,
    #[error(
        "`trust` is missing: say how the server proves who it is. Write `trust = \"system\"` (a certificate that this \
         system trusts), `trust = {{ ca = \"FILE.pem\" }}` (one signed by these authorities), or \
         `trust = {{ pinned = \"SHA256:…\" }}` (exactly this certificate)"
    )]
    NoTrust,
    #[error("`{0}` has no meaning with `encryption = \"none\"`: remove it, or write `encryption = \"explicit\"`")]
    NothingToProtect(&'static str),
    #[error("`user` is empty")]
    NoUser,
    #[error("`host` is a name or an address alone; the folder goes into `path`, the port into `port`")]
    NoHost,
    #[error("`{0}` begins at 1: waiting for ever is not possible")]
    NoTime(&'static str),
}

impl TryFrom<Written> for Options {
    type Error = Disagreement;

    fn try_from(written: Written) -> Result<Options, Disagreement> {
        let encryption = written.encryption.ok_or(Disagreement::NoEncryption)?;
        if !is_host(&written.host) {
            return Err(Disagreement::NoHost);
        }
        if written.user.is_empty() {
            return Err(Disagreement::NoUser);
        }
        Ok(Options {
            port: written.port.unwrap_or_else(|| encryption.usual_port()),
            protection: encryption.with(written.trust, written.tls, written.client_certificate)?,
            host: written.host,
            user: written.user,
            password: written.password,
            mode: written.mode,
            path: written.path,
            timeouts: Timeouts {
                connect: time("connect-seconds", written.connect_seconds)?,
                answer: time("answer-seconds", written.answer_seconds)?,
            },
            tries: written.tries,
            needs_tls_1_2: Arc::default(),
        })
    }
}

fn time(key: &'static str, seconds: u32) -> Result<Duration, Disagreement> {
    match seconds {
        0 => Err(Disagreement::NoTime(key)),
        seconds => Ok(Duration::from_secs(seconds.into())),
    }
}

impl Encryption {
    fn usual_port(self) -> u16 {
        match self {
            Encryption::Explicit | Encryption::None => 21,
            Encryption::Implicit => 990,
        }
    }

    fn with(
        self,
        trust: Option<Trust>,
        tls: Option<Tls>,
        ours: Option<ClientCertificate>,
    ) -> Result<Protection, Disagreement> {
        let of_tls = [("trust", trust.is_some()), ("tls", tls.is_some()), ("client-certificate", ours.is_some())];
        let idle = of_tls.into_iter().find_map(|(key, is_written)| is_written.then_some(key));
        let secure = || Ok(Security { trust: trust.ok_or(Disagreement::NoTrust)?, tls: tls.unwrap_or_default(), ours });
        match (self, idle) {
            (Encryption::None, Some(key)) => Err(Disagreement::NothingToProtect(key)),
            (Encryption::None, None) => Ok(Protection::None),
            (Encryption::Explicit, _) => secure().map(Protection::Explicit),
            (Encryption::Implicit, _) => secure().map(Protection::Implicit),
        }
    }
}

impl Protection {
    pub fn security(&self) -> Option<&Security> {
        match self {
            Protection::None => None,
            Protection::Explicit(security) | Protection::Implicit(security) => Some(security),
        }
    }
}

impl Options {
    pub fn needs(&self) -> Vec<&Path> {
        let security = self.protection.security();
        let authorities = security.and_then(|security| match &security.trust {
            Trust::Ca(file) => Some(file.as_path()),
            Trust::System | Trust::Pinned(_) => None,
        });
        let ours = security.and_then(|security| security.ours.as_ref());
        let ours = ours.into_iter().flat_map(|ours| [Some(ours.chain.as_path()), ours.key.file()]);
        self.password.file().into_iter().chain(authorities).chain(ours.flatten()).collect()
    }

    /// The server in a few words: `ftps (explicit) acme@ftps.formation.example:21/acme`.
    pub fn describe(&self) -> String {
        let protocol = match self.protection {
            Protection::None => "ftp",
            Protection::Explicit(..) => "ftps (explicit)",
            Protection::Implicit(..) => "ftps (implicit)",
        };
        let slash = if self.path.is_empty() || self.path.starts_with('/') { "" } else { "/" };
        format!("{protocol} {}@{}{slash}{}", self.user, self.address(), self.path)
    }

    pub(super) fn protocol(&self) -> &'static str {
        match self.protection {
            Protection::None => "FTP",
            Protection::Explicit(..) => "FTPS (explicit)",
            Protection::Implicit(..) => "FTPS (implicit)",
        }
    }

    /// That nothing protects the way, where it is so.
    pub fn remarks(&self) -> Vec<Text> {
        let address = self.address();
        match self.protection {
            Protection::None => vec![text!(
                "{address} is reached without encryption: names, files and the password can be read by others on the way",
                "{address} est joint sans chiffrement : noms, fichiers et mot de passe peuvent être lus par d'autres en chemin",
            )],
            Protection::Explicit(..) | Protection::Implicit(..) => Vec::new(),
        }
    }

    pub(super) fn is_implicit(&self) -> bool {
        matches!(self.protection, Protection::Implicit(..))
    }

    /// `host:port`, for people.
    pub(super) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The version of TLS to use, after what was learnt about this server.
    pub(super) fn tls(&self, wanted: Tls) -> Tls {
        match wanted {
            Tls::Auto if self.needs_tls_1_2() => Tls::Only1_2,
            _ => wanted,
        }
    }

    /// Whether it was learnt that this server needs TLS 1.2.
    pub(super) fn needs_tls_1_2(&self) -> bool {
        self.needs_tls_1_2.load(Ordering::Relaxed)
    }

    /// Turns to TLS 1.2 for this server, from now on. False where the site decided on a version.
    pub fn turn_to_tls_1_2(&self) -> bool {
        let ours_to_choose = self.protection.security().is_some_and(|security| security.tls == Tls::Auto);
        if ours_to_choose {
            self.needs_tls_1_2.store(true, Ordering::Relaxed);
        }
        ours_to_choose
    }
}

#[cfg(test)]
mod tests {
    use super::Options;

    const EXPLICIT: &str = "host = 'ftps.example'\nuser = 'acme'\npassword = 'env:P'\nencryption = 'explicit'\n";
    const PLAIN: &str = "host = 'ftp.example'\nuser = 'acme'\npassword = 'env:P'\nencryption = 'none'\n";

    fn parse(text: &str) -> Result<Options, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn each_encryption_describes_itself_with_its_usual_port() {
        let implicit = EXPLICIT.replace("explicit", "implicit");
        for (text, described) in [
            (PLAIN.to_owned(), "ftp acme@ftp.example:21"),
            (format!("{PLAIN}port = 2121\npath = '/in'"), "ftp acme@ftp.example:2121/in"),
            (format!("{EXPLICIT}trust = 'system'\npath = 'in'"), "ftps (explicit) acme@ftps.example:21/in"),
            (format!("{implicit}trust = 'system'\ntls = '1.2'"), "ftps (implicit) acme@ftps.example:990"),
        ] {
            assert_eq!(parse(&text).unwrap().describe(), described);
        }
    }

    #[test]
    fn only_plain_ftp_is_remarked() {
        assert_eq!(
            parse(PLAIN).unwrap().remarks().iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "ftp.example:21 is reached without encryption: names, files and the password can be read by others on the way"
            ]
        );
        assert!(parse(&format!("{EXPLICIT}trust = 'system'")).unwrap().remarks().is_empty());
    }

    #[test]
    fn every_form_of_trust_is_understood() {
        let hexadecimal = "ab".repeat(32);
        let colons = ["AB"; 32].join(":");
        for trust in [
            "'system'".to_owned(),
            "{ ca = 'partner.pem' }".to_owned(),
            format!("{{ pinned = 'SHA256:{hexadecimal}' }}"),
            format!("{{ pinned = 'SHA256:{colons}' }}"),
            "{ pinned = 'SHA256:q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=' }".to_owned(),
        ] {
            parse(&format!("{EXPLICIT}trust = {trust}")).unwrap();
        }
    }

    #[test]
    fn what_does_not_agree_is_refused_with_what_to_write() {
        let ours = "client-certificate = { chain = 'a.pem', key = 'credential:key' }";
        let pair = "trust = { ca = 'a.pem', pinned = 'SHA256:00' }";
        for (text, said) in [
            (EXPLICIT.to_owned(), "`trust` is missing"),
            (EXPLICIT.to_owned(), "trust = { pinned = \"SHA256:…\" }"),
            (EXPLICIT.replace("encryption = 'explicit'", ""), "write `encryption = \"explicit\"`"),
            (format!("{PLAIN}trust = 'system'"), "`trust` has no meaning with `encryption = \"none\"`"),
            (format!("{PLAIN}tls = '1.2'"), "`tls` has no meaning with `encryption = \"none\"`"),
            (format!("{PLAIN}{ours}"), "`client-certificate` has no meaning with `encryption = \"none\"`"),
            (format!("{EXPLICIT}trust = 'system'\nclient-certificate = {{ chain = 'a.pem' }}"), "missing field `key`"),
            (format!("{EXPLICIT}trust = 'none'"), "unknown variant `none`"),
            (format!("{EXPLICIT}{pair}"), "wanted exactly 1 element"),
            (format!("{EXPLICIT}trust = {{ pinned = 'SHA256:00' }}"), "64 hexadecimal digits"),
            (format!("{PLAIN}answer-seconds = 0"), "`answer-seconds` begins at 1"),
            (format!("{PLAIN}tries = 0"), "expected a nonzero u32"),
            (format!("{PLAIN}pasive = true"), "unknown field `pasive`"),
            (PLAIN.replace("'acme'", "''"), "`user` is empty"),
            (PLAIN.replace("'ftp.example'", "'ftp://ftp.example/in'"), "`host` is a name or an address alone"),
            (PLAIN.replace("env:P", "hunter2"), "a secret is not written here but named"),
        ] {
            let message = parse(&text).unwrap_err();
            assert!(message.contains(said), "{message}");
        }
    }
}

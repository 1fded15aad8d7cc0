//! The name of a secret, and how to find what it names: nothing secret is ever written in a site file.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Error, Kind};

/// Where a secret is, as a site writes it: `credential:NAME`, `env:NAME` or `file:PATH`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum SecretName {
    /// A file in `$CREDENTIALS_DIRECTORY`, where systemd puts what `LoadCredential=` names.
    Credential(String),
    /// An environment variable.
    Env(String),
    /// A file, relative to the folder of the site file.
    File(PathBuf),
}

/// What was written is no name of a secret, and is not repeated because it may be the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a secret is not written here but named: `credential:NAME` (a credential of the systemd service), \
     `env:NAME` (an environment variable) or `file:PATH` (a file that only Passerelle can read)"
)]
pub struct NotASecretName;

impl TryFrom<String> for SecretName {
    type Error = NotASecretName;

    fn try_from(text: String) -> Result<SecretName, NotASecretName> {
        match text.split_once(':') {
            Some(("credential", name)) if is_file_name(name) => Ok(SecretName::Credential(name.to_owned())),
            Some(("env", name)) if is_variable_name(name) => Ok(SecretName::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(SecretName::File(path.into())),
            _ => Err(NotASecretName),
        }
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretName::Credential(name) => write!(f, "credential:{name}"),
            SecretName::Env(name) => write!(f, "env:{name}"),
            SecretName::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

impl SecretName {
    /// The file that holds it, where one is named.
    pub fn file(&self) -> Option<&Path> {
        match self {
            SecretName::File(path) => Some(path),
            SecretName::Credential(_) | SecretName::Env(_) => None,
        }
    }

    /// A secret of one line, as passwords and passphrases are. Refused as [`Self::read`] does, and when it has a line break
    /// or another character that no keyboard types: servers would take the rest for a command.
    pub fn read_line(&self, base: &Path) -> Result<SecretString, Error> {
        let secret = self.read(base)?;
        let text = secret.expose_secret();
        match text.chars().find(|letter| letter.is_control()) {
            None => Ok(secret),
            Some('\n' | '\r') => Err(self.refused("it has several lines: a password is one")),
            Some(_) => Err(self.refused("it has a control character")),
        }
    }

    /// The secret, without the line break that editors leave at the end of a file, and the mark that those of Windows put
    /// at the start. [`SecretName::File`] is relative to `base`. Refused when there is none, when it is empty, longer than
    /// 64 KiB, or not UTF-8.
    pub fn read(&self, base: &Path) -> Result<SecretString, Error> {
        let bytes = match self {
            SecretName::Credential(name) => self.read_credential(name, std::env::var_os("CREDENTIALS_DIRECTORY"))?,
            SecretName::Env(name) => std::env::var_os(name)
                .map(|value| value.as_encoded_bytes().to_vec())
                .ok_or_else(|| self.refused(format!("the environment variable {name} is not set")))?,
            SecretName::File(path) => {
                let path = base.join(path);
                keep_from_others(&path).map_err(|cause| self.refused(cause))?;
                self.read_file(&path, "write the secret into that file")?
            }
        };
        // The cause would show the bytes, so it stays behind.
        let text = str::from_utf8(&bytes).map_err(|_| self.refused("it is not UTF-8 text: save it as UTF-8"))?;
        let text = without_line_break(text.trim_start_matches('\u{feff}'));
        match text.is_empty() {
            true => Err(self.refused("it is empty")),
            false => Ok(text.into()),
        }
    }

    fn read_credential(&self, name: &str, folder: Option<OsString>) -> Result<Vec<u8>, Error> {
        let advice = format!(
            "under systemd write `LoadCredential={name}:/a/path` into the service; \
             by hand, set CREDENTIALS_DIRECTORY to a folder that has a file `{name}`"
        );
        match folder {
            Some(folder) => self.read_file(&Path::new(&folder).join(name), &advice),
            None => Err(self.refused(format!("CREDENTIALS_DIRECTORY is not set: {advice}"))),
        }
    }

    fn read_file(&self, path: &Path, advice: &str) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes));
        match read {
            Err(cause) => Err(self.refused(format!("{}: {cause}; {advice}", path.display()))),
            Ok(count) if count as u64 > LONGEST => {
                Err(self.refused(format!("{}: it is longer than any secret ({LONGEST} bytes)", path.display())))
            }
            Ok(_) => Ok(bytes),
        }
    }

    fn refused(&self, cause: impl Into<String>) -> Error {
        Error::new(Kind::Setup, format!("read the secret `{self}`")).caused_by(cause.into())
    }
}

/// In bytes. What is longer is a file that was named by mistake.
const LONGEST: u64 = 64 << 10;

/// Refuses a file that every user of this machine may read. What is not there is for whoever reads it to say.
pub fn keep_from_others(path: &Path) -> Result<(), String> {
    let others = std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o007 != 0);
    match others {
        true => Err(format!("{0}: every user of this machine may open it; `chmod o= {0}`", path.display())),
        false => Ok(()),
    }
}

fn is_file_name(name: &str) -> bool {
    Path::new(name).file_name() == Some(OsStr::new(name))
}

fn is_variable_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '\0'])
}

fn without_line_break(text: &str) -> &str {
    match text.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use secrecy::ExposeSecret;

    use super::{SecretName, without_line_break};
    use crate::net::Kind;

    /// Readable for its owner alone.
    fn write(path: &Path, text: impl AsRef<[u8]>) {
        std::fs::write(path, text).unwrap();
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o600)).unwrap();
    }

    fn parse(text: &str) -> Result<SecretName, String> {
        SecretName::try_from(text.to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_reads_back_as_it_was_written() {
        for text in ["credential:skillup", "env:SKILLUP_PASSWORD", "file:secrets/skillup", "file:/run/a:b"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_literal_password_is_refused_and_not_repeated() {
        for text in ["hunter2", "", "pass:hunter2", "credential:", "credential:../hunter2", "env:", "env:A=hunter2"] {
            let message = parse(text).unwrap_err();
            assert!(!message.contains("hunter2"), "{message}");
            for form in ["credential:NAME", "env:NAME", "file:PATH"] {
                assert!(message.contains(form), "{message}");
            }
        }
    }

    #[test]
    fn one_line_break_at_the_end_is_not_part_of_the_secret() {
        for (written, secret) in [("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a ")] {
            assert_eq!(without_line_break(written), secret);
        }
    }

    #[test]
    fn a_file_is_read_beside_the_site_file_and_never_shown() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("password");
        write(&path, "motdepassé\n");
        let name = parse("file:password").unwrap();
        let secret = name.read(base.path()).unwrap();
        assert_eq!(secret.expose_secret(), "motdepassé");
        assert!(!format!("{secret:?} {name:?} {name}").contains("motdepassé"));

        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        let cause = name.read(base.path()).unwrap_err().chain();
        assert!(cause.contains("every user of this machine may open it; `chmod o= "), "{cause}");
    }

    #[test]
    fn a_password_is_one_line_whatever_editor_wrote_it() {
        let base = tempfile::tempdir().unwrap();
        let read = |written: &str| {
            write(&base.path().join("password"), written);
            parse("file:password").unwrap().read_line(base.path())
        };
        for written in ["motdepasse", "motdepasse\n", "motdepasse\r\n", "\u{feff}motdepasse\r\n"] {
            assert_eq!(read(written).unwrap().expose_secret(), "motdepasse", "{written:?}");
        }
        for (written, said) in [
            ("motdepasse\nautre\n", "it has several lines"),
            ("motdepasse\n\n", "it has several lines"),
            ("motdepasse\0", "it has a control character"),
        ] {
            let cause = read(written).unwrap_err().chain();
            assert!(cause.contains(said) && !cause.contains("motdepasse"), "{cause}");
        }
    }

    #[test]
    fn a_credential_is_a_file_in_the_folder_that_systemd_names() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("skillup"), "secret").unwrap();
        let name = parse("credential:skillup").unwrap();
        assert_eq!(name.read_credential("skillup", Some(folder.path().into())).unwrap(), b"secret");
        for (name, folder, said) in [
            ("skillup", None, "CREDENTIALS_DIRECTORY is not set: under systemd write `LoadCredential=skillup:"),
            ("absent", Some(folder.path().into()), "/absent: No such file or directory"),
        ] {
            let cause = parse("credential:skillup").unwrap().read_credential(name, folder).unwrap_err().chain();
            assert!(cause.contains(said), "{cause}");
        }
    }

    #[test]
    fn a_secret_that_is_missing_empty_or_no_text_says_where_it_was_looked_for() {
        let base = tempfile::tempdir().unwrap();
        write(&base.path().join("empty"), "\n");
        write(&base.path().join("latin"), b"motdepass\xE9");
        write(&base.path().join("utf-16"), b"\xFF\xFEm\0o\0t\0");
        write(&base.path().join("long"), "motdepass".repeat(10_000));
        std::fs::create_dir(base.path().join("folder")).unwrap();
        std::fs::set_permissions(base.path().join("folder"), PermissionsExt::from_mode(0o700)).unwrap();
        for (name, said) in [
            ("file:absent", "absent: No such file or directory"),
            ("file:empty", "it is empty"),
            ("file:latin", "it is not UTF-8 text"),
            ("file:utf-16", "it is not UTF-8 text: save it as UTF-8"),
            ("file:long", "it is longer than any secret (65536 bytes)"),
            ("file:folder", "Is a directory"),
            ("env:PASSERELLE_TEST_THAT_NOBODY_SETS", "PASSERELLE_TEST_THAT_NOBODY_SETS is not set"),
        ] {
            let error = parse(name).unwrap().read(base.path()).unwrap_err();
            assert_eq!(error.kind, Kind::Setup);
            assert_eq!(error.to_string(), format!("read the secret `{name}`"));
            let cause = error.source().unwrap().to_string();
            assert!(cause.contains(said) && !cause.contains("motdepass"), "{cause}");
        }
    }
}

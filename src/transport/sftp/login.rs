//! Proving who we are, and saying what exactly was refused.

use std::fs;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use ssh2::{ErrorCode, KeyboardInteractivePrompt, Prompt};

use super::failure::{self, failed};
use super::options::Login;
use super::private_key;
use crate::transport::secret::keep_from_others;
use crate::transport::{Error, Kind};

/// What we have to show, read before the server is asked anything.
pub enum Proof {
    Password(SecretString),
    Key { path: PathBuf, text: SecretString, passphrase: Option<SecretString> },
    Agent,
}

impl Proof {
    pub fn read(login: &Login, base: &Path) -> Result<Proof, Error> {
        Ok(match login {
            Login::Password(name) => Proof::Password(name.read(base)?),
            Login::Key { path, passphrase } => {
                let path = base.join(path);
                let unusable = || Error::new(Kind::Setup, format!("read the key {}", path.display()));
                let text = fs::read_to_string(&path).map_err(|cause| unusable().caused_by(cause))?;
                let passphrase = passphrase.as_ref().map(|name| name.read(base)).transpose()?;
                private_key::check(&path, &text, passphrase.is_some())?;
                keep_from_others(&path).map_err(|cause| unusable().caused_by(cause))?;
                Proof::Key { path, text: text.into(), passphrase }
            }
            Login::Agent => Proof::Agent,
        })
    }

    /// Logs in as `user`. `place` is the server, for people.
    pub fn show(&self, session: &ssh2::Session, user: &str, place: &str) -> Result<(), Error> {
        let attempt = Attempt { session, user, tried: format!("log in to {place} as {user}") };
        let Some(offered) = attempt.offered()? else {
            return Ok(());
        };
        match self {
            Proof::Password(password) if has(&offered, "password") => attempt.password(password),
            Proof::Password(password) if has(&offered, "keyboard-interactive") => attempt.keyboard(password),
            Proof::Password(_) => Err(attempt.not_offered("a password", &offered)),
            Proof::Key { .. } | Proof::Agent if !has(&offered, "publickey") => {
                Err(attempt.not_offered("a key", &offered))
            }
            Proof::Key { path, text, passphrase } => attempt.key(path, text, passphrase.as_ref()),
            Proof::Agent => attempt.agent(),
        }
    }
}

struct Attempt<'a> {
    session: &'a ssh2::Session,
    user: &'a str,
    tried: String,
}

impl Attempt<'_> {
    /// The ways that the server offers, separated by commas; None when it asks for nothing.
    fn offered(&self) -> Result<Option<String>, Error> {
        match self.session.auth_methods(self.user) {
            Ok(methods) => Ok(Some(methods.to_owned())),
            Err(_) if self.session.authenticated() => Ok(None),
            Err(cause) => Err(failed(&self.tried, &cause)),
        }
    }

    fn password(&self, password: &SecretString) -> Result<(), Error> {
        self.session.userauth_password(self.user, password.expose_secret()).map_err(|cause| match cause.code() {
            ErrorCode::Session(failure::AUTHENTICATION_FAILED) => {
                self.refused("the server refuses this user with this password")
            }
            ErrorCode::Session(failure::PASSWORD_EXPIRED) => self.refused("the password has expired"),
            _ => failed(&self.tried, &cause),
        })
    }

    fn keyboard(&self, password: &SecretString) -> Result<(), Error> {
        let mut answers = Answers { password, given: false, further: None };
        self.session.userauth_keyboard_interactive(self.user, &mut answers).map_err(|cause| match answers.further {
            Some(question) => self.refused(&format!("the server asks for more than a password: `{question}`")),
            None if cause.code() == ErrorCode::Session(failure::AUTHENTICATION_FAILED) => {
                self.refused("the server refuses this user with this password")
            }
            None => failed(&self.tried, &cause),
        })
    }

    fn key(&self, path: &Path, text: &SecretString, passphrase: Option<&SecretString>) -> Result<(), Error> {
        let passphrase = passphrase.map(ExposeSecret::expose_secret);
        self.session.userauth_pubkey_memory(self.user, None, text.expose_secret(), passphrase).map_err(|cause| {
            match cause.code() {
                ErrorCode::Session(failure::AUTHENTICATION_FAILED | failure::PUBLICKEY_UNVERIFIED) => {
                    self.refused(&format!("the server does not accept the key {} for this user", path.display()))
                }
                // libssh2 speaks of a public key that it could not extract, whatever is wrong with the private one.
                ErrorCode::Session(failure::FILE) if passphrase.is_some() => Error::new(Kind::Setup, &self.tried)
                    .caused_by(format!("the passphrase does not open the key {}", path.display())),
                ErrorCode::Session(failure::FILE) => Error::new(Kind::Setup, &self.tried).caused_by(format!(
                    "the key {} is damaged, or of a kind that is not understood: ed25519, ECDSA and RSA are",
                    path.display()
                )),
                _ => failed(&self.tried, &cause),
            }
        })
    }

    fn agent(&self) -> Result<(), Error> {
        let unusable = |cause: ssh2::Error| {
            Error::new(Kind::Setup, &self.tried)
                .caused_by(format!("no agent answers behind SSH_AUTH_SOCK: {}", cause.message()))
        };
        let mut agent = self.session.agent().map_err(unusable)?;
        agent.connect().and_then(|()| agent.list_identities()).map_err(unusable)?;
        let keys = agent.identities().map_err(unusable)?;
        for key in &keys {
            match agent.userauth(self.user, key).map_err(|cause| (cause.code(), cause)) {
                Ok(()) => return Ok(()),
                Err((ErrorCode::Session(failure::AUTHENTICATION_FAILED | failure::PUBLICKEY_UNVERIFIED), _)) => {}
                Err((_, cause)) => return Err(failed(&self.tried, &cause)),
            }
        }
        Err(self.refused(&match keys.len() {
            0 => "the agent holds no key: add one with `ssh-add`".to_owned(),
            1 => format!("the server does not accept the key of the agent for this user: {}", keys[0].comment()),
            count => format!("the server accepts none of the {count} keys of the agent for this user"),
        }))
    }

    fn not_offered(&self, ours: &str, offered: &str) -> Error {
        self.refused(&format!("the server takes {}, and not {ours}", offered.replace(',', ", ")))
    }

    fn refused(&self, cause: &str) -> Error {
        Error::new(Kind::Login, &self.tried).caused_by(cause)
    }
}

fn has(offered: &str, way: &str) -> bool {
    offered.split(',').any(|one| one == way)
}

/// Answers the first question with the password. Another question is for something that we do not have.
struct Answers<'a> {
    password: &'a SecretString,
    given: bool,
    further: Option<String>,
}

impl KeyboardInteractivePrompt for Answers<'_> {
    fn prompt<'p>(&mut self, _user: &str, _instructions: &str, prompts: &[Prompt<'p>]) -> Vec<String> {
        prompts.iter().map(|prompt| self.answer(prompt)).collect()
    }
}

impl Answers<'_> {
    fn answer(&mut self, prompt: &Prompt) -> String {
        if self.given || prompt.echo {
            self.further = Some(prompt.text.trim().to_owned());
            return String::new();
        }
        self.given = true;
        self.password.expose_secret().to_owned()
    }
}

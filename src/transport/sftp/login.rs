//! Proving who we are, and saying what exactly was refused.

use std::env;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use ssh2::{ErrorCode, KeyboardInteractivePrompt, Prompt};

use super::failure::{self, failed};
use super::proof::{Proof, Way};
use crate::transport::{Error, Kind};

impl Proof {
    /// Logs in as `user`; returns the ways that the server offered. `place` is the server, for people.
    pub fn show(&self, session: &ssh2::Session, user: &str, place: &str) -> Result<Vec<String>, Error> {
        let attempt = Attempt { session, user, tried: format!("log in to {place} as {user}") };
        let mut left: Vec<_> = self.ways().iter().collect();
        let mut shown = Vec::new();
        let mut offered = attempt.offered()?;
        let first = offered.iter().flat_map(|ways| ways.split(',')).map(str::to_owned).collect();
        while let Some(ways) = offered {
            let Some(at) = left.iter().position(|way| way.among(&ways).is_some()) else {
                return Err(attempt.has_nothing(&ways, self.ways(), &shown));
            };
            let way = left.remove(at);
            offered = match attempt.show(way, &ways) {
                Ok(()) => None,
                Err(refused) => Some(attempt.next(way.among(&ways), refused)?),
            };
            shown.push(way);
        }
        Ok(first)
    }
}

impl Way {
    /// As people say it.
    fn name(&self) -> &'static str {
        match self {
            Way::Key { .. } | Way::Agent => "a key",
            Way::Password(_) => "a password",
        }
    }

    fn is_key(&self) -> bool {
        matches!(self, Way::Key { .. } | Way::Agent)
    }

    /// What the server calls it, if it takes it.
    fn among(&self, ways: &str) -> Option<&'static str> {
        let names: &[&'static str] = if self.is_key() { &[KEY] } else { &[PASSWORD, KEYBOARD] };
        names.iter().copied().find(|name| has(ways, name))
    }
}

// The names of the ways, RFC 4252 sections 7 and 8, and RFC 4256.
const KEY: &str = "publickey";
const PASSWORD: &str = "password";
const KEYBOARD: &str = "keyboard-interactive";

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
            Err(cause) => Err(self.failed(&cause, "before we had shown anything")),
        }
    }

    fn show(&self, way: &Way, ways: &str) -> Result<(), Error> {
        match way {
            Way::Key { path, text, passphrase, certificate } => {
                self.key(path, text, passphrase.as_ref(), certificate.as_deref())
            }
            Way::Agent => self.agent(),
            Way::Password(password) if has(ways, PASSWORD) => self.password(password),
            Way::Password(password) => self.keyboard(password),
        }
    }

    /// What the server asks for after a way that was good and not enough. libssh2 says "refused" to that too, but then the
    /// server no longer offers what it has taken.
    fn next(&self, shown: Option<&str>, refused: Error) -> Result<String, Error> {
        match self.offered() {
            Ok(Some(ways)) if refused.kind == Kind::Login && !shown.is_some_and(|way| has(&ways, way)) => Ok(ways),
            _ => Err(refused),
        }
    }

    fn password(&self, password: &SecretString) -> Result<(), Error> {
        self.session.userauth_password(self.user, password.expose_secret()).map_err(|cause| match cause.code() {
            ErrorCode::Session(failure::AUTHENTICATION_FAILED) => self.refused(WRONG_PASSWORD),
            ErrorCode::Session(failure::PASSWORD_EXPIRED) => {
                self.refused("the password has expired, and must be changed with whoever runs the server")
            }
            _ => self.failed(&cause, "at this user with this password"),
        })
    }

    fn keyboard(&self, password: &SecretString) -> Result<(), Error> {
        let mut answers = Answers { password, given: false, further: None };
        self.session.userauth_keyboard_interactive(self.user, &mut answers).map_err(|cause| match answers.further {
            Some(question) => self.refused(&format!("the server asks for more than a password: `{question}`")),
            None if cause.code() == ErrorCode::Session(failure::AUTHENTICATION_FAILED) => self.refused(WRONG_PASSWORD),
            None => self.failed(&cause, "at this user with this password"),
        })
    }

    fn key(
        &self,
        path: &Path,
        text: &SecretString,
        passphrase: Option<&SecretString>,
        certificate: Option<&str>,
    ) -> Result<(), Error> {
        let opened = passphrase.map(ExposeSecret::expose_secret);
        let shown = self.session.userauth_pubkey_memory(self.user, certificate, text.expose_secret(), opened);
        let place = path.display();
        let unusable = |cause: String| Error::new(Kind::Setup, &self.tried).caused_by(cause);
        shown.map_err(|cause| match cause.code() {
            // libssh2 speaks of a public key that it could not extract, whatever is wrong with the private one.
            ErrorCode::Session(failure::FILE) if passphrase.is_some() => {
                unusable(format!("the passphrase does not open the key {place}"))
            }
            ErrorCode::Session(failure::FILE) => unusable(format!(
                "the key {place} is damaged, or of a kind that is not understood: ed25519, ECDSA and RSA are"
            )),
            _ => match self.broken_by(cause) {
                None => self.refused(&format!("the server does not accept the key {place} for this user")),
                Some(cause) => self.failed(&cause, &format!("at this user with the key {place}")),
            },
        })
    }

    fn agent(&self) -> Result<(), Error> {
        let unusable = |cause: &str| {
            let advice = "; a service of systemd has no agent: write `key = \"PATH\"` for one";
            Error::new(Kind::Setup, &self.tried).caused_by(format!("{cause}{advice}"))
        };
        if env::var_os("SSH_AUTH_SOCK").is_none() {
            return Err(unusable("there is no agent here, because SSH_AUTH_SOCK is not set"));
        }
        let silent =
            |cause: ssh2::Error| unusable(&format!("no agent answers behind SSH_AUTH_SOCK: {}", cause.message()));
        let mut agent = self.session.agent().map_err(silent)?;
        agent.connect().and_then(|()| agent.list_identities()).map_err(silent)?;
        let keys = agent.identities().map_err(silent)?;
        for (tried, key) in (1..).zip(&keys) {
            let Err(cause) = agent.userauth(self.user, key) else {
                return Ok(());
            };
            if let Some(cause) = self.broken_by(cause) {
                let place = format!("at key {tried} of the {} that the agent holds", keys.len());
                return Err(self.failed(&cause, &format!("{place}: if it bears no more, write the right one as `key`")));
            }
        }
        Err(self.refused(&match keys.len() {
            0 => "the agent holds no key: add one with `ssh-add`".to_owned(),
            1 => format!("the server does not accept the key of the agent for this user: {}", keys[0].comment()),
            count => format!("the server accepts none of the {count} keys of the agent for this user"),
        }))
    }

    /// What broke the conversation; None where it goes on, and the key was refused.
    fn broken_by(&self, cause: ssh2::Error) -> Option<ssh2::Error> {
        match cause.code() {
            ErrorCode::Session(failure::AUTHENTICATION_FAILED) => None,
            // libssh2 says this where the server did not like our signature, and where it did not answer any more.
            ErrorCode::Session(failure::PUBLICKEY_UNVERIFIED) => self.session.auth_methods(self.user).err(),
            _ => Some(cause),
        }
    }

    /// None of what is left is among what the server offers.
    fn has_nothing(&self, ways: &str, ours: &[Way], shown: &[&Way]) -> Error {
        let wanted = ways.replace(',', ", ");
        let names = |ways: &mut dyn Iterator<Item = &Way>| ways.map(Way::name).collect::<Vec<_>>().join(" and ");
        let told = match shown {
            [] => format!("the server takes {wanted}, and not {}", names(&mut ours.iter())),
            shown => format!("the server has taken {}, and asks for {wanted} too", names(&mut shown.iter().copied())),
        };
        let advice = match ours.iter().any(Way::is_key) {
            false if has(ways, KEY) => ": write `key = \"PATH\"`",
            true if has(ways, PASSWORD) || has(ways, KEYBOARD) => ": write `password = \"credential:NAME\"`",
            _ => "",
        };
        self.refused(&format!("{told}{advice}"))
    }

    /// The server hung up, or worse. That it says so itself is its answer to who we are, and is not asked for again: it may
    /// lock the user out.
    fn failed(&self, cause: &ssh2::Error, when: &str) -> Error {
        match cause.code() {
            ErrorCode::Session(failure::SOCKET_DISCONNECT) => {
                self.refused(&format!("the server ended the conversation {when}"))
            }
            _ => failed(&self.tried, cause),
        }
    }

    fn refused(&self, cause: &str) -> Error {
        Error::new(Kind::Login, &self.tried).caused_by(cause)
    }
}

/// Servers do not tell these apart, so that nobody can find out their users.
const WRONG_PASSWORD: &str = "the server refuses this user with this password: \
                              one of them is wrong, or the account is closed, which servers do not say";

fn has(ways: &str, way: &str) -> bool {
    ways.split(',').any(|one| one == way)
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

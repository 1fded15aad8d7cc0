//! OAuth 2: a client's name and secret become a token that lives half an hour, for the newest generation of the API.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::options;
use crate::net::http::{Budget, Client, Request, Url, encoded};
use crate::net::{Error, Kind, Limit, SecretName};

/// `oauth = { client = "passerelle", secret = "credential:lucca-client" }`
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Options {
    /// As `/identity/admin/integration-keys` of the instance shows it.
    client: String,
    /// By the name of the secret.
    secret: SecretName,
    /// What the client may do; without it, what the generations of the site need.
    scopes: Option<Vec<String>>,
    /// Where tokens are given.
    #[serde(default = "world")]
    token_url: Url,
}

fn world() -> Url {
    let url = "https://accounts.world.luccasoftware.com/connect/token".to_string();
    Url::try_from(url).expect("the address of Lucca's tokens is one of the web")
}

/// A token is given up so long before its end that a request made of it arrives in time.
const MARGIN: Duration = Duration::from_secs(60);

impl Options {
    pub fn secret(&self) -> &SecretName {
        &self.secret
    }
}

/// Where tokens come from, and the one that is still good.
pub struct Tokens {
    client: Client,
    /// What is sent; it holds the secret.
    form: SecretString,
    kept: Mutex<Option<Token>>,
}

struct Token {
    text: SecretString,
    until: Instant,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    expires_in: u64,
}

impl Tokens {
    /// Reads the secret; nothing is sent yet.
    pub fn open(oauth: &Options, lucca: &options::Options, base: &Path) -> Result<Tokens, Error> {
        let budget = Budget::new(lucca.requests_a_minute());
        let client = Client::new(&oauth.token_url, lucca.trust(), budget, lucca.tries(), base)?;
        let secret = oauth.secret.read_line(base)?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &oauth.client),
            ("client_secret", secret.expose_secret()),
            ("scope", &oauth.scopes.clone().unwrap_or_else(|| lucca.generation.scopes()).join(" ")),
        ];
        let form = form.map(|(name, value)| format!("{name}={}", encoded(value))).join("&");
        Ok(Tokens { client, form: form.into(), kept: Mutex::default() })
    }

    /// One that is good for a while yet. Whoever asks while one is being fetched waits for it.
    pub fn token(&self, limit: &Limit) -> Result<SecretString, Error> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = kept.as_ref().filter(|token| token.until > Instant::now()) {
            return Ok(token.text.clone());
        }
        let asked = Instant::now();
        let Given { access_token, expires_in } = self.fetch(limit)?;
        let life = Duration::from_secs(expires_in).saturating_sub(MARGIN);
        let text = SecretString::from(access_token);
        *kept = Some(Token { text: text.clone(), until: asked + life });
        Ok(text)
    }

    /// It was refused before its end: the next one asks for another.
    pub fn forget(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn fetch(&self, limit: &Limit) -> Result<Given, Error> {
        let form = self.form.expose_secret().as_bytes().to_vec();
        let request = Request::new("POST", "").body("application/x-www-form-urlencoded", form).repeatable();
        let answer = self.client.ask(&request, limit)?;
        match answer.status {
            _ if answer.is_success() => answer.json("the token"),
            status => {
                let told = answer.told().map(|told| format!(" ({told})")).unwrap_or_default();
                let url = self.client.shown(&request);
                let cause = format!("{url} answered {}{told}; check `oauth`", answer.status_line());
                let kind = if matches!(status, 400 | 401 | 403) { Kind::Login } else { Kind::Denied };
                Err(Error::new(kind, "get a token for the client of `oauth`").caused_by(cause))
            }
        }
    }
}

//! HTTP, as a client of web services that speak JSON: one request and its answer, and the same again where that may help.

mod again;
mod budget;
mod trust;
mod url;

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::marker::PhantomData;
use std::path::Path;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use ureq::Agent;
use ureq::http::{self, StatusCode};

pub use again::Attempt;
pub use budget::Budget;
pub use trust::Trust;
pub use url::{NotAUrl, Url};

use crate::net::{Error, Kind, Limit};

/// For one answer, its body included, unless the client is told otherwise.
const ANSWER: Duration = Duration::from_secs(60);

/// Bytes of an answer: more is no list of people, and no picture.
const LARGEST: u64 = 256 << 20;

/// Speaks with one service; from several threads, if need be.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    url: Url,
    budget: Budget,
    tries: u32,
    /// For one answer, its body included.
    patience: Duration,
}

/// What is asked.
pub struct Request {
    method: &'static str,
    /// From the URL of the service on; with `?` and what stands behind it.
    path: String,
    headers: Vec<(Cow<'static, str>, SecretString)>,
    body: Vec<u8>,
    is_repeatable: bool,
    /// Bytes of the answer.
    at_most: u64,
}

/// What was answered, be it a refusal.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Which try it answers, from 1: after the first one, what was asked may have been done before.
    pub tried: u32,
    headers: http::HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    /// Paths of `trust` are relative to `base`. Each request is tried at most `tries` times by [`Client::ask`].
    pub fn new(url: &Url, trust: &Trust, budget: Budget, tries: u32, base: &Path) -> Result<Client, Error> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Whoever is sent elsewhere would bring the key there.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // What a service is called is what the site says, whatever the environment of this process.
            .proxy(None)
            .user_agent(concat!("passerelle/", env!("CARGO_PKG_VERSION")))
            .tls_config(trust.config(base)?);
        Ok(Client { agent: Agent::new_with_config(config.build()), url: url.clone(), budget, tries, patience: ANSWER })
    }

    /// Waits no longer than this for an answer and its body.
    pub fn with_patience(self, patience: Duration) -> Client {
        Client { patience, ..self }
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Sends a request once, within the budget, and takes whatever is answered.
    ///
    /// # Errors
    /// There was no answer, or not all of it: the service may have done what was asked all the same.
    pub fn send(&self, request: &Request, limit: &Limit) -> Result<Answer, Error> {
        self.budget.spend(limit)?;
        let tried = || format!("{} {}", request.verb(), self.shown(request));
        let built = request.build(&self.url).map_err(|cause| Error::new(Kind::Setup, tried()).caused_by(cause))?;
        let (agent, patience, at_most) = (self.agent.clone(), self.patience, request.at_most);
        let answered =
            limit.bound(move || exchange(&agent, built, patience, at_most)).ok_or_else(|| limit.overrun(tried()))?;
        answered.map_err(|cause| Error::new(kind_of(&cause), tried()).caused_by(cause))
    }

    /// Where a request goes, without what stands behind `?`: it may be about somebody.
    pub fn shown(&self, request: &Request) -> String {
        let path = request.path.split('?').next().unwrap_or_default();
        format!("{}{path}", self.url)
    }
}

/// Can a header have this name?
pub fn is_header_name(name: &str) -> bool {
    http::HeaderName::from_bytes(name.as_bytes()).is_ok()
}

fn exchange(
    agent: &Agent,
    request: http::Request<Vec<u8>>,
    patience: Duration,
    at_most: u64,
) -> Result<Answer, ureq::Error> {
    let request = agent.configure_request(request).timeout_global(Some(patience)).build();
    let response = agent.run(request)?;
    let (parts, body) = response.into_parts();
    let mut bytes = Vec::new();
    body.into_with_config().limit(at_most).reader().read_to_end(&mut bytes).map_err(ureq::Error::from)?;
    Ok(Answer { status: parts.status.as_u16(), tried: 1, headers: parts.headers, body: bytes })
}

/// What a failure without an answer is.
fn kind_of(cause: &ureq::Error) -> Kind {
    match cause {
        ureq::Error::Timeout(_) => Kind::TimedOut,
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => Kind::Identity,
        ureq::Error::Io(cause) if is_about_identity(cause) => Kind::Identity,
        ureq::Error::Io(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Kind::Unreachable,
        // What was cut off in the middle of its words.
        ureq::Error::Protocol(_) => Kind::Unreachable,
        ureq::Error::BodyExceedsLimit(_) => Kind::Protocol,
        _ => Kind::Setup,
    }
}

fn is_about_identity(cause: &std::io::Error) -> bool {
    let inner = cause.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}

impl Request {
    pub fn new(method: &'static str, path: impl Into<String>) -> Request {
        let is_repeatable = matches!(method, "GET" | "HEAD" | "PUT" | "DELETE");
        Request { method, path: path.into(), headers: Vec::new(), body: Vec::new(), is_repeatable, at_most: LARGEST }
    }

    pub fn get(path: impl Into<String>) -> Request {
        Request::new("GET", path)
    }

    pub fn post(path: impl Into<String>) -> Request {
        Request::new("POST", path)
    }

    pub fn header(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Request {
        self.headers.push((name.into(), SecretString::from(value.into())));
        self
    }

    /// It may be sent again without doing it twice, whatever its verb: it carries a key that the service remembers, or says
    /// how something is to be, and not how to change it.
    pub fn repeatable(self) -> Request {
        Request { is_repeatable: true, ..self }
    }

    /// `kind` is the type of the media: `application/json`.
    pub fn body(self, kind: &str, bytes: Vec<u8>) -> Request {
        Request { body: bytes, ..self.header("Content-Type", kind) }
    }

    /// # Panics
    /// When the value cannot be JSON.
    pub fn json(self, value: &impl Serialize) -> Request {
        let bytes = serde_json::to_vec(value).expect("what is sent is made of plain values");
        self.body("application/json", bytes)
    }

    /// An answer with more bytes is an error.
    pub fn at_most(self, bytes: u64) -> Request {
        Request { at_most: bytes, ..self }
    }

    pub fn verb(&self) -> &'static str {
        self.method
    }

    fn build(&self, url: &Url) -> Result<http::Request<Vec<u8>>, http::Error> {
        let mut request = http::Request::builder().method(self.method).uri(format!("{url}{}", self.path));
        for (name, value) in &self.headers {
            let mut value = http::HeaderValue::from_str(value.expose_secret())?;
            value.set_sensitive(true);
            request = request.header(&**name, value);
        }
        request.body(self.body.clone())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path.split('?').next().unwrap_or_default())
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Reads the body as JSON; `what` completes "read".
    pub fn json<T: DeserializeOwned>(&self, what: &str) -> Result<T, Error> {
        self.json_of(PhantomData, what)
    }

    /// The same, by somebody who need not keep all of it.
    pub fn json_of<'de, S: DeserializeSeed<'de>>(&'de self, seed: S, what: &str) -> Result<S::Value, Error> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let read = seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
        read.map_err(|cause| {
            let (line, column) = (cause.line(), cause.column());
            let is_page = self.body.trim_ascii_start().starts_with(b"<");
            // The cause itself may quote the data.
            let place = match is_page {
                true => "what was answered is a web page: something on the way answers in place of the service".into(),
                false => {
                    format!("what was answered is no such JSON (line {line}, column {column}: {:?})", cause.classify())
                }
            };
            Error::new(Kind::Protocol, format!("read {what}")).caused_by(place)
        })
    }

    /// The status, as people know it: `404 Not Found`.
    pub fn status_line(&self) -> String {
        let reason = StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        format!("{} {}", self.status, reason.unwrap_or_default()).trim_end().into()
    }

    /// What the service says about a failure, in one line of at most 300 characters: the words of problem+json
    /// (RFC 9457), a `Message` or `message`, or the first line of a text; None where it says nothing.
    pub fn told(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.body);
        let told = match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(value) => words_of(&value)?,
            Err(_) if text.trim_start().starts_with('<') => return None,
            Err(_) => text.trim().lines().next()?.to_owned(),
        };
        let told: String = told.chars().filter(|letter| !letter.is_control()).take(300).collect();
        Some(told).filter(|told| !told.trim().is_empty())
    }
}

/// A value as it stands in a query or a form: whatever is no plain letter or digit is written as `%20`.
pub fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let letters =
        text.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    letters.collect()
}

fn words_of(value: &serde_json::Value) -> Option<String> {
    let text = |key: &str| value.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
    let said = ["detail", "Message", "message", "error_description", "title", "error"].into_iter().find_map(text);
    let fields = value.get("errors").and_then(serde_json::Value::as_object).map(|errors| {
        let one = |(field, problem): (&String, &serde_json::Value)| match problem {
            serde_json::Value::Array(all) => {
                let all: Vec<&str> = all.iter().filter_map(serde_json::Value::as_str).collect();
                format!("{field}: {}", all.join(", "))
            }
            other => format!("{field}: {}", other.as_str().unwrap_or_default()),
        };
        errors.iter().map(one).collect::<Vec<_>>().join("; ")
    });
    match (said, fields) {
        (Some(said), Some(fields)) => Some(format!("{said} ({fields})")),
        (said, fields) => said.or(fields).or_else(|| value.as_str().map(str::to_owned)),
    }
}

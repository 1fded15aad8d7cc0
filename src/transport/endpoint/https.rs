//! A partner's own endpoint: one `POST` of JSON takes a delivery whole or not at all, and once.
//!
//! The once is kept by both sides: every request for a delivery has the same `Idempotency-Key` and the same bytes, and the
//! endpoint does for a key what it is asked at most once (draft-ietf-httpapi-idempotency-key-header, section 2).

use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{Key, Service, Way, sheet};
use crate::model::Sheet;
use crate::net::http::{Answer, Request, Trust, Url};
use crate::net::{Error, Kind, Limit, SecretName, Tries};

/// `[server.NAME.https]`
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct Options {
    url: Url,
    key: Key,
    trust: Trust,
    tries: Tries,
    /// Bytes of one request.
    largest: u64,
    /// What `409` to a repeated delivery says: that it was taken, or that the first request is still under way.
    conflict_means_taken: bool,
}

/// One request's worth.
#[derive(Debug)]
pub struct Posted<'a> {
    /// The same at every try of a delivery, in this run and in later ones.
    pub key: &'a str,
    /// JSON.
    pub body: Vec<u8>,
    /// An earlier run may have sent it.
    pub is_again: bool,
}

/// How an endpoint came to have a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Now,
    /// It says that it had taken it before.
    Before,
}

/// Between two looks whether the first request is still under way.
const PAUSE: Duration = Duration::from_secs(2);

const A_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("60 is not 0");

impl Options {
    pub fn needs(&self) -> Vec<&Path> {
        self.trust.needs().into_iter().chain(self.key.secret().file()).collect()
    }

    pub fn describe(&self) -> String {
        self.url.to_string()
    }

    /// Sends a delivery until it is taken. Paths in the options are relative to `base`.
    ///
    /// # Errors
    /// It was refused for good, and nothing of it was taken; or, where later may help, nobody knows.
    pub fn post(&self, posted: Posted<'_>, base: &Path, limit: &Limit) -> Result<Taken, Error> {
        self.check_size(&posted.body)?;
        let service = Service::open(&self.way(), base)?;
        let request = service.keyed(Request::post(""));
        let request = request.header("Idempotency-Key", posted.key).body("application/json", posted.body).repeatable();
        for tried in 1.. {
            let answer = service.ask(&request, limit)?;
            let is_repeated = posted.is_again || tried > 1 || answer.tried > 1;
            match answer.status {
                _ if answer.is_success() => return Ok(Taken::Now),
                409 if is_repeated && self.conflict_means_taken => return Ok(Taken::Before),
                409 if is_repeated && tried < self.tries.get() && limit.pause(PAUSE) => {}
                409 if is_repeated => return Err(still_under_way(&service, &request, &answer)),
                _ => return Err(service.refused(&request, &answer)),
            }
        }
        unreachable!("the last of all tries returns")
    }

    /// `HEAD` does nothing, wherever it is understood; any answer tells that somebody is there, and some that the key is
    /// wrong.
    pub(super) fn examine(&self, base: &Path, limit: &Limit) -> Result<Sheet, Error> {
        let service = Service::open(&self.way(), base)?;
        let request = service.keyed(Request::new("HEAD", ""));
        let start = Instant::now();
        let answer = service.ask(&request, limit)?;
        match answer.status {
            300..=399 | 401 | 403 | 404 => Err(service.refused(&request, &answer)),
            _ => Ok(sheet(self.describe(), "JSON by HTTP POST", start, [])),
        }
    }

    fn check_size(&self, body: &[u8]) -> Result<(), Error> {
        let (size, largest) = (body.len() as u64, self.largest);
        if size <= largest {
            return Ok(());
        }
        let cause = format!("it has {size} bytes, and `largest-megabytes` allows {largest}");
        Err(Error::new(Kind::Setup, format!("POST {}", self.url)).caused_by(cause))
    }

    fn way(&self) -> Way<'_> {
        let Options { url, key, trust, tries, .. } = self;
        Way { url, key, trust, requests_a_minute: A_MINUTE, tries: *tries }
    }
}

fn still_under_way(service: &Service, request: &Request, answer: &Answer) -> Error {
    let advice = "the first request of this delivery may still be under way there; if this endpoint answers so to what it \
                  has taken, write `conflict-means-taken = true`";
    service.client.refusal(Kind::Busy, request, answer, Some(advice))
}

/// The keys of the section, before it is known that they fit together.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    url: Url,
    key: SecretName,
    authorization: Option<String>,
    header: Option<String>,
    trust: Trust,
    #[serde(default)]
    tries: Tries,
    #[serde(default = "sixteen")]
    largest_megabytes: NonZeroU32,
    #[serde(default)]
    conflict_means_taken: bool,
}

fn sixteen() -> NonZeroU32 {
    NonZeroU32::new(16).expect("16 is not 0")
}

impl TryFrom<Written> for Options {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Options, &'static str> {
        Ok(Options {
            url: written.url,
            key: Key::new(written.key, written.authorization, written.header)?,
            trust: written.trust,
            tries: written.tries,
            largest: u64::from(written.largest_megabytes.get()) * 1_000_000,
            conflict_means_taken: written.conflict_means_taken,
        })
    }
}

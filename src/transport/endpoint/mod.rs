//! An endpoint: a web service that takes what is delivered, and has no files to list. What all kinds of them share.

pub mod https;
mod key;
pub mod scim;

use std::num::NonZeroU32;
use std::path::Path;
use std::time::Instant;

use chrono::Utc;
use secrecy::{ExposeSecret, SecretString};

pub use key::Key;

use super::{Error, Kind, Limit};
use crate::model::Sheet;
use crate::model::sheet::{Found, Trait};
use crate::net::Tries;
use crate::net::http::{Answer, Budget, Client, Request, Trust, Url};

/// What takes a delivery of an export, in its own way.
#[derive(Debug, Clone, Copy)]
pub enum Endpoint<'a> {
    Https(&'a https::Options),
    Scim(&'a scim::Options),
}

impl Endpoint<'_> {
    /// Finds out whether it is there and takes our key, without delivering anything.
    pub fn examine(&self, base: &Path, limit: &Limit) -> Result<Sheet, Error> {
        match self {
            Endpoint::Https(options) => options.examine(base, limit),
            Endpoint::Scim(options) => options.examine(base, limit),
        }
    }
}

/// Where a service is, and how it is spoken with.
struct Way<'a> {
    url: &'a Url,
    key: &'a Key,
    trust: &'a Trust,
    requests_a_minute: NonZeroU32,
    /// Of each request.
    tries: Tries,
}

/// A service that we speak with, with its key.
struct Service {
    client: Client,
    header: String,
    key: SecretString,
}

impl Service {
    /// Reads the key; nothing is sent yet. Paths are relative to `base`.
    fn open(way: &Way<'_>, base: &Path) -> Result<Service, Error> {
        let budget = Budget::new(way.requests_a_minute);
        let client = Client::new(way.url, way.trust, budget, way.tries.get(), base)?;
        Ok(Service { client, header: way.key.header().to_owned(), key: way.key.read(base)? })
    }

    fn keyed(&self, request: Request) -> Request {
        request.header(self.header.clone(), self.key.expose_secret())
    }

    /// Sends a request, again where that may help, and takes what is answered for good.
    fn ask(&self, request: &Request, limit: &Limit) -> Result<Answer, Error> {
        self.client.ask(request, limit)
    }

    /// Why a request was refused.
    fn refused(&self, request: &Request, answer: &Answer) -> Error {
        let (kind, advice) = match answer.status {
            300..=399 => {
                (Kind::Denied, Some("it sends us elsewhere, and the key goes to no other address; check `url`"))
            }
            401 => (Kind::Login, Some("it does not accept the key; check `key`, and how it is sent")),
            403 => (Kind::Denied, Some("the key lacks a right there")),
            404 | 405 => (Kind::Denied, Some("nothing takes such a request there; check `url`")),
            413 => (Kind::Denied, Some("it does not take so much at once")),
            _ => (Kind::Denied, None),
        };
        self.client.refusal(kind, request, answer, advice)
    }
}

/// What is told of an endpoint that let us in.
fn sheet(describe: String, protocol: &str, since: Instant, more: impl IntoIterator<Item = (Trait, Found)>) -> Sheet {
    let round_trip = since.elapsed().as_secs_f64() * 1000.0;
    let told = [(Trait::Protocol, protocol.into()), (Trait::RoundTrip, round_trip.into())];
    Sheet { server: describe, at: Utc::now(), traits: told.into_iter().chain(more).collect() }
}

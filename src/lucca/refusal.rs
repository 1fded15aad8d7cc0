//! What a refusal of the API means, and what helps against it.

use crate::lucca::Door;
use crate::net::http::{Answer, Request};
use crate::net::{Error, Kind};

impl Door {
    /// The answer, if it is a success. `tried` is a clause, such as "read the users"; `right` is what the key must be
    /// allowed to.
    pub(super) fn accepted(
        &self,
        request: &Request,
        answer: Answer,
        tried: &str,
        right: &str,
    ) -> Result<Answer, Error> {
        let told = answer.told().map(|told| format!(" ({told})")).unwrap_or_default();
        let url = self.client.shown(request);
        let (kind, cause) = match answer.status {
            _ if answer.is_success() => return Ok(answer),
            401 => (Kind::Login, format!("{url} does not know the key{told}; check `url` and `key`")),
            403 => (Kind::Denied, format!("the key lacks a right at {url}: {right}{told}")),
            404 => (Kind::Missing, format!("there is no {url}{told}")),
            300..=399 => (Kind::Protocol, format!("{url} sends us elsewhere ({}); check `url`", answer.status_line())),
            _ => (Kind::Denied, format!("{url} answered {}{told}", answer.status_line())),
        };
        Err(Error::new(kind, tried).caused_by(cause))
    }
}

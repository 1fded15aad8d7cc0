//! `/stand-in/…`: what a person who tries the stand-in by hand may command. Not part of any API of Lucca.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::desk::{Desk, lock};
use super::exchange::{Answer, Asked, Refusal};
use super::fault::Fault;
use super::webhook::{self, Disorder};

/// `POST /stand-in/webhooks`: an endpoint that is sent events without having been asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endpoint {
    url: String,
    topics: Vec<String>,
}

/// `/stand-in/faults` and `/stand-in/requests`: GET shows them, DELETE forgets them; `POST` adds a fault.
/// `POST /stand-in/webhooks` gives the secret of a new endpoint, `PUT /stand-in/disorder` says how events come.
pub fn answer(desk: &Desk, asked: &Asked) -> Result<Answer, Refusal> {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/stand-in/faults") => return Ok(Answer::json(200, &json!(*lock(&desk.faults)))),
        ("POST", "/stand-in/faults") => lock(&desk.faults).push(body::<Fault>(asked)?),
        ("DELETE", "/stand-in/faults") => lock(&desk.faults).clear(),
        ("GET", "/stand-in/requests") => return Ok(Answer::json(200, &json!(*lock(&desk.log)))),
        ("DELETE", "/stand-in/requests") => lock(&desk.log).clear(),
        ("PUT", "/stand-in/disorder") => *lock(&desk.disorder) = body::<Disorder>(asked)?,
        ("POST", "/stand-in/webhooks") => {
            let Endpoint { url, topics } = body(asked)?;
            let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
            return Ok(Answer::json(200, &json!({ "secret": webhook::subscribe(desk, &url, &topics)? })));
        }
        _ => return Err(Refusal::absent(format!("Nothing at {} {}", asked.method, asked.path))),
    }
    Ok(Answer::empty(204))
}

fn body<T: DeserializeOwned>(asked: &Asked) -> Result<T, Refusal> {
    serde_json::from_slice(&asked.body).map_err(|error| Refusal::bad(format!("That was not understood: {error}")))
}

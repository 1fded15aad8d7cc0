//! `/stand-in/…`: what a person who tries the stand-in by hand may command. Not part of any API of Lucca.

use serde_json::json;

use super::desk::{Desk, lock};
use super::exchange::{Answer, Asked, Refusal};
use super::fault::Fault;

/// `POST /stand-in/faults` adds a fault, `GET` shows those to come, `DELETE` forgets them;
/// `GET /stand-in/requests` shows what was asked, `DELETE` forgets it.
pub fn answer(desk: &Desk, asked: &Asked) -> Result<Answer, Refusal> {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/stand-in/faults") => Ok(Answer::json(200, &json!(*lock(&desk.faults)))),
        ("POST", "/stand-in/faults") => {
            let fault: Fault =
                serde_json::from_slice(&asked.body).map_err(|error| Refusal::bad(format!("Not a fault: {error}")))?;
            lock(&desk.faults).push(fault);
            Ok(Answer::empty(204))
        }
        ("DELETE", "/stand-in/faults") => {
            lock(&desk.faults).clear();
            Ok(Answer::empty(204))
        }
        ("GET", "/stand-in/requests") => Ok(Answer::json(200, &json!(*lock(&desk.log)))),
        ("DELETE", "/stand-in/requests") => {
            lock(&desk.log).clear();
            Ok(Answer::empty(204))
        }
        _ => Err(Refusal::absent(format!("Nothing at {} {}", asked.method, asked.path))),
    }
}

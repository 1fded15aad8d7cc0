//! Orders: one request that changes something, sent once, and what became of it.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::lucca::options::PutBody;
use crate::lucca::person::id_of;
use crate::lucca::{Door, contract};
use crate::model::Text;
use crate::net::http::{Attempt, Request};
use crate::net::{Error, Limit};
use crate::text;

/// Before it is found out what became of an order that was answered with nonsense.
const PAUSE: Duration = Duration::from_secs(1);

/// What is to be sent, whole: nothing in it is still to be found out.
pub struct Order {
    request: Request,
    /// A clause: "create a user".
    tried: &'static str,
    /// What the key must be allowed to.
    right: &'static str,
}

/// What became of an order that was sent once.
pub enum Answered {
    /// Done; for a creation, about whom, where the answer says it.
    Done { person: Option<u32> },
    /// Lucca refuses what it was told, in its own words; other operations can go on.
    Refused(Text),
    /// Nobody knows whether it was done; once the pause is over, it can be found out.
    Unclear {
        /// Of the answer, if there was one.
        status: Option<u16>,
        pause: Duration,
        error: Error,
    },
}

impl Door {
    pub(super) fn creation(&self, fields: Map<String, Value>) -> Order {
        let request = self.keyed(Request::new("POST", "/api/v3/users?contract=true")).json(&fields);
        Order { request, tried: "create a user", right: "to create users" }
    }

    pub(super) fn update(&self, person: u32, fields: Map<String, Value>) -> Order {
        let request = self.keyed(Request::new("PUT", format!("/api/v3/users/{person}"))).json(&self.wrapped(fields));
        Order { request, tried: "update a user", right: "to edit users" }
    }

    pub(super) fn contract(&self, request: Request) -> Order {
        Order { request, tried: "give a user a new work contract", right: contract::RIGHT }
    }

    /// Says what is sent without saying it of anybody: `POST https://acme.ilucca.net/api/v3/users`.
    pub fn shown(&self, order: &Order) -> String {
        format!("{} {}", order.request.verb(), self.client.shown(&order.request))
    }

    /// Sends an order once. `tried` counts the tries of its operation, from 1.
    ///
    /// # Errors
    /// It cannot be sent at all, now or later: the key is wrong, or lacks the right.
    pub fn send(&self, order: &Order, tried: u32, limit: &Limit) -> Result<Answered, Error> {
        match self.client.attempt(&order.request, tried, limit) {
            Attempt::Failed(error) => Err(error),
            Attempt::Passing { status, pause, error } => Ok(Answered::Unclear { status, pause, error }),
            Attempt::Answered(answer) if is_refusal(answer.status) => {
                let told = answer.told().unwrap_or_else(|| "–".into());
                let status = answer.status_line();
                Ok(Answered::Refused(text!(
                    "Lucca refuses it ({status}): {told}",
                    "refusé par Lucca ({status}) : {told}"
                )))
            }
            Attempt::Answered(answer) => {
                let answer = self.accepted(&order.request, answer, order.tried, order.right)?;
                Ok(match answer.json::<Value>(&format!("what came of the request to {}", order.tried)) {
                    Ok(said) => Answered::Done { person: id_of(&said["data"]) },
                    Err(_) if answer.body.is_empty() => Answered::Done { person: None },
                    // It was not Lucca that answered so, but something on the way.
                    Err(error) => Answered::Unclear { status: None, pause: PAUSE, error },
                })
            }
        }
    }

    fn wrapped(&self, fields: Map<String, Value>) -> Value {
        match self.options.put_body() {
            PutBody::Bare => Value::Object(fields),
            PutBody::InData => Value::Object(Map::from_iter([("data".to_string(), Value::Object(fields))])),
        }
    }
}

/// Refused for what was sent, not for who sends it.
fn is_refusal(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 401 | 403)
}

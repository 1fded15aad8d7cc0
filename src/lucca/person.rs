//! One person as they are now: a user of Lucca, read again before anything about them is sent.

use serde_json::Value;

use super::pages::{self, List};
use super::resource::Resource;
use super::written::Written;
use super::{Door, users};
use crate::net::http::encoded;
use crate::net::{Error, Limit};

/// How a person is looked for.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    Id(u32),
    /// Whatever its case.
    Login(&'a str),
}

/// Nobody else has the id or the login; if somebody had, it would be seen.
const FEW: usize = 10;

impl Door {
    /// The user, former employees included, with `id`, `login` and what is asked for.
    pub(super) fn person(&self, by: By<'_>, asked: &[&Written], limit: &Limit) -> Result<Option<Value>, Error> {
        let filter = match by {
            By::Id(id) => format!("{}&id={id}", users::EVERYBODY),
            By::Login(login) => format!("{}&login={}", users::EVERYBODY, encoded(login)),
        };
        let mut fields: Vec<String> = asked.iter().map(|written| written.asked()).chain(["login".into()]).collect();
        fields.sort_unstable();
        fields.dedup();
        let list = List { resource: Resource::Users, path: users::PATH, filter: &filter, fields: &fields.join(",") };
        let keep = |found: &mut Vec<Value>, _: u32, user: &Value| found.push(user.clone());
        let found = pages::first(self, &list, FEW, keep, limit)?.rows;
        // A comma in a login would be read as several.
        Ok(found.into_iter().find(|user| match by {
            By::Id(id) => id_of(user) == Some(id),
            By::Login(login) => user["login"].as_str().is_some_and(|known| is_same_login(known, login)),
        }))
    }
}

pub fn id_of(user: &Value) -> Option<u32> {
    user["id"].as_u64().and_then(|id| u32::try_from(id).ok())
}

/// Logins are the same whatever their case.
pub fn is_same_login(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

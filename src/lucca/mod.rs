//! Door: people and organisation behind the API of Lucca. A resource is a file.
//!
//! What is known of the API, and what is not, is in the doc comments of the resources; the pages are those of
//! `developers.lucca.fr`. Nothing here ever deletes.

mod options;
mod property;
mod refusal;
mod users;
pub mod webhook;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

pub use options::Options;

use crate::model::{Field, Organisation, People};
use crate::net::http::{Budget, Client, Request};
use crate::net::{Error, Limit};

/// One instance of Lucca, asked with one key.
pub struct Door {
    client: Client,
    authorization: SecretString,
}

/// What an instance holds at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Their numbers are the ids of Lucca's users.
    pub people: Arc<People>,
    pub organisation: Arc<Organisation>,
}

/// Has Lucca anything that this field could be, be it through another person?
pub fn can_have(field: &Field) -> bool {
    property::of(&field.own()).is_some()
}

impl Door {
    /// Reads the key; nothing is sent yet. Paths in the options are relative to `base`.
    pub fn open(options: &Options, base: &Path) -> Result<Door, Error> {
        let budget = Budget::new(options.requests_a_minute());
        let client = Client::new(options.url(), options.trust(), budget, options.tries(), base)?;
        let key = options.key().read_line(base)?;
        let authorization = format!("lucca application={}", key.expose_secret()).into();
        Ok(Door { client, authorization })
    }

    /// Everybody, former and future employees too, with the fields that are wanted, as far as Lucca has them, and their
    /// logins.
    pub fn read(&self, wanted: &BTreeSet<Field>, limit: &Limit) -> Result<Snapshot, Error> {
        Ok(Snapshot { people: Arc::new(users::read(self, wanted, limit)?), organisation: Arc::default() })
    }

    /// With the key of this instance.
    fn keyed(&self, request: Request) -> Request {
        request.header("Authorization", self.authorization.expose_secret())
    }
}

//! What the servers of a site turned out to be, the evening before: their sheets, and the folders that exchanges need; and
//! what a key lets see of an instance of Lucca.

mod instance;
pub mod shown;
pub mod text;
mod warning;

use chrono::{DateTime, Utc};
use serde::Serialize;

pub use warning::warnings;

use crate::model::sheet::Change;
use crate::model::{Exit, Field, Sheet, Text};
use crate::report::{Direction, Failure};

/// One examination of servers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Check {
    pub site: String,
    /// Nothing was written: the servers were only looked at.
    pub dry_run: bool,
    pub started: DateTime<Utc>,
    pub finished: DateTime<Utc>,
    pub exit_code: Exit,
    pub servers: Vec<Server>,
    /// Of Lucca.
    pub instances: Vec<Instance>,
    /// In the order of the night.
    pub places: Vec<Place>,
    /// Why the sheets are not remembered, or those before them not read.
    pub failure: Option<Failure>,
}

/// What one server turned out to be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Server {
    pub name: String,
    /// In a few words, without secrets.
    pub server: String,
    /// None where nobody was let in.
    pub sheet: Option<Sheet>,
    pub warnings: Vec<Text>,
    /// Of the sheet before this one.
    pub last: Option<DateTime<Utc>>,
    /// Since then.
    pub changes: Vec<Change>,
    /// Why the server could not be examined.
    pub failure: Option<Failure>,
    /// Why something that was written could not be taken away.
    pub left: Option<Failure>,
}

/// What a key lets see of an instance of Lucca.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Instance {
    pub name: String,
    /// In a few words, without secrets.
    pub instance: String,
    /// Former and future ones too; None where that is not known.
    pub people: Option<usize>,
    /// None where nobody was let in.
    pub rights: Vec<Right>,
    pub untold: Vec<Untold>,
    /// Why the instance could not be looked at.
    pub failure: Option<Failure>,
}

/// A right that the exchanges of the site need.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Right {
    /// What it is about: `departments`.
    pub resource: Text,
    /// What the key must be allowed to.
    pub right: Text,
    /// Which need it.
    pub exchanges: Vec<String>,
    /// None where that is not known.
    pub is_there: Option<bool>,
    pub failure: Option<Failure>,
}

/// A datum that exchanges need, and of which the instance says nothing about the first few people.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Untold {
    pub field: Field,
    pub exchanges: Vec<String>,
}

/// A folder or a file that an exchange needs on a server.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    pub exchange: String,
    pub direction: Direction,
    /// By its name in the site.
    pub server: String,
    /// Relative to the server's own folder, which is `.`.
    pub path: String,
    pub purpose: Purpose,
    /// None where that is not known, as are the others.
    pub is_there: Option<bool>,
    pub is_writable: Option<bool>,
    /// Files that the next run would take.
    pub waiting: Option<usize>,
    /// Folders that a run makes when it needs them.
    pub to_be_made: Vec<String>,
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Partners drop files there.
    Watched,
    /// Files for partners go there.
    Delivered,
    /// People are read from it.
    Read,
}

impl Server {
    fn exit(&self) -> Exit {
        [&self.failure, &self.left].into_iter().flatten().map(|failure| failure.exit_code).max().unwrap_or_default()
    }
}

impl Place {
    fn exit(&self) -> Exit {
        match &self.failure {
            Some(failure) => failure.exit_code,
            None if self.is_there == Some(false) => Exit::ServerRefused,
            None => Exit::Done,
        }
    }
}

impl Instance {
    fn exit(&self) -> Exit {
        let failures = self.rights.iter().filter_map(|right| right.failure.as_ref()).chain(&self.failure);
        failures.map(|failure| failure.exit_code).max().unwrap_or_default()
    }
}

impl Check {
    /// The gravest of all. That another run holds the journal just now says nothing about the servers.
    pub fn judge(&self) -> Exit {
        let servers = self.servers.iter().map(Server::exit).chain(self.instances.iter().map(Instance::exit));
        let places = self.places.iter().map(Place::exit);
        let memory = self.failure.iter().filter(|failure| !failure.later_may_help).map(|failure| failure.exit_code);
        servers.chain(places).chain(memory).max().unwrap_or_default()
    }
}

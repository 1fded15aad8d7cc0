//! Door: people and organisation behind the API of Lucca. A resource is a file.
//!
//! What is known of the API, and what is not, is in the doc comments of the resources; the pages are those of
//! `developers.lucca.fr`. Nothing here ever deletes.

mod access;
mod axes;
mod body;
mod calendars;
mod categories;
mod contract;
mod culture;
mod custom;
mod departments;
mod employees;
mod establishments;
mod generation;
mod known;
mod labels;
mod legal_entities;
mod list;
mod look;
mod oauth;
mod options;
mod order;
mod organisation;
mod page;
mod pages;
mod path;
mod person;
mod pictures;
mod property;
mod records;
mod refusal;
mod resource;
mod roles;
mod units;
mod users;
mod value;
mod wanted;
pub mod webhook;
mod writer;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDateTime;
use secrecy::SecretString;

pub use generation::{Generations, OfPeople, OfUnits};
pub use look::Looked;
pub use options::Options;
pub use order::{Answered, Order};
pub use resource::Resource;
pub use users::Changes;
pub use wanted::{Part, Wanted};
pub use writer::{Step, Writer};

use crate::model::{Field, Organisation, People};
use crate::net::http::Client;
use crate::net::{Error, Limit};
use oauth::Tokens;
use units::Units;

/// One instance of Lucca, asked with one key.
pub struct Door {
    client: Client,
    options: Options,
    /// `Authorization` of v3 and v4; None where the site has no key.
    authorization: Option<SecretString>,
    /// For the newest generation.
    tokens: Option<Tokens>,
}

/// What an instance holds at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Their numbers are the ids of Lucca's users.
    pub people: Arc<People>,
    pub organisation: Arc<Organisation>,
    /// The id of a person's picture, by the person's number; who has none is not in it.
    pub pictures: Arc<BTreeMap<u32, String>>,
    /// Data of a person's own that were asked for, and of which Lucca says nothing about anybody: perhaps the key may not
    /// see them, perhaps there is no such thing. The people do not have them.
    pub untold: Arc<BTreeSet<Field>>,
}

impl Options {
    /// Has this instance anything that this field could be, be it through another person?
    pub fn can_have(&self, field: &Field) -> bool {
        let has = |field: &Field| match self.generation.people {
            OfPeople::V3 => property::of(field, self).is_some(),
            OfPeople::V5 => employees::has(field, self),
        };
        has(&field.own()) && field.relations().all(|relation| has(&Field::of(relation.name())))
    }

    /// Can imports write this field, and read it to compare it before?
    pub fn takes(&self, field: &Field) -> bool {
        written::of(field, self).is_some()
    }
}

impl Door {
    /// Everybody, former and future employees too, and the organisation, as far as they are wanted and Lucca has them.
    pub fn read(&self, wanted: &Wanted, limit: &Limit) -> Result<Snapshot, Error> {
        let organisation = organisation::read(self, &wanted.parts(&self.options), limit)?;
        let units = Units::new(&organisation);
        let read = match self.options.generation.people {
            OfPeople::V3 => users::read(self, wanted, &units, limit)?,
            OfPeople::V5 => employees::read(self, wanted, &units, limit)?,
        };
        let organisation = organisation::with_heads(organisation, &read.people);
        Ok(snapshot(read, Arc::new(organisation)))
    }

    /// What the organisation is now, for people who were read before.
    pub fn read_organisation(&self, wanted: &Wanted, people: &People, limit: &Limit) -> Result<Organisation, Error> {
        let organisation = organisation::read(self, &wanted.parts(&self.options), limit)?;
        Ok(organisation::with_heads(organisation, people))
    }

    /// Those of these ids who are there, with what the organisation was when everybody was read.
    pub fn read_some(
        &self,
        ids: &[u32],
        wanted: &Wanted,
        organisation: Arc<Organisation>,
        limit: &Limit,
    ) -> Result<Snapshot, Error> {
        let units = Units::new(&organisation);
        let read = match self.options.generation.people {
            OfPeople::V3 => users::some(self, ids, wanted, &units, limit)?,
            OfPeople::V5 => employees::some(self, ids, wanted, &units, limit)?,
        };
        Ok(snapshot(read, organisation))
    }

    /// Who was changed at this moment of Lucca's clock or later, for [`Door::read_some`]. Ask again from
    /// [`Changes::latest`] on, which tells some of them twice and loses nobody. The newest generation cannot be asked this
    /// way, and tells of everybody.
    pub fn changed_since(&self, moment: NaiveDateTime, limit: &Limit) -> Result<Changes, Error> {
        match self.options.generation.people {
            OfPeople::V3 => users::changed_since(self, moment, limit),
            OfPeople::V5 => employees::changed_since(self, moment, limit),
        }
    }

    /// The bytes of a picture as they are; None where there is none of that id any more. One that has more than `largest`
    /// bytes is refused before they are read.
    pub fn picture(&self, id: &str, largest: u64, limit: &Limit) -> Result<Option<Vec<u8>>, Error> {
        pictures::read(self, id, largest, limit)
    }

    /// How often what may be tried again is tried.
    pub fn tries(&self) -> u32 {
        self.client.tries()
    }

    /// Waits before the next try; where there is no time for that, it is the error of the try before.
    pub fn wait(&self, tried: u32, pause: Duration, error: Error, limit: &Limit) -> Result<(), Error> {
        self.client.wait(tried, pause, error, limit)
    }
}

fn snapshot(read: users::Read, organisation: Arc<Organisation>) -> Snapshot {
    Snapshot {
        people: Arc::new(read.people),
        organisation,
        pictures: Arc::new(read.pictures),
        untold: Arc::new(read.untold),
    }
}

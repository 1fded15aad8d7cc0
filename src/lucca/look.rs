//! A look at an instance: is the key right, and which rights does it lack?

use std::collections::{BTreeMap, BTreeSet};

use super::generation::OfPeople;
use super::resource::Resource;
use super::wanted::Part;
use super::{Door, Wanted, employees, organisation, records, users};
use crate::model::Field;
use crate::net::{Error, Kind, Limit};

/// Bytes of a picture at which a look is taken.
const LARGEST: u64 = 64 << 20;

/// What an instance lets see.
#[derive(Debug, Default)]
pub struct Looked {
    /// How many people there are, former and future ones too.
    pub people: Option<usize>,
    /// What could be read, or why not.
    pub resources: BTreeMap<Resource, Result<(), Error>>,
    /// Data that were asked for, and of which Lucca says nothing about the first few people.
    pub untold: BTreeSet<Field>,
}

impl Door {
    /// Reads of everything that is wanted as little as can be. Where nobody knows the key, nothing else is tried.
    pub fn look(&self, wanted: &Wanted, limit: &Limit) -> Looked {
        let mut looked = Looked::default();
        let people = match self.options.generation.people {
            OfPeople::V3 => users::look(self, wanted, limit),
            OfPeople::V5 => employees::count(self, limit).map(|count| (count, BTreeSet::new())),
        };
        let is_known = !people.as_ref().is_err_and(|error| is_hopeless(error.kind));
        let people = people.map(|(count, untold)| (looked.people, looked.untold) = (count, untold));
        looked.resources.insert(Resource::Users, people);
        if !is_known {
            return looked;
        }
        if wanted.resources(&self.options).contains(&Resource::PersonalRecords) {
            looked.resources.insert(Resource::PersonalRecords, records::look(self, limit));
        }
        if wanted.resources(&self.options).contains(&Resource::HrFiles) {
            let seen = users::look_at_custom(self, wanted, limit).map(|untold| looked.untold.extend(untold));
            looked.resources.insert(Resource::HrFiles, seen);
        }
        if wanted.pictures {
            looked.resources.insert(Resource::Pictures, self.look_at_picture(limit));
        }
        for part in wanted.parts(&self.options) {
            let read = organisation::read(self, [&part], limit).map(drop);
            if let Some(resource) = part.resource() {
                looked.resources.insert(resource, read);
            }
        }
        looked
    }
}

impl Door {
    /// The first one that there is.
    fn look_at_picture(&self, limit: &Limit) -> Result<(), Error> {
        let found = match self.options.generation.people {
            OfPeople::V3 => users::some_picture(self, limit)?,
            OfPeople::V5 => employees::some_picture(self, limit)?,
        };
        found.map_or(Ok(()), |id| self.picture(&id, LARGEST, limit).map(drop))
    }
}

/// Whoever cannot get in by one door of the house gets in by none.
fn is_hopeless(kind: Kind) -> bool {
    matches!(kind, Kind::Login | Kind::Unreachable | Kind::TimedOut | Kind::Identity | Kind::Stopped | Kind::Setup)
}

impl Part {
    /// The right that it needs; None where Lucca is not asked.
    pub fn resource(self) -> Option<Resource> {
        match self {
            Part::Departments => Some(Resource::Departments),
            Part::Establishments => Some(Resource::Establishments),
            Part::LegalEntities => Some(Resource::LegalEntities),
            Part::Roles => Some(Resource::Roles),
            Part::Cultures => None,
            Part::Calendars => Some(Resource::Calendars),
            Part::ProfessionalCategories => Some(Resource::Categories),
            Part::Axis(_) => Some(Resource::Axes),
            Part::Custom => Some(Resource::CustomDefinitions),
        }
    }
}

//! What is read of an instance: no more than somebody asked for.

use std::collections::BTreeSet;

use super::generation::OfPeople;
use super::options::Options;
use super::property::{self, Property};
use super::records;
use super::resource::Resource;
use crate::model::Field;
use crate::model::field::Relation;

/// Of people and organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of people; those that Lucca does not have are passed over.
    pub fields: BTreeSet<Field>,
    pub parts: BTreeSet<Part>,
    /// Which picture a person has.
    pub pictures: bool,
}

/// A part of the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Departments,
    Establishments,
    LegalEntities,
    Roles,
    Cultures,
    Calendars,
    ProfessionalCategories,
    /// The sections of the analytical axis with that id, and those above them.
    Axis(u32),
    Custom,
}

impl From<BTreeSet<Field>> for Wanted {
    fn from(fields: BTreeSet<Field>) -> Wanted {
        Wanted { fields, ..Wanted::default() }
    }
}

/// All that any of them wants.
impl FromIterator<Wanted> for Wanted {
    fn from_iter<I: IntoIterator<Item = Wanted>>(all: I) -> Wanted {
        all.into_iter().fold(Wanted::default(), |mut whole, one| {
            whole.fields.extend(one.fields);
            whole.parts.extend(one.parts);
            whole.pictures |= one.pictures;
            whole
        })
    }
}

impl Wanted {
    /// The data of a person's own that are asked for, the login always, and whom the ways to other people go by.
    pub(super) fn own(&self) -> BTreeSet<Field> {
        let relations = self.fields.iter().flat_map(Field::relations).map(Relation::name);
        let relations: BTreeSet<&str> = relations.chain(["login"]).collect();
        self.fields.iter().map(Field::own).chain(relations.into_iter().map(Field::of)).collect()
    }

    /// What the key must be allowed to see.
    pub fn resources(&self, options: &Options) -> BTreeSet<Resource> {
        let mut resources: BTreeSet<Resource> =
            self.parts(options).into_iter().filter_map(Part::resource).chain([Resource::Users]).collect();
        let is_custom =
            |field: &Field| property::of(field, options).is_some_and(|property| property.path().is_custom());
        if options.generation.people == OfPeople::V3 && self.own().iter().any(is_custom) {
            resources.insert(Resource::HrFiles);
        }
        if options.generation.people == OfPeople::V5 && self.own().iter().any(records::have) {
            resources.insert(Resource::PersonalRecords);
        }
        resources.extend(self.pictures.then_some(Resource::Pictures));
        resources
    }

    /// The parts of the organisation without which the fields cannot be told.
    pub(super) fn parts(&self, options: &Options) -> BTreeSet<Part> {
        let own = self.own();
        let mut parts = self.parts.clone();
        if options.generation.people == OfPeople::V5 {
            let by_id = [
                ("department", Part::Departments),
                ("establishment", Part::Establishments),
                ("professional-category", Part::ProfessionalCategories),
            ];
            parts.extend(by_id.iter().filter(|(name, _)| own.contains(&Field::of(name))).map(|(_, part)| *part));
        }
        let told = own.iter().filter(|field| options.can_have(field));
        for property in told.filter_map(|field| property::of(field, options)) {
            match property {
                Property::DepartmentLevel(_) => drop(parts.insert(Part::Departments)),
                Property::LegalEntity => parts.extend([Part::Establishments, Part::LegalEntities]),
                Property::CostCenter { axis, .. } => drop(parts.insert(Part::Axis(axis))),
                Property::Custom(_) if options.generation.people == OfPeople::V3 => drop(parts.insert(Part::Custom)),
                Property::At(_) | Property::Custom(_) | Property::Culture | Property::WorkCycle => {}
            }
        }
        parts
    }
}

//! The organisation of an instance, part by part.

use std::collections::HashMap;

use super::wanted::Part;
use super::{Door, axes, calendars, categories, culture, custom, departments, establishments, legal_entities, roles};
use crate::model::organisation::Unit;
use crate::model::{Field, Organisation, People};
use crate::net::{Error, Limit};

/// Heads are ids yet: [`with_heads`] makes logins of them.
pub fn read<'a>(door: &Door, parts: impl IntoIterator<Item = &'a Part>, limit: &Limit) -> Result<Organisation, Error> {
    let mut organisation = Organisation::default();
    for part in parts {
        match part {
            Part::Departments => organisation.departments = departments::read(door, limit)?,
            Part::Establishments => organisation.establishments = establishments::read(door, limit)?,
            Part::LegalEntities => organisation.legal_entities = legal_entities::read(door, limit)?,
            Part::Roles => organisation.roles = roles::read(door, limit)?,
            Part::Cultures => organisation.cultures = culture::all(),
            Part::Calendars => organisation.calendars = calendars::read(door, limit)?,
            Part::ProfessionalCategories => organisation.professional_categories = categories::read(door, limit)?,
            Part::Axis(id) => organisation.axes.push(axes::read(door, *id, limit)?),
            Part::Custom => organisation.custom = custom::read(door, limit)?,
        }
    }
    Ok(organisation)
}

/// Departments are headed by people, whom everybody else knows by their logins.
pub fn with_heads(organisation: Organisation, people: &People) -> Organisation {
    let column = people.column(&Field::of("login"));
    let logins: HashMap<String, &str> =
        (0..people.len()).map(|person| (people.number(person).to_string(), people.value(person, &column))).collect();
    let headed =
        |unit: Unit| Unit { head: logins.get(&unit.head).map(|login| login.to_string()).unwrap_or_default(), ..unit };
    Organisation { departments: organisation.departments.into_iter().map(headed).collect(), ..organisation }
}

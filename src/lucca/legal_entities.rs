//! Legal entities: v4 calls them legal units.

use super::Door;
use super::generation::OfUnits;
use super::list::{self, unit};
use super::resource::Resource;
use crate::model::organisation::Unit;
use crate::net::{Error, Limit};

/// v3 has none, so v4 is asked in its place.
pub fn read(door: &Door, limit: &Limit) -> Result<Vec<Unit>, Error> {
    let resource = Resource::LegalEntities;
    let items = match door.options.generation.establishments {
        OfUnits::V3 | OfUnits::V4 => list::v4(door, resource, "/organization/structure/api/legal-units", limit)?,
        OfUnits::V5 => list::v5(door, resource, "/lucca-api/legal-entities", limit)?,
    };
    Ok(items.iter().map(unit).collect())
}

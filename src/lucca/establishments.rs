//! Establishments: v3 calls them legal entities, the newest generation business establishments.

use super::Door;
use super::generation::OfUnits;
use super::list::{self, reference, unit};
use super::pages::List;
use super::resource::Resource;
use crate::model::organisation::Unit;
use crate::net::{Error, Limit};

/// Their parents are legal entities, which v3 does not know.
pub fn read(door: &Door, limit: &Limit) -> Result<Vec<Unit>, Error> {
    let resource = Resource::Establishments;
    let (items, above) = match door.options.generation.establishments {
        OfUnits::V3 => {
            let list = List { resource, path: "/api/v3/legalentities", filter: "", fields: "code,name" };
            (list::v3(door, &list, limit)?, "legalUnitId")
        }
        OfUnits::V4 => (list::v4(door, resource, "/organization/structure/api/establishments", limit)?, "legalUnitId"),
        OfUnits::V5 => (list::v5(door, resource, "/lucca-api/business-establishments", limit)?, "legalEntity"),
    };
    Ok(items.iter().map(|item| Unit { parent: reference(item, above), ..unit(item) }).collect())
}

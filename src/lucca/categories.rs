//! Professional categories: users of v3 call them `csp`, v4 occupation categories.

use super::Door;
use super::generation::OfUnits;
use super::list::{self, unit};
use super::resource::Resource;
use crate::model::organisation::Unit;
use crate::net::{Error, Limit};

/// Of the generation of establishments, beside which they stand.
pub fn read(door: &Door, limit: &Limit) -> Result<Vec<Unit>, Error> {
    let resource = Resource::Categories;
    let items = match door.options.generation.establishments {
        OfUnits::V3 | OfUnits::V4 => {
            list::v4(door, resource, "/organization/structure/api/occupation-categories", limit)?
        }
        OfUnits::V5 => list::v5(door, resource, "/lucca-api/occupation-categories", limit)?,
    };
    Ok(items.iter().map(unit).collect())
}

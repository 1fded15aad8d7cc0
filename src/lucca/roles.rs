//! Roles, of which a user has one principal and perhaps more.

use super::Door;
use super::list::{self, unit};
use super::pages::List;
use super::resource::Resource;
use crate::model::organisation::Unit;
use crate::net::{Error, Limit};

pub fn read(door: &Door, limit: &Limit) -> Result<Vec<Unit>, Error> {
    let list = List { resource: Resource::Roles, path: "/api/v3/roles", filter: "", fields: "name" };
    Ok(list::v3(door, &list, limit)?.iter().map(unit).collect())
}

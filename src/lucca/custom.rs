//! Definitions of extended data: `/api/v3/extensionuserdefinitions`.

use serde_json::Value;

use super::Door;
use super::list::unit;
use super::page;
use super::resource::Resource;
use crate::model::organisation::Custom;
use crate::net::http::Request;
use crate::net::{Error, Limit};

/// Assumed: what begins with `e_`, be it the code or the id, is what extended data are called in users.
pub fn read(door: &Door, limit: &Limit) -> Result<Vec<Custom>, Error> {
    let fields = "id,code,name,extensionUserPropertyListEntries[id,name]";
    let request = Request::get(format!("/api/v3/extensionuserdefinitions?paging=0,1000&fields={fields}"));
    let answer = door.get(&door.keyed(request), Resource::CustomDefinitions, limit)?;
    let mut all = Vec::new();
    page::read(&answer, "the definitions of extended data", |item| all.push(definition(&item)))?;
    Ok(all)
}

fn definition(item: &Value) -> Custom {
    let named = unit(item);
    let code = [named.code, named.id].into_iter().find(|code| code.starts_with("e_")).unwrap_or_default();
    let entries = item.get("extensionUserPropertyListEntries").and_then(Value::as_array);
    Custom { code, name: named.name, entries: entries.into_iter().flatten().map(unit).collect() }
}

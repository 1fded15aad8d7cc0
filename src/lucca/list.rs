//! Whole lists of units, of each generation of the API. They are short, and nobody comes or goes while they are read.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Door;
use super::pages;
use super::resource::Resource;
use super::value::{canonical, id};
use crate::model::Language;
use crate::model::organisation::Unit;
use crate::net::http::Request;
use crate::net::{Error, Kind, Limit};

/// Units of a page of v4 and of the newest generation: the most that the latter allows.
const PAGE: usize = 100;

/// More than there can be.
const PAGES: usize = 10_000;

/// Of v3: by pages that may shift.
pub fn v3(door: &Door, list: &pages::List<'_>, limit: &Limit) -> Result<Vec<Value>, Error> {
    let keep = |items: &mut Vec<Value>, _: u32, item: &Value| items.push(item.clone());
    let slices = pages::read(door, list, keep, limit)?;
    Ok(slices.into_iter().flat_map(|slice| slice.rows.into_iter().skip(slice.skip)).collect())
}

/// Of v4: `limit` and `page`, from 1, all properties, `{"items": […], "count": …}`.
pub fn v4(door: &Door, resource: Resource, path: &str, limit: &Limit) -> Result<Vec<Value>, Error> {
    let mut all: Vec<Value> = Vec::new();
    for page in 1..PAGES {
        let request = door.keyed(Request::get(format!("{path}?limit={PAGE}&page={page}&fields.root=count")));
        let answer: Value = door.get(&request, resource, limit)?.json(&what(resource))?;
        let items = items(&answer, resource)?;
        let count = answer.get("count").and_then(Value::as_u64);
        let is_last =
            items.is_empty() || count.map_or(items.len() < PAGE, |count| (all.len() + items.len()) as u64 >= count);
        all.extend(items.iter().cloned());
        if is_last {
            break;
        }
    }
    Ok(unique(all))
}

/// Of the newest generation: a cursor leads from page to page.
pub fn v5(door: &Door, resource: Resource, path: &str, limit: &Limit) -> Result<Vec<Value>, Error> {
    let mut all: Vec<Value> = Vec::new();
    door.cursor(resource, path, "", limit, |answer| {
        all.extend(items(answer, resource)?.iter().cloned());
        Ok(())
    })?;
    Ok(unique(all))
}

pub fn items(answer: &Value, resource: Resource) -> Result<&Vec<Value>, Error> {
    answer.get("items").and_then(Value::as_array).ok_or_else(|| {
        Error::new(Kind::Protocol, format!("read {}", what(resource))).caused_by("what was answered has no `items`")
    })
}

fn what(resource: Resource) -> String {
    format!("a page of {}", resource.name().is(Language::English))
}

fn unique(mut items: Vec<Value>) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert(item.get("id").map(Value::to_string)));
    items
}

/// What all units have alike; those that have been archived are inactive.
pub fn unit(item: &Value) -> Unit {
    let text = |names: &[&str]| {
        let mut texts = names.iter().map(|name| item.get(name).map(canonical).unwrap_or_default());
        texts.find(|text| !text.is_empty()).unwrap_or_default()
    };
    let is = |name: &str| item.get(name).and_then(Value::as_bool);
    Unit {
        id: reference(item, "id"),
        // The newest generation has other words.
        code: text(&["code", "remoteId"]),
        name: text(&["name", "legalName"]),
        parent: String::new(),
        head: String::new(),
        is_active: is("isActive").unwrap_or(true) && !is("isArchived").unwrap_or(false),
    }
}

/// An id that a property holds, as `{"parentId": 3}` or `{"parent": {"id": "3"}}` does; empty where there is none.
pub fn reference(item: &Value, name: &str) -> String {
    let found = item.get(name).unwrap_or(&Value::Null);
    id(found.get("id").unwrap_or(found)).unwrap_or_default()
}

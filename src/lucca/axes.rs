//! Analytical axes and their sections: cost centres, projects, …

use std::collections::BTreeSet;

use serde_json::Value;

use super::Door;
use super::list::{self, reference, unit};
use super::pages::List;
use super::resource::Resource;
use crate::model::organisation::{Axis, Unit};
use crate::net::{Error, Limit};

const SECTIONS: &str = "/api/v3/axisSections";

/// Ids in one question, so that it stays short.
const IDS: usize = 100;

/// An axis with its sections, and all that stand above them, which may be of other axes. Of several parents, the first
/// one counts.
pub fn read(door: &Door, id: u32, limit: &Limit) -> Result<Axis, Error> {
    let named = List { resource: Resource::Axes, path: "/api/v3/axes", filter: &format!("id={id}"), fields: "name" };
    let name = list::v3(door, &named, limit)?.first().map(|axis| unit(axis).name).unwrap_or_default();
    let mut sections = ask(door, &format!("axisId={id}"), limit)?;
    loop {
        let known: BTreeSet<&str> = sections.iter().map(|section| section.id.as_str()).collect();
        let above = sections.iter().map(|section| section.parent.as_str());
        let unknown: BTreeSet<&str> = above.filter(|id| !id.is_empty() && !known.contains(id)).collect();
        let unknown: Vec<&str> = unknown.into_iter().collect();
        let mut found = Vec::new();
        for ids in unknown.chunks(IDS) {
            found.extend(ask(door, &format!("id={}", ids.join(",")), limit)?);
        }
        if found.is_empty() {
            return Ok(Axis { id: id.to_string(), name, sections });
        }
        sections.extend(found);
    }
}

fn ask(door: &Door, filter: &str, limit: &Limit) -> Result<Vec<Unit>, Error> {
    let fields = "code,name,parentAxisSections[id]";
    let list = List { resource: Resource::Axes, path: SECTIONS, filter, fields };
    let parent = |item: &Value| item.get("parentAxisSections").and_then(|all| all.get(0)).cloned().unwrap_or_default();
    let section = |item: &Value| Unit { parent: reference(&parent(item), "id"), ..unit(item) };
    Ok(list::v3(door, &list, limit)?.iter().map(section).collect())
}

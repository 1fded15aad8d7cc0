//! Departments, which are a tree.

use std::collections::HashMap;

use serde_json::Value;

use super::Door;
use super::generation::OfUnits;
use super::list::{self, reference, unit};
use super::pages::List;
use super::resource::Resource;
use crate::model::organisation::Unit;
use crate::net::{Error, Limit};

/// Their heads are ids of users.
pub fn read(door: &Door, limit: &Limit) -> Result<Vec<Unit>, Error> {
    let resource = Resource::Departments;
    let items = match door.options.generation.departments {
        OfUnits::V3 => {
            let fields = "code,name,hierarchy,parentId,isActive,head[id]";
            list::v3(door, &List { resource, path: "/api/v3/departments", filter: "", fields }, limit)?
        }
        OfUnits::V4 => list::v4(door, resource, "/organization/structure/api/departments", limit)?,
        OfUnits::V5 => list::v5(door, resource, "/lucca-api/departments", limit)?,
    };
    Ok(tree(&items))
}

/// A parent is told as an id, or as a place in the tree (`/1/2/`) that is the `hierarchy` of the parent.
fn tree(items: &[Value]) -> Vec<Unit> {
    let place = |item: &Value, name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    let by_place: HashMap<String, String> =
        items.iter().filter_map(|item| Some((place(item, "hierarchy")?, reference(item, "id")))).collect();
    let first = |item: &Value, names: &[&str]| {
        names.iter().map(|name| reference(item, name)).find(|id| !id.is_empty()).unwrap_or_default()
    };
    let department = |item: &Value| {
        let parent = match place(item, "parentId") {
            Some(above) if above.starts_with('/') => by_place.get(&above).cloned().unwrap_or_default(),
            _ => first(item, &["parentId", "parent"]),
        };
        let lucca_id = reference(item, "parentLuccaId");
        Unit {
            parent: if lucca_id.is_empty() { parent } else { lucca_id },
            head: first(item, &["headId", "headID", "head", "manager"]),
            ..unit(item)
        }
    };
    items.iter().map(department).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parents_are_found_however_they_are_told() {
        let by_place = [
            json!({"id": 2, "code": "IND", "name": "Industry", "hierarchy": "/1/", "parentId": "/"}),
            json!({"id": 7, "code": "WEL", "name": "Welding", "hierarchy": "/1/2/", "parentId": "/1/", "headId": 12}),
        ];
        let by_id = [json!({"id": 2, "parentId": null}), json!({"id": 7, "parentId": 2, "head": {"id": 12}})];
        let newest = [
            json!({"id": "2", "parent": null, "remoteId": "IND"}),
            json!({"id": "7", "parent": {"id": "2"}, "manager": {"id": "12"}, "isArchived": true}),
        ];
        let lucca_id = [json!({"id": 2}), json!({"id": 7, "parentId": "/9/", "parentLuccaId": 2, "headID": 12})];
        for items in [&by_place, &by_id, &newest, &lucca_id] {
            let [above, below] = &tree(items)[..] else { panic!("two") };
            assert_eq!(
                (above.parent.as_str(), below.parent.as_str(), below.head.as_str()),
                ("", "2", "12"),
                "{items:?}"
            );
        }
        assert_eq!(tree(&newest)[0].code, "IND");
        assert!(!tree(&newest)[1].is_active && tree(&by_place)[1].is_active);
    }
}

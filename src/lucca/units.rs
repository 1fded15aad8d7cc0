//! What the values of people mean, when they are ids of something in the organisation.

use std::collections::HashMap;

use serde_json::Value;

use super::culture;
use super::options::By;
use super::property::Property;
use super::value::{canonical, id};
use crate::model::Organisation;
use crate::model::organisation::Unit;

/// Made once, for many people.
#[derive(Default)]
pub struct Units<'a> {
    departments: Tree<'a>,
    establishments: HashMap<&'a str, &'a Unit>,
    legal_entities: HashMap<&'a str, &'a Unit>,
    categories: HashMap<&'a str, &'a Unit>,
    axes: HashMap<&'a str, Tree<'a>>,
    /// By the code of the extended data, then by the id of the entry.
    entries: HashMap<&'a str, HashMap<&'a str, &'a str>>,
}

/// Units by their ids, each with those above it, from the top down.
#[derive(Default)]
struct Tree<'a>(HashMap<&'a str, Vec<&'a Unit>>);

impl<'a> Tree<'a> {
    fn new(units: &'a [Unit]) -> Tree<'a> {
        let by_id = by_id(units);
        let path = |unit: &'a Unit| {
            let above = |unit: &&'a Unit| by_id.get(unit.parent.as_str()).copied();
            // One that stands below itself ends the way.
            let mut path: Vec<&Unit> = std::iter::successors(Some(unit), above).take(units.len() + 1).collect();
            path.reverse();
            path
        };
        Tree(units.iter().map(|unit| (unit.id.as_str(), path(unit))).collect())
    }

    /// Levels are counted from 1 at the top.
    fn at(&self, id: &str, level: usize) -> Option<&'a Unit> {
        self.0.get(id)?.get(level - 1).copied()
    }
}

fn by_id(units: &[Unit]) -> HashMap<&str, &Unit> {
    units.iter().map(|unit| (unit.id.as_str(), unit)).collect()
}

impl<'a> Units<'a> {
    pub fn new(organisation: &'a Organisation) -> Units<'a> {
        let entries = |entries: &'a [Unit]| entries.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect();
        let custom = organisation.custom.iter();
        Units {
            departments: Tree::new(&organisation.departments),
            establishments: by_id(&organisation.establishments),
            legal_entities: by_id(&organisation.legal_entities),
            categories: by_id(&organisation.professional_categories),
            axes: organisation.axes.iter().map(|axis| (axis.id.as_str(), Tree::new(&axis.sections))).collect(),
            entries: custom.map(|custom| (custom.code.as_str(), entries(&custom.entries))).collect(),
        }
    }

    /// What `found` says of a person, which stands where the property is; empty where that is nothing.
    pub fn value(&self, property: &Property, found: &Value) -> String {
        let called = |unit: Option<&Unit>, by: By| match by {
            By::Name => unit.map(|unit| unit.name.clone()).unwrap_or_default(),
            By::Code => unit.map(|unit| unit.code.clone()).unwrap_or_default(),
        };
        let id = id(found).unwrap_or_default();
        match property {
            Property::At(_) => canonical(found),
            Property::Culture => {
                let known = id.parse().ok().and_then(culture::name);
                known.map(str::to_owned).unwrap_or(id)
            }
            Property::WorkCycle => latest(found),
            Property::Custom(code) => self.custom(code, found),
            Property::DepartmentLevel(level) => called(self.departments.at(&id, *level), By::Name),
            Property::LegalEntity => called(self.legal_entity(&id), By::Name),
            Property::CostCenter { axis, level, by } => {
                let tree = self.axes.get(axis.to_string().as_str());
                called(tree.and_then(|tree| tree.at(&id, *level)), *by)
            }
        }
    }

    pub fn department(&self, id: &str) -> Option<&'a Unit> {
        self.departments.0.get(id).and_then(|path| path.last()).copied()
    }

    pub fn department_at(&self, id: &str, level: usize) -> Option<&'a Unit> {
        self.departments.at(id, level)
    }

    pub fn establishment(&self, id: &str) -> Option<&'a Unit> {
        self.establishments.get(id).copied()
    }

    /// Of an establishment.
    pub fn legal_entity(&self, establishment: &str) -> Option<&'a Unit> {
        self.legal_entities.get(self.establishments.get(establishment)?.parent.as_str()).copied()
    }

    pub fn company(&self, id: &str) -> Option<&'a Unit> {
        self.legal_entities.get(id).copied()
    }

    pub fn category(&self, id: &str) -> Option<&'a Unit> {
        self.categories.get(id).copied()
    }

    /// `{"id": …, "value": …}`, several of them, or the value alone: the documentation shows them all.
    fn custom(&self, code: &str, found: &Value) -> String {
        match found {
            Value::Array(list) => {
                let all: Vec<String> = list.iter().map(|one| self.custom(code, one)).collect();
                all.iter().filter(|one| !one.is_empty()).cloned().collect::<Vec<_>>().join(", ")
            }
            Value::Object(object) if object.contains_key("value") => self.custom(code, &object["value"]),
            plain => {
                let entry = id(plain).and_then(|id| self.entries.get(code)?.get(id.as_str()).copied());
                entry.map_or_else(|| canonical(plain), str::to_owned)
            }
        }
    }
}

/// The name of the work cycle that starts last.
fn latest(cycles: &Value) -> String {
    let cycles = cycles.as_array().into_iter().flatten();
    let last = cycles.max_by_key(|cycle| cycle.get("startsOn").and_then(Value::as_str).unwrap_or_default());
    last.and_then(|cycle| cycle.get("workCycle")).map(canonical).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::organisation::{Axis, Custom};

    fn unit(id: &str, code: &str, name: &str, parent: &str) -> Unit {
        let [id, code, name, parent] = [id, code, name, parent].map(String::from);
        Unit { id, code, name, parent, ..Unit::default() }
    }

    #[test]
    fn ids_are_told_by_the_names_that_people_know() {
        let organisation = Organisation {
            departments: vec![unit("1", "IND", "Industry", ""), unit("2", "WEL", "Welding", "1")],
            establishments: vec![unit("7", "LYO", "Lyon", "3")],
            legal_entities: vec![unit("3", "ACM", "Acme SAS", "")],
            axes: vec![Axis { id: "4".into(), name: "Centres".into(), sections: vec![unit("9", "0950", "Aid", "")] }],
            custom: vec![Custom { code: "e_way".into(), name: "Way".into(), entries: vec![unit("5", "", "Bike", "")] }],
            ..Organisation::default()
        };
        let units = Units::new(&organisation);
        let center = |by| Property::CostCenter { axis: 4, level: 1, by };
        let custom = || Property::Custom("e_way".into());
        for (property, found, value) in [
            (Property::DepartmentLevel(1), json!(2), "Industry"),
            (Property::DepartmentLevel(2), json!(2), "Welding"),
            (Property::DepartmentLevel(3), json!(2), ""),
            (Property::LegalEntity, json!(7), "Acme SAS"),
            (center(By::Code), json!(9), "0950"),
            (center(By::Name), json!(9), "Aid"),
            (center(By::Name), json!(null), ""),
            (custom(), json!({"id": 1, "value": 5}), "Bike"),
            (custom(), json!([{"id": 1, "value": 5}, {"id": 2, "value": 6}]), "Bike, 6"),
            (custom(), json!("2026-01-01T00:00:00"), "2026-01-01"),
            (Property::Culture, json!(1036), "fr-FR"),
            (Property::Culture, json!(7), "7"),
        ] {
            assert_eq!(units.value(&property, &found), value, "{property:?}");
        }
    }

    #[test]
    fn of_several_work_cycles_the_last_one_counts() {
        let cycles = json!([
            {"startsOn": "2026-01-01T00:00:00", "workCycle": {"name": "4 days"}},
            {"startsOn": "2020-01-01T00:00:00", "workCycle": {"name": "5 days"}},
        ]);
        assert_eq!(latest(&cycles), "4 days");
        assert_eq!(latest(&json!([])), "");
    }
}

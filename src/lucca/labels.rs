//! Labels: the organisation, ready to be asked for ids by what files call things, and the other way round.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::model::Organisation;
use crate::model::organisation::{Unit, labels};

/// Per field, as our people have it: `department`, `axis-2`, `custom-badge`.
#[derive(Debug, Default)]
pub struct Labels(HashMap<String, Called>);

#[derive(Debug, Default)]
struct Called {
    ids: HashMap<String, String>,
    labels: HashMap<String, String>,
}

impl Labels {
    pub fn new(organisation: &Organisation) -> Labels {
        let Organisation { departments, establishments, roles, calendars, professional_categories, .. } = organisation;
        let named = [
            ("department", departments),
            ("establishment", establishments),
            ("role", roles),
            ("calendar", calendars),
            ("professional-category", professional_categories),
        ];
        let named = named.map(|(field, units)| (field.to_string(), units));
        let axes = organisation.axes.iter().map(|axis| (format!("axis-{}", axis.id), &axis.sections));
        let lists = organisation.custom.iter().filter(|custom| !custom.entries.is_empty());
        let lists = lists.map(|custom| (custom.code.replacen("e_", "custom-", 1), &custom.entries));
        let all = named.into_iter().chain(axes).chain(lists);
        let mut known: HashMap<String, Called> =
            all.map(|(field, units)| (field, Called::new(units, labels(units)))).collect();
        // Several numbers may stand for one culture; the first one is the documented one.
        let cultures = &organisation.cultures;
        let names = cultures.iter().map(|culture| culture.name.clone()).collect();
        known.insert("culture".into(), Called::new(cultures, names));
        Labels(known)
    }

    /// Has the field values that Lucca knows by ids?
    pub fn are_of(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// The id that Lucca wants; None where nothing that is in use is called so.
    pub fn id(&self, field: &str, label: &str) -> Option<Value> {
        let id = self.0.get(field)?.ids.get(label)?;
        Some(id.parse::<u64>().map_or_else(|_| json!(id), |id| json!(id)))
    }

    /// What the unit with this id is called; the id itself where it is not known, and empty for none.
    pub fn label(&self, field: &str, id: &Value) -> String {
        let id = match id {
            Value::Null => return String::new(),
            Value::String(id) => id.clone(),
            other => other.to_string(),
        };
        self.0.get(field).and_then(|called| called.labels.get(&id)).cloned().unwrap_or(id)
    }
}

impl Called {
    fn new(units: &[Unit], labels: Vec<String>) -> Called {
        let mut called = Called::default();
        for (unit, label) in units.iter().zip(labels) {
            if unit.is_active {
                called.ids.entry(label.clone()).or_insert_with(|| unit.id.clone());
            }
            called.labels.insert(unit.id.clone(), label);
        }
        called
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::organisation::{Axis, Custom};

    fn unit(id: &str, name: &str, is_active: bool) -> Unit {
        Unit { id: id.into(), name: name.into(), is_active, ..Unit::default() }
    }

    #[test]
    fn a_label_leads_to_the_id_of_what_is_in_use_and_an_id_to_what_it_is_called() {
        let labels = Labels::new(&Organisation {
            departments: vec![unit("1", "Sales", false), unit("2", "Sales", true), unit("3", "Old", false)],
            cultures: vec![unit("1034", "es-ES", true), unit("3082", "es-ES", true)],
            axes: vec![Axis { id: "4".into(), name: "Projects".into(), sections: vec![unit("9", "Moon", true)] }],
            custom: vec![
                Custom { code: "e_way".into(), name: "Way".into(), entries: vec![unit("5", "Bike", true)] },
                Custom { code: "e_badge".into(), name: "Badge".into(), entries: Vec::new() },
            ],
            ..Organisation::default()
        });
        for (field, label, id) in [
            ("department", "Sales", json!(2)),
            ("culture", "es-ES", json!(1034)),
            ("axis-4", "Moon", json!(9)),
            ("custom-way", "Bike", json!(5)),
        ] {
            assert_eq!(labels.id(field, label), Some(id.clone()), "{field}");
            assert_eq!(labels.label(field, &id), label, "{field}");
        }
        assert_eq!(labels.id("department", "Old"), None, "nobody comes there any more");
        assert_eq!(labels.label("department", &json!(3)), "Old", "somebody is still there");
        assert_eq!(labels.label("culture", &json!(3082)), "es-ES");
        assert_eq!((labels.label("role", &json!(7)), labels.label("role", &Value::Null)), ("7".into(), String::new()));
        assert!(labels.are_of("custom-way") && !labels.are_of("custom-badge"));
    }
}

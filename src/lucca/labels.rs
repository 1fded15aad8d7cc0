//! Labels: the organisation, ready to be asked for ids by what files call things, and the other way round.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::model::Organisation;
use crate::model::organisation::labels;

/// What a user belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Establishment,
    Department,
    Role,
    Culture,
    Calendar,
    ProfessionalCategory,
}

const KINDS: [Kind; 6] =
    [Kind::Establishment, Kind::Department, Kind::Role, Kind::Culture, Kind::Calendar, Kind::ProfessionalCategory];

#[derive(Debug, Default)]
pub struct Labels {
    ids: HashMap<(Kind, String), String>,
    labels: HashMap<(Kind, String), String>,
}

impl Labels {
    /// A label leads to a unit in use, where there is one of that label.
    pub fn new(organisation: &Organisation) -> Labels {
        let mut known = Labels::default();
        for kind in KINDS {
            let units = match kind {
                Kind::Establishment => &organisation.establishments,
                Kind::Department => &organisation.departments,
                Kind::Role => &organisation.roles,
                Kind::Culture => &organisation.cultures,
                Kind::Calendar => &organisation.calendars,
                Kind::ProfessionalCategory => &organisation.professional_categories,
            };
            // Several numbers may stand for one culture; the first one is the documented one.
            let names = || units.iter().map(|unit| unit.name.clone()).collect();
            let labels = if kind == Kind::Culture { names() } else { labels(units) };
            for (unit, label) in units.iter().zip(labels) {
                if unit.is_active {
                    known.ids.entry((kind, label.clone())).or_insert_with(|| unit.id.clone());
                }
                known.labels.insert((kind, unit.id.clone()), label);
            }
        }
        known
    }

    /// The id that Lucca wants; None where nothing is called so.
    pub fn id(&self, kind: Kind, label: &str) -> Option<Value> {
        let id = self.ids.get(&(kind, label.to_string()))?;
        Some(id.parse::<u64>().map_or_else(|_| json!(id), |id| json!(id)))
    }

    /// What the unit with this id is called; the id itself where it is not known, and empty for none.
    pub fn label(&self, kind: Kind, id: &Value) -> String {
        let id = match id {
            Value::Null => return String::new(),
            Value::String(id) => id.clone(),
            other => other.to_string(),
        };
        self.labels.get(&(kind, id.clone())).cloned().unwrap_or(id)
    }
}

//! The organisation of a company: the units that people belong to, each kind a flat list whose entries name their parent.

use std::collections::HashSet;

use crate::model::fold::fold;

/// All kinds of units that a place of people's data knows; a kind that it does not know is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organisation {
    /// A tree.
    pub departments: Vec<Unit>,
    /// Their parents are legal entities, where that is known.
    pub establishments: Vec<Unit>,
    /// Companies that employ people.
    pub legal_entities: Vec<Unit>,
    pub roles: Vec<Unit>,
    /// By name as `fr-FR`; the id is the LCID.
    pub cultures: Vec<Unit>,
    pub calendars: Vec<Unit>,
    pub professional_categories: Vec<Unit>,
    /// The analytical axes of which one may be that of cost centres.
    pub axes: Vec<Axis>,
    /// Data that the company has added to those of people.
    pub custom: Vec<Custom>,
}

/// One department, establishment, role, …
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unit {
    /// By which the place that it comes from knows it.
    pub id: String,
    /// Empty where it has none.
    pub code: String,
    pub name: String,
    /// The id of the unit above, in the same list unless the list says otherwise; empty at the top.
    pub parent: String,
    /// The login of the person who heads it; empty where nobody is named.
    pub head: String,
    pub is_active: bool,
}

/// An analytical axis with its sections: cost centres, projects, …
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Axis {
    pub id: String,
    pub name: String,
    /// A tree.
    pub sections: Vec<Unit>,
}

/// A datum that the company has added to those of people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Custom {
    /// As the place that it comes from has it: `e_transport`.
    pub code: String,
    pub name: String,
    /// What its values may be, by id and name; empty where it is no list.
    pub entries: Vec<Unit>,
}

impl Unit {
    /// The units from the top of the tree down to this one. One that stands below itself ends the way.
    pub fn path<'a>(&'a self, units: &'a [Unit]) -> Vec<&'a Unit> {
        let above = |unit: &&'a Unit| units.iter().find(|other| !unit.parent.is_empty() && other.id == unit.parent);
        let mut path: Vec<&Unit> = std::iter::successors(Some(self), above).take(units.len() + 1).collect();
        path.reverse();
        path
    }
}

/// How each unit is spoken of: by its name; by its path (`Sales / North`) where several that are in use have the name; with
/// its id behind it where several have the path.
pub fn labels(units: &[Unit]) -> Vec<String> {
    let names: Vec<String> = units.iter().map(|unit| unit.name.clone()).collect();
    let paths: Vec<String> = units.iter().map(|unit| path(unit, units)).collect();
    let (shared_names, shared_paths) = (shared(units, &names), shared(units, &paths));
    let label = |((unit, name), path): ((&Unit, String), String)| {
        if !unit.is_active || !shared_names.contains(&key(&name)) {
            name
        } else if !shared_paths.contains(&key(&path)) {
            path
        } else {
            format!("{path} ({})", unit.id)
        }
    };
    units.iter().zip(names).zip(paths).map(label).collect()
}

/// The names from the top of the tree down to the unit: `Sales / North`.
pub fn path(unit: &Unit, units: &[Unit]) -> String {
    unit.path(units).iter().map(|unit| unit.name.as_str()).collect::<Vec<&str>>().join(" / ")
}

/// The keys that several units in use have.
fn shared(units: &[Unit], texts: &[String]) -> HashSet<String> {
    let mut met = HashSet::new();
    let used = units.iter().zip(texts).filter(|(unit, _)| unit.is_active);
    used.map(|(_, text)| key(text)).filter(|key| !met.insert(key.clone())).collect()
}

/// A name or a path in which case, accents and blanks make no difference.
fn key(text: &str) -> String {
    text.split('/').map(fold).collect::<Vec<String>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_called_by_its_name_and_by_its_path_where_another_has_the_name() {
        let unit = |id: &str, name: &str, parent: &str, is_active| Unit {
            id: id.into(),
            name: name.into(),
            parent: parent.into(),
            is_active,
            ..Unit::default()
        };
        let units = [
            unit("1", "Sales", "", true),
            unit("2", "North", "1", true),
            unit("3", "Support", "", true),
            unit("4", "NORTH", "3", true),
            unit("5", "North", "3", true),
            unit("6", "sales", "", false),
            unit("7", "Loop", "7", true),
        ];
        let expected = ["Sales", "Sales / North", "Support", "Support / NORTH (4)", "Support / North (5)", "sales"];
        assert_eq!(labels(&units)[..6], expected);
        assert_eq!(labels(&units)[6], "Loop");
    }
}

//! The organisation of a company: the units that people belong to, each kind a flat list whose entries name their parent.

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

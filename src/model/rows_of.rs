//! What the rows of a file for a partner are about.

use serde::Deserialize;

use crate::model::field::{Bearer, Field};

/// `rows = "…"` of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowsOf {
    /// A person each.
    #[default]
    People,
    /// A department each: its place in the tree, and nobody of it.
    Departments,
    /// A cost centre each.
    CostCenters,
    /// A person each, with the department that the person belongs to.
    Memberships,
}

impl RowsOf {
    /// As a profile writes it.
    pub fn name(self) -> &'static str {
        match self {
            RowsOf::People => "people",
            RowsOf::Departments => "departments",
            RowsOf::CostCenters => "cost-centers",
            RowsOf::Memberships => "memberships",
        }
    }

    /// Is each row about a person?
    pub fn is_of_people(self) -> bool {
        matches!(self, RowsOf::People | RowsOf::Memberships)
    }

    /// Whose data a row can have.
    pub fn bearers(self) -> &'static [Bearer] {
        match self {
            RowsOf::People => &[Bearer::Person],
            RowsOf::Departments => &[Bearer::Department],
            RowsOf::CostCenters => &[Bearer::CostCenter],
            RowsOf::Memberships => &[Bearer::Person, Bearer::Department],
        }
    }

    /// Can a row have the field?
    pub fn have(self, field: &Field) -> bool {
        self.bearers().contains(&field.datum().bearer)
    }
}

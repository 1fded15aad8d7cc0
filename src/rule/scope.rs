//! Scope: the establishment and the department for which a default or a table of codes holds.

use std::collections::HashSet;

use super::recognised::column_of;
use super::sheet::{Sheet, Slot};
use super::{Contract, Lists, stated};
use crate::model::Field;
use crate::model::fold::fold;

/// Without an establishment it holds for all of them, and so without a department.
pub struct Scope {
    establishments: Option<HashSet<String>>,
    departments: Option<HashSet<String>>,
}

/// Where a row says to which establishment and department somebody belongs.
pub struct Homes {
    establishment: Slot,
    department: Slot,
}

impl Scope {
    pub fn new(establishment: Option<&str>, department: Option<&str>, contract: &Contract<'_>, lists: &Lists) -> Scope {
        let names = |field: &str, text: &str| names(&Field::of(field), text, contract, lists);
        Scope {
            establishments: establishment.map(|text| names("establishment", text)),
            departments: department.map(|text| names("department", text)),
        }
    }

    /// For the person of the row, once the row is applied.
    pub fn holds(&self, sheet: &Sheet<'_>, row: usize, homes: &Homes) -> bool {
        let is_in = |names: &Option<HashSet<String>>, slot: &Slot| {
            names.as_ref().is_none_or(|names| names.contains(&fold(sheet.after(row, slot))))
        };
        is_in(&self.establishments, &homes.establishment) && is_in(&self.departments, &homes.department)
    }
}

impl Homes {
    pub fn of(sheet: &Sheet<'_>) -> Homes {
        let slot = |name: &str| sheet.slot(&Field::of(name));
        Homes { establishment: slot("establishment"), department: slot("department") }
    }
}

/// The folded labels of what `text` names and of all below it.
fn names(field: &Field, text: &str, contract: &Contract<'_>, lists: &Lists) -> HashSet<String> {
    let label = stated::read(contract.columns, lists, field, text).unwrap_or_else(|_| text.into());
    let list = column_of(contract.columns, field).and_then(|column| lists.get(&column.list(field)?));
    let branch = list.into_iter().flat_map(|list| list.branch(&label)).map(|item| fold(&item.label));
    branch.chain([fold(&label)]).collect()
}

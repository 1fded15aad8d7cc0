//! What a key may see and do.

use std::collections::BTreeSet;
use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// "View HR files", "See former employees" and "See future employees" are names of Lucca's (the latter two as
/// help.merge.dev writes them in "How do I link my account?"); the others are assumed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    ReadUsers,
    WriteUsers,
    /// Without it, former employees are not listed: no refusal, they are just not there (assumed).
    FormerEmployees,
    /// Likewise.
    FutureEmployees,
    Departments,
    Establishments,
    Roles,
    Axes,
    WorkContracts,
    /// One section of the HR files: the extended data that stand in it.
    HrFile(String),
}

impl Right {
    /// Everything, with the sections of the seeded extended data.
    pub fn all() -> BTreeSet<Right> {
        let sections = ["vie-pratique", "acces"].map(|section| Right::HrFile(section.into()));
        Right::named().into_iter().map(|(_, right, _)| right).chain(sections).collect()
    }

    fn named() -> [(&'static str, Right, &'static str); 9] {
        [
            ("read-users", Right::ReadUsers, "View employees"),
            ("write-users", Right::WriteUsers, "Create and edit employees"),
            ("former-employees", Right::FormerEmployees, "See former employees"),
            ("future-employees", Right::FutureEmployees, "See future employees"),
            ("departments", Right::Departments, "View departments"),
            ("establishments", Right::Establishments, "View establishments"),
            ("roles", Right::Roles, "View roles"),
            ("axes", Right::Axes, "View analytical axes"),
            ("work-contracts", Right::WorkContracts, "Manage work contracts"),
        ]
    }

    /// As the administrator sees it, and as a 403 names it.
    pub fn permission(&self) -> String {
        if let Right::HrFile(section) = self {
            return format!("View HR files (section {section})");
        }
        let found = Right::named().into_iter().find(|(_, right, _)| right == self);
        found.map(|(_, _, permission)| permission.to_string()).unwrap_or_default()
    }
}

impl Display for Right {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Right::HrFile(section) => write!(formatter, "hr-file:{section}"),
            other => {
                let named = Right::named();
                let found = named.iter().find(|(_, right, _)| right == other);
                formatter.write_str(found.map_or("", |(name, _, _)| name))
            }
        }
    }
}

impl FromStr for Right {
    type Err = String;

    fn from_str(text: &str) -> Result<Right, String> {
        if let Some(section) = text.strip_prefix("hr-file:") {
            return Ok(Right::HrFile(section.to_string()));
        }
        let found = Right::named().into_iter().find(|(name, _, _)| *name == text);
        found.map(|(_, right, _)| right).ok_or_else(|| {
            let names: Vec<&str> = Right::named().iter().map(|(name, _, _)| *name).collect();
            format!("`{text}` is no right; there are {}, and hr-file:SECTION", names.join(", "))
        })
    }
}

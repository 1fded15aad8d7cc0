//! Where the fields of ours are in a user of v3.
//!
//! Sources: `list users` and `user` of the directory pages, and the list of native user properties. What is not sure there
//! can be named otherwise by the site (`properties`).

use std::num::NonZeroUsize;

use super::options::{By, Options};
use super::path::Path;
use crate::model::Field;

/// Where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Property {
    At(Path),
    /// By its LCID: `culture.id`.
    Culture,
    /// The name of the work cycle that starts last.
    WorkCycle,
    /// Extended data: `{"id": …, "value": …}`, one or several; of a list, the value is the id of an entry.
    Custom(String),
    /// One level of the department tree, from 1 at the top.
    DepartmentLevel(usize),
    /// The legal entity of the person's establishment.
    LegalEntity,
    /// One level of the tree of cost centres, from 1 at the top.
    CostCenter {
        axis: u32,
        level: usize,
        by: By,
    },
}

/// But for what is below: names from the user down. Names and ids of other resources are nested.
///
/// Assumed: the professional phone is the mobile one (there is `directLine` too).
const PROPERTIES: &[(&str, &[&str])] = &[
    ("login", &["login"]),
    ("employee-number", &["employeeNumber"]),
    ("last-name", &["lastName"]),
    ("first-name", &["firstName"]),
    ("title", &["civilTitle"]),
    ("mail", &["mail"]),
    ("personal-mail", &["personalEmail"]),
    ("phone", &["professionalMobile"]),
    ("gender", &["gender"]),
    ("birth-date", &["birthDate"]),
    ("nationality", &["nationality"]),
    ("contract-start", &["dtContractStart"]),
    ("contract-end", &["dtContractEnd"]),
    ("seniority-date", &["seniorityDate"]),
    ("job-title", &["jobTitle"]),
    ("manager", &["manager", "login"]),
    ("role", &["rolePrincipal", "name"]),
    ("professional-category", &["csp", "name"]),
    ("calendar", &["calendar", "name"]),
    ("iban", &["iban"]),
    ("bic", &["bic"]),
    ("social-security-number", &["insuranceNumber"]),
];

/// Where a field of a person's own is; None where Lucca has no such thing, or the site does not say where.
pub fn of(field: &Field, options: &Options) -> Option<Property> {
    if let Some(path) = options.properties.get(field) {
        return Some(match path.custom_code() {
            Some(code) => Property::Custom(code.to_owned()),
            None => Property::At(path.clone()),
        });
    }
    let named = PROPERTIES.iter().find(|(name, _)| field.is(name));
    named
        .map(|(_, path)| Property::At(Path::of(path)))
        .or_else(|| of_unit(field, options))
        .or_else(|| of_family(field, options))
}

fn of_unit(field: &Field, options: &Options) -> Option<Property> {
    let levels = &options.department_levels;
    let level = |level: Option<NonZeroUsize>| level.map(|level| Property::DepartmentLevel(level.get()));
    let by = |by: By| if by == By::Code { "code" } else { "name" };
    match field.name() {
        "management" => level(levels.management),
        "service" => level(levels.service),
        "department" => Some(
            level(levels.department)
                .unwrap_or_else(|| Property::At(Path::of(&["department", by(options.departments_by)]))),
        ),
        "establishment" => Some(Property::At(Path::of(&["legalEntity", by(options.establishments_by)]))),
        "legal-entity" => Some(Property::LegalEntity),
        "culture" => Some(Property::Culture),
        "work-cycle" => Some(Property::WorkCycle),
        _ => None,
    }
}

/// Assumed: profiles in applications are where the page on users shows them (`applicationData.profile_…`).
fn of_family(field: &Field, options: &Options) -> Option<Property> {
    let family = field.datum().name;
    let key = field.name().strip_prefix(family)?.strip_prefix('-')?;
    let center = |by: By| {
        let axis = options.cost_center_axis?.get();
        Some(Property::CostCenter { axis, level: key.parse().ok().filter(|level| *level > 0)?, by })
    };
    let is_name = |key: &str| key.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'));
    match family {
        "secondary-role" => key.parse::<usize>().ok().map(|_| Property::At(Path::of(&["habilitedRoles", key, "name"]))),
        "axis" => key.parse::<u32>().ok().map(|_| Property::At(Path::of(&[&format!("userAxisValues_{key}"), "name"]))),
        "profile" if is_name(key) => {
            Some(Property::At(Path::of(&["applicationData", &format!("profile_{key}"), "name"])))
        }
        "custom" if is_name(key) => Some(Property::Custom(format!("e_{key}"))),
        "cost-center-code" => center(By::Code),
        "cost-center-label" => center(By::Name),
        _ => None,
    }
}

impl Property {
    /// The path in a user that it is read from.
    pub fn path(&self) -> Path {
        match self {
            Property::At(path) => path.clone(),
            Property::Culture => Path::of(&["culture", "id"]),
            Property::WorkCycle => Path::of(&["userWorkCycles"]),
            Property::Custom(code) => Path::of(&["extendedData", code]),
            Property::DepartmentLevel(_) => Path::of(&["department", "id"]),
            Property::LegalEntity => Path::of(&["legalEntity", "id"]),
            Property::CostCenter { axis, .. } => Path::of(&[&format!("userAxisValues_{axis}"), "id"]),
        }
    }

    /// What has to be asked for.
    pub fn asked(&self) -> Vec<Path> {
        match self {
            Property::WorkCycle => {
                vec![Path::of(&["userWorkCycles", "startsOn"]), Path::of(&["userWorkCycles", "workCycle", "name"])]
            }
            other => vec![other.path()],
        }
    }
}

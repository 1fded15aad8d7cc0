//! The generation v4, whose paths begin with the name of an application: organisation, and work contracts.

mod contracts;
mod listing;

pub use contracts::answer as work_contracts;

use super::caller::Caller;
use super::desk::Desk;
use super::exchange::{Answer, Asked, Refusal};
use super::right::Right;
use super::store::first;

/// Path, table and right of what is only read. The path of departments is assumed to stand beside the establishments'.
const STRUCTURE: [(&str, &str, Option<Right>); 4] = [
    ("establishments", "establishments", Some(Right::Establishments)),
    ("legal-units", "legalUnits", Some(Right::Establishments)),
    ("departments", "departments", Some(Right::Departments)),
    ("occupation-categories", "csps", None),
];

/// Everything below `/organization/structure/api/`.
pub fn structure(desk: &Desk, caller: &Caller, asked: &Asked, rest: &str) -> Result<Answer, Refusal> {
    let (name, id) = rest.split_once('/').map_or((rest, None), |(name, id)| (name, Some(id)));
    let known = STRUCTURE.into_iter().find(|(path, _, _)| *path == name);
    let (_, table, right) = known.ok_or_else(|| Refusal::absent(format!("Nothing at {}", asked.path)))?;
    caller.needs(right)?;
    match (asked.method.as_str(), id) {
        ("GET", None) => listing::answer(&desk.store(), table, asked),
        ("GET", Some(id)) => one(desk, table, id),
        _ => Err(Refusal::of(405, format!("{} is not possible on {}", asked.method, asked.path))),
    }
}

fn one(desk: &Desk, table: &str, id: &str) -> Result<Answer, Refusal> {
    let row = first(&desk.store(), &format!("SELECT * FROM {table} WHERE id = ?1"), [id])?;
    let row = row.ok_or_else(|| Refusal::absent(format!("No {table} with id {id}")))?;
    Ok(Answer::json(200, &row.into()))
}

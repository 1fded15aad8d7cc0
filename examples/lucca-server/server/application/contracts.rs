//! `/directory/api/4.0/work-contracts`: a departure is the end of one, a return is another.

use chrono::NaiveDate;
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::super::caller::Caller;
use super::super::desk::Desk;
use super::super::exchange::{Answer, Asked, Refusal};
use super::super::right::Right;
use super::super::store::{Record, columns, first, insert};
use super::listing;

const TABLE: &str = "workContracts";
const REQUIRED: [&str; 3] = ["ownerId", "startsOn", "establishmentId"];
const PATCHABLE: [&str; 2] = ["endsOn", "terminationReasonId"];

pub fn answer(desk: &Desk, caller: &Caller, asked: &Asked, id: Option<&str>) -> Result<Answer, Refusal> {
    caller.needs(Some(Right::WorkContracts))?;
    let store = desk.store();
    match (asked.method.as_str(), id) {
        ("GET", None) => listing::answer(&store, TABLE, asked),
        ("GET", Some(id)) => Ok(Answer::json(200, &contract(&store, id)?.into())),
        ("POST", None) => create(&store, asked.object()?),
        ("PATCH", Some(id)) => end(&store, id, &asked.object()?),
        _ => Err(Refusal::of(405, format!("{} is not possible on {}", asked.method, asked.path))),
    }
}

fn create(store: &Connection, mut row: Map<String, Value>) -> Result<Answer, Refusal> {
    let known = columns(store, TABLE)?;
    if let Some(unknown) = row.keys().find(|name| *name == "id" || !known.contains(name)) {
        return Err(Refusal::field(unknown, "this property is not known, or cannot be written"));
    }
    if let Some(missing) = REQUIRED.iter().find(|name| row.get(**name).is_none_or(Value::is_null)) {
        return Err(Refusal::field(missing, "it is required"));
    }
    // Assumed: 1 is the permanent contract, for which no type has to be named.
    row.entry("typeId").or_insert(json!(1));
    if first(store, "SELECT id FROM users WHERE id = ?1", [row["ownerId"].as_i64()])?.is_none() {
        return Err(Refusal::field("ownerId", "there is no such user"));
    }
    check(store, None, &row)?;
    let transaction = store.unchecked_transaction()?;
    let id = insert(&transaction, TABLE, &row)?;
    tell_user(&transaction, id)?;
    transaction.commit()?;
    Ok(Answer::json(201, &contract(store, &id.to_string())?.into()))
}

fn end(store: &Connection, id: &str, changes: &Map<String, Value>) -> Result<Answer, Refusal> {
    let mut row = contract(store, id)?;
    if let Some(unknown) = changes.keys().find(|name| !PATCHABLE.contains(&name.as_str())) {
        return Err(Refusal::field(unknown, "this property is not known, or cannot be changed"));
    }
    row.extend(changes.clone());
    check(store, row["id"].as_i64(), &row)?;
    let transaction = store.unchecked_transaction()?;
    transaction.execute(
        "UPDATE workContracts SET endsOn = ?2, terminationReasonId = ?3 WHERE id = ?1",
        params![id, row["endsOn"].as_str(), row["terminationReasonId"].as_i64()],
    )?;
    tell_user(&transaction, row["id"].as_i64().unwrap_or_default())?;
    transaction.commit()?;
    Ok(Answer::json(200, &row.into()))
}

fn contract(store: &Connection, id: &str) -> Result<Record, Refusal> {
    let row = first(store, "SELECT * FROM workContracts WHERE id = ?1", [id])?;
    row.ok_or_else(|| Refusal::absent(format!("No work contract with id {id}")))
}

/// Days are days, the end is not before the start, and contracts of one person do not overlap.
fn check(store: &Connection, own: Option<i64>, row: &Record) -> Result<(), Refusal> {
    let day = |name: &str| match row.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.len() == 10 && text.parse::<NaiveDate>().is_ok() => Ok(Some(text.as_str())),
        Some(other) => Err(Refusal::field(name, format!("`{other}` is not a date of the form YYYY-MM-DD"))),
    };
    let (start, end) = (day("startsOn")?, day("endsOn")?);
    if end.is_some() && end < start {
        return Err(Refusal::field("endsOn", "it is before startsOn"));
    }
    let sql = "SELECT 1 FROM workContracts WHERE ownerId = ?1 AND id IS NOT ?2
               AND startsOn <= coalesce(?4, '9999') AND coalesce(endsOn, '9999') >= ?3";
    if store.prepare_cached(sql)?.exists(params![row["ownerId"].as_i64(), own, start, end])? {
        return Err(Refusal::field("startsOn", "another contract of this person overlaps"));
    }
    Ok(())
}

/// The dates and the establishment of a user are those of the latest contract; the schema says the same the other way.
fn tell_user(store: &Connection, contract: i64) -> Result<(), Refusal> {
    store.execute(
        "UPDATE users SET dtContractStart = startsOn || 'T00:00:00', dtContractEnd = endsOn || 'T00:00:00',
                          legalEntityId = establishmentId
         FROM (SELECT * FROM workContracts
               WHERE ownerId = (SELECT ownerId FROM workContracts WHERE id = ?1) ORDER BY startsOn DESC LIMIT 1) latest
         WHERE users.id = latest.ownerId",
        [contract],
    )?;
    Ok(())
}

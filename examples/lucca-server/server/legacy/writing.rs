//! `POST /api/v3/users` and `PUT /api/v3/users/{id}`: all of it is written, or nothing.

use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::super::PutBody;
use super::super::caller::Caller;
use super::super::desk::Desk;
use super::super::exchange::{Asked, Refusal};
use super::super::right::Right;
use super::super::store::{Record, change, first, first_contract, insert, now};
use super::draft::Draft;
use super::property::PROPERTIES;

/// The id of the new user. `contract=false` leaves the work contract to another request.
pub fn create(desk: &Desk, caller: &Caller, asked: &Asked) -> Result<i64, Refusal> {
    caller.needs(Some(Right::WriteUsers))?;
    let with_contract = match asked.parameter("contract") {
        Some("true") => true,
        Some("false") | None => false,
        Some(other) => return Err(Refusal::bad(format!("contract: `{other}` is neither true nor false"))),
    };
    let store = desk.store();
    let transaction = store.unchecked_transaction()?;
    let draft = Draft::read(&transaction, caller, &asked.object()?)?;
    if let Some(missing) =
        PROPERTIES.iter().find(|known| known.is_required && !draft.columns.contains_key(known.column))
    {
        return Err(Refusal::field(missing.column, "it is required"));
    }
    check(&transaction, None, &draft.columns)?;
    let mut row = draft.columns.clone();
    let manager = row.remove("managerId").filter(|manager| !manager.is_null());
    row.extend([("modifiedAt".to_string(), json!(now())), ("creationDate".to_string(), json!(now()))]);
    row.insert("managerId".to_string(), manager.clone().unwrap_or(json!(0)));
    let id = insert(&transaction, "users", &row)?;
    if manager.is_none() {
        transaction.execute("UPDATE users SET managerId = id WHERE id = ?1", [id])?;
    }
    draft.write_around(&transaction, id)?;
    if with_contract {
        first_contract(&transaction, id)?;
    }
    transaction.commit()?;
    Ok(id)
}

/// Writes what the body names; the rest stays.
pub fn update(desk: &Desk, caller: &Caller, asked: &Asked, id: &str) -> Result<i64, Refusal> {
    caller.needs(Some(Right::WriteUsers))?;
    let body = unwrapped(asked.object()?, desk.options.put_body)?;
    let store = desk.store();
    let transaction = store.unchecked_transaction()?;
    let row = first(&transaction, "SELECT * FROM users WHERE id = ?1", [id])?;
    let mut row = row.ok_or_else(|| Refusal::absent(format!("No users with id {id}")))?;
    let id = row["id"].as_i64().ok_or_else(|| Refusal::absent("No such user"))?;
    let mut draft = Draft::read(&transaction, caller, &body)?;
    if let Some(manager) = draft.columns.get_mut("managerId").filter(|manager| manager.is_null()) {
        *manager = json!(id);
    }
    row.extend(draft.columns.clone());
    check(&transaction, Some(id), &row)?;
    change(&transaction, id, &draft.columns)?;
    draft.write_around(&transaction, id)?;
    transaction.commit()?;
    Ok(id)
}

/// The pages disagree on the form; a server has one.
fn unwrapped(mut body: Map<String, Value>, form: PutBody) -> Result<Map<String, Value>, Refusal> {
    match (form, body.remove("data")) {
        (PutBody::Bare, None) => Ok(body),
        (PutBody::Wrapped, Some(Value::Object(data))) if body.is_empty() => Ok(data),
        (PutBody::Bare, Some(_)) => Err(Refusal::bad("Unknown property `data`, or one that cannot be written")),
        (PutBody::Wrapped, _) => Err(Refusal::bad("The body must be `{\"data\": {…}}`")),
    }
}

/// What no property can know alone.
fn check(connection: &Connection, own: Option<i64>, row: &Record) -> Result<(), Refusal> {
    let text = |column: &str| row.get(column).and_then(Value::as_str);
    let others = "AND id IS NOT ?2";
    let login = format!("SELECT 1 FROM users WHERE login = ?1 {others}");
    if connection.prepare_cached(&login)?.exists(params![text("login"), own])? {
        return Err(Refusal::field("login", "another user has it"));
    }
    let number = format!("SELECT 1 FROM users WHERE employeeNumber = ?1 {others} AND legalEntityId = ?3");
    let establishment = row.get("legalEntityId").and_then(Value::as_i64);
    if connection.prepare_cached(&number)?.exists(params![text("employeeNumber"), own, establishment])? {
        return Err(Refusal::field("employeeNumber", "another user of this legal entity has it"));
    }
    match (text("dtContractStart"), text("dtContractEnd")) {
        (Some(start), Some(end)) if end < start => Err(Refusal::field("dtContractEnd", "it is before dtContractStart")),
        _ => Ok(()),
    }
}

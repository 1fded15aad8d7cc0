//! The database of the stand-in: rows in the words of the API, and the one way to write them.

use std::path::Path;

use chrono::Utc;
use rusqlite::types::{Value as Cell, ValueRef};
use rusqlite::{Connection, Params, Row, params_from_iter};
use serde_json::{Map, Value, json};

use super::exchange::{Answer, Refusal};

/// A row: each column under its name.
pub type Record = Map<String, Value>;

/// Columns that are true or false; SQLite has only numbers.
const FLAGS: [&str; 5] = ["isActive", "isArchived", "active", "allowsElectronicPayslip", "isMultiple"];

/// Opens the database, and creates its tables if it is new; true if so.
pub fn open(path: Option<&Path>) -> rusqlite::Result<(Connection, bool)> {
    let connection = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    connection.set_prepared_statement_cache_capacity(64);
    let is_new = !connection.table_exists(None, "users")?;
    if is_new {
        connection.execute_batch(include_str!("schema.sql"))?;
    }
    Ok((connection, is_new))
}

/// All rows of a query.
pub fn records(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Vec<Record>, Refusal> {
    let mut statement = connection.prepare_cached(sql)?;
    let names: Vec<String> = statement.column_names().map(str::to_string).collect();
    let rows = statement.query_map(parameters, |row| record(row, &names))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The names of a table's columns.
pub fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, Refusal> {
    let statement = connection.prepare_cached(&format!("SELECT * FROM {table}"))?;
    Ok(statement.column_names().map(str::to_string).collect())
}

/// The first row of a query.
pub fn first(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Option<Record>, Refusal> {
    Ok(records(connection, sql, parameters)?.into_iter().next())
}

/// The picture with this id, as it was stored.
pub fn picture(connection: &Connection, id: &str) -> Result<Answer, Refusal> {
    let sql = "SELECT type, bytes FROM pictures WHERE id = ?1";
    match connection.query_row(sql, [id], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))) {
        Ok((media, bytes)) => Ok(Answer::bytes(&media, bytes)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Err(Refusal::absent(format!("No picture with the id {id}"))),
        Err(error) => Err(error.into()),
    }
}

/// Writes a new row; gives its id.
pub fn insert(connection: &Connection, table: &str, row: &Record) -> rusqlite::Result<i64> {
    let names: Vec<&str> = row.keys().map(String::as_str).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({}) VALUES ({marks})", names.join(", "));
    connection.prepare_cached(&sql)?.insert(params_from_iter(row.values().map(cell)))
}

/// Writes some columns of one user, and when that was.
pub fn change(connection: &Connection, user: i64, changes: &Record) -> rusqlite::Result<()> {
    let now = json!(now());
    let columns = changes.keys().map(String::as_str).chain(["modifiedAt"]);
    let assignments: Vec<String> = columns.map(|name| format!("{name} = ?")).collect();
    let sql = format!("UPDATE users SET {} WHERE id = {user}", assignments.join(", "));
    connection.execute(&sql, params_from_iter(changes.values().chain([&now]).map(cell)))?;
    Ok(())
}

/// The work contract of a user who has none yet, from what stands on the user.
pub fn first_contract(connection: &Connection, user: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO workContracts (ownerId, typeId, startsOn, endsOn, establishmentId, spcId)
               SELECT id, CASE WHEN dtContractEnd IS NULL THEN 1 ELSE 2 END, substr(dtContractStart, 1, 10),
                      substr(dtContractEnd, 1, 10), legalEntityId, cspId FROM users WHERE id = ?1";
    connection.prepare_cached(sql)?.execute([user])?;
    Ok(())
}

/// Assumed: times are UTC, without saying so.
pub fn now() -> String {
    Utc::now().format("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

fn record(row: &Row<'_>, names: &[String]) -> rusqlite::Result<Record> {
    let cell = |(at, name): (usize, &String)| Ok((name.clone(), value(name, row.get_ref(at)?)));
    names.iter().enumerate().map(cell).collect()
}

fn value(name: &str, cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Integer(number) if FLAGS.contains(&name) => json!(number != 0),
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(text) => json!(String::from_utf8_lossy(text)),
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
    }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(flag) => Cell::Integer(i64::from(*flag)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Cell::Integer(whole),
            None => Cell::Real(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => Cell::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => Cell::Text(value.to_string()),
    }
}

//! The body of a POST or PUT on users, understood: columns, and what stands in other tables.

use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::super::caller::Caller;
use super::super::exchange::Refusal;
use super::super::right::Right;
use super::super::store::{Record, first};
use super::property::{Property, exists};

#[derive(Default)]
pub struct Draft {
    pub columns: Record,
    /// Assumed: the list replaces the one that is there.
    roles: Option<Vec<i64>>,
    /// Axis, and the section on it or nothing.
    axes: Vec<(i64, Option<i64>)>,
    extended: Vec<Datum>,
}

/// `"e_code": {"id": …, "value": …}`
struct Datum {
    code: String,
    is_multiple: bool,
    /// None and 0 create.
    id: Option<i64>,
    value: Value,
}

impl Draft {
    pub fn read(connection: &Connection, caller: &Caller, body: &Map<String, Value>) -> Result<Draft, Refusal> {
        let mut draft = Draft::default();
        for (name, value) in body {
            if name == "habilitedRoles" {
                draft.roles = Some(roles(connection, value)?);
            } else if let Some(axis) = name.strip_prefix("userAxisValues_") {
                draft.axes.push(axis_value(connection, name, axis, value)?);
            } else if name.starts_with("e_") {
                draft.extended.extend(data(connection, caller, name, value)?);
            } else {
                let property = Property::of(name)?;
                draft.columns.insert(property.column.to_string(), property.read(connection, value)?);
            }
        }
        Ok(draft)
    }

    /// Writes what does not stand in the table of users.
    pub fn write_around(&self, connection: &Connection, user: i64) -> Result<(), Refusal> {
        if let Some(roles) = &self.roles {
            connection.execute("DELETE FROM habilitedRoles WHERE userId = ?1", [user])?;
            for role in roles {
                connection.execute("INSERT INTO habilitedRoles VALUES (?1, ?2)", [user, *role])?;
            }
        }
        for (axis, section) in &self.axes {
            connection.execute("DELETE FROM userAxisValues WHERE userId = ?1 AND axisId = ?2", [user, *axis])?;
            if let Some(section) = section {
                connection.execute("INSERT INTO userAxisValues VALUES (?1, ?2, ?3)", [user, *axis, *section])?;
            }
        }
        self.extended.iter().try_for_each(|datum| datum.write(connection, user))
    }
}

impl Datum {
    fn write(&self, connection: &Connection, user: i64) -> Result<(), Refusal> {
        let changed = match self.id.filter(|id| *id != 0) {
            Some(id) if self.value.is_null() => connection.execute(
                "DELETE FROM extendedData WHERE id = ?1 AND userId = ?2 AND code = ?3",
                params![id, user, self.code],
            )?,
            Some(id) => connection.execute(
                "UPDATE extendedData SET value = ?4 WHERE id = ?1 AND userId = ?2 AND code = ?3",
                params![id, user, self.code, self.value.to_string()],
            )?,
            None if self.value.is_null() => return Err(self.refused("to take a value away, give its id")),
            None if !self.is_multiple && self.is_there(connection, user)? => {
                // Assumed: a second value of a single datum is refused, not taken for a replacement.
                return Err(self.refused("there is a value already; give its id"));
            }
            None => connection.execute(
                "INSERT INTO extendedData (userId, code, value) VALUES (?1, ?2, ?3)",
                params![user, self.code, self.value.to_string()],
            )?,
        };
        if changed == 0 { Err(self.refused("this person has no value with this id")) } else { Ok(()) }
    }

    fn is_there(&self, connection: &Connection, user: i64) -> Result<bool, Refusal> {
        let sql = "SELECT 1 FROM extendedData WHERE userId = ?1 AND code = ?2";
        Ok(connection.prepare_cached(sql)?.exists(params![user, self.code])?)
    }

    fn refused(&self, why: &str) -> Refusal {
        Refusal::field(&self.code, why)
    }
}

/// `[{"id": 1}, …]`
fn roles(connection: &Connection, value: &Value) -> Result<Vec<i64>, Refusal> {
    let wrong = |role: &Value| Refusal::field("habilitedRoles", format!("`{role}` is not `{{\"id\": …}}` of a role"));
    let list = value.as_array().ok_or_else(|| Refusal::field("habilitedRoles", "a list is expected"))?;
    let mut ids = Vec::new();
    for role in list {
        let id = role["id"].as_i64().ok_or_else(|| wrong(role))?;
        if !exists(connection, "roles", id)? {
            return Err(wrong(role));
        }
        ids.push(id);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// `{"id": …}` of a section of this axis, or null.
fn axis_value(connection: &Connection, name: &str, axis: &str, value: &Value) -> Result<(i64, Option<i64>), Refusal> {
    let axis: i64 = axis.parse().map_err(|_| Refusal::bad(format!("Unknown property `{name}`")))?;
    if !exists(connection, "axes", axis)? {
        return Err(Refusal::bad(format!("Unknown property `{name}`")));
    }
    if value.is_null() {
        return Ok((axis, None));
    }
    let sql = "SELECT 1 FROM axisSections WHERE id = ?1 AND axisId = ?2 AND active";
    let section = value["id"].as_i64().unwrap_or_default();
    if !connection.prepare_cached(sql)?.exists([section, axis])? {
        return Err(Refusal::field(
            name,
            format!("`{value}` is not `{{\"id\": …}}` of an active section of this axis"),
        ));
    }
    Ok((axis, Some(section)))
}

fn data(connection: &Connection, caller: &Caller, code: &str, value: &Value) -> Result<Vec<Datum>, Refusal> {
    let definition = first(connection, "SELECT * FROM extensionDefinitions WHERE code = ?1", [code])?;
    let definition = definition.ok_or_else(|| Refusal::bad(format!("Unknown property `{code}`")))?;
    // Assumed: who may see a section may write it.
    caller.needs(Some(Right::HrFile(definition["section"].as_str().unwrap_or_default().to_string())))?;
    let is_multiple = definition["isMultiple"] == json!(true);
    let list = match value {
        Value::Array(list) if is_multiple => list.clone(),
        Value::Object(_) if !is_multiple => vec![value.clone()],
        _ => return Err(Refusal::field(code, "`{\"id\": …, \"value\": …}` is expected, in a list if it is multiple")),
    };
    list.into_iter()
        .map(|entry| {
            let Some(held) = entry.get("value") else { return Err(Refusal::field(code, "`value` is missing")) };
            fits(connection, &definition, held)?;
            Ok(Datum { code: code.to_string(), is_multiple, id: entry["id"].as_i64(), value: held.clone() })
        })
        .collect()
}

/// Does the value fit the type? Lists hold ids of their entries.
fn fits(connection: &Connection, definition: &Record, value: &Value) -> Result<(), Refusal> {
    let is_right = match definition["type"].as_str() {
        _ if value.is_null() => true,
        Some("list") => {
            let sql = "SELECT 1 FROM extensionEntries WHERE id = ?1 AND definitionId = ?2";
            let id = value.as_i64().unwrap_or_default();
            connection.prepare_cached(sql)?.exists(params![id, definition["id"].as_i64()])?
        }
        Some("text") => value.is_string(),
        _ => true,
    };
    let code = definition["code"].as_str().unwrap_or_default();
    if is_right { Ok(()) } else { Err(Refusal::field(code, format!("`{value}` does not fit this datum"))) }
}

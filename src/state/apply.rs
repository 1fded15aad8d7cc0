//! Applies one operation to the directory, or says why it cannot be.

use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::model::field::{Datum, Kind};
use crate::model::operation::{Act, Changes, Identity, Values};
use crate::model::{Field, Operation, Text};
use crate::state::users::{column, columns, find, written_column};
use crate::text;

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<String> = columns().map(written_column).collect();
    format!("INSERT INTO users ({}) VALUES ({})", names.join(", "), vec!["?"; names.len()].join(", "))
});

/// Why an operation was not applied.
#[derive(Debug)]
pub(super) enum Setback {
    /// The directory is not as the plan expects; a clause for people. Others can go on.
    Refused(Text),
    Sqlite(rusqlite::Error),
}

/// After a setback some of the operation may be written: whoever calls takes it back.
pub(super) fn apply(db: &Connection, operation: &Operation) -> Result<(), Setback> {
    match &operation.act {
        Act::Create { user, fields } => create(db, user, fields),
        Act::Update { user, changes } => update(db, user, changes),
    }
}

fn create(db: &Connection, user: &Identity, fields: &Values) -> Result<(), Setback> {
    if find(db, &user.login)?.is_some() {
        return Err(Setback::Refused(taken(&user.login)));
    }
    let given =
        |datum: &Datum| fields.0.iter().find(|(field, _)| field.is(datum.name)).map(|(_, value)| value.as_str());
    let mut row: Vec<Value> = Vec::new();
    let mut themselves = Vec::new();
    for datum in columns() {
        row.push(match (datum.name, datum.kind, given(datum)) {
            ("login", ..) => user.login.clone().into(),
            ("employee-number", _, value) => value.unwrap_or(&user.employee_number).to_string().into(),
            (_, Kind::Person, Some(person)) => {
                let person = find(db, person)?;
                themselves.extend(person.is_none().then_some(datum.name));
                person.into()
            }
            (_, Kind::Person, None) => Value::Null,
            (_, _, value) => value.unwrap_or_default().to_string().into(),
        });
    }
    db.prepare_cached(&INSERT)?.execute(params_from_iter(row))?;

    // Once the user is there, for those who are their own manager.
    let id = db.last_insert_rowid();
    let mut rest = fields.0.iter().filter(|(field, _)| field.datum().family || themselves.contains(&field.name()));
    rest.try_for_each(|(field, value)| write(db, id, field, value))
}

fn update(db: &Connection, user: &Identity, changes: &Changes) -> Result<(), Setback> {
    let Some(id) = find(db, &user.login)? else {
        let login = &user.login;
        return Err(Setback::Refused(text!(
            "no user has the login `{login}` any more",
            "plus aucun utilisateur n'a le login `{login}`"
        )));
    };
    for (field, change) in &changes.0 {
        let now = read(db, id, field)?;
        if now != change.from {
            let (name, from) = (field.name(), &change.from);
            return Err(Setback::Refused(text!(
                "`{name}` changed meanwhile, from `{from}` to `{now}`",
                "`{name}` a changé entre-temps, de `{from}` à `{now}`"
            )));
        }
        write(db, id, field, &change.to)?;
    }
    Ok(())
}

fn read(db: &Connection, user: i64, field: &Field) -> rusqlite::Result<String> {
    let datum = own(field);
    if datum.family {
        let sql = "SELECT coalesce(max(value), '') FROM user_extras WHERE user_id = ?1 AND field = ?2";
        return db.prepare_cached(sql)?.query_row((user, field.name()), |row| row.get(0));
    }
    let sql = format!("SELECT {} FROM people WHERE id = ?1", column(datum));
    db.prepare_cached(&sql)?.query_row([user], |row| row.get(0))
}

fn write(db: &Connection, user: i64, field: &Field, value: &str) -> Result<(), Setback> {
    let datum = own(field);
    if datum.family {
        return Ok(write_extra(db, user, field, value)?);
    }
    let stored: Value = match datum.kind {
        Kind::Person if value.is_empty() => Value::Null,
        Kind::Person => match find(db, value)? {
            Some(person) => person.into(),
            None => {
                let name = datum.name;
                return Err(Setback::Refused(text!(
                    "no user has the login `{value}`, the {name}",
                    "aucun utilisateur n'a le login `{value}` (champ {name})"
                )));
            }
        },
        _ => value.to_string().into(),
    };
    if datum.name == "login" && find(db, value)?.is_some_and(|holder| holder != user) {
        return Err(Setback::Refused(taken(value)));
    }
    let sql = format!("UPDATE users SET {} = ?2 WHERE id = ?1", written_column(datum));
    db.prepare_cached(&sql)?.execute((user, stored))?;
    Ok(())
}

fn write_extra(db: &Connection, user: i64, field: &Field, value: &str) -> rusqlite::Result<()> {
    if value.is_empty() {
        let sql = "DELETE FROM user_extras WHERE user_id = ?1 AND field = ?2";
        db.prepare_cached(sql)?.execute((user, field.name()))?;
    } else {
        let sql = "INSERT OR REPLACE INTO user_extras (user_id, field, value) VALUES (?1, ?2, ?3)";
        db.prepare_cached(sql)?.execute((user, field.name(), value))?;
    }
    Ok(())
}

fn own(field: &Field) -> &'static Datum {
    assert!(field.relations().next().is_none(), "an operation changes a user's own data, not {field}");
    field.datum()
}

fn taken(login: &str) -> Text {
    text!("the login `{login}` is already taken", "le login `{login}` est déjà pris")
}

impl From<rusqlite::Error> for Setback {
    fn from(cause: rusqlite::Error) -> Setback {
        Setback::Sqlite(cause)
    }
}

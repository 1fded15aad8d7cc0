//! Applies one operation to the directory, or says why it cannot be.

use std::sync::LazyLock;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use crate::model::field::{Datum, Kind};
use crate::model::operation::{Act, Changes, Identity, Values};
use crate::model::{Field, Operation, Text};
use crate::state::users::{columns, find, written_column};
use crate::text;

/// Every column, for a statement that is prepared once, whatever is asked of it.
static WRITTEN: LazyLock<Vec<String>> = LazyLock::new(|| columns().map(written_column).collect());

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let names = WRITTEN.join(", ");
    format!("INSERT INTO users ({names}) VALUES ({})", vec!["?"; WRITTEN.len()].join(", "))
});

static READ: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {}, id FROM users WHERE login = ?1", WRITTEN.join(", ")));

/// Why an operation was not applied. Then nothing of it is written: everything is decided before.
#[derive(Debug)]
pub(super) enum Setback {
    /// The directory is not as the plan expects; a clause for people. Others can go on.
    Refused(Text),
    Sqlite(rusqlite::Error),
}

/// Gives the number of the user who was created or updated.
pub(super) fn apply(db: &Connection, operation: &Operation) -> Result<i64, Setback> {
    match &operation.act {
        Act::Create { user, fields } => create(db, user, fields),
        Act::Update { user, changes } => update(db, user, changes),
    }
}

fn create(db: &Connection, user: &Identity, fields: &Values) -> Result<i64, Setback> {
    if find(db, &user.login)?.is_some() {
        return Err(Setback::Refused(taken(&user.login)));
    }
    let mut row: Vec<Value> = columns().map(empty).collect();
    row[place("employee-number")] = user.employee_number.clone().into();
    let mut themselves = Vec::new();
    for (field, value) in &fields.0 {
        let datum = own(field);
        match datum.kind {
            _ if datum.family => {}
            Kind::Person if value.eq_ignore_ascii_case(&user.login) => themselves.push(datum),
            Kind::Person => row[place(datum.name)] = person(db, datum, value)?.into(),
            _ => row[place(datum.name)] = value.clone().into(),
        }
    }
    row[place("login")] = user.login.clone().into();

    db.prepare_cached(&INSERT)?.execute(params_from_iter(row))?;
    let id = db.last_insert_rowid();
    let themselves: Vec<_> = themselves.into_iter().map(|datum| (name(datum), id.into())).collect();
    set(db, id, &themselves)?;
    let mut extras = fields.0.iter().filter(|(field, _)| field.datum().family);
    extras.try_for_each(|(field, value)| write_extra(db, id, field, value))?;
    Ok(id)
}

fn update(db: &Connection, user: &Identity, changes: &Changes) -> Result<i64, Setback> {
    let mut read = db.prepare_cached(&READ)?;
    let mut rows = read.query([&user.login])?;
    let Some(row) = rows.next()? else {
        let login = &user.login;
        return Err(Setback::Refused(text!(
            "no user has the login `{login}` any more",
            "plus aucun utilisateur n'a le login `{login}`"
        )));
    };
    let id = row.get("id")?;
    let mut written = Vec::with_capacity(changes.0.len());
    for (field, change) in &changes.0 {
        let now = value(db, row, id, field)?;
        if now != change.from {
            let (name, from) = (field.name(), &change.from);
            return Err(Setback::Refused(text!(
                "`{name}` changed meanwhile, from `{from}` to `{now}`",
                "`{name}` a changé entre-temps, de `{from}` à `{now}`"
            )));
        }
        let (datum, to) = (own(field), &change.to);
        if datum.name == "login" && find(db, to)?.is_some_and(|holder| holder != id) {
            return Err(Setback::Refused(taken(to)));
        }
        match datum.kind {
            _ if datum.family => {}
            Kind::Person if is_new_login(changes, to) => written.push((name(datum), id.into())),
            Kind::Person => written.push((name(datum), person(db, datum, to)?.into())),
            _ => written.push((name(datum), to.clone().into())),
        }
    }
    drop(rows);

    set(db, id, &written)?;
    let mut extras = changes.0.iter().filter(|(field, _)| field.datum().family);
    extras.try_for_each(|(field, change)| write_extra(db, id, field, &change.to))?;
    Ok(id)
}

/// What the user has there now. `row` is theirs, with all columns.
fn value(db: &Connection, row: &Row<'_>, user: i64, field: &Field) -> rusqlite::Result<String> {
    let datum = own(field);
    if datum.family {
        let sql = "SELECT coalesce(max(value), '') FROM user_extras WHERE user_id = ?1 AND field = ?2";
        return db.prepare_cached(sql)?.query_row((user, field.name()), |row| row.get(0));
    }
    let place = place(datum.name);
    if datum.kind != Kind::Person {
        return row.get(place);
    }
    let sql = "SELECT login FROM users WHERE id = ?1";
    let login = db.prepare_cached(sql)?.query_row([row.get::<_, Option<i64>>(place)?], |row| row.get(0)).optional()?;
    Ok(login.unwrap_or_default())
}

/// The number of a person who is named by login; None where nobody is named.
fn person(db: &Connection, datum: &Datum, login: &str) -> Result<Option<i64>, Setback> {
    if login.is_empty() {
        return Ok(None);
    }
    let name = datum.name;
    match find(db, login)? {
        Some(person) => Ok(Some(person)),
        None => Err(Setback::Refused(text!(
            "no user has the login `{login}`, the {name}",
            "aucun utilisateur n'a le login `{login}` (champ {name})"
        ))),
    }
}

/// Who gets another login may be named by it already.
fn is_new_login(changes: &Changes, login: &str) -> bool {
    changes.0.iter().any(|(field, change)| field.is("login") && change.to.eq_ignore_ascii_case(login))
}

/// One statement for all columns: triggers run and indexes are kept up once.
fn set(db: &Connection, user: i64, written: &[(&str, Value)]) -> rusqlite::Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = written.iter().map(|(name, _)| *name).collect();
    let sql = format!("UPDATE users SET {} = ? WHERE id = ?", names.join(" = ?, "));
    let user = Value::from(user);
    let values = written.iter().map(|(_, value)| value).chain([&user]);
    db.prepare_cached(&sql)?.execute(params_from_iter(values)).map(drop)
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

/// The place of a datum among the columns.
fn place(name: &str) -> usize {
    columns().position(|datum| datum.name == name).expect("the datum has a column")
}

/// Of the column in which a datum is written.
fn name(datum: &Datum) -> &'static str {
    &WRITTEN[place(datum.name)]
}

fn empty(datum: &Datum) -> Value {
    match datum.kind {
        Kind::Person => Value::Null,
        _ => String::new().into(),
    }
}

fn taken(login: &str) -> Text {
    text!("the login `{login}` is already taken", "le login `{login}` est déjà pris")
}

impl From<rusqlite::Error> for Setback {
    fn from(cause: rusqlite::Error) -> Setback {
        Setback::Sqlite(cause)
    }
}

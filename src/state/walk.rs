//! A walk: users one after the other, in the order of their numbers, with what is asked of their data.

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::types::Value;
use rusqlite::{Connection, Rows, params_from_iter};

use crate::model::Field;
use crate::model::field::Kind;
use crate::state::users::{column, written_column};

/// Whom a walk leads to.
pub(super) enum Who<'a> {
    Everybody,
    /// The users of these numbers.
    Some(&'a [u32]),
    /// Of everybody's managers and HR managers.
    Leaders,
    /// Who changed after this change.
    ChangedSince(i64),
}

/// A user on the way.
pub(super) struct User<'a> {
    pub number: u32,
    /// That of the manager; 0 for none.
    pub manager: u32,
    /// In the order of the fields that were asked for.
    pub values: &'a [&'a str],
}

/// The values of families that are asked for, user by user.
struct Families<'a> {
    rows: Rows<'a>,
    fields: &'a [Field],
    /// Of the user who was come to last; None where the field is of no family.
    values: Vec<Option<String>>,
}

/// Gives every user on the way with the values of these fields.
///
/// # Panics
/// When a field is not a datum of the users' own.
pub(super) fn walk(
    db: &Connection,
    who: &Who<'_>,
    fields: &[Field],
    mut each: impl FnMut(&User<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut users = db.prepare(&users(who, fields))?;
    let mut users = users.query(params_from_iter(who.parameter()))?;
    let mut families = db.prepare(&values_of_families(who, fields))?;
    let mut families = Families::new(families.query(params_from_iter(who.parameter()))?, fields)?;
    while let Some(user) = users.next()? {
        let number = user.get(0)?;
        families.come_to(number)?;
        let mut column = 2;
        let mut values = Vec::with_capacity(fields.len());
        for of_family in &families.values {
            match of_family {
                Some(value) => values.push(value.as_str()),
                None => {
                    values.push(user.get_ref(column)?.as_str()?);
                    column += 1;
                }
            }
        }
        each(&User { number, manager: user.get::<_, Option<u32>>(1)?.unwrap_or(0), values: &values })?;
    }
    Ok(())
}

/// A column of `users` for each field that is of no family, behind the numbers of user and manager.
fn users(who: &Who<'_>, fields: &[Field]) -> String {
    let (mut columns, mut joins) = (String::new(), String::new());
    for field in fields {
        assert!(field.relations().next().is_none(), "users are asked for their own data, not {field}");
        let (datum, own) = (field.datum(), column(field.datum()));
        match datum.kind {
            _ if datum.family => {}
            Kind::Person => {
                columns += &format!(", coalesce({own}.login, '')");
                joins += &format!(" LEFT JOIN users AS {own} ON {own}.id = users.{}", written_column(datum));
            }
            _ => columns += &format!(", users.{own}"),
        }
    }
    let among = who.among("users.id");
    format!("SELECT users.id, users.manager_id{columns} FROM users{joins} WHERE {among} ORDER BY users.id")
}

/// They come in the order of the users, too.
fn values_of_families(who: &Who<'_>, fields: &[Field]) -> String {
    let among = match fields.iter().any(|field| field.datum().family) {
        true => who.among("user_id"),
        // Nor need anybody be looked for.
        false => who.among("user_id") + " AND false",
    };
    format!("SELECT user_id, field, value FROM user_extras WHERE {among} ORDER BY user_id")
}

impl Who<'_> {
    /// A condition on the column that holds the number of a user.
    pub(super) fn among(&self, column: &str) -> String {
        match self {
            Who::Everybody => "true".into(),
            Who::Some(_) => format!("{column} IN (SELECT value FROM json_each(?1))"),
            Who::Leaders => {
                format!("{column} IN (SELECT manager_id FROM users UNION SELECT hr_manager_id FROM users)")
            }
            Who::ChangedSince(_) => format!("{column} IN (SELECT user FROM changes WHERE at > ?1)"),
        }
    }

    /// Of that condition.
    pub(super) fn parameter(&self) -> Option<Value> {
        match self {
            Who::Everybody | Who::Leaders => None,
            Who::Some(numbers) => {
                let numbers = serde_json::to_string(numbers).expect("a list of numbers is plain");
                Some(numbers.into())
            }
            Who::ChangedSince(at) => Some((*at).into()),
        }
    }
}

impl<'a> Families<'a> {
    fn new(mut rows: Rows<'a>, fields: &'a [Field]) -> rusqlite::Result<Families<'a>> {
        rows.advance()?;
        let values = fields.iter().map(|field| field.datum().family.then(String::new)).collect();
        Ok(Families { rows, fields, values })
    }

    /// Users must be come to in the order of their numbers.
    fn come_to(&mut self, user: u32) -> rusqlite::Result<()> {
        self.values.iter_mut().flatten().for_each(String::clear);
        while let Some(row) = self.rows.get() {
            let of = row.get::<_, u32>(0)?;
            if of > user {
                break;
            }
            let name = row.get_ref(1)?.as_str()?;
            if of == user
                && let Some(place) = self.fields.iter().position(|field| field.is(name))
                && let Some(value) = &mut self.values[place]
            {
                value.push_str(row.get_ref(2)?.as_str()?);
            }
            self.rows.advance()?;
        }
        Ok(())
    }
}

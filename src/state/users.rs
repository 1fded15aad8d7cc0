//! The directory: one row a user, and one row a value that belongs to a family of data.

use rusqlite::{Connection, OptionalExtension, params_from_iter};

use crate::model::field::{DATA, Datum, Kind};
use crate::model::table::{Chunk, Table};
use crate::model::{Field, People};
use crate::state::stored::unreadable;
use crate::state::walk::{Who, walk};
use crate::state::{Error, State};

/// A column is a datum of the vocabulary, with `_` for `-`. Where there is no value there is an empty text.
pub(super) const SCHEMA: &str = "
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (login <> ''),
        employee_number TEXT NOT NULL DEFAULT '',
        last_name TEXT NOT NULL DEFAULT '',
        first_name TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL DEFAULT '',
        mail TEXT NOT NULL DEFAULT '',
        personal_mail TEXT NOT NULL DEFAULT '',
        phone TEXT NOT NULL DEFAULT '',
        gender TEXT NOT NULL DEFAULT '',
        birth_date TEXT NOT NULL DEFAULT '',
        nationality TEXT NOT NULL DEFAULT '',
        contract_start TEXT NOT NULL DEFAULT '',
        contract_end TEXT NOT NULL DEFAULT '',
        seniority_date TEXT NOT NULL DEFAULT '',
        contract TEXT NOT NULL DEFAULT '',
        contract_type TEXT NOT NULL DEFAULT '',
        legal_entity TEXT NOT NULL DEFAULT '',
        establishment TEXT NOT NULL DEFAULT '',
        management TEXT NOT NULL DEFAULT '',
        department TEXT NOT NULL DEFAULT '',
        service TEXT NOT NULL DEFAULT '',
        job_title TEXT NOT NULL DEFAULT '',
        manager_id INTEGER REFERENCES users,
        hr_manager_id INTEGER REFERENCES users,
        second_manager_id INTEGER REFERENCES users,
        role TEXT NOT NULL DEFAULT '',
        culture TEXT NOT NULL DEFAULT '',
        calendar TEXT NOT NULL DEFAULT '',
        annual_gross_salary TEXT NOT NULL DEFAULT '',
        gross_hourly_rate TEXT NOT NULL DEFAULT '',
        professional_category TEXT NOT NULL DEFAULT '',
        work_cycle TEXT NOT NULL DEFAULT '',
        iban TEXT NOT NULL DEFAULT '',
        bic TEXT NOT NULL DEFAULT '',
        social_security_number TEXT NOT NULL DEFAULT ''
    ) STRICT;

    -- Values of families: secondary-role-0, cost-center-code-2, custom-bloodType.
    CREATE TABLE user_extras (
        user_id INTEGER NOT NULL REFERENCES users,
        field TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (user_id, field)
    ) STRICT, WITHOUT ROWID;

    -- The users as a person reads them, with the logins of their managers.
    CREATE VIEW people AS
        SELECT
            users.id, users.login, users.employee_number, users.last_name, users.first_name, users.title,
            users.mail, users.personal_mail, users.phone, users.gender, users.birth_date, users.nationality,
            users.contract_start, users.contract_end, users.seniority_date, users.contract, users.contract_type,
            users.legal_entity, users.establishment, users.management, users.department, users.service,
            users.job_title, coalesce(managers.login, '') AS manager, coalesce(hr_managers.login, '') AS hr_manager,
            coalesce(second_managers.login, '') AS second_manager, users.role, users.culture, users.calendar,
            users.annual_gross_salary, users.gross_hourly_rate, users.professional_category, users.work_cycle,
            users.iban, users.bic, users.social_security_number
        FROM users
        LEFT JOIN users AS managers ON managers.id = users.manager_id
        LEFT JOIN users AS hr_managers ON hr_managers.id = users.hr_manager_id
        LEFT JOIN users AS second_managers ON second_managers.id = users.second_manager_id;
";

/// When a chunk of the snapshot is full.
const CHUNK_SIZE: usize = 4 << 20;

impl State {
    /// A snapshot of the directory, in the order in which the users came: every datum that is no family, and of the
    /// families what somebody has.
    pub fn people(&self) -> Result<People, Error> {
        self.read("the users", |db| whole(db, &Who::Everybody))
    }

    /// The users of these numbers as [`State::people`] gives them: of the families, what one of them has. A number that
    /// nobody has is passed over.
    pub fn people_of(&self, numbers: &[u32]) -> Result<People, Error> {
        self.read("some users", |db| whole(db, &Who::Some(numbers)))
    }

    /// Everybody, but of their own data only these fields.
    pub fn people_with(&self, fields: &[Field]) -> Result<People, Error> {
        self.read("the users", |db| people(db, &Who::Everybody, fields.into()))
    }

    /// How many users there are.
    pub fn count(&self) -> Result<usize, Error> {
        self.read("the users", |db| db.query_row("SELECT count(*) FROM users", (), |row| row.get(0)))
    }
}

/// The data that have a column of their own.
pub(super) fn columns() -> impl Iterator<Item = &'static Datum> {
    DATA.iter().filter(|datum| !datum.family)
}

/// The column of a datum in the view `people`, and in `users` too unless it is a person.
pub(super) fn column(datum: &Datum) -> String {
    datum.name.replace('-', "_")
}

/// The column in `users` in which a datum is written.
pub(super) fn written_column(datum: &Datum) -> String {
    match datum.kind {
        Kind::Person => column(datum) + "_id",
        _ => column(datum),
    }
}

/// The user who has the login, whatever its case.
pub(super) fn find(db: &Connection, login: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM users WHERE login = ?1")?.query_row([login], |row| row.get(0)).optional()
}

/// With every field that one of them has.
fn whole(db: &Connection, who: &Who<'_>) -> rusqlite::Result<People> {
    let mut fields: Vec<Field> = columns().map(|datum| Field::of(datum.name)).collect();
    fields.extend(families(db, who)?);
    people(db, who, fields)
}

fn people(db: &Connection, who: &Who<'_>, fields: Vec<Field>) -> rusqlite::Result<People> {
    let mut table = Table::default();
    let mut chunk = Chunk::default();
    walk(db, who, &fields, |user| {
        user.values.iter().for_each(|value| chunk.cell(value));
        chunk.end_row(user.number, user.number);
        if chunk.size() >= CHUNK_SIZE {
            table.push(std::mem::take(&mut chunk));
        }
        Ok(())
    })?;
    table.push(chunk);
    Ok(People::new(fields, table))
}

/// Of families, the fields that one of them has.
pub(super) fn families(db: &Connection, who: &Who<'_>) -> rusqlite::Result<Vec<Field>> {
    let parse = |name: String| Field::parse(&name).map_err(|_| rusqlite::Error::from(unreadable(&name, "a field")));
    let sql = format!("SELECT DISTINCT field FROM user_extras WHERE {} ORDER BY field", who.among("user_id"));
    db.prepare(&sql)?.query_and_then(params_from_iter(who.parameter()), |row| parse(row.get(0)?))?.collect()
}

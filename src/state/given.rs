//! Given: what a partner was last given about each person, and what a set of deliveries will have given.
//!
//! A row of the table stands for what is confirmed: it is written in the transaction in which its set becomes delivered.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use crate::model::{Digest, date};
use crate::state::stored::Json;
use crate::state::{DeliveryId, Error, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE given (
        exchange TEXT NOT NULL,
        key TEXT NOT NULL,          -- of the person
        who TEXT NOT NULL,          -- as in the list of people of a delivery
        digest TEXT NOT NULL,       -- of the row, as it was delivered; empty where none was
        part TEXT NOT NULL,         -- the establishment whose file it stood in
        contract_start TEXT NOT NULL, -- as the partner was told
        contract_end TEXT NOT NULL,
        picture TEXT NOT NULL,      -- JSON: the picture that was delivered, or null
        row_values TEXT NOT NULL,   -- a JSON list: what the row was made of, where the partner is told who left
        PRIMARY KEY (exchange, key)
    ) STRICT, WITHOUT ROWID;

    -- What becomes of `given` when a set of deliveries is confirmed.
    CREATE TABLE giving (
        set_of INTEGER NOT NULL REFERENCES deliveries, -- the first of the set
        key TEXT NOT NULL,
        who TEXT NOT NULL,
        digest TEXT, -- NULL: nothing is given about this person any more
        part TEXT NOT NULL,
        contract_start TEXT NOT NULL,
        contract_end TEXT NOT NULL,
        picture TEXT NOT NULL,
        row_values TEXT NOT NULL,
        PRIMARY KEY (set_of, key)
    ) STRICT, WITHOUT ROWID;
";

/// What a partner was last given about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// As the journal speaks of the person.
    pub who: String,
    /// Of the row as it was delivered; None where only the picture was.
    pub digest: Option<Digest>,
    /// The establishment whose file it stood in, where each has its own.
    pub part: String,
    /// As the partner was told.
    pub contract_start: Option<NaiveDate>,
    /// As the partner was told.
    pub contract_end: Option<NaiveDate>,
    pub picture: Option<GivenPicture>,
    /// What the row was made of, one value for each column, where the partner is told who left; else empty.
    pub values: Vec<String>,
}

/// The picture that a partner was last given of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GivenPicture {
    /// By which Lucca knows it.
    pub id: String,
    /// Of its bytes.
    pub digest: Digest,
    /// Its name at the partner's.
    pub file: String,
}

/// What will have been given about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giving {
    pub key: String,
    /// None: nothing any more.
    pub given: Option<Given>,
}

impl State {
    /// What the partner of an exchange was last given and is known to have, by the keys of the people.
    pub fn given(&self, exchange: &str) -> Result<BTreeMap<String, Given>, Error> {
        self.read("what was given", |db| {
            let sql = "SELECT * FROM given WHERE exchange = ?1";
            db.prepare(sql)?.query_map([exchange], |row| Ok((row.get("key")?, from_row(row)?)))?.collect()
        })
    }
}

pub(super) fn save_pending(db: &Connection, first: DeliveryId, giving: &[Giving]) -> rusqlite::Result<()> {
    let mut insert = db.prepare(
        "INSERT INTO giving (set_of, key, who, digest, part, contract_start, contract_end, picture, row_values)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for Giving { key, given } in giving {
        match given {
            None => insert.execute((first, key, "", None::<&str>, "", "", "", "null", "[]"))?,
            Some(given) => insert.execute((
                first,
                key,
                &given.who,
                given.digest.as_ref().map_or("", Digest::as_str),
                &given.part,
                written(given.contract_start),
                written(given.contract_end),
                Json(&given.picture),
                Json(&given.values),
            ))?,
        };
    }
    Ok(())
}

/// The first delivery of a set was confirmed; for any other one, nothing is pending.
pub(super) fn confirm(db: &Connection, first: DeliveryId) -> rusqlite::Result<()> {
    let exchange = "(SELECT exchange FROM deliveries WHERE id = ?1)";
    let gone = format!(
        "DELETE FROM given WHERE exchange = {exchange}
         AND key IN (SELECT key FROM giving WHERE set_of = ?1 AND digest IS NULL)"
    );
    let there = format!(
        "INSERT OR REPLACE INTO given (exchange, key, who, digest, part, contract_start, contract_end, picture, row_values)
         SELECT {exchange}, key, who, digest, part, contract_start, contract_end, picture, row_values FROM giving
         WHERE set_of = ?1 AND digest IS NOT NULL"
    );
    db.execute(&gone, [first])?;
    db.execute(&there, [first])?;
    forget_pending(db, first)
}

pub(super) fn forget_pending(db: &Connection, first: DeliveryId) -> rusqlite::Result<()> {
    db.execute("DELETE FROM giving WHERE set_of = ?1", [first]).map(drop)
}

fn written(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Given> {
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let Json(picture) = row.get("picture")?;
    let Json(values) = row.get("row_values")?;
    Ok(Given {
        who: row.get("who")?,
        digest: filled(row.get("digest")?).map(Digest::from_text),
        part: row.get("part")?,
        contract_start: date::iso(&row.get::<_, String>("contract_start")?),
        contract_end: date::iso(&row.get::<_, String>("contract_end")?),
        picture,
        values,
    })
}

//! Pickups: the files that were taken in, known by exchange, path and digest.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use crate::model::Digest;
use crate::state::rolls::{self, Origin};
use crate::state::stored::{Time, words};
use crate::state::{Error, NewRoll, RunId, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE pickups (
        exchange TEXT NOT NULL,
        path TEXT NOT NULL,
        digest TEXT NOT NULL,
        run TEXT NOT NULL REFERENCES runs,
        status TEXT NOT NULL, -- taken, held, done, refused
        row_count INTEGER NOT NULL,
        size INTEGER NOT NULL, -- bytes
        heading TEXT NOT NULL,
        changed TEXT NOT NULL,
        PRIMARY KEY (exchange, path, digest)
    ) STRICT;
    CREATE INDEX pickups_by_status ON pickups (exchange, status, changed);
    CREATE INDEX pickups_by_run ON pickups (run);
";

words! {
    /// How far a file that was taken in has come.
    PickupStatus {
        /// Its plan is being applied.
        Taken = "taken",
        /// A brake holds its plan.
        Held = "held",
        /// Its plan was applied, and the partner was told.
        Done = "done",
        Refused = "refused",
    }
}

/// What the brakes compare with the last good file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Facts {
    /// Without the heading.
    pub rows: usize,
    /// In bytes.
    pub size: u64,
    /// The heading line as the partner wrote it, with [`Facts::SEPARATOR`] between its cells.
    pub heading: String,
}

impl Facts {
    pub const SEPARATOR: &str = ";";
}

/// A file that was taken in, to be remembered. One that has a plan is remembered with it.
#[derive(Debug)]
pub struct NewPickup<'a> {
    pub run: &'a RunId,
    pub exchange: &'a str,
    /// The partner's path on the server.
    pub path: &'a str,
    pub digest: &'a Digest,
    pub facts: &'a Facts,
    pub status: PickupStatus,
    /// Whom the file is about; None where there is no file.
    pub roll: Option<NewRoll<'a>>,
    pub at: DateTime<Utc>,
}

/// A file that was taken in, as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Pickup {
    pub run: RunId,
    pub exchange: String,
    pub path: String,
    pub digest: Digest,
    pub facts: Facts,
    pub status: PickupStatus,
    pub changed: DateTime<Utc>,
}

impl State {
    /// What became of this very file at this very path.
    pub fn pickup(&self, exchange: &str, path: &str, digest: &Digest) -> Result<Option<Pickup>, Error> {
        self.read("the pickup", |db| {
            db.query_row(
                "SELECT * FROM pickups WHERE exchange = ?1 AND path = ?2 AND digest = ?3",
                (exchange, path, digest.as_str()),
                from_row,
            )
            .optional()
        })
    }

    /// The last file that was dropped under another path with these bytes, and taken.
    pub fn taken_elsewhere(&self, exchange: &str, path: &str, digest: &Digest) -> Result<Option<Pickup>, Error> {
        let sql = "
            SELECT * FROM pickups WHERE exchange = ?1 AND path <> ?2 AND digest = ?3 AND status IN ('taken', 'done')
                AND path NOT LIKE '/%' -- which is on this machine
            ORDER BY changed DESC, rowid DESC LIMIT 1";
        self.read("the pickups", |db| db.query_row(sql, (exchange, path, digest.as_str()), from_row).optional())
    }

    /// The last file that was taken with this path after the one with these bytes.
    pub fn taken_since(&self, exchange: &str, path: &str, digest: &Digest) -> Result<Option<Pickup>, Error> {
        let sql = "
            SELECT other.* FROM pickups AS other JOIN pickups AS this USING (exchange, path)
            WHERE exchange = ?1 AND path = ?2 AND this.digest = ?3 AND other.digest <> ?3
                AND other.status IN ('taken', 'done') AND other.changed > this.changed
            ORDER BY other.changed DESC LIMIT 1";
        self.read("the pickups", |db| db.query_row(sql, (exchange, path, digest.as_str()), from_row).optional())
    }

    /// Remembers a file that has no plan.
    ///
    /// # Panics
    /// When this very file is being applied or was.
    pub fn save_pickup(&mut self, pickup: &NewPickup<'_>) -> Result<(), Error> {
        self.write("the pickup", |db| save(db, pickup))
    }

    /// The facts of the file of this exchange that was done last.
    pub fn last_good(&self, exchange: &str) -> Result<Option<Facts>, Error> {
        let sql =
            "SELECT * FROM pickups WHERE exchange = ?1 AND status = 'done' ORDER BY changed DESC, rowid DESC LIMIT 1";
        self.read("the last good file", |db| {
            db.query_row(sql, [exchange], from_row).optional().map(|pickup| pickup.map(|pickup| pickup.facts))
        })
    }
}

/// The place where "the same file is never applied twice" is kept.
pub(super) fn save(db: &Connection, pickup: &NewPickup<'_>) -> rusqlite::Result<()> {
    let sql = "
        INSERT INTO pickups (exchange, path, digest, run, status, row_count, size, heading, changed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT DO UPDATE SET run = ?4, status = ?5, row_count = ?6, size = ?7, heading = ?8, changed = ?9
        WHERE status IN ('held', 'refused')";
    let NewPickup { run, exchange, path, digest, facts, status, roll, at } = pickup;
    let row = (exchange, path, digest.as_str(), run, status, facts.rows, facts.size, &facts.heading, Time(*at));
    let saved = db.execute(sql, row)?;
    assert!(saved == 1, "a file that was taken is never taken again");
    roll.as_ref().map_or(Ok(()), |roll| rolls::save(db, &Origin { run, exchange, path, digest }, roll))
}

pub(super) fn of_run(db: &Connection, run: &RunId) -> rusqlite::Result<Vec<Pickup>> {
    db.prepare("SELECT * FROM pickups WHERE run = ?1 ORDER BY rowid")?.query_map([run], from_row)?.collect()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Pickup> {
    let Time(changed) = row.get("changed")?;
    Ok(Pickup {
        run: row.get("run")?,
        exchange: row.get("exchange")?,
        path: row.get("path")?,
        digest: Digest::from_text(row.get("digest")?),
        facts: Facts { rows: row.get("row_count")?, size: row.get("size")?, heading: row.get("heading")? },
        status: row.get("status")?,
        changed,
    })
}

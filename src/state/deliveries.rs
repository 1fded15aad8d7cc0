//! Deliveries: the files that were handed over, or are to be, and what they tell about whom.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use crate::model::{Digest, Field, Text};
use crate::state::stored::{Json, Time, number, words};
use crate::state::{Decision, Error, RunId, State, decisions};

pub(super) const SCHEMA: &str = "
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs,
        exchange TEXT NOT NULL,
        server TEXT NOT NULL,
        folder TEXT NOT NULL,
        file_name TEXT NOT NULL,
        digest TEXT NOT NULL,
        size INTEGER NOT NULL,      -- bytes
        row_count INTEGER NOT NULL, -- without the heading
        people_count INTEGER NOT NULL,
        heading TEXT NOT NULL,
        status TEXT NOT NULL,       -- held, prepared, uploading, renaming, delivered, discarded
        held TEXT NOT NULL,         -- a JSON list of reasons
        spooled TEXT NOT NULL,      -- the file, in the spool
        created TEXT NOT NULL,
        changed TEXT NOT NULL,
        personal_fields TEXT NOT NULL, -- a JSON list of the personal and sensitive fields that leave
        people TEXT NOT NULL           -- a JSON list of whom they are about
    ) STRICT;
    CREATE INDEX deliveries_by_status ON deliveries (status, exchange);
    CREATE INDEX deliveries_by_run ON deliveries (run);
";

/// A file that is sealed is other bytes each time; `digest` is of what was sealed.
pub(super) const SEALED: &str = "ALTER TABLE deliveries ADD COLUMN sealed TEXT; -- the digest of the sealed file";

number! {
    /// The number of a delivery.
    DeliveryId
}

words! {
    /// How far a delivery has come.
    DeliveryStatus {
        /// A brake waits for a person.
        Held = "held",
        /// It is in the spool; nothing of it is on the server.
        Prepared = "prepared",
        /// Some of it may be on the server, under a temporary name.
        Uploading = "uploading",
        /// All of it is on the server, under the temporary name or the final one.
        Renaming = "renaming",
        Delivered = "delivered",
        /// It was not delivered, nor will be.
        Discarded = "discarded",
    }
}

/// A delivery to be remembered. Its file is in the spool already.
#[derive(Debug)]
pub struct NewDelivery<'a> {
    pub run: &'a RunId,
    pub exchange: &'a str,
    /// In words, for people; without secrets.
    pub server: &'a str,
    pub folder: &'a str,
    pub file_name: &'a str,
    /// Of the content, whether it is sealed or not.
    pub digest: &'a Digest,
    /// Of the file as it leaves, where it is sealed.
    pub sealed: Option<&'a Digest>,
    /// In bytes, as it leaves.
    pub size: u64,
    /// Without the heading.
    pub rows: usize,
    pub heading: &'a str,
    /// Personal and sensitive fields that leave.
    pub personal_fields: &'a [Field],
    /// Whom the file is about: a login or an employee number for each person.
    pub people: &'a [String],
    /// Why it is held; without a reason it may leave at once.
    pub held: &'a [Text],
    /// The name of the file in the spool.
    pub spooled: &'a str,
    pub at: DateTime<Utc>,
}

/// A delivery as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Delivery {
    pub id: DeliveryId,
    pub run: RunId,
    pub exchange: String,
    pub server: String,
    pub folder: String,
    pub file_name: String,
    /// Of the content, whether it is sealed or not.
    pub digest: Digest,
    /// Of the file as it leaves, where it is sealed.
    #[serde(skip)]
    pub sealed: Option<Digest>,
    pub size: u64,
    pub rows: usize,
    pub people_count: usize,
    pub heading: String,
    pub status: DeliveryStatus,
    pub held: Vec<Text>,
    /// What a person decided about it, if it was held.
    pub decision: Option<Decision>,
    #[serde(skip)]
    pub spooled: String,
    pub created: DateTime<Utc>,
    pub changed: DateTime<Utc>,
    pub personal_fields: Vec<Field>,
    pub people: Vec<String>,
}

impl Delivery {
    /// Of the file as it leaves.
    pub fn sent(&self) -> &Digest {
        self.sealed.as_ref().unwrap_or(&self.digest)
    }
}

impl DeliveryStatus {
    /// An interrupted delivery may start again, but what is delivered or discarded stays so, and what is held only leaves
    /// by a person's decision.
    fn may_become(self, next: DeliveryStatus) -> bool {
        match self {
            DeliveryStatus::Held => matches!(next, DeliveryStatus::Prepared | DeliveryStatus::Discarded),
            DeliveryStatus::Prepared | DeliveryStatus::Uploading | DeliveryStatus::Renaming => {
                next != DeliveryStatus::Held
            }
            DeliveryStatus::Delivered | DeliveryStatus::Discarded => false,
        }
    }
}

impl State {
    pub fn prepare_delivery(&mut self, delivery: &NewDelivery<'_>) -> Result<DeliveryId, Error> {
        self.write("the delivery", |db| insert(db, delivery))
    }

    /// Takes a delivery to another status: before the step on the server that the status speaks of, or after the last.
    ///
    /// # Panics
    /// When the delivery cannot come to this status from where it is.
    pub fn advance(&mut self, id: DeliveryId, status: DeliveryStatus, at: DateTime<Utc>) -> Result<(), Error> {
        self.write("the delivery", |db| advance(db, id, status, at))
    }

    pub fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, Error> {
        self.read("the delivery", |db| {
            db.query_row("SELECT * FROM deliveries WHERE id = ?1", [id], from_row(db)).optional()
        })
    }

    /// Deliveries of an exchange that a run left behind, oldest first. Those that are held are not among them.
    pub fn unfinished_deliveries(&self, exchange: &str) -> Result<Vec<Delivery>, Error> {
        let sql = "
            SELECT * FROM deliveries WHERE status IN ('prepared', 'uploading', 'renaming') AND exchange = ?1
            ORDER BY id";
        self.read("the deliveries", |db| db.prepare(sql)?.query_map([exchange], from_row(db))?.collect())
    }

    /// Deliveries that wait for a person, oldest first.
    pub fn held_deliveries(&self) -> Result<Vec<Delivery>, Error> {
        let sql = "SELECT * FROM deliveries WHERE status = 'held' ORDER BY id";
        self.read("the deliveries", |db| db.prepare(sql)?.query_map((), from_row(db))?.collect())
    }

    pub fn last_delivered(&self, exchange: &str) -> Result<Option<Delivery>, Error> {
        let sql = "
            SELECT * FROM deliveries WHERE status = 'delivered' AND exchange = ?1
            ORDER BY changed DESC, id DESC LIMIT 1";
        self.read("the last delivery", |db| db.query_row(sql, [exchange], from_row(db)).optional())
    }
}

pub(super) fn advance(
    db: &Connection,
    id: DeliveryId,
    status: DeliveryStatus,
    at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let now: DeliveryStatus = db.query_row("SELECT status FROM deliveries WHERE id = ?1", [id], |row| row.get(0))?;
    assert!(now.may_become(status), "a delivery that is {now} never becomes {status}");
    let sql = "UPDATE deliveries SET status = ?2, changed = ?3 WHERE id = ?1";
    db.execute(sql, (id, status, Time(at))).map(drop)
}

pub(super) fn of_run(db: &Connection, run: &RunId) -> rusqlite::Result<Vec<Delivery>> {
    db.prepare("SELECT * FROM deliveries WHERE run = ?1 ORDER BY id")?.query_map([run], from_row(db))?.collect()
}

fn insert(db: &Connection, delivery: &NewDelivery<'_>) -> rusqlite::Result<DeliveryId> {
    let status = match delivery.held.is_empty() {
        true => DeliveryStatus::Prepared,
        false => DeliveryStatus::Held,
    };
    let sql = "
        INSERT INTO deliveries (run, exchange, server, folder, file_name, digest, sealed, size, row_count, people_count,
            heading, status, held, spooled, created, changed, personal_fields, people)
        VALUES (:run, :exchange, :server, :folder, :file_name, :digest, :sealed, :size, :rows, :people_count,
            :heading, :status, :held, :spooled, :at, :at, :personal_fields, :people)
        RETURNING id";
    let row = rusqlite::named_params! {
        ":run": delivery.run,
        ":exchange": delivery.exchange,
        ":server": delivery.server,
        ":folder": delivery.folder,
        ":file_name": delivery.file_name,
        ":digest": delivery.digest.as_str(),
        ":sealed": delivery.sealed.map(Digest::as_str),
        ":size": delivery.size,
        ":rows": delivery.rows,
        ":people_count": delivery.people.len(),
        ":heading": delivery.heading,
        ":status": status,
        ":held": Json(delivery.held),
        ":spooled": delivery.spooled,
        ":at": Time(delivery.at),
        ":personal_fields": Json(delivery.personal_fields),
        ":people": Json(delivery.people),
    };
    db.query_row(sql, row, |row| row.get(0))
}

fn from_row(db: &Connection) -> impl Fn(&Row<'_>) -> rusqlite::Result<Delivery> {
    |row| {
        let id = row.get("id")?;
        let Json(held) = row.get("held")?;
        let Json(personal_fields) = row.get("personal_fields")?;
        let Json(people) = row.get("people")?;
        let Time(created) = row.get("created")?;
        let Time(changed) = row.get("changed")?;
        Ok(Delivery {
            id,
            run: row.get("run")?,
            exchange: row.get("exchange")?,
            server: row.get("server")?,
            folder: row.get("folder")?,
            file_name: row.get("file_name")?,
            digest: Digest::from_text(row.get("digest")?),
            sealed: row.get::<_, Option<String>>("sealed")?.map(Digest::from_text),
            size: row.get("size")?,
            rows: row.get("row_count")?,
            people_count: row.get("people_count")?,
            heading: row.get("heading")?,
            status: row.get("status")?,
            held,
            decision: decisions::of_delivery(db, id)?,
            spooled: row.get("spooled")?,
            created,
            changed,
            personal_fields,
            people,
        })
    }
}

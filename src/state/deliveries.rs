//! Deliveries: the files that were handed over, or are to be, and what they tell about whom.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use crate::model::{Content, Digest, Field, Text};
use crate::state::stored::{Json, Time, number, unreadable, words};
use crate::state::{Decision, Error, Giving, Roster, RunId, Set, State, decisions, given};

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

/// Files of one instant are delivered all or none: a set, which is known by its first delivery.
pub(super) const SETS: &str = "
    ALTER TABLE deliveries ADD COLUMN set_of INTEGER REFERENCES deliveries; -- the first of the set, NULL for the first
    ALTER TABLE deliveries ADD COLUMN content TEXT NOT NULL DEFAULT 'full'; -- full, new, changed, left, picture
    ALTER TABLE deliveries ADD COLUMN part TEXT NOT NULL DEFAULT '';        -- the establishment that the file is about
    ALTER TABLE deliveries ADD COLUMN profile TEXT NOT NULL DEFAULT '';     -- its digest; empty where it is not known
    CREATE INDEX deliveries_by_set ON deliveries (set_of);
";

/// Where a profile has several tables, each is a file of the set.
pub(super) const TABLES: &str = "
    ALTER TABLE deliveries ADD COLUMN table_name TEXT NOT NULL DEFAULT ''; -- empty where there is one table
";

/// What there is to know of a delivery, but for whom it is about.
const COLUMNS: &str = "
    id, run, exchange, server, folder, file_name, digest, sealed, size, row_count, people_count, heading, status, held,
    spooled, created, changed, personal_fields, set_of, content, part, profile, table_name";

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

/// Files to be remembered that are delivered all or none. They are in the spool already.
#[derive(Debug)]
pub struct NewSet<'a> {
    pub run: &'a RunId,
    pub exchange: &'a str,
    /// In words, for people; without secrets.
    pub server: &'a str,
    /// Of the profile that it was made with.
    pub profile: &'a Digest,
    /// Why all of it is held, beside the reasons of its files. Without any reason it may leave at once.
    pub held: &'a [Text],
    /// At least one.
    pub files: &'a [NewDelivery<'a>],
    /// What the partner will have been given about whom, once the set is delivered; see [`State::given`].
    pub giving: &'a [Giving],
    pub at: DateTime<Utc>,
}

/// One file of a set.
#[derive(Debug, Clone)]
pub struct NewDelivery<'a> {
    pub folder: &'a str,
    pub file_name: &'a str,
    pub content: Content,
    /// The establishment that it is about, where each has its file.
    pub part: &'a str,
    /// The profile's name of the table that it is, where there are several; else empty.
    pub table: &'a str,
    pub heading: &'a str,
    /// Personal and sensitive fields that leave.
    pub personal_fields: &'a [Field],
    /// Of the content, whether it is sealed or not.
    pub digest: &'a Digest,
    /// Of the file as it leaves, where it is sealed.
    pub sealed: Option<&'a Digest>,
    /// In bytes, as it leaves.
    pub size: u64,
    /// Without the heading.
    pub rows: usize,
    /// Whom the file is about: a login or an employee number for each person.
    pub people: &'a Roster,
    /// Why it is held.
    pub held: &'a [Text],
    /// The name of the file in the spool.
    pub spooled: &'a str,
}

/// A delivery as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Delivery {
    pub id: DeliveryId,
    /// The first of the files that are delivered all or none with this one; itself, where it is alone.
    pub set: DeliveryId,
    pub content: Content,
    /// The establishment that it is about, where each has its file.
    pub part: String,
    /// The profile's name of the table that it is, where there are several; else empty.
    pub table: String,
    /// Of the profile that it was made with; empty where an older Passerelle did not write it down.
    #[serde(skip)]
    pub profile: String,
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
    /// There may be a million of them: nobody, but where the history of a run is read.
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
    /// The number by which the set is known from now on.
    ///
    /// # Panics
    /// When the set has no file.
    pub fn prepare_set(&mut self, set: &NewSet<'_>) -> Result<DeliveryId, Error> {
        self.write("the deliveries", |db| {
            let first = insert(db, set, &set.files[0], None)?;
            set.files[1..].iter().try_for_each(|file| insert(db, set, file, Some(first)).map(drop))?;
            given::save_pending(db, first, set.giving)?;
            Ok(first)
        })
    }

    /// Takes deliveries to another status, all or none: before the step on the server that the status speaks of, or
    /// after the last. With the first of a set, what it gives about people is given, or is no longer to be.
    ///
    /// # Panics
    /// When one of them cannot come to this status from where it is.
    pub fn advance(&mut self, ids: &[DeliveryId], status: DeliveryStatus, at: DateTime<Utc>) -> Result<(), Error> {
        self.write("the deliveries", |db| ids.iter().try_for_each(|id| advance(db, *id, status, at)))
    }

    pub fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, Error> {
        self.read("the delivery", |db| {
            let sql = format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1");
            db.query_row(&sql, [id], from_row(db)).optional()
        })
    }

    /// The files that are delivered all or none with this one, from the first of them on.
    pub fn set(&self, first: DeliveryId) -> Result<Set, Error> {
        self.read("the deliveries", |db| {
            let sql = format!("SELECT {COLUMNS} FROM deliveries WHERE id = ?1 OR set_of = ?1 ORDER BY id");
            db.prepare(&sql)?.query_map([first], from_row(db))?.collect::<rusqlite::Result<_>>().map(Set)
        })
    }

    /// Sets of an exchange that a run left behind, oldest first. Those that are held are not among them.
    pub fn unfinished_sets(&self, exchange: &str) -> Result<Vec<Set>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM deliveries WHERE status IN ('prepared', 'uploading', 'renaming') AND exchange = ?1
             ORDER BY coalesce(set_of, id), id"
        );
        self.read("the deliveries", |db| {
            db.prepare(&sql)?.query_map([exchange], from_row(db))?.collect::<rusqlite::Result<_>>().map(Set::all)
        })
    }

    /// Sets that wait for a person, oldest first.
    pub fn held_sets(&self) -> Result<Vec<Set>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM deliveries WHERE status = 'held' ORDER BY coalesce(set_of, id), id");
        self.read("the deliveries", |db| {
            db.prepare(&sql)?.query_map((), from_row(db))?.collect::<rusqlite::Result<_>>().map(Set::all)
        })
    }

    /// Under which an exchange has sent tables, or was to, since a moment.
    pub fn names_since(&self, exchange: &str, since: DateTime<Utc>) -> Result<BTreeSet<String>, Error> {
        let sql = "SELECT file_name FROM deliveries WHERE exchange = ?1 AND created >= ?2 AND content <> 'picture'";
        self.read("the deliveries", |db| {
            db.prepare(sql)?.query_map((exchange, Time(since)), |row| row.get(0))?.collect()
        })
    }

    /// The tables that an exchange last delivered at one instant; pictures are not among them. None: it never did.
    pub fn last_delivered(&self, exchange: &str) -> Result<Option<Set>, Error> {
        let sql = format!(
            "WITH last AS (
                 SELECT coalesce(set_of, id) AS first FROM deliveries
                 WHERE status = 'delivered' AND exchange = ?1 AND content <> 'picture'
                 ORDER BY changed DESC, id DESC LIMIT 1)
             SELECT {COLUMNS} FROM deliveries JOIN last ON coalesce(set_of, id) = first
             WHERE content <> 'picture' ORDER BY id"
        );
        self.read("the last delivery", |db| {
            let found: Vec<Delivery> =
                db.prepare(&sql)?.query_map([exchange], from_row(db))?.collect::<Result<_, _>>()?;
            Ok(Set::all(found).pop())
        })
    }
}

/// All files of a set.
pub(super) fn members(db: &Connection, first: DeliveryId) -> rusqlite::Result<Vec<DeliveryId>> {
    let sql = "SELECT id FROM deliveries WHERE id = ?1 OR set_of = ?1 ORDER BY id";
    db.prepare_cached(sql)?.query_map([first], |row| row.get(0))?.collect()
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
    db.execute(sql, (id, status, Time(at)))?;
    match status {
        DeliveryStatus::Delivered => given::confirm(db, id),
        DeliveryStatus::Discarded => given::forget_pending(db, id),
        DeliveryStatus::Held | DeliveryStatus::Prepared | DeliveryStatus::Uploading | DeliveryStatus::Renaming => {
            Ok(())
        }
    }
}

pub(super) fn of_run(db: &Connection, run: &RunId) -> rusqlite::Result<Vec<Delivery>> {
    db.prepare("SELECT * FROM deliveries WHERE run = ?1 ORDER BY id")?.query_map([run], from_row(db))?.collect()
}

fn insert(
    db: &Connection,
    set: &NewSet<'_>,
    file: &NewDelivery<'_>,
    first: Option<DeliveryId>,
) -> rusqlite::Result<DeliveryId> {
    let is_held = !set.held.is_empty() || set.files.iter().any(|file| !file.held.is_empty());
    // What holds all of them is told once.
    let held = if first.is_none() { [file.held, set.held].concat() } else { file.held.to_vec() };
    let sql = "
        INSERT INTO deliveries (run, exchange, server, folder, file_name, digest, sealed, size, row_count, people_count,
            heading, status, held, spooled, created, changed, personal_fields, people, set_of, content, part, table_name,
            profile)
        VALUES (:run, :exchange, :server, :folder, :file_name, :digest, :sealed, :size, :rows, :people_count,
            :heading, :status, :held, :spooled, :at, :at, :personal_fields, :people, :set_of, :content, :part, :table,
            :profile)
        RETURNING id";
    let row = rusqlite::named_params! {
        ":run": set.run,
        ":exchange": set.exchange,
        ":server": set.server,
        ":folder": file.folder,
        ":file_name": file.file_name,
        ":digest": file.digest.as_str(),
        ":sealed": file.sealed.map(Digest::as_str),
        ":size": file.size,
        ":rows": file.rows,
        ":people_count": file.people.len(),
        ":heading": file.heading,
        ":status": if is_held { DeliveryStatus::Held } else { DeliveryStatus::Prepared },
        ":held": Json(held),
        ":spooled": file.spooled,
        ":at": Time(set.at),
        ":personal_fields": Json(file.personal_fields),
        ":people": file.people,
        ":set_of": first,
        ":content": file.content.name(),
        ":part": file.part,
        ":table": file.table,
        ":profile": set.profile.as_str(),
    };
    db.query_row(sql, row, |row| row.get(0))
}

fn from_row(db: &Connection) -> impl Fn(&Row<'_>) -> rusqlite::Result<Delivery> {
    |row| {
        let id = row.get("id")?;
        let Json(held) = row.get("held")?;
        let Json(personal_fields) = row.get("personal_fields")?;
        let people = match row.get("people") {
            Err(rusqlite::Error::InvalidColumnName(_)) => Vec::new(),
            people => people.map(|Json(people)| people)?,
        };
        let Time(created) = row.get("created")?;
        let Time(changed) = row.get("changed")?;
        let set = row.get::<_, Option<DeliveryId>>("set_of")?.unwrap_or(id);
        let content: String = row.get("content")?;
        Ok(Delivery {
            id,
            set,
            content: Content::named(&content).ok_or_else(|| unreadable(&content, "what a file tells"))?,
            part: row.get("part")?,
            table: row.get("table_name")?,
            profile: row.get("profile")?,
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
            decision: decisions::of_delivery(db, set)?,
            spooled: row.get("spooled")?,
            created,
            changed,
            personal_fields,
            people,
        })
    }
}

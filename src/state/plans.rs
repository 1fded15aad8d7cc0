//! Plans: what was decided about a partner's file, kept until it is applied and the partner is told.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};

use crate::model::{Digest, Operation, Text};
use crate::state::pickups::{self, Facts, NewPickup, PickupStatus};
use crate::state::stored::{Json, Time, number, words};
use crate::state::{Announced, Decision, Error, NewRoll, RunId, State, decisions, exceptions, operations};

pub(super) const SCHEMA: &str = "
    CREATE TABLE plans (
        id INTEGER PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs,
        exchange TEXT NOT NULL,
        path TEXT NOT NULL,
        file_digest TEXT NOT NULL,
        snapshot_digest TEXT NOT NULL,
        profile_digest TEXT NOT NULL,
        status TEXT NOT NULL, -- held, applying, applied, told, discarded
        held TEXT NOT NULL,   -- a JSON list of reasons
        created TEXT NOT NULL,
        changed TEXT NOT NULL,
        spooled TEXT,         -- the partner's file, in the spool
        verdict BLOB NOT NULL,
        corrections BLOB,
        FOREIGN KEY (exchange, path, file_digest) REFERENCES pickups
    ) STRICT;
    CREATE INDEX plans_by_status ON plans (status, exchange);
    CREATE INDEX plans_by_run ON plans (run);
";

number! {
    /// The number of a plan.
    PlanId
}

words! {
    /// How far a plan has come: held → applying → applied → told, or held → discarded.
    PlanStatus {
        /// A brake waits for a person.
        Held = "held",
        Applying = "applying",
        /// The partner is still to be told.
        Applied = "applied",
        Told = "told",
        /// Nothing of it was applied, nor will be.
        Discarded = "discarded",
    }
}

/// What a plan was made from: when one of them has moved, it may not be approved any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    pub file: Digest,
    pub snapshot: Digest,
    pub profile: Digest,
}

/// A plan to be remembered, with the pickup of its file.
#[derive(Debug)]
pub struct NewPlan<'a> {
    pub run: &'a RunId,
    pub exchange: &'a str,
    /// The partner's path on the server.
    pub path: &'a str,
    pub digests: &'a Digests,
    pub facts: &'a Facts,
    pub operations: &'a [Operation],
    /// They are about other people than those of the directory.
    pub is_elsewhere: bool,
    /// Why it is held; without a reason it may be applied at once.
    pub held: &'a [Text],
    /// The announced exceptions that let it through; they are used up with it.
    pub exceptions: &'a [Announced],
    /// The text for the partner.
    pub verdict: &'a [u8],
    /// The rows to correct, as a file for the partner.
    pub corrections: Option<&'a [u8]>,
    /// The name of the partner's file in the spool, if it is kept there.
    pub spooled: Option<&'a str>,
    /// Whom the file is about; None where no file asks for the operations.
    pub roll: Option<NewRoll<'a>>,
    pub at: DateTime<Utc>,
}

/// A plan as the journal has it, without its operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    pub id: PlanId,
    pub run: RunId,
    pub exchange: String,
    pub path: String,
    pub digests: Digests,
    pub status: PlanStatus,
    pub held: Vec<Text>,
    /// What a person decided about it, if it was held.
    pub decision: Option<Decision>,
    /// Those that it used up.
    pub exceptions: Vec<Announced>,
    pub operations: Progress,
    pub created: DateTime<Utc>,
    pub changed: DateTime<Utc>,
    #[serde(skip)]
    pub spooled: Option<String>,
    #[serde(skip)]
    pub verdict: Vec<u8>,
    #[serde(skip)]
    pub corrections: Option<Vec<u8>>,
}

/// How many operations have come how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    pub pending: usize,
    pub done: usize,
    pub failed: usize,
}

impl State {
    /// Remembers a plan, its operations and the pickup of its file, all or nothing.
    ///
    /// # Panics
    /// When this very file is being applied or was.
    pub fn save_plan(&mut self, plan: &NewPlan<'_>) -> Result<PlanId, Error> {
        self.write("the plan", |db| {
            let (status, pickup_status) = match plan.held.is_empty() {
                true => (PlanStatus::Applying, PickupStatus::Taken),
                false => (PlanStatus::Held, PickupStatus::Held),
            };
            let NewPlan { run, exchange, path, digests, facts, roll, at, .. } = *plan;
            let digest = &digests.file;
            pickups::save(db, &NewPickup { run, exchange, path, digest, facts, status: pickup_status, roll, at })?;
            let id = insert(db, plan, status)?;
            operations::save(db, id, plan.operations, plan.is_elsewhere)?;
            exceptions::save(db, id, exchange, plan.exceptions)?;
            Ok(id)
        })
    }

    pub fn plan(&self, id: PlanId) -> Result<Option<Plan>, Error> {
        self.read("the plan", |db| get(db, id).optional())
    }

    /// Plans that wait for a person, oldest first.
    pub fn held_plans(&self) -> Result<Vec<Plan>, Error> {
        self.read("the held plans", |db| {
            db.prepare("SELECT * FROM plans WHERE status = 'held' ORDER BY id")?.query_map((), from_row(db))?.collect()
        })
    }

    /// Plans of an exchange that a run left behind, oldest first: to be applied further, or to be told.
    pub fn unfinished_plans(&self, exchange: &str) -> Result<Vec<Plan>, Error> {
        let sql = "SELECT * FROM plans WHERE status IN ('applying', 'applied') AND exchange = ?1 ORDER BY id";
        self.read("the unfinished plans", |db| db.prepare(sql)?.query_map([exchange], from_row(db))?.collect())
    }

    /// What was last decided about a file of an exchange.
    pub fn plan_about(&self, exchange: &str, path: &str, digest: &Digest) -> Result<Option<Plan>, Error> {
        let sql = "
            SELECT * FROM plans WHERE exchange = ?1 AND path = ?2 AND file_digest = ?3 ORDER BY id DESC LIMIT 1";
        self.read("the plan", |db| db.query_row(sql, (exchange, path, digest.as_str()), from_row(db)).optional())
    }

    /// The plans that a run made or let through, oldest first.
    pub fn plans_of(&self, run: &RunId) -> Result<Vec<Plan>, Error> {
        let sql = "
            SELECT * FROM plans
            WHERE run = ?1 OR id IN (SELECT plan FROM decisions WHERE run = ?1 AND decided = 'approved') ORDER BY id";
        self.read("the plans", |db| db.prepare(sql)?.query_map([run], from_row(db))?.collect())
    }

    /// Takes a plan a step further, and its pickup with it. (Applying it ends in `applied` by itself.)
    ///
    /// # Panics
    /// When the plan is not where this step starts.
    pub fn set_plan_status(&mut self, id: PlanId, status: PlanStatus, at: DateTime<Utc>) -> Result<(), Error> {
        self.write("the plan", |db| set_status(db, id, status, at))
    }
}

pub(super) fn set_status(db: &Connection, id: PlanId, status: PlanStatus, at: DateTime<Utc>) -> rusqlite::Result<()> {
    let (before, pickup_status) = match status {
        PlanStatus::Applying => (PlanStatus::Held, PickupStatus::Taken),
        PlanStatus::Applied => (PlanStatus::Applying, PickupStatus::Taken),
        PlanStatus::Told => (PlanStatus::Applied, PickupStatus::Done),
        PlanStatus::Discarded => (PlanStatus::Held, PickupStatus::Refused),
        PlanStatus::Held => panic!("a plan is held from the start or never"),
    };
    let sql = "UPDATE plans SET status = ?3, changed = ?4 WHERE id = ?1 AND status = ?2";
    let moved = db.execute(sql, (id, before, status, Time(at)))?;
    assert!(moved == 1, "only a plan that is {before} becomes {status}");
    let sql = "
        UPDATE pickups SET status = ?2, changed = ?3
        WHERE (exchange, path, digest) = (SELECT exchange, path, file_digest FROM plans WHERE id = ?1)";
    db.execute(sql, (id, pickup_status, Time(at))).map(drop)
}

pub(super) fn get(db: &Connection, id: PlanId) -> rusqlite::Result<Plan> {
    db.query_row("SELECT * FROM plans WHERE id = ?1", [id], from_row(db))
}

pub(super) fn of_run(db: &Connection, run: &RunId) -> rusqlite::Result<Vec<Plan>> {
    db.prepare("SELECT * FROM plans WHERE run = ?1 ORDER BY id")?.query_map([run], from_row(db))?.collect()
}

fn insert(db: &Connection, plan: &NewPlan<'_>, status: PlanStatus) -> rusqlite::Result<PlanId> {
    let sql = "
        INSERT INTO plans (run, exchange, path, file_digest, snapshot_digest, profile_digest, status, held,
            created, changed, spooled, verdict, corrections)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11, ?12)
        RETURNING id";
    let Digests { file, snapshot, profile } = plan.digests;
    let row = (
        plan.run,
        plan.exchange,
        plan.path,
        file.as_str(),
        snapshot.as_str(),
        profile.as_str(),
        status,
        Json(plan.held),
        Time(plan.at),
        plan.spooled,
        plan.verdict,
        plan.corrections,
    );
    db.query_row(sql, row, |row| row.get(0))
}

fn from_row(db: &Connection) -> impl Fn(&Row<'_>) -> rusqlite::Result<Plan> {
    |row| {
        let id = row.get("id")?;
        let Json(held) = row.get("held")?;
        let Time(created) = row.get("created")?;
        let Time(changed) = row.get("changed")?;
        Ok(Plan {
            id,
            run: row.get("run")?,
            exchange: row.get("exchange")?,
            path: row.get("path")?,
            digests: Digests {
                file: Digest::from_text(row.get("file_digest")?),
                snapshot: Digest::from_text(row.get("snapshot_digest")?),
                profile: Digest::from_text(row.get("profile_digest")?),
            },
            status: row.get("status")?,
            held,
            decision: decisions::of_plan(db, id)?,
            exceptions: exceptions::of_plan(db, id)?,
            operations: operations::progress(db, id)?,
            created,
            changed,
            spooled: row.get("spooled")?,
            verdict: row.get("verdict")?,
            corrections: row.get("corrections")?,
        })
    }
}

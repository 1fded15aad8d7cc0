//! Operations: each one of a plan, with what became of it.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row};

use crate::model::{Operation, Text};
use crate::state::apply::{Setback, apply};
use crate::state::plans::{self, PlanId, PlanStatus, Progress};
use crate::state::stored::{Json, Said, words};
use crate::state::{Error, State, users};

pub(super) const SCHEMA: &str = "
    CREATE TABLE operations (
        plan INTEGER NOT NULL REFERENCES plans,
        position INTEGER NOT NULL, -- in the plan, from 0
        operation TEXT NOT NULL,   -- JSON: who, and every value before and after
        status TEXT NOT NULL,      -- pending, done, failed
        reason TEXT,               -- why it failed
        PRIMARY KEY (plan, position)
    ) STRICT;
    CREATE INDEX operations_by_status ON operations (plan, status, position);
";

/// Whom an operation changed: a creation has its user once it is done.
pub(super) const WHOM: &str = "
    ALTER TABLE operations ADD COLUMN user INTEGER REFERENCES users;
    UPDATE operations SET user = (
        SELECT id FROM users WHERE login = coalesce(
            iif(status = 'done', json_extract(operation, '$.changes.login.to'), NULL),
            json_extract(operation, '$.user.login')))
    WHERE status = 'done' OR json_extract(operation, '$.op') = 'update';
    CREATE INDEX operations_by_user ON operations (user);
    CREATE INDEX operations_by_login ON operations (json_extract(operation, '$.user.login') COLLATE NOCASE);
";

/// By which people who are not the directory know whom an operation is about: known once it is sent.
pub(super) const ELSEWHERE: &str = "
    -- Another status since: sending.
    ALTER TABLE operations ADD COLUMN person INTEGER;
";

words! {
    /// What became of an operation.
    OperationStatus {
        Pending = "pending",
        /// Of people elsewhere: a request was sent for it, and whether it did anything is not written down yet.
        Sending = "sending",
        Done = "done",
        Failed = "failed",
    }
}

/// An operation as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub operation: Operation,
    pub status: OperationStatus,
    /// Why it failed.
    pub reason: Option<Text>,
}

/// An operation that the people who are changed did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub operation: Operation,
    /// A clause for people: "the login `ada` is already taken".
    pub reason: Text,
}

/// What one batch did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Applied {
    pub done: usize,
    pub failures: Vec<Failure>,
    /// Is anything left for another batch?
    pub remain: bool,
}

impl State {
    /// Applies the next operations of a plan in their order, at most so many, and marks them in the same transaction: a
    /// crash loses the whole batch or nothing. One that cannot be applied fails alone. After the last one the plan is
    /// `applied`.
    ///
    /// # Panics
    /// When the plan is held, or was applied or discarded.
    pub fn apply_next(&mut self, plan: PlanId, at_most: usize, at: DateTime<Utc>) -> Result<Applied, Error> {
        self.write("the users", |db| {
            let status: PlanStatus =
                db.query_row("SELECT status FROM plans WHERE id = ?1", [plan], |row| row.get(0))?;
            assert!(
                status == PlanStatus::Applying,
                "only a plan that is applying is applied, not one that is {status}"
            );
            let mut applied = Applied::default();
            for (position, operation) in pending(db, plan, at_most)? {
                match apply(db, &operation) {
                    Ok(user) => {
                        mark_done(db, plan, position, user)?;
                        applied.done += 1;
                    }
                    Err(Setback::Refused(reason)) => {
                        mark(db, plan, position, OperationStatus::Failed, Some(&reason))?;
                        applied.failures.push(Failure { operation, reason });
                    }
                    Err(Setback::Sqlite(cause)) => return Err(cause),
                }
            }
            applied.remain = !pending(db, plan, 1)?.is_empty();
            if !applied.remain {
                plans::set_status(db, plan, PlanStatus::Applied, at)?;
            }
            Ok(applied)
        })
    }

    /// Gives the operations of a plan that were done, one after the other in their order, as the JSON that they are kept
    /// in: one line each.
    pub fn each_done(&self, plan: PlanId, mut each: impl FnMut(&str)) -> Result<(), Error> {
        let sql = "SELECT operation FROM operations WHERE plan = ?1 AND status = 'done' ORDER BY position";
        self.read("the operations", |db| {
            let mut statement = db.prepare(sql)?;
            let mut rows = statement.query([plan])?;
            while let Some(row) = rows.next()? {
                each(row.get_ref(0)?.as_str()?);
            }
            Ok(())
        })
    }

    /// All operations of a plan, in their order.
    pub fn operations(&self, plan: PlanId) -> Result<Vec<Recorded>, Error> {
        let sql = "SELECT operation, status, reason FROM operations WHERE plan = ?1 ORDER BY position";
        self.read("the operations", |db| db.prepare(sql)?.query_map([plan], from_row)?.collect())
    }

    /// All operations of a plan, in their order, each with its user where that is known.
    pub fn operations_with_users(&self, plan: PlanId) -> Result<Vec<(Option<u32>, Recorded)>, Error> {
        let sql = "SELECT operation, status, reason, user FROM operations WHERE plan = ?1 ORDER BY position";
        self.read("the operations", |db| {
            db.prepare(sql)?.query_map([plan], |row| Ok((row.get("user")?, from_row(row)?)))?.collect()
        })
    }

    /// What could not be done of a plan so far, in the order of the plan.
    pub fn failures(&self, plan: PlanId) -> Result<Vec<Failure>, Error> {
        let sql = "
            SELECT operation, reason FROM operations WHERE plan = ?1 AND status = 'failed' ORDER BY position";
        self.read("the operations", |db| {
            let failure = |row: &Row<'_>| {
                let Json(operation) = row.get(0)?;
                let Said(reason) = row.get(1)?;
                Ok(Failure { operation, reason })
            };
            db.prepare(sql)?.query_map([plan], failure)?.collect()
        })
    }
}

/// `is_elsewhere`: the people are not the directory, whatever logins they share with it.
pub(super) fn save(
    db: &Connection,
    plan: PlanId,
    operations: &[Operation],
    is_elsewhere: bool,
) -> rusqlite::Result<()> {
    let mut insert =
        db.prepare("INSERT INTO operations (plan, position, operation, status, user) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (position, operation) in operations.iter().enumerate() {
        let user = match operation.is_creation() || is_elsewhere {
            true => None,
            false => users::find(db, &operation.user().login)?,
        };
        insert.execute((plan, position, Json(operation), OperationStatus::Pending, user))?;
    }
    Ok(())
}

pub(super) fn progress(db: &Connection, plan: PlanId) -> rusqlite::Result<Progress> {
    let sql = "
        SELECT
            count(*) FILTER (WHERE status IN ('pending', 'sending')),
            count(*) FILTER (WHERE status = 'done'),
            count(*) FILTER (WHERE status = 'failed')
        FROM operations WHERE plan = ?1";
    let progress = |row: &Row<'_>| Ok(Progress { pending: row.get(0)?, done: row.get(1)?, failed: row.get(2)? });
    db.prepare_cached(sql)?.query_row([plan], progress)
}

fn pending(db: &Connection, plan: PlanId, at_most: usize) -> rusqlite::Result<Vec<(i64, Operation)>> {
    let sql = "
        SELECT position, operation FROM operations
        WHERE plan = ?1 AND status = 'pending' ORDER BY position LIMIT ?2";
    let one = |row: &Row<'_>| {
        let Json(operation) = row.get(1)?;
        Ok((row.get(0)?, operation))
    };
    db.prepare_cached(sql)?.query_map((plan, at_most), one)?.collect()
}

pub(super) fn mark(
    db: &Connection,
    plan: PlanId,
    position: i64,
    status: OperationStatus,
    reason: Option<&Text>,
) -> rusqlite::Result<()> {
    let sql = "UPDATE operations SET status = ?3, reason = ?4 WHERE plan = ?1 AND position = ?2";
    db.prepare_cached(sql)?.execute((plan, position, status, reason.cloned().map(Said))).map(drop)
}

/// From now on the operation is known by its user, whatever login they come to have.
fn mark_done(db: &Connection, plan: PlanId, position: i64, user: i64) -> rusqlite::Result<()> {
    let sql = "
        UPDATE operations SET status = 'done', reason = NULL, user = coalesce(user, ?3)
        WHERE plan = ?1 AND position = ?2";
    db.prepare_cached(sql)?.execute((plan, position, user)).map(drop)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    let Json(operation) = row.get("operation")?;
    let reason = row.get::<_, Option<Said>>("reason")?.map(|Said(reason)| reason);
    Ok(Recorded { operation, status: row.get("status")?, reason })
}

//! Requests: what was sent to change people who are elsewhere, written down before it is sent and once it is answered.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::model::{Operation, Text};
use crate::state::operations::mark;
use crate::state::stored::{Json, Time, number};
use crate::state::{Error, OperationStatus, PlanId, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE requests (
        id INTEGER PRIMARY KEY,
        plan INTEGER NOT NULL,
        position INTEGER NOT NULL, -- of the operation
        request TEXT NOT NULL,     -- `POST /api/v3/users`, without what it says of anybody
        sent TEXT NOT NULL,
        answered TEXT,             -- when; null: nobody knows what became of it
        answer TEXT,               -- `200 OK`, or why there was none
        FOREIGN KEY (plan, position) REFERENCES operations
    ) STRICT;
    CREATE INDEX requests_by_operation ON requests (plan, position);
";

number! {
    /// The number of a request.
    RequestId
}

/// The operation that is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// In the plan, from 0.
    pub position: u32,
    pub operation: Operation,
    /// A request was sent for it, and what became of that is not known.
    pub is_under_way: bool,
    /// By which its people know whom it is about; known since the first request, unless that was to create them.
    pub person: Option<u32>,
}

impl State {
    /// The first operation of a plan that is neither done nor failed.
    pub fn next_operation(&self, plan: PlanId) -> Result<Option<Next>, Error> {
        let sql = "
            SELECT position, operation, status, person FROM operations
            WHERE plan = ?1 AND status IN ('pending', 'sending') ORDER BY position LIMIT 1";
        self.read("the operations", |db| db.prepare_cached(sql)?.query_row([plan], next).optional())
    }

    /// From now on the operation is `sending`. `request` says what is sent, and nothing of anybody.
    pub fn begin_request(
        &mut self,
        plan: PlanId,
        next: &Next,
        person: Option<u32>,
        request: &str,
        at: DateTime<Utc>,
    ) -> Result<RequestId, Error> {
        self.write("the request", |db| {
            mark(db, plan, next.position.into(), OperationStatus::Sending, None)?;
            note_person(db, plan, next, person)?;
            let sql = "INSERT INTO requests (plan, position, request, sent) VALUES (?1, ?2, ?3, ?4) RETURNING id";
            db.query_row(sql, (plan, next.position, request, Time(at)), |row| row.get(0))
        })
    }

    /// What was answered, in a few words; or why there was no answer.
    pub fn end_request(&mut self, request: RequestId, answer: &str, at: DateTime<Utc>) -> Result<(), Error> {
        let sql = "UPDATE requests SET answered = ?2, answer = ?3 WHERE id = ?1";
        self.write("the request", |db| db.execute(sql, (request, Time(at), answer)).map(drop))
    }

    /// It is done, about a person known by this number; or it failed, for a reason that is a clause for people.
    pub fn end_operation(&mut self, plan: PlanId, next: &Next, outcome: &Result<u32, Text>) -> Result<(), Error> {
        self.write("the operation", |db| match outcome {
            Ok(person) => {
                note_person(db, plan, next, Some(*person))?;
                mark(db, plan, next.position.into(), OperationStatus::Done, None)
            }
            Err(reason) => mark(db, plan, next.position.into(), OperationStatus::Failed, Some(reason)),
        })
    }
}

fn note_person(db: &Connection, plan: PlanId, next: &Next, person: Option<u32>) -> rusqlite::Result<()> {
    let sql = "UPDATE operations SET person = coalesce(?3, person) WHERE plan = ?1 AND position = ?2";
    db.prepare_cached(sql)?.execute((plan, next.position, person)).map(drop)
}

fn next(row: &Row<'_>) -> rusqlite::Result<Next> {
    let Json(operation) = row.get("operation")?;
    let status: OperationStatus = row.get("status")?;
    Ok(Next {
        position: row.get("position")?,
        operation,
        is_under_way: status == OperationStatus::Sending,
        person: row.get("person")?,
    })
}

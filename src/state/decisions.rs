//! Decisions: who let through or gave up what a brake held, and when.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use crate::state::stored::{Time, words};
use crate::state::{DeliveryId, DeliveryStatus, Error, PlanId, PlanStatus, RunId, State, deliveries, plans};

pub(super) const SCHEMA: &str = "
    CREATE TABLE decisions (
        run TEXT NOT NULL REFERENCES runs, -- in which it was decided
        plan INTEGER UNIQUE REFERENCES plans,
        delivery INTEGER UNIQUE REFERENCES deliveries,
        decided TEXT NOT NULL,             -- approved, discarded
        person TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT;
";

words! {
    /// What a person decided about a plan or a delivery that was held.
    Decided {
        /// It is done exactly as it was held.
        Approved = "approved",
        /// Nothing of it is done.
        Discarded = "discarded",
    }
}

/// A decision to be remembered.
#[derive(Debug)]
pub struct NewDecision<'a> {
    pub run: &'a RunId,
    pub decided: Decided,
    /// The name of the account.
    pub person: &'a str,
    pub at: DateTime<Utc>,
}

/// A decision as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Decision {
    pub run: RunId,
    pub decided: Decided,
    pub person: String,
    pub at: DateTime<Utc>,
}

impl State {
    /// Takes a held plan on, to be applied, or gives it up; with the pickup of its file.
    ///
    /// # Panics
    /// When the plan is not held.
    pub fn decide_plan(&mut self, id: PlanId, decision: &NewDecision<'_>) -> Result<(), Error> {
        let status = match decision.decided {
            Decided::Approved => PlanStatus::Applying,
            Decided::Discarded => PlanStatus::Discarded,
        };
        self.write("the decision", |db| {
            plans::set_status(db, id, status, decision.at)?;
            save(db, Some(id), None, decision)
        })
    }

    /// Takes a held set of deliveries on, to be handed over, or gives it up.
    ///
    /// # Panics
    /// When the set is not held.
    pub fn decide_set(&mut self, first: DeliveryId, decision: &NewDecision<'_>) -> Result<(), Error> {
        let status = match decision.decided {
            Decided::Approved => DeliveryStatus::Prepared,
            Decided::Discarded => DeliveryStatus::Discarded,
        };
        self.write("the decision", |db| {
            let members = deliveries::members(db, first)?;
            members.into_iter().try_for_each(|id| deliveries::advance(db, id, status, decision.at))?;
            save(db, None, Some(first), decision)
        })
    }
}

fn save(
    db: &Connection,
    plan: Option<PlanId>,
    delivery: Option<DeliveryId>,
    decision: &NewDecision<'_>,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO decisions (run, plan, delivery, decided, person, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let NewDecision { run, decided, person, at } = decision;
    db.execute(sql, (run, plan, delivery, decided, person, Time(*at))).map(drop)
}

pub(super) fn of_plan(db: &Connection, plan: PlanId) -> rusqlite::Result<Option<Decision>> {
    db.prepare_cached("SELECT * FROM decisions WHERE plan = ?1")?.query_row([plan], from_row).optional()
}

pub(super) fn of_delivery(db: &Connection, delivery: DeliveryId) -> rusqlite::Result<Option<Decision>> {
    db.prepare_cached("SELECT * FROM decisions WHERE delivery = ?1")?.query_row([delivery], from_row).optional()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Decision> {
    let Time(at) = row.get("at")?;
    Ok(Decision { run: row.get("run")?, decided: row.get("decided")?, person: row.get("person")?, at })
}

//! Exceptions: those of the site that a plan has used up; each lets one plan through, once.

use chrono::NaiveDate;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::state::stored::unreadable;
use crate::state::{Error, PlanId, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE exceptions (
        exchange TEXT NOT NULL,
        day TEXT NOT NULL,     -- for which it was announced
        because TEXT NOT NULL, -- the reason, by which several of a day are told apart
        plan INTEGER NOT NULL REFERENCES plans,
        PRIMARY KEY (exchange, day, because)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX exceptions_by_plan ON exceptions (plan);
";

/// An announced exception, as far as the journal must know it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Announced {
    pub on: NaiveDate,
    pub because: String,
}

impl State {
    /// The exceptions of an exchange that are used up.
    pub fn used_exceptions(&self, exchange: &str) -> Result<Vec<Announced>, Error> {
        self.read("the exceptions", |db| {
            db.prepare("SELECT day, because FROM exceptions WHERE exchange = ?1 ORDER BY day, because")?
                .query_map([exchange], from_row)?
                .collect()
        })
    }
}

/// One that is used up already stays with the plan that used it.
pub(super) fn save(db: &Connection, plan: PlanId, exchange: &str, exceptions: &[Announced]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO exceptions (exchange, day, because, plan) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    for Announced { on, because } in exceptions {
        db.execute(sql, (exchange, on.to_string(), because, plan))?;
    }
    Ok(())
}

pub(super) fn of_plan(db: &Connection, plan: PlanId) -> rusqlite::Result<Vec<Announced>> {
    db.prepare_cached("SELECT day, because FROM exceptions WHERE plan = ?1 ORDER BY day, because")?
        .query_map([plan], from_row)?
        .collect()
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Announced> {
    let day: String = row.get("day")?;
    let on = day.parse().map_err(|_| rusqlite::Error::from(unreadable(&day, "a day")))?;
    Ok(Announced { on, because: row.get("because")? })
}

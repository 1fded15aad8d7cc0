//! Runs: each execution of exchanges, with its report.

use std::fmt;
use std::hash::{BuildHasher, RandomState};

use chrono::{DateTime, Utc};
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row, ToSql};
use serde::Serialize;

use crate::state::stored::{Json, Time, unreadable};
use crate::state::{Error, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE runs (
        id TEXT NOT NULL PRIMARY KEY,
        verb TEXT NOT NULL,
        exchanges TEXT NOT NULL, -- a JSON list of names
        started TEXT NOT NULL,
        finished TEXT,           -- NULL: it is running, or it was cut off
        exit_code INTEGER,
        report TEXT              -- JSON
    ) STRICT;
    CREATE INDEX runs_by_start ON runs (started);
";

/// `20261122-220001-ab12`: when the run started, in UTC, and four random hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RunId(String);

/// A run as the journal has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Run {
    pub id: RunId,
    pub verb: String,
    pub exchanges: Vec<String>,
    pub started: DateTime<Utc>,
    /// None: it is running, or it was cut off.
    pub finished: Option<DateTime<Utc>>,
    pub exit_code: Option<u8>,
    /// Only where one run was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<serde_json::Value>,
}

impl RunId {
    pub fn new(start: DateTime<Utc>) -> RunId {
        // The standard library seeds its hasher at random; four digits are not worth another source of chance.
        let chance = RandomState::new().hash_one(start) as u16;
        RunId(format!("{}-{chance:04x}", start.format("%Y%m%d-%H%M%S")))
    }

    /// A whole id, as it is displayed.
    pub fn parse(text: &str) -> Option<RunId> {
        let shape = b"dddddddd-dddddd-xxxx";
        let fits = |(byte, wanted): (u8, &u8)| match wanted {
            b'd' => byte.is_ascii_digit(),
            b'x' => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            other => byte == *other,
        };
        (text.len() == shape.len() && text.bytes().zip(shape).all(fits)).then(|| RunId(text.into()))
    }
}

impl State {
    pub fn start_run(&mut self, run: &RunId, verb: &str, exchanges: &[String], at: DateTime<Utc>) -> Result<(), Error> {
        self.write("the run", |db| {
            db.execute(
                "INSERT INTO runs (id, verb, exchanges, started) VALUES (?1, ?2, ?3, ?4)",
                (run, verb, Json(exchanges), Time(at)),
            )
            .map(drop)
        })
    }

    pub fn finish_run(
        &mut self,
        run: &RunId,
        exit_code: u8,
        report: &serde_json::Value,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write("the report", |db| {
            db.execute(
                "UPDATE runs SET exit_code = ?2, report = ?3, finished = ?4 WHERE id = ?1",
                (run, exit_code, Json(report), Time(at)),
            )
            .map(drop)
        })
    }

    /// The last runs, newest first, without their reports.
    pub fn runs(&self, at_most: usize) -> Result<Vec<Run>, Error> {
        self.read("the runs", |db| {
            db.prepare("SELECT * FROM runs ORDER BY started DESC, rowid DESC LIMIT ?1")?
                .query_map([at_most], |row| from_row(row, None))?
                .collect()
        })
    }

    /// The runs whose id starts so, newest first, without their reports: none, one, or several to choose from.
    pub fn runs_like(&self, prefix: &str) -> Result<Vec<Run>, Error> {
        self.read("the runs", |db| {
            db.prepare("SELECT * FROM runs WHERE substr(id, 1, length(?1)) = ?1 ORDER BY started DESC, rowid DESC")?
                .query_map([prefix], |row| from_row(row, None))?
                .collect()
        })
    }
}

/// The run with its report.
pub(super) fn run(db: &rusqlite::Connection, id: &RunId) -> rusqlite::Result<Option<Run>> {
    let whole = |row: &Row<'_>| {
        let report: Option<Json<serde_json::Value>> = row.get("report")?;
        from_row(row, report.map(|Json(report)| report))
    };
    db.query_row("SELECT * FROM runs WHERE id = ?1", [id], whole).optional()
}

fn from_row(row: &Row<'_>, report: Option<serde_json::Value>) -> rusqlite::Result<Run> {
    let Json(exchanges) = row.get("exchanges")?;
    let Time(started) = row.get("started")?;
    let finished: Option<Time> = row.get("finished")?;
    Ok(Run {
        id: row.get("id")?,
        verb: row.get("verb")?,
        exchanges,
        started,
        finished: finished.map(|Time(finished)| finished),
        exit_code: row.get("exit_code")?,
        report,
    })
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ToSql for RunId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for RunId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<RunId> {
        let text = value.as_str()?;
        RunId::parse(text).ok_or_else(|| unreadable(text, "a run"))
    }
}

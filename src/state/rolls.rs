//! Rolls: whom each row of a file that was taken in is about, and what was found in it.
//!
//! Made to stay small where the same people come every night: whom the rows are about is kept as what differs from a line-up
//! (see `lineups.rs`), and a finding once, however many rows and nights repeat it.

use rusqlite::{Connection, OptionalExtension};

use crate::model::roll::Stranger;
use crate::model::{Digest, Finding, Place, Roll};
use crate::state::stored::{Json, number};
use crate::state::{RunId, lineups};

pub(super) const SCHEMA: &str = "
    CREATE TABLE rolls (
        id INTEGER PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs,
        exchange TEXT NOT NULL,
        path TEXT NOT NULL,
        digest TEXT NOT NULL,
        is_refused INTEGER NOT NULL, -- the whole file
        unclear INTEGER NOT NULL,    -- rows of which nobody knows whom they are about
        lineup INTEGER NOT NULL REFERENCES lineups,
        rows BLOB NOT NULL           -- packed: rows, and places in the line-up
    ) STRICT;
    CREATE INDEX rolls_by_run ON rolls (run);

    -- Rows that were left out and are about nobody in the directory, under each key that the row has.
    CREATE TABLE strangers (
        key TEXT NOT NULL, -- in lower case
        roll INTEGER NOT NULL REFERENCES rolls,
        row INTEGER NOT NULL,
        name TEXT NOT NULL, -- the best of the keys
        PRIMARY KEY (key, roll, row)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX strangers_by_roll ON strangers (roll);

    CREATE TABLE findings (
        id INTEGER PRIMARY KEY,
        finding TEXT NOT NULL UNIQUE -- JSON, without its row
    ) STRICT;

    CREATE TABLE row_findings (
        roll INTEGER NOT NULL REFERENCES rolls,
        row INTEGER NOT NULL, -- 0: the whole file
        finding INTEGER NOT NULL REFERENCES findings,
        PRIMARY KEY (roll, row, finding)
    ) STRICT, WITHOUT ROWID;
";

number! {
    /// The number of a roll.
    RollId
}

/// What a file said about people, to be remembered with its pickup.
#[derive(Debug, Clone, Copy)]
pub struct NewRoll<'a> {
    pub roll: &'a Roll,
    pub findings: &'a [Finding],
    /// The whole file was refused.
    pub is_refused: bool,
}

/// Where a file came from.
pub(super) struct Origin<'a> {
    pub run: &'a RunId,
    pub exchange: &'a str,
    pub path: &'a str,
    pub digest: &'a Digest,
}

pub(super) fn save(db: &Connection, origin: &Origin<'_>, new: &NewRoll<'_>) -> rusqlite::Result<()> {
    let Origin { run, exchange, path, digest } = origin;
    let sql = "
        INSERT INTO rolls (run, exchange, path, digest, is_refused, unclear, lineup, rows)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        RETURNING id";
    let (lineup, rows) = lineups::pack(db, exchange, &new.roll.known)?;
    let row = (run, exchange, path, digest.as_str(), new.is_refused, new.roll.unclear, lineup, rows);
    let id: RollId = db.query_row(sql, row, |row| row.get(0))?;
    save_strangers(db, id, &new.roll.strangers)?;
    save_findings(db, id, new.findings)
}

fn save_strangers(db: &Connection, roll: RollId, strangers: &[Stranger]) -> rusqlite::Result<()> {
    let mut insert = db.prepare("INSERT OR IGNORE INTO strangers (key, roll, row, name) VALUES (?1, ?2, ?3, ?4)")?;
    for stranger in strangers {
        for key in &stranger.keys {
            insert.execute((key, roll, stranger.row, &stranger.keys[0]))?;
        }
    }
    Ok(())
}

fn save_findings(db: &Connection, roll: RollId, findings: &[Finding]) -> rusqlite::Result<()> {
    let mut find = db.prepare("SELECT id FROM findings WHERE finding = ?1")?;
    let mut keep = db.prepare("INSERT INTO findings (finding) VALUES (?1) RETURNING id")?;
    let mut place = db.prepare("INSERT OR IGNORE INTO row_findings (roll, row, finding) VALUES (?1, ?2, ?3)")?;
    for finding in findings {
        let place_in_row = Place { row: None, line: None, ..finding.place.clone() };
        let said = Json(Finding { place: place_in_row, ..finding.clone() });
        let known: Option<i64> = find.query_row([&said], |row| row.get(0)).optional()?;
        let id = known.map_or_else(|| keep.query_row([&said], |row| row.get(0)), Ok)?;
        place.execute((roll, finding.place.row.unwrap_or(0), id))?;
    }
    Ok(())
}

/// What was found in one row, in the order of its cells; row 0 is the whole file.
pub(super) fn findings(db: &Connection, roll: RollId, row: u32) -> rusqlite::Result<Vec<Finding>> {
    let sql = "
        SELECT findings.finding FROM row_findings JOIN findings ON findings.id = row_findings.finding
        WHERE row_findings.roll = ?1 AND row_findings.row = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let said = statement.query_map((roll, row), |row| row.get(0).map(|Json(finding)| finding))?;
    let mut findings: Vec<Finding> = said.collect::<rusqlite::Result<_>>()?;
    findings.sort_by_key(|finding| finding.place.column);
    for finding in &mut findings {
        finding.place.row = (row > 0).then_some(row);
    }
    Ok(findings)
}

//! Open rows: rows that were left out of what was taken in, until they come back right.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use crate::model::Digest;
use crate::state::stored::Time;
use crate::state::{Error, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE open_rows (
        exchange TEXT NOT NULL,
        digest TEXT NOT NULL, -- of the file that came first
        row INTEGER NOT NULL, -- its number in that file
        path TEXT NOT NULL,
        who TEXT NOT NULL,    -- by what tells people apart; empty where the row does not say
        since TEXT NOT NULL,
        PRIMARY KEY (exchange, digest, row)
    ) STRICT, WITHOUT ROWID;
";

/// In days. Who has corrected nothing until then will not: nobody needs to be told any more, and no data be kept.
const REMEMBERED: i64 = 90;

/// A file of which rows are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenFile {
    pub digest: Digest,
    /// Where it was dropped.
    pub path: String,
    pub since: DateTime<Utc>,
    /// By number, who is meant; empty where the row does not say.
    pub rows: BTreeMap<u32, String>,
}

/// What a file that was taken in changes. Remembering it twice changes nothing more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsFollowed {
    /// Of earlier files: their digests, and the numbers of rows that are open no more.
    pub closed: Vec<(Digest, Vec<u32>)>,
    /// Of this file: numbers, and who is meant.
    pub opened: Vec<(u32, String)>,
}

/// What is open of the files of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillOpen {
    pub rows: usize,
    pub files: usize,
    /// The path of the file that has waited longest, and since when.
    pub oldest: (String, DateTime<Utc>),
}

impl State {
    /// The files of an exchange of which rows are open, the oldest first.
    pub fn open_files(&self, exchange: &str) -> Result<Vec<OpenFile>, Error> {
        let sql = "SELECT digest, path, since, row, who FROM open_rows WHERE exchange = ?1 ORDER BY since, digest, row";
        self.read("the open rows", |db| {
            let mut files: Vec<OpenFile> = Vec::new();
            let mut statement = db.prepare(sql)?;
            let mut rows = statement.query([exchange])?;
            while let Some(row) = rows.next()? {
                let digest = Digest::from_text(row.get("digest")?);
                if files.last().is_none_or(|file| file.digest != digest) {
                    let Time(since) = row.get("since")?;
                    files.push(OpenFile { digest, path: row.get("path")?, since, rows: BTreeMap::new() });
                }
                let file = files.last_mut().expect("one was just added");
                file.rows.insert(row.get("row")?, row.get("who")?);
            }
            Ok(files)
        })
    }

    /// What is open since before `now`; None where nothing is.
    pub fn still_open(&self, exchange: &str, now: DateTime<Utc>) -> Result<Option<StillOpen>, Error> {
        let oldest = "SELECT path, since FROM open_rows WHERE exchange = ?1 AND since < ?2 ORDER BY since LIMIT 1";
        let count = "SELECT count(*), count(DISTINCT digest) FROM open_rows WHERE exchange = ?1 AND since < ?2";
        self.read("the open rows", |db| {
            let path_and_time = |row: &rusqlite::Row<'_>| row.get(1).map(|Time(since)| Ok((row.get(0)?, since)))?;
            let oldest = db.query_row(oldest, (exchange, Time(now)), path_and_time).optional()?;
            let Some(oldest) = oldest else { return Ok(None) };
            db.query_row(count, (exchange, Time(now)), |row| {
                Ok(Some(StillOpen { rows: row.get(0)?, files: row.get(1)?, oldest }))
            })
        })
    }

    /// Remembers which rows a file has left open, and which rows of earlier files it has put right.
    pub fn follow_rows(
        &mut self,
        exchange: &str,
        path: &str,
        digest: &Digest,
        followed: &RowsFollowed,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.write("the open rows", |db| {
            close(db, exchange, &followed.closed)?;
            let sql = "INSERT OR IGNORE INTO open_rows (exchange, path, digest, row, who, since)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let mut insert = db.prepare(sql)?;
            for (row, who) in &followed.opened {
                insert.execute((exchange, path, digest.as_str(), row, who, Time(at)))?;
            }
            let sql = "DELETE FROM open_rows WHERE exchange = ?1 AND since < ?2";
            db.execute(sql, (exchange, Time(at - TimeDelta::days(REMEMBERED)))).map(drop)
        })
    }
}

fn close(db: &Connection, exchange: &str, closed: &[(Digest, Vec<u32>)]) -> rusqlite::Result<()> {
    let mut delete = db.prepare("DELETE FROM open_rows WHERE exchange = ?1 AND digest = ?2 AND row = ?3")?;
    for (digest, rows) in closed {
        for row in rows {
            delete.execute((exchange, digest.as_str(), row))?;
        }
    }
    Ok(())
}

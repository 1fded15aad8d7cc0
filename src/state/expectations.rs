//! Expectations: when the file that an import expects came last, and which one that did not come was told.

use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

use crate::state::stored::Time;
use crate::state::{Error, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE expectations (
        exchange TEXT NOT NULL PRIMARY KEY,
        since TEXT NOT NULL, -- what was due before is nobody's concern
        came TEXT,           -- the last file
        missed TEXT          -- the last due moment that was told to have passed without a file
    ) STRICT;
";

/// What is known of the files that an exchange expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    pub since: DateTime<Utc>,
    pub came: Option<DateTime<Utc>>,
    pub missed: Option<DateTime<Utc>>,
}

impl State {
    pub fn expectation(&self, exchange: &str) -> Result<Option<Expectation>, Error> {
        let sql = "SELECT since, came, missed FROM expectations WHERE exchange = ?1";
        self.read("what is expected", |db| {
            let expectation = |row: &rusqlite::Row<'_>| {
                let (Time(since), came, missed): (_, Option<Time>, Option<Time>) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Expectation { since, came: came.map(|Time(at)| at), missed: missed.map(|Time(at)| at) })
            };
            db.query_row(sql, [exchange], expectation).optional()
        })
    }

    pub fn expected_came(&mut self, exchange: &str, at: DateTime<Utc>) -> Result<(), Error> {
        let sql = "
            INSERT INTO expectations (exchange, since, came) VALUES (?1, ?2, ?2)
            ON CONFLICT DO UPDATE SET came = ?2";
        self.write("what is expected", |db| db.execute(sql, (exchange, Time(at))).map(drop))
    }

    pub fn save_expectation(&mut self, exchange: &str, expectation: &Expectation) -> Result<(), Error> {
        let Expectation { since, came, missed } = expectation;
        let sql = "INSERT OR REPLACE INTO expectations (exchange, since, came, missed) VALUES (?1, ?2, ?3, ?4)";
        self.write("what is expected", |db| {
            db.execute(sql, (exchange, Time(*since), came.map(Time), missed.map(Time))).map(drop)
        })
    }
}

//! Dealings: what the journal tells of an exchange as a whole, for the record of processing.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};

use crate::state::stored::Time;
use crate::state::{Error, State};

/// How long files have been handed over or taken in, and how many people they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dealings {
    pub first: DateTime<Utc>,
    pub last: DateTime<Utc>,
    /// Whom the partner was last given; of an import, the rows of the last file.
    pub people: usize,
    /// The last file's heading line.
    pub heading: String,
}

impl State {
    /// What was delivered to the partner of an export; None where nothing ever was.
    pub fn handed_over(&self, exchange: &str) -> Result<Option<Dealings>, Error> {
        let sql = "
            WITH sent AS (SELECT *, coalesce(set_of, id) AS first_of_set FROM deliveries
                    WHERE status = 'delivered' AND exchange = ?1),
                last AS (SELECT * FROM sent WHERE content <> 'picture' ORDER BY changed DESC, id DESC LIMIT 1)
            SELECT (SELECT min(changed) FROM sent) AS first, changed AS last, heading,
                -- Files of changes, and that of one of several establishments, tell of some people only.
                max((SELECT count(*) FROM given WHERE exchange = ?1 AND digest <> ''),
                    (SELECT sum(people_count) FROM sent
                        WHERE sent.first_of_set = last.first_of_set AND content <> 'picture')) AS people
            FROM last";
        self.dealings(sql, exchange)
    }

    /// What was taken of what came for an import; None where nothing ever was.
    pub fn taken_in(&self, exchange: &str) -> Result<Option<Dealings>, Error> {
        let sql = "
            SELECT (SELECT min(changed) FROM pickups WHERE status IN ('taken', 'done') AND exchange = ?1) AS first,
                changed AS last, row_count AS people, heading
            FROM pickups WHERE status IN ('taken', 'done') AND exchange = ?1
            ORDER BY changed DESC, rowid DESC LIMIT 1";
        self.dealings(sql, exchange)
    }

    fn dealings(&self, sql: &str, exchange: &str) -> Result<Option<Dealings>, Error> {
        self.read("the dealings", |db| db.query_row(sql, [exchange], from_row).optional())
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Dealings> {
    let (Time(first), Time(last)) = (row.get("first")?, row.get("last")?);
    Ok(Dealings { first, last, people: row.get("people")?, heading: row.get("heading")? })
}

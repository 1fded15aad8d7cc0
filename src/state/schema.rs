//! The schema, in numbered steps that are only added: a step that was once published is never edited.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::state::{
    Error, Kind, accounts, changes, crowd_pages, crowds, decisions, deliveries, exceptions, expectations, given,
    lineups, open_rows, operations, pickups, plans, requests, rolls, runs, sheets, users,
};

/// A step is what one version of Passerelle added, table by table; `user_version` says how many have been taken.
pub(super) const STEPS: &[Step] = &[
    &[users::SCHEMA, runs::SCHEMA, pickups::SCHEMA, plans::SCHEMA, operations::SCHEMA, deliveries::SCHEMA],
    &[open_rows::SCHEMA, decisions::SCHEMA, exceptions::SCHEMA],
    // Who stood in which row, and whom an operation changed.
    &[lineups::SCHEMA, rolls::SCHEMA, operations::WHOM],
    // What is known of servers, and of the files that should come from them; files that leave sealed.
    &[sheets::SCHEMA, expectations::SCHEMA, deliveries::SEALED],
    // Files that are delivered all or none, and what partners were last given; what is sent to change people elsewhere, and
    // accounts at partners.
    &[deliveries::SETS, deliveries::TABLES, given::SCHEMA, operations::ELSEWHERE, requests::SCHEMA, accounts::SCHEMA],
    // How often the directory changed, and everybody by hashes.
    &[changes::SCHEMA, crowds::SCHEMA, crowd_pages::SCHEMA],
];

pub(super) type Step = &'static [&'static str];

/// "Pass": by this `application_id`, a file is known as ours.
const APPLICATION: u32 = 0x5061_7373;

/// Why a file is not opened.
#[derive(Debug)]
pub(super) enum Obstacle {
    Sqlite(rusqlite::Error),
    /// What SQLite says of the first fault.
    Damaged(String),
    Foreign,
    Newer {
        version: usize,
        known: usize,
    },
    Older,
}

/// Takes the steps that the file has not seen, each whole or not at all.
pub(super) fn migrate(db: &mut Connection, steps: &[Step]) -> Result<(), Obstacle> {
    // Exclusive from the first look, for two processes that come at the same time.
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let taken = taken(&transaction, steps)?;
    for sql in steps[taken..].iter().copied().flatten() {
        transaction.execute_batch(sql)?;
    }
    if taken < steps.len() {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", steps.len())?;
    }
    Ok(transaction.commit()?)
}

/// Refuses a file that has not seen exactly these steps.
pub(super) fn check(db: &Connection, steps: &[Step]) -> Result<(), Obstacle> {
    match taken(db, steps)? {
        taken if taken == steps.len() => Ok(()),
        _ => Err(Obstacle::Older),
    }
}

/// Reads the whole file: a tenth of a second for 100 MB with `quick_check`, half of one with `integrity_check`.
pub(super) fn check_whole(db: &Connection, how: &str) -> Result<(), Obstacle> {
    match db.query_row(&format!("PRAGMA {how}(1)"), (), |row| row.get::<_, String>(0))? {
        said if said == "ok" => Ok(()),
        fault => Err(Obstacle::Damaged(fault)),
    }
}

/// How many of the steps the file has seen; none, where it is empty.
pub(super) fn taken(db: &Connection, steps: &[Step]) -> Result<usize, Obstacle> {
    let known = steps.len();
    let number = |pragma| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let is_empty = db.query_row("SELECT count(*) = 0 FROM sqlite_schema", (), |row| row.get::<_, bool>(0))?;
    let is_ours = number("application_id")? == i64::from(APPLICATION);
    let version = number("user_version")?;
    match usize::try_from(version) {
        Ok(version) if is_ours && version > known => Err(Obstacle::Newer { version, known }),
        Ok(version) if is_ours || (is_empty && version == 0) => Ok(version),
        _ => Err(Obstacle::Foreign),
    }
}

impl Obstacle {
    pub(super) fn when(self, tried: &str, path: &Path) -> Error {
        let tried = format!("{tried} {}", path.display());
        match self {
            Obstacle::Sqlite(cause) => Error::from_sqlite(tried, cause),
            Obstacle::Damaged(fault) => {
                let fault = fault.split_whitespace().collect::<Vec<_>>().join(" ");
                Error::new(Kind::Damaged, tried).caused_by(format!("it is damaged (SQLite: {fault})"))
            }
            Obstacle::Foreign => {
                Error::new(Kind::Damaged, tried).caused_by("the file is no state of Passerelle; check its path")
            }
            Obstacle::Newer { version, known } => Error::new(Kind::Newer, tried).caused_by(format!(
                "a newer Passerelle has used it (its version is {version}, this Passerelle knows up to {known}); \
                 install that one"
            )),
            Obstacle::Older => Error::new(Kind::Behind, tried)
                .caused_by("it is of an older Passerelle; `passerelle run` without `--dry-run` brings it up to date"),
        }
    }
}

impl From<rusqlite::Error> for Obstacle {
    fn from(cause: rusqlite::Error) -> Obstacle {
        Obstacle::Sqlite(cause)
    }
}

//! Door: what we remember, one SQLite file: the directory of users, and the journal. SQL is written only in this room.
//!
//! To add a table: a file with its schema, and a step in `schema.rs`. Who writes holds the [`Lock`] first.

mod accounts;
mod apply;
mod backup;
mod changes;
mod closed;
mod crowd_pages;
mod crowds;
mod dealings;
mod decisions;
mod deliveries;
mod error;
mod exceptions;
mod expectations;
mod given;
mod history;
mod lineups;
mod lock;
mod on_disk;
mod open_rows;
mod operations;
mod packed;
mod pickups;
mod picture;
mod plans;
mod queue;
mod requests;
mod rolls;
mod roster;
mod runs;
mod schema;
mod sets;
mod sheets;
mod spool;
mod stored;
mod taken;
mod trace;
mod users;
mod walk;

#[cfg(test)]
mod tests;

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use accounts::{Account, AccountStatus};
pub use dealings::Dealings;
pub use decisions::{Decided, Decision, NewDecision};
pub use deliveries::{Delivery, DeliveryId, DeliveryStatus, NewDelivery, NewSet};
pub use error::{Error, Kind};
pub use exceptions::Announced;
pub use expectations::Expectation;
pub use given::{Given, GivenPicture, Giving};
pub use history::History;
pub use lock::Lock;
pub use on_disk::OnDisk;
pub use open_rows::{OpenFile, RowsFollowed, StillOpen};
pub use operations::{Applied, Failure, OperationStatus, Recorded};
pub use pickups::{Facts, NewPickup, Pickup, PickupStatus};
pub use picture::{Picture, Whose};
pub use plans::{Digests, NewPlan, Plan, PlanId, PlanStatus, Progress};
pub use requests::{Next, RequestId};
pub use rolls::NewRoll;
pub use roster::Roster;
pub use runs::{Run, RunId};
pub use sets::Set;
pub use spool::Spool;
pub use taken::{Borrowing, Taken, Taking};
pub use trace::{Deed, Handed, Sighting, Subject, Trace};

use closed::Closing;
use queue::Queue;
use schema::Obstacle;

/// How long a statement waits for another process, a dry run or `sqlite3`, before it gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// The smallest page of SQLite, in bytes. It takes a file that is shorter for an empty one, and writes over it.
const SMALLEST: u64 = 512;

/// The directory and the journal, open.
pub struct State {
    db: Connection,
    /// For messages.
    path: PathBuf,
    /// Of all threads of this process that have the same state open.
    queue: Arc<Queue>,
    /// Behind `db`: what is closed in order is closed. None where nothing is written.
    closing: Option<Arc<Closing>>,
}

impl State {
    /// Opens the state for a run. Makes the file, for its owner alone, where there is none (but no folder), and brings
    /// an older one up to date; one of a newer Passerelle is refused. Makes the backup that is due first.
    ///
    /// One that is damaged anywhere is refused before anything is done: the whole file is read when the last run did not
    /// close it in order, when anything has touched it or the machine was started since, and before every backup, thus
    /// once a day. What a disk corrupts by itself, without touching the file, is noticed when the page is read or at the
    /// next backup, whichever comes first.
    pub fn open(path: &Path) -> Result<State, Error> {
        let path = &whole(path);
        if !holds_anything(path)? {
            create(path)?;
        }
        let opened = || -> Result<Connection, Error> {
            let failed = |cause| Error::from_sqlite(format!("open {}", path.display()), cause);
            let blocked = |obstacle: Obstacle| obstacle.when("open", path);
            // Before SQLite repairs what a run left that was cut off.
            let is_in_order = closed::is_in_order(path);
            let mut db = connect_to_write(path).map_err(failed)?;
            let taken = schema::taken(&db, schema::STEPS).map_err(blocked)?;
            let due = backup::due(path, taken, schema::STEPS.len());
            if due.is_some() || !is_in_order {
                schema::check_whole(&db, "quick_check").map_err(blocked)?;
            }
            db.pragma_update(None, "journal_mode", "DELETE").map_err(failed)?;
            if let Some(kind) = due {
                backup::make(&db, path, &kind)?;
            }
            schema::migrate(&mut db, schema::STEPS).map_err(blocked)?;
            Ok(db)
        };
        match opened() {
            Ok(db) => Ok(State { closing: Some(Arc::new(Closing::of(path))), ..State::of(db, path) }),
            Err(error) => Err(backup::advise(error, path)),
        }
    }

    /// Opens the state to read it, for a dry run or the history: nothing changes on disk. A file that is not there reads
    /// as a state in which nothing has happened. A file that must first be repaired or brought up to date is refused.
    pub fn open_to_look(path: &Path) -> Result<State, Error> {
        let path = &whole(path);
        if !holds_anything(path)? {
            let state = State { path: path.into(), ..State::in_memory() };
            return Ok(state.for_looking());
        }
        let opened = || -> Result<Connection, Obstacle> {
            let db = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            schema::check(&db, schema::STEPS)?;
            Ok(db)
        };
        match opened() {
            Ok(db) => Ok(State::of(db, path).for_looking()),
            Err(obstacle) => Err(backup::advise(obstacle.when("open", path), path)),
        }
    }

    /// A state that is forgotten with the process, for tests.
    pub fn in_memory() -> State {
        let db = Connection::open_in_memory().and_then(settled);
        let mut db = db.expect("SQLite opens a database in memory");
        schema::migrate(&mut db, schema::STEPS).expect("an empty database takes all steps");
        State::of(db, Path::new(":memory:"))
    }

    fn of(db: Connection, path: &Path) -> State {
        State { db, path: path.into(), queue: Arc::default(), closing: None }
    }

    /// The same state, for another thread: the two are used in turns.
    pub fn beside(&self, to_look: bool) -> Result<State, Error> {
        let failed = |cause| Error::from_sqlite(format!("open {}", self.path.display()), cause);
        let other = match to_look {
            true => State::open_to_look(&self.path)?,
            // It was found whole and brought up to date when the first one was opened.
            false => State::of(connect_to_write(&self.path).map_err(failed)?, &self.path),
        };
        Ok(State { queue: Arc::clone(&self.queue), closing: self.closing.clone(), ..other })
    }

    fn for_looking(self) -> State {
        self.db.pragma_update(None, "query_only", true).expect("SQLite knows this pragma");
        self
    }

    /// Reads one consistent picture, however many statements it takes. `what` completes "read …".
    fn read<T>(&self, what: &str, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let _turn = self.queue.wait();
        let picture = || read(&*self.db.unchecked_transaction()?);
        let failed = |cause| Error::from_sqlite(format!("read {what} in {}", self.path.display()), cause);
        picture().map_err(|cause| self.after(failed(cause)))
    }

    /// Writes everything or nothing. `what` completes "write …".
    fn write<T>(
        &mut self,
        what: &str,
        write: impl FnOnce(&mut Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let _turn = self.queue.wait();
        let path = &self.path;
        let failed = |cause| Error::from_sqlite(format!("write {what} to {}", path.display()), cause);
        let written = written(&mut self.db, write);
        written.map_err(|cause| self.after(failed(cause)))
    }

    /// The same failure, with what helps; of damage, so that the next run looks for all of it.
    fn after(&self, error: Error) -> Error {
        if let (Kind::Damaged, Some(closing)) = (error.kind, &self.closing) {
            closing.tell_damaged();
        }
        backup::advise(error, &self.path)
    }
}

/// All that it writes, or nothing.
fn written<T>(
    db: &mut Connection,
    write: impl FnOnce(&mut Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let mut transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let written = write(&mut transaction)?;
    transaction.commit()?;
    Ok(written)
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX).and_then(settled)
}

fn connect_to_write(path: &Path) -> rusqlite::Result<Connection> {
    let db = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.pragma_update(None, "synchronous", "FULL")?;
    Ok(db)
}

fn settled(db: Connection) -> rusqlite::Result<Connection> {
    db.busy_timeout(PATIENCE)?;
    db.pragma_update(None, "foreign_keys", true)?;
    // SQLite's own temporary files would hold personal data outside our folder.
    db.pragma_update(None, "temp_store", "MEMORY")?;
    // Otherwise it plans a statement anew each time that its parameters change.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // One statement for each field that is read and written, and some more.
    db.set_prepared_statement_cache_capacity(128);
    Ok(db)
}

/// SQLite would make the file readable for everyone that the umask allows.
fn create(path: &Path) -> Result<(), Error> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => {
            Err(Error::new(Kind::Disk, format!("create {}", path.display())).caused_by(cause))
        }
        _ => Ok(()),
    }
}

fn holds_anything(path: &Path) -> Result<bool, Error> {
    let failed = || Error::new(Kind::Disk, format!("open {}", path.display()));
    match fs::metadata(path) {
        Ok(file) if file.is_dir() => Err(failed().caused_by("it is a folder; give the path of a file in it")),
        Ok(file) if (1..SMALLEST).contains(&file.len()) => {
            Err(backup::advise(Obstacle::Foreign.when("open", path), path))
        }
        Ok(file) if file.len() > 0 => Ok(true),
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(failed().caused_by(cause)),
        _ => backup::check_none(path).map(|()| false),
    }
}

/// The file itself, where the path is a link to it: SQLite has its journal there, and the backups belong there.
fn whole(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.into())
}

//! Crowds: everybody by hashes, as an exchange compares its files with them, kept from one night to the next.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::model::crowd::Gathering;
use crate::model::mark::VERSION;
use crate::model::{Crowd, Shape};
use crate::state::crowd_pages::{self, Reader, Writer};
use crate::state::stored::Json;
use crate::state::walk::{Who, walk};
use crate::state::{Error, State, changes};

pub(super) const SCHEMA: &str = "
    CREATE TABLE crowds (
        exchange TEXT PRIMARY KEY,
        shape TEXT NOT NULL,     -- JSON: what is hashed, and how
        at INTEGER NOT NULL,     -- the last change that is in it
        people INTEGER NOT NULL, -- how many they were
        last INTEGER NOT NULL    -- the greatest of their numbers
    ) STRICT, WITHOUT ROWID;

    -- Managers are hashed by login. Case makes a difference here.
    CREATE TRIGGER login_changed AFTER UPDATE OF id, login ON users
    WHEN old.id <> new.id OR old.login <> new.login COLLATE BINARY
    BEGIN DELETE FROM crowds; END;
    CREATE TRIGGER login_gone AFTER DELETE ON users BEGIN DELETE FROM crowds; END;
";

/// That something is kept for an exchange, of the shape that is wanted.
struct Kept {
    at: i64,
    people: usize,
    last: u32,
}

impl State {
    /// Everybody by hashes, in the order of their numbers. What is kept is read, what is not is made: of users who changed
    /// since; of all, where nothing of this shape is kept, or a login changed. Nothing is written.
    pub fn crowd(&self, exchange: &str, shape: &Shape) -> Result<Crowd, Error> {
        self.read("the users by hashes", |db| {
            let kept = Kept::find(db, exchange, shape)?;
            let mut crowd = Gathering::with_room(shape.clone(), room(db, kept.as_ref())?);
            let mut pages = db.prepare(crowd_pages::READ)?;
            let mut pages = Reader::new(pages.query([kept.as_ref().map(|_| exchange)])?, shape)?;
            let sources = shape.sources();
            let mut marker = shape.marker(&sources);
            walk(db, &outdated(kept.as_ref()), &sources, |user| {
                pages.pass(user.number, |mark| crowd.push(mark))?;
                crowd.push(marker.mark(user.number, user.manager, user.values));
                Ok(())
            })?;
            pages.rest(|mark| crowd.push(mark))?;
            Ok(crowd.finish())
        })
    }

    /// Keeps everybody by hashes, for [`State::crowd`] of the nights to come. Writes what is not kept as it is.
    pub fn keep_crowd(&mut self, exchange: &str, shape: &Shape) -> Result<(), Error> {
        self.write("the users by hashes", |db| {
            let kept = Kept::find(db, exchange, shape)?;
            let now = changes::last(db)?;
            if kept.as_ref().is_some_and(|kept| kept.at == now) {
                return Ok(());
            }
            if kept.is_none() {
                crowd_pages::forget(db, exchange)?;
            }
            let mut pages = Writer::new(db, exchange, shape)?;
            let sources = shape.sources();
            let mut marker = shape.marker(&sources);
            walk(db, &outdated(kept.as_ref()), &sources, |user| {
                pages.put(marker.mark(user.number, user.manager, user.values))
            })?;
            pages.finish()?;
            db.execute(
                "INSERT OR REPLACE INTO crowds (exchange, shape, at, people, last)
                 SELECT ?1, ?2, ?3, count(*), coalesce(max(id), 0) FROM users",
                (exchange, Json((VERSION, shape)), now),
            )?;
            forget_outdated(db, now)
        })
    }
}

impl Kept {
    fn find(db: &Connection, exchange: &str, shape: &Shape) -> rusqlite::Result<Option<Kept>> {
        let sql = "SELECT at, people, last FROM crowds WHERE exchange = ?1 AND shape = ?2";
        let kept = |row: &Row<'_>| Ok(Kept { at: row.get(0)?, people: row.get(1)?, last: row.get(2)? });
        db.query_row(sql, (exchange, Json((VERSION, shape))), kept).optional()
    }
}

/// Forgets what no exchange can use any more. One that has missed more changes than there are users is not imported any
/// more, or else makes everybody anew in the same time.
fn forget_outdated(db: &Connection, now: i64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM crowds WHERE ?1 - at > people", [now])?;
    db.execute("DELETE FROM crowd_pages WHERE exchange NOT IN (SELECT exchange FROM crowds)", ())?;
    changes::forget(db, db.query_row("SELECT coalesce(min(at), ?1) FROM crowds", [now], |row| row.get(0))?)
}

/// Who is not as they are kept.
fn outdated(kept: Option<&Kept>) -> Who<'static> {
    kept.map_or(Who::Everybody, |kept| Who::ChangedSince(kept.at))
}

/// For how many there must be room. To count them all takes a while.
fn room(db: &Connection, kept: Option<&Kept>) -> rusqlite::Result<usize> {
    let (people, last) = kept.map_or((0, 0), |kept| (kept.people, kept.last));
    let since: usize = db.query_row("SELECT count(*) FROM users WHERE id > ?1", [last], |row| row.get(0))?;
    Ok(people + since)
}

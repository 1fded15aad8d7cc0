//! Changes: whenever a user changes, a row says who. Triggers write it, so that no way of writing forgets it, be it
//! `sqlite3` by hand.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::model::Digest;
use crate::state::{Error, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE changes (
        at INTEGER PRIMARY KEY,  -- the greater, the later
        user INTEGER,            -- NULL: whoever was there before changes were written down
        chance INTEGER           -- so that no other change is the same: not of the same state, restored from a backup
    ) STRICT;
    -- A directory in which nobody ever was is the same everywhere.
    INSERT INTO changes (chance) SELECT random() WHERE EXISTS (SELECT 1 FROM users);

    CREATE TRIGGER user_created AFTER INSERT ON users
    BEGIN INSERT INTO changes (user, chance) VALUES (new.id, random()); END;
    CREATE TRIGGER user_changed AFTER UPDATE ON users
    BEGIN INSERT INTO changes (user, chance) VALUES (new.id, random()); END;
    CREATE TRIGGER user_gone AFTER DELETE ON users
    BEGIN INSERT INTO changes (user, chance) VALUES (old.id, random()); END;
    CREATE TRIGGER extra_added AFTER INSERT ON user_extras
    BEGIN INSERT INTO changes (user, chance) VALUES (new.user_id, random()); END;
    CREATE TRIGGER extra_changed AFTER UPDATE ON user_extras
    BEGIN INSERT INTO changes (user, chance) VALUES (old.user_id, random()), (new.user_id, random()); END;
    CREATE TRIGGER extra_gone AFTER DELETE ON user_extras
    BEGIN INSERT INTO changes (user, chance) VALUES (old.user_id, random()); END;
";

impl State {
    /// Another one after every change of the directory, and read at once. It is not of what users are: who is changed and
    /// changed back leaves another one behind.
    pub fn directory_digest(&self) -> Result<Digest, Error> {
        let sql = "SELECT at, chance FROM changes ORDER BY at DESC LIMIT 1";
        let of = |row: &Row<'_>| Ok(format!("{} {}", row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        let last = self.read("the last change", |db| db.query_row(sql, (), of).optional())?;
        Ok(Digest::of(last.unwrap_or_default().as_bytes()))
    }
}

/// When the last change was; 0 where there was none.
pub(super) fn last(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT coalesce(max(at), 0) FROM changes", (), |row| row.get(0))
}

/// Forgets changes up to this one, which nobody asks for any more. The last of all stays: by it, the directory is known.
pub(super) fn forget(db: &Connection, up_to: i64) -> rusqlite::Result<()> {
    db.execute("DELETE FROM changes WHERE at <= ?1 AND at < (SELECT max(at) FROM changes)", [up_to]).map(drop)
}

//! Changes: how often the directory has changed, and who did. Triggers count, so that no way of writing forgets it, be it
//! `sqlite3` by hand.

use rusqlite::Connection;

use crate::model::Digest;
use crate::state::{Error, State};

pub(super) const SCHEMA: &str = "
    CREATE TABLE directory (
        id INTEGER PRIMARY KEY CHECK (id = 1), -- there is one
        changes INTEGER NOT NULL,              -- how often anybody changed
        stamp BLOB NOT NULL                    -- by chance, another one with each change
    ) STRICT;
    -- A directory in which nobody ever was is the same everywhere.
    INSERT INTO directory SELECT 1, 0, iif(EXISTS (SELECT 1 FROM users), randomblob(16), x'');

    -- Who changed since everybody was kept in `crowds`, for whichever exchange.
    CREATE TABLE changed (
        user INTEGER PRIMARY KEY,
        at INTEGER NOT NULL -- how often anybody had changed then
    ) STRICT;

    -- Into it goes who has changed.
    CREATE VIEW changing AS SELECT user FROM changed;
    CREATE TRIGGER change INSTEAD OF INSERT ON changing BEGIN
        UPDATE directory SET changes = changes + 1, stamp = randomblob(16);
        INSERT INTO changed SELECT new.user, changes FROM directory WHERE EXISTS (SELECT 1 FROM crowds)
        ON CONFLICT (user) DO UPDATE SET at = excluded.at;
    END;
    CREATE TRIGGER user_created AFTER INSERT ON users BEGIN INSERT INTO changing VALUES (new.id); END;
    CREATE TRIGGER user_changed AFTER UPDATE ON users BEGIN INSERT INTO changing VALUES (new.id); END;
    CREATE TRIGGER user_gone AFTER DELETE ON users BEGIN INSERT INTO changing VALUES (old.id); END;
    CREATE TRIGGER extra_added AFTER INSERT ON user_extras BEGIN INSERT INTO changing VALUES (new.user_id); END;
    CREATE TRIGGER extra_changed AFTER UPDATE ON user_extras BEGIN
        INSERT INTO changing VALUES (old.user_id), (new.user_id);
    END;
    CREATE TRIGGER extra_gone AFTER DELETE ON user_extras BEGIN INSERT INTO changing VALUES (old.user_id); END;
";

impl State {
    /// Another one with every change of the directory, and read at once. Not of what users are: who is changed, and
    /// changed back, leaves another digest behind.
    pub fn directory_digest(&self) -> Result<Digest, Error> {
        let stamp = |db: &Connection| db.query_row("SELECT stamp FROM directory", (), |row| row.get::<_, Vec<u8>>(0));
        Ok(Digest::of(&self.read("the directory", stamp)?))
    }
}

/// How often anybody has changed.
pub(super) fn count(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT changes FROM directory", (), |row| row.get(0))
}

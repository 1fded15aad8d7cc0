//! A picture: the directory as it is at one moment, read in pieces as often as it takes.

use rusqlite::{Connection, Transaction};

use crate::model::Field;
use crate::model::table::{Chunk, Table};
use crate::state::queue::Turn;
use crate::state::users::{columns, families};
use crate::state::walk::{Who, walk};
use crate::state::{Error, State, backup};

/// In bytes of text.
const PIECE: usize = 1 << 20;

/// Nobody writes to the state meanwhile.
pub struct Picture<'s> {
    state: &'s State,
    db: Transaction<'s>,
    _turn: Turn<'s>,
}

/// Whom to read of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Everybody,
    /// Of everybody's managers and HR managers.
    Leaders,
}

impl Whose {
    fn who(self) -> Who<'static> {
        match self {
            Whose::Everybody => Who::Everybody,
            Whose::Leaders => Who::Leaders,
        }
    }
}

impl State {
    pub fn picture(&self) -> Result<Picture<'_>, Error> {
        let turn = self.queue.wait();
        let db = self.db.unchecked_transaction().map_err(|cause| self.unread("the users", cause))?;
        Ok(Picture { state: self, db, _turn: turn })
    }

    fn unread(&self, what: &str, cause: rusqlite::Error) -> Error {
        backup::advise(Error::from_sqlite(format!("read {what} in {}", self.path.display()), cause), &self.path)
    }
}

impl Picture<'_> {
    /// Every datum that is no family, and of the families what somebody has.
    pub fn fields(&self) -> Result<Vec<Field>, Error> {
        let extra = families(&self.db, &Who::Everybody).map_err(|cause| self.state.unread("the users", cause))?;
        Ok(columns().map(|datum| Field::of(datum.name)).chain(extra).collect())
    }

    /// Users in the order in which they came, with the values of these fields.
    ///
    /// # Errors
    /// Those of `take`, and of the database.
    pub fn pieces<E: From<Error>>(
        &self,
        fields: &[Field],
        whose: Whose,
        mut take: impl FnMut(Table) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut stopped = Ok(());
        let mut go_on = |piece| {
            stopped = take(piece);
            stopped.is_ok()
        };
        let walked = pieces(&self.db, fields, &whose.who(), &mut go_on);
        stopped?;
        walked.map_err(|cause| self.state.unread("the users", cause).into())
    }
}

fn pieces(
    db: &Connection,
    fields: &[Field],
    who: &Who<'_>,
    take: &mut dyn FnMut(Table) -> bool,
) -> rusqlite::Result<()> {
    let mut chunk = Chunk::default();
    walk(db, who, fields, |user| {
        user.values.iter().for_each(|value| chunk.cell(value));
        chunk.end_row(user.number, user.number);
        let is_stopped = chunk.size() >= PIECE && !take(std::mem::take(&mut chunk).into());
        // Why is known to who took it.
        if is_stopped { Err(rusqlite::Error::QueryReturnedNoRows) } else { Ok(()) }
    })?;
    take(chunk.into());
    Ok(())
}

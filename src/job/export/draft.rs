//! A draft: a file while its rows come, and what is counted on the way.

use std::io::Write;

use crate::format::{Cell, Scribe};
use crate::job::export::made::{Made, failed};
use crate::job::rows::Row;
use crate::job::{Error, Hands};
use crate::model::Change;
use crate::site::Export;
use crate::state::{Roster, Taking};

/// In bytes; a file that is smaller comes to no disk before it is known what becomes of it.
const SMALL: usize = 256 * 1024;

pub struct Draft {
    scribe: Scribe,
    disk: Option<Taking>,
    /// Without the heading.
    pub rows: usize,
    /// Of those, the rows of people who left.
    pub left: usize,
    /// Whom the file is about, as the journal speaks of them; nobody, where rows are no people.
    pub people: Roster,
}

impl Draft {
    pub fn new(export: &Export, headings: &[impl AsRef<str>]) -> Result<Draft, Error> {
        let scribe = Scribe::new(export.form, &export.dialect, headings).map_err(failed("write"))?;
        Ok(Draft { scribe, disk: None, rows: 0, left: 0, people: Roster::default() })
    }

    /// Without hands, it goes to a file that nobody finds.
    pub fn take(&mut self, row: &Row<'_>, is_person: bool, hands: Option<&Hands>) -> Result<(), Error> {
        self.rows += 1;
        self.left += usize::from(row.change == Some(Change::Left));
        if is_person {
            self.people.push(&row.who);
        }
        self.write(&row.cells, hands)
    }

    fn write(&mut self, cells: &[Cell<'_>], hands: Option<&Hands>) -> Result<(), Error> {
        self.scribe.row(cells).map_err(failed("write"))?;
        let Some(bytes) = self.scribe.bytes().filter(|bytes| bytes.len() >= SMALL) else { return Ok(()) };
        let disk = match &mut self.disk {
            Some(disk) => disk,
            None => self.disk.insert(hands.map_or_else(Taking::unnamed, |hands| hands.spool.take())?),
        };
        disk.write_all(bytes).map_err(failed("write"))?;
        bytes.clear();
        Ok(())
    }

    pub fn finish(self) -> Result<Made, Error> {
        let bytes = self.scribe.finish().map_err(failed("write"))?;
        let Some(mut disk) = self.disk else { return Ok(Made::InMemory(bytes)) };
        disk.write_all(&bytes).map_err(failed("write"))?;
        Ok(Made::OnDisk(disk.finish()?))
    }
}

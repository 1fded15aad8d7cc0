//! An extract: a file of HR data, read as a partner's file is, with a profile, piece by piece.

use std::sync::Arc;

use crate::format::{self, Piece, Reading, workbook};
use crate::job::everybody::Read;
use crate::job::gather::borrow;
use crate::job::rows::{Census, Doubles};
use crate::job::{Error, Job, reading};
use crate::model::leaders::Named;
use crate::model::table::Chunk;
use crate::model::{Bytes, Field, Finding, Leaders, Severity, Table};
use crate::rule::{self, Contract, Inspection, Recognised};
use crate::site::people;
use crate::state::OnDisk;

pub struct Extract<'s> {
    file: &'s people::File,
    content: Content,
    recognised: Recognised,
}

enum Content {
    OnDisk(OnDisk),
    /// Of a workbook: to go through it once more takes as long again as to read it.
    Workbook(Reading),
}

impl<'s> Extract<'s> {
    pub fn open(job: &Job<'_>, file: &'s people::File) -> Result<Extract<'s>, Error> {
        let taken = borrow(&job.context, &file.server, &file.file)?;
        let contract = contract(file);
        let is_heading = rule::knows(&contract);
        let refused = |finding: Finding| Error::data(&file.file, finding);
        let is_workbook = workbook::is_one(&taken.top(reading::MARK).map_err(Error::unread)?);
        let (content, heading) = match is_workbook {
            true => {
                let read = reading::read(&taken, file.encoding, &is_heading)?.map_err(refused)?;
                let heading = read.heading.clone();
                (Content::Workbook(read), heading)
            }
            false => {
                let opened = format::open(&taken, file.encoding, &is_heading).map_err(Error::unread)?;
                let heading = opened.map_err(refused)?.heading;
                (Content::OnDisk(taken), heading)
            }
        };
        Ok(Extract { file, content, recognised: rule::recognise(&heading, &contract, &[]) })
    }

    /// What the file delivers, in the order of the cells.
    pub fn fields(&self) -> Vec<Field> {
        self.recognised.columns.iter().flatten().map(|found| found.field.clone()).collect()
    }

    /// Goes through the file for those whom others name, and for those who may be in it twice.
    pub fn survey(&self, wanted: impl Iterator<Item = Field>) -> Result<(Arc<Leaders>, Doubles), Error> {
        let (fields, contract) = (self.fields(), contract(self.file));
        let mut inspection = Inspection::of(&self.recognised, &contract);
        let (mut census, mut named) = (Census::of(&fields), Named::new(fields, wanted));
        self.pieces(|table, _| {
            for row in table.rows() {
                census.note(|column| inspection.glance(row, column));
                named.note(|column| inspection.glance(row, column));
            }
            Ok(())
        })?;
        if named.are_wanted() {
            self.pieces(|table, findings| {
                let mut leading = Chunk::default();
                for row in table.rows().filter(|row| named.may_be(|column| inspection.glance(*row, column))) {
                    row.cells().for_each(|cell| leading.cell(cell));
                    leading.end_row(row.number(), row.line());
                }
                inspection.rows(&leading.into(), findings).rows().for_each(|row| named.take(row));
                Ok(())
            })?;
        }
        Ok((Arc::new(named.finish()), census.finish()))
    }

    /// Gives the rows that have no error, in canonical form.
    ///
    /// # Errors
    /// The file is refused, which may turn out at its end.
    pub fn each(&self, mut take: impl FnMut(Table) -> Result<(), Error>) -> Result<Read, Error> {
        let contract = contract(self.file);
        let mut inspection = Inspection::of(&self.recognised, &contract);
        let of_form = self.pieces(|table, findings| take(inspection.rows(table, findings)))?;
        let (of_cells, left_out) = inspection.finish();
        let findings = [of_form, self.recognised.findings.clone(), of_cells].concat();
        match findings.iter().find(|finding| finding.refuses_the_file()) {
            Some(refused) => Err(Error::data(&self.file.file, refused)),
            None => Ok(Read { findings, left_out }),
        }
    }

    /// Gives rows as they stand, with what is wrong with their form; what there is to say about the form of the whole file
    /// comes back.
    fn pieces(&self, mut take: impl FnMut(&Table, &[Finding]) -> Result<(), Error>) -> Result<Vec<Finding>, Error> {
        let taken = match &self.content {
            Content::OnDisk(taken) => taken,
            Content::Workbook(read) => return take(&read.table, &read.findings).map(|()| read.findings.clone()),
        };
        let contract = contract(self.file);
        let is_heading = rule::knows(&contract);
        let opened = format::open(taken, self.file.encoding, &is_heading).map_err(Error::unread)?;
        let opened = opened.map_err(|finding| Error::data(&self.file.file, finding))?;
        let mut taken = Ok(());
        let mut give = |Piece { table, findings }: Piece| {
            if taken.is_ok() {
                taken = take(&table, &findings);
            }
        };
        let of_rows = opened.pieces(reading::threads(), |piece| piece, &mut give).map_err(Error::unread)?;
        taken.map(|()| [opened.findings, of_rows].concat())
    }
}

/// Only its cells are checked: nobody of an extract is created anywhere.
fn contract(file: &people::File) -> Contract<'_> {
    Contract { columns: &file.contract.columns, identify_by: &[], creates: false, twins: Severity::Remark }
}

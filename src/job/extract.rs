//! An extract: a file of HR data, read as a partner's file is, with a profile, piece by piece.

use std::sync::Arc;

use crate::format::Reading;
use crate::job::everybody::Read;
use crate::job::gather::borrow;
use crate::job::rows::{Census, Doubles};
use crate::job::{Error, Job, reading};
use crate::model::leaders::Named;
use crate::model::table::Chunk;
use crate::model::{Field, Finding, Leaders, Severity, Table};
use crate::rule::{self, Contract, Inspection, Recognised};
use crate::site::people;

pub struct Extract<'s> {
    file: &'s people::File,
    reading: Reading,
    recognised: Recognised,
}

impl<'s> Extract<'s> {
    pub fn open(job: &Job<'_>, file: &'s people::File) -> Result<Extract<'s>, Error> {
        let content = borrow(&job.context, &file.server, &file.file)?;
        let contract = contract(file);
        let read = reading::read(&content, file.encoding, &rule::knows(&contract))?;
        let reading = read.map_err(|finding| Error::data(&file.file, finding))?;
        let recognised = rule::recognise(&reading.heading, &contract, &[]);
        Ok(Extract { file, reading, recognised })
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
        self.pieces(|table, findings| take(inspection.rows(table, findings)))?;
        let (of_cells, left_out) = inspection.finish();
        let findings = [self.reading.findings.clone(), self.recognised.findings.clone(), of_cells].concat();
        match findings.iter().find(|finding| finding.refuses_the_file()) {
            Some(refused) => Err(Error::data(&self.file.file, refused)),
            None => Ok(Read { findings, left_out }),
        }
    }

    /// Rows as they stand, with what reading has found about them.
    fn pieces(&self, mut take: impl FnMut(&Table, &[Finding]) -> Result<(), Error>) -> Result<(), Error> {
        take(&self.reading.table, &self.reading.findings)
    }
}

/// Only its cells are checked: nobody of an extract is created anywhere.
fn contract(file: &people::File) -> Contract<'_> {
    Contract { columns: &file.contract.columns, identify_by: &[], creates: false, twins: Severity::Remark }
}

//! An extract: a file of HR data, read as a partner's file is, with a profile, piece by piece.

use std::num::NonZero;
use std::sync::Arc;

use crate::format::dialect::Encoding;
use crate::format::{self, Piece, Reading, workbook};
use crate::job::everybody::Read;
use crate::job::gather::borrow;
use crate::job::rows::{Census, Doubles};
use crate::job::{Error, Job, reading};
use crate::model::leaders::Named;
use crate::model::table::Chunk;
use crate::model::{Bytes, Field, Finding, Leaders, Severity, Table};
use crate::rule::{self, Contract, Inspected, Inspection, Recognised};
use crate::site::people;
use crate::state::OnDisk;

/// Bytes of a file that are looked at together. So many, and what is made of them, stay in the caches of a core.
const PIECE: NonZero<usize> = NonZero::new(256 * 1024).expect("it is some");

pub struct Extract<'s> {
    file: &'s people::File,
    content: Content,
    recognised: Recognised,
}

enum Content {
    OnDisk(Text),
    /// Of a workbook: to go through it once more takes as long again as to read it.
    Workbook(Piece),
}

/// A text file, and what the first look at all of it has told.
struct Text {
    content: OnDisk,
    encoding: Encoding,
    findings: Vec<Finding>,
}

impl<'s> Extract<'s> {
    pub fn open(job: &Job<'_>, file: &'s people::File) -> Result<Extract<'s>, Error> {
        let content = borrow(&job.context, &file.server, &file.file)?;
        let contract = contract(file);
        let is_heading = rule::knows(&contract);
        let refused = |finding: Finding| Error::data(&file.file, finding);
        let is_workbook = workbook::is_one(&content.top(reading::MARK).map_err(Error::unread)?);
        let (content, heading) = match is_workbook {
            true => {
                let read = reading::read(&content, file.encoding, &is_heading)?.map_err(refused)?;
                let Reading { heading, table, findings, .. } = read;
                (Content::Workbook(Piece { table, findings: findings.into() }), heading)
            }
            false => {
                let opened = format::open(&content, file.encoding, &is_heading).map_err(Error::unread)?;
                let opened = opened.map_err(refused)?;
                let (encoding, heading, findings) =
                    (opened.encoding(), opened.heading.clone(), opened.findings.clone());
                drop(opened);
                (Content::OnDisk(Text { content, encoding, findings }), heading)
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
        let inspection = Inspection::of(&self.recognised, &contract);
        let nobody = (Census::of(&fields), Named::new(fields, wanted));
        let note = |piece: &Piece| {
            let (mut census, mut named) = nobody.clone();
            for row in piece.table.rows() {
                census.note(|column| inspection.glance(row, column));
                named.note(|column| inspection.glance(row, column));
            }
            (census, named)
        };
        let (mut census, mut named) = nobody.clone();
        self.pieces(note, |(of_piece, named_there)| {
            census.append(of_piece);
            named.append(named_there);
            Ok(())
        })?;
        let mut leaders = named.nobody();
        if named.are_wanted() {
            let leading = |piece: &Piece| {
                let mut leading = Chunk::default();
                for row in piece.table.rows().filter(|row| named.may_be(|column| inspection.glance(*row, column))) {
                    row.cells().for_each(|cell| leading.cell(cell));
                    leading.end_row(row.number(), row.line());
                }
                inspection.see(&leading.into(), &piece.findings).table
            };
            self.pieces(leading, |table| {
                table.rows().for_each(|row| leaders.take(row));
                Ok(())
            })?;
        }
        Ok((Arc::new(named.finish(leaders)), census.finish()))
    }

    /// Gives the rows that have no error, in canonical form: `see` is called side by side for those of each piece, `take`
    /// with what it gave, in the order of the file.
    ///
    /// # Errors
    /// The file is refused, which may turn out at its end.
    pub fn each<T: Send>(
        &self,
        see: impl Fn(Table) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), Error>,
    ) -> Result<Read, Error> {
        let contract = contract(self.file);
        let inspection = Inspection::of(&self.recognised, &contract);
        let inspect = |piece: &Piece| {
            let Inspected { table, told } = inspection.see(&piece.table, &piece.findings);
            (see(table), told)
        };
        let of_form = self.pieces(inspect, |(seen, told)| {
            inspection.take(told);
            take(seen)
        })?;
        let (of_cells, left_out) = inspection.finish();
        let findings = [of_form, self.recognised.findings.clone(), of_cells].concat();
        match findings.iter().find(|finding| finding.refuses_the_file()) {
            Some(refused) => Err(Error::data(&self.file.file, refused)),
            None => Ok(Read { findings, left_out }),
        }
    }

    /// `see` is called side by side for rows as they stand, with what is wrong with their form; `take` with what it gave, in
    /// the order of the file. What there is to say about the form of the whole file comes back.
    fn pieces<T: Send>(
        &self,
        see: impl Fn(&Piece) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), Error>,
    ) -> Result<Vec<Finding>, Error> {
        let Text { content, encoding, findings } = match &self.content {
            Content::OnDisk(text) => text,
            Content::Workbook(rows) => return take(see(rows)).map(|()| rows.findings.to_vec()),
        };
        let contract = contract(self.file);
        let is_heading = rule::knows(&contract);
        let opened = format::open(content, Some(*encoding), &is_heading).map_err(Error::unread)?;
        let opened = opened.map_err(|finding| Error::data(&self.file.file, finding))?;
        let mut taken = Ok(());
        let give = |seen: T| {
            if taken.is_ok() {
                taken = take(seen);
            }
        };
        let of_rows =
            opened.in_pieces_of(PIECE).pieces(reading::threads(), |piece| see(&piece), give).map_err(Error::unread)?;
        taken.map(|()| [findings.clone(), of_rows].concat())
    }
}

/// Only its cells are checked: nobody of an extract is created anywhere.
fn contract(file: &people::File) -> Contract<'_> {
    Contract { columns: &file.contract.columns, identify_by: &[], creates: false, twins: Severity::Remark }
}

//! A sheet: the file while it is checked, with what is found out about each row.

use std::collections::{HashMap, HashSet};

use super::clear::Clear;
use super::damage::Doubts;
use super::filled::{Filled, Gift};
use super::more_findings::More;
use super::reader::Reader;
use super::recognised::Recognised;
use super::{Contract, Surroundings};
use crate::model::index::key;
use crate::model::table::Chunk;
use crate::model::{Field, Finding, Place, Severity, Table, people};

pub struct Sheet<'a> {
    pub table: &'a Table,
    pub contract: &'a Contract<'a>,
    pub around: &'a Surroundings<'a>,
    pub readers: Vec<Reader<'a>>,
    pub login: Slot,
    /// By the row's index in the table.
    pub standings: Vec<Standing>,
    /// By the reader.
    pub doubts: Vec<Doubts>,
    /// Cells that reading the file has reported already, by the number of the row and the column.
    reported: HashSet<(u32, u32)>,
    pub filled: Filled<'a>,
    gives_to_known: bool,
    pub findings: Vec<Finding>,
    /// What is not among them, because there is no end of it.
    pub more: More,
}

/// What is known about one row.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    pub subject: Subject,
    /// The row has an error.
    pub out: bool,
    /// The file could be cut into the cells of this row, and they are about somebody.
    pub readable: bool,
    /// The cells that say who is meant are in order.
    pub sound_key: bool,
}

/// Whom a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Unclear,
    New,
    /// A place in the people that are known.
    Known(u32),
}

/// Where a field is found, in the file and in the directory.
#[derive(Debug, Clone)]
pub struct Slot {
    pub field: Field,
    pub reader: Option<usize>,
    pub known: people::Column,
}

impl<'a> Sheet<'a> {
    pub fn new(
        recognised: &Recognised,
        table: &'a Table,
        reading_findings: &[Finding],
        contract: &'a Contract<'a>,
        around: &'a Surroundings<'a>,
    ) -> Sheet<'a> {
        let readers: Vec<Reader<'a>> = recognised
            .columns
            .iter()
            .enumerate()
            .filter_map(|(index, column)| {
                let found = column.as_ref()?;
                let heading = recognised.headings[index].clone();
                let (field, column) = (found.field.clone(), &contract.columns[found.column]);
                let word = around.additions.clear.as_deref();
                let clear = word.map(|word| Clear::of(word, &field, column, contract));
                let mut reader = Reader::new(index, heading, field, column, clear, &around.additions.lists);
                reader.awaits_codes = around.additions.codes.iter().any(|codes| codes.field == reader.field);
                Some(reader)
            })
            .collect();
        let errors = reading_findings.iter().filter(|finding| finding.is_error());
        let errors: Vec<&Place> = errors.map(|finding| &finding.place).collect();
        let reported: HashSet<(u32, u32)> =
            errors.iter().filter_map(|place| Some((place.row?, place.column?))).collect();
        let damaged: HashSet<u32> = errors.iter().filter_map(|place| place.row).collect();
        let whole_row = errors.iter().filter(|place| place.column.is_none());
        let unreadable: HashSet<u32> = whole_row.filter_map(|place| place.row).collect();
        let standing = |number: u32| {
            let (readable, out) = (!unreadable.contains(&number), damaged.contains(&number));
            Standing { subject: Subject::Unclear, out, readable, sound_key: readable }
        };
        Sheet {
            table,
            contract,
            around,
            login: slot(&readers, around, &Field::of("login")),
            doubts: readers.iter().map(|_| Doubts::default()).collect(),
            readers,
            standings: table.rows().map(|row| standing(row.number())).collect(),
            reported,
            filled: HashMap::new(),
            gives_to_known: false,
            findings: Vec::new(),
            more: More::default(),
        }
    }

    /// Reads every cell for itself, but in columns that await codes, and in rows that were read before.
    pub fn read_cells(&mut self) {
        self.read_into(None);
    }

    /// The same, where no column awaits codes; and writes down what each readable row means, in canonical form. Of a row
    /// that is out, it may be anything.
    pub fn write_cells(&mut self, into: &mut Chunk) {
        self.read_into(Some(into));
    }

    fn read_into(&mut self, mut into: Option<&mut Chunk>) {
        let keys: Vec<bool> =
            self.readers.iter().map(|reader| self.contract.identify_by.contains(&reader.field)).collect();
        let noted = self.around.others.map(|others| &others.settled.noted);
        let is_new = |number: u32| noted.is_none_or(|noted| !noted.contains(&number));
        let standings = self.table.rows().zip(&mut self.standings);
        for (row, standing) in standings.filter(|(row, standing)| standing.readable && is_new(row.number())) {
            let readers = self.readers.iter_mut().zip(&keys).filter(|(reader, _)| !reader.awaits_codes);
            for (reader, is_key) in readers {
                let mut meaning = "";
                if standing.out && self.reported.contains(&(row.number(), reader.index as u32)) {
                    standing.sound_key &= !is_key;
                } else {
                    match reader.check(row, &mut self.more) {
                        Ok(text) => meaning = text,
                        Err(told) => {
                            standing.out = true;
                            standing.sound_key &= !is_key;
                            self.findings.extend(told.and_then(|finding| self.more.room_for(*finding)));
                        }
                    }
                }
                if let Some(into) = &mut into {
                    into.cell(meaning);
                }
            }
            if let Some(into) = &mut into {
                into.end_row(row.number(), row.line());
            }
        }
    }

    /// What settled rows tell of the columns is told together with what the others do.
    pub fn hear_of_settled_rows(&mut self) {
        let settled = self.around.others.map(|others| &others.settled.remarks);
        for (index, remarks) in settled.into_iter().flatten() {
            let reader = self.readers.iter_mut().find(|reader| reader.index == *index);
            reader.into_iter().for_each(|reader| reader.remarks.merge(remarks.clone()));
        }
    }

    /// Was the row found to say of a user what is known of them, and was that taken down?
    pub fn is_noted_as_known(&self, row: usize) -> bool {
        let noted = self.around.others.map(|others| &others.settled.noted);
        let is_known = matches!(self.standings[row].subject, Subject::Known(_));
        is_known && noted.is_some_and(|noted| noted.contains(&self.number(row)))
    }

    /// Can the rows be about people of the directory? Their keys are in the file.
    pub fn knows_people(&self) -> bool {
        let is_there = |field: &Field| self.readers.iter().any(|reader| reader.field == *field);
        self.contract.creates && self.contract.identify_by.iter().all(is_there)
    }

    /// Reads one cell for itself.
    pub fn read_cell(&mut self, row: usize, reader: usize) {
        let cells = self.table.row(row);
        if self.reported.contains(&(cells.number(), self.readers[reader].index as u32)) {
            self.standings[row].sound_key &= !self.is_key(reader);
        } else if let Err(told) = self.readers[reader].check(cells, &mut self.more) {
            self.standings[row].out = true;
            self.standings[row].sound_key &= !self.is_key(reader);
            self.findings.extend(told.and_then(|finding| self.more.room_for(*finding)));
        }
    }

    fn is_key(&self, reader: usize) -> bool {
        self.contract.identify_by.contains(&self.readers[reader].field)
    }

    pub fn slot(&self, field: &Field) -> Slot {
        slot(&self.readers, self.around, field)
    }

    /// What the row says about a field, spaces taken off and labels resolved; empty where it says nothing.
    pub fn said(&self, row: usize, slot: &Slot) -> &'a str {
        slot.reader.map_or("", |reader| self.readers[reader].text(self.table.row(row)))
    }

    /// Does the row ask to empty the field?
    pub fn clears(&self, row: usize, slot: &Slot) -> bool {
        slot.reader.is_some_and(|reader| self.readers[reader].clears(self.table.row(row)))
    }

    /// What is known about the row's person before the row is applied.
    pub fn before(&self, row: usize, slot: &Slot) -> &'a str {
        match self.standings[row].subject {
            Subject::Known(person) => self.around.known.value(person as usize, &slot.known),
            Subject::New | Subject::Unclear => "",
        }
    }

    /// What is known about the row's person once the row is applied.
    pub fn after(&self, row: usize, slot: &Slot) -> &'a str {
        match self.said(row, slot) {
            "" if self.clears(row, slot) => self.given(row, &slot.field).unwrap_or_default(),
            "" => self.given(row, &slot.field).unwrap_or_else(|| self.before(row, slot)),
            said => said,
        }
    }

    /// What the site's defaults give to the person of the row.
    pub fn given(&self, row: usize, field: &Field) -> Option<&'a str> {
        self.gift(row, field)?.value
    }

    pub fn give(&mut self, row: usize, gift: Gift<'a>) {
        self.gives_to_known |= matches!(self.standings[row].subject, Subject::Known(_));
        self.filled.entry(row).or_default().push(gift);
    }

    pub fn gift(&self, row: usize, field: &Field) -> Option<&Gift<'a>> {
        // Most rows are about people who are known, and who get nothing.
        if !self.gives_to_known && matches!(self.standings[row].subject, Subject::Known(_)) {
            return None;
        }
        self.filled.get(&row)?.iter().find(|gift| gift.field == *field)
    }

    /// The key that the fields make once the row is applied; None where it is known already, or a part is empty.
    pub fn new_key(&self, row: usize, slots: &[Slot]) -> Option<String> {
        if slots.iter().all(|slot| self.after(row, slot) == self.before(row, slot)) {
            return None;
        }
        let values: Vec<&str> = slots.iter().map(|slot| self.after(row, slot)).collect();
        values.iter().all(|value| !value.is_empty()).then(|| key(&values))
    }

    /// The cell of a field; the row where the file has no such column.
    pub fn place(&self, row: usize, slot: &Slot) -> Place {
        match slot.reader {
            Some(reader) => self.readers[reader].place(self.table.row(row)),
            None => self.row_place(row),
        }
    }

    pub fn row_place(&self, row: usize) -> Place {
        let row = self.table.row(row);
        Place::row(row.number(), row.line())
    }

    pub fn number(&self, row: usize) -> u32 {
        self.table.row(row).number()
    }

    /// Has reading the file reported this cell already?
    pub fn is_reported(&self, row: usize, slot: &Slot) -> bool {
        let column = slot.reader.map(|reader| self.readers[reader].index as u32);
        column.is_some_and(|column| self.reported.contains(&(self.number(row), column)))
    }

    /// Lets the row go on.
    pub fn note(&mut self, remark: Finding) {
        self.findings.extend(self.more.room_for(remark));
    }

    /// Leaves the row out because of one cell.
    pub fn refuse_cell(&mut self, row: usize, reader: usize, finding: Finding) {
        self.standings[row].sound_key &= !self.is_key(reader);
        self.refuse(row, finding);
    }

    /// Leaves the row out.
    pub fn refuse(&mut self, row: usize, finding: Finding) {
        self.standings[row].out = true;
        self.findings.extend(self.more.room_for(finding));
    }

    /// Notes what is to be said about the row, and leaves it out where that is an error.
    pub fn tell(&mut self, row: usize, finding: Finding) {
        match finding.is_error() {
            true => self.refuse(row, finding),
            false => self.note(finding),
        }
    }

    /// Leaves the row out for what only holds if nobody who is known is meant. Where it is not known who is known, it is
    /// a remark.
    pub fn refuse_unless_known(&mut self, row: usize, finding: Finding) {
        match self.around.known.are_unknown() {
            false => self.refuse(row, finding),
            true => {
                let remark = Finding { severity: Severity::Remark, ..finding };
                self.findings.extend(self.more.room_for(remark));
            }
        }
    }

    /// Rows about which the check of people has something to ask.
    pub fn rows_of(&self, wanted: impl Fn(Subject) -> bool) -> Vec<usize> {
        (0..self.standings.len()).filter(|row| wanted(self.standings[*row].subject)).collect()
    }
}

fn slot(readers: &[Reader<'_>], around: &Surroundings<'_>, field: &Field) -> Slot {
    let reader = readers.iter().position(|reader| reader.field == *field);
    Slot { field: field.clone(), reader, known: around.known.column(field) }
}

//! An inspection: a file of people who are nobody of the directory, of which only the cells are checked, piece by piece and
//! several pieces at a time. No row is remembered.

use std::borrow::Cow;
use std::mem;
use std::sync::{Mutex, MutexGuard};

use super::checked::{count, place};
use super::damage::{self, Doubts};
use super::more_findings::{self, More};
use super::outer_blanks;
use super::remarks::Remarks;
use super::sheet::Sheet;
use super::{
    Additions, Column, Contract, Recognised, Surroundings, bad_amount, bad_date, end_before_start, example_row,
    not_allowed,
};
use crate::model::table::{Chunk, Row};
use crate::model::{Field, Finding, People, Place, Table};

/// What [`super::check`] finds where nobody is created, in one go over all pieces.
pub struct Inspection<'a> {
    recognised: &'a Recognised,
    contract: &'a Contract<'a>,
    /// By the column among those that are known: where it is in the file, and which of the contract it is.
    columns: Vec<(usize, &'a Column)>,
    told: Mutex<Told>,
}

/// A piece, as it was seen.
pub struct Inspected {
    /// The rows that have no error, in canonical form.
    pub table: Table,
    pub told: Told,
}

/// What there is to tell of pieces.
#[derive(Default)]
pub struct Told {
    /// By the column among those that are known.
    remarks: Vec<Remarks>,
    doubts: Vec<Doubts>,
    more: More,
    unlisted: usize,
    findings: Vec<Finding>,
    left_out: usize,
}

impl<'a> Inspection<'a> {
    pub fn of(recognised: &'a Recognised, contract: &'a Contract<'a>) -> Inspection<'a> {
        let known = recognised.columns.iter().enumerate();
        let known = known.filter_map(|(index, found)| Some((index, &contract.columns[found.as_ref()?.column])));
        Inspection { recognised, contract, columns: known.collect(), told: Mutex::default() }
    }

    /// The fields that the file delivers, in the order of their cells.
    pub fn fields(&self) -> Vec<Field> {
        self.recognised.columns.iter().flatten().map(|found| found.field.clone()).collect()
    }

    /// Looks at a piece. `reading_findings` are those about its rows.
    pub fn see(&self, table: &Table, reading_findings: &[Finding]) -> Inspected {
        let (known, additions) = (People::default(), Additions::default());
        let around = Surroundings { known: &known, others: None, additions: &additions, absent_on: None };
        let mut sheet = Sheet::new(self.recognised, table, reading_findings, self.contract, &around);
        sheet.more = self.told().more.behind();
        example_row::check(&mut sheet);
        let mut canonical = Chunk::default();
        sheet.write_cells(&mut canonical);
        end_before_start::check(&mut sheet);
        damage::check(&mut sheet);
        canonical.keep(sheet.standings.iter().filter(|standing| standing.readable).map(|standing| !standing.out));
        let told = Told {
            remarks: sheet.readers.iter_mut().map(|reader| mem::take(&mut reader.remarks)).collect(),
            left_out: count(&sheet, reading_findings).1.len(),
            doubts: sheet.doubts,
            unlisted: sheet.more.unlisted.len(),
            more: More::default(),
            findings: sheet.findings,
        };
        Inspected { table: Table::of_the_moment(canonical), told }
    }

    /// Keeps what there is to tell of a piece; to be called in the order of the file.
    pub fn take(&self, told: Told) {
        self.told().append(told);
    }

    /// What was found in all pieces of which it was taken, those about the whole file first; and how many rows were left out.
    pub fn finish(self) -> (Vec<Finding>, usize) {
        let Told { remarks, doubts, unlisted, mut findings, left_out, .. } =
            self.told.into_inner().expect("nobody panics while holding it");
        for ((index, _), remarks) in self.columns.iter().zip(remarks) {
            findings.extend(remarks.findings(Place::FILE.in_column(*index, &self.recognised.headings[*index])));
        }
        findings.extend(damage::findings(doubts));
        findings.extend(more_findings::finding(unlisted));
        findings.sort_by(|one, other| place(one).cmp(&place(other)));
        (findings, left_out)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().expect("nobody panics while holding it")
    }

    /// What the cell of a row means, without a word about its faults: of a faulty one, anything. `column` is one of
    /// [`Inspection::fields`].
    pub fn glance<'t>(&'t self, row: Row<'t>, column: usize) -> Cow<'t, str> {
        let (index, Column { check, .. }) = self.columns[column];
        let text = outer_blanks::trim(row.cell(index));
        match &check.one_of {
            _ if text.is_empty() => "".into(),
            _ if check.date => bad_date::read(text).map(|day| day.to_string()).unwrap_or_default().into(),
            Some(allowed) => not_allowed::read(text, allowed).unwrap_or_default().into(),
            None if check.amount => bad_amount::read(text).unwrap_or_default(),
            None => text.into(),
        }
    }
}

impl Told {
    fn append(&mut self, other: Told) {
        self.remarks.resize_with(other.remarks.len(), Remarks::default);
        self.remarks.iter_mut().zip(other.remarks).for_each(|(remarks, other)| remarks.merge(other));
        self.doubts.resize_with(other.doubts.len(), Doubts::default);
        self.doubts.iter_mut().zip(other.doubts).for_each(|(doubts, other)| doubts.append(other));
        self.findings.extend(other.findings.into_iter().filter_map(|finding| self.more.room_for(finding)));
        self.unlisted += other.unlisted + mem::take(&mut self.more.unlisted).len();
        self.left_out += other.left_out;
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Trial};
    use super::super::{check, recognise};
    use super::*;
    use crate::model::{Place, Text};

    #[test]
    fn pieces_come_to_what_the_whole_comes_to() {
        let heading = "login;lastName;dtBirth;dtContractStart;dtContractEnd;professionalMobile;salary";
        let rows = [
            "ada; Ada;10/12/1815;01/03/2026;28/02/2026;33612345678;1,5",
            "bo;Bo ;1956-11-20;;;33612345679;x",
            "cy;#N/A;04/07/1975;;;+33612345678;",
            "di;Di\u{a0};31/02/1990;01/03/2026;;612345678;35 000,50",
            "el;short",
            "fy;?;25/12/1970;;;;",
            "gy;;13/12/1970;;;;",
            "hy;;12/31/1970;;;;",
        ];
        let columns = sample::columns();
        let contract = Contract { creates: false, ..sample::contract(&columns, &[]) };
        let heading: Vec<String> = heading.split(';').map(String::from).collect();
        let recognised = recognise(&heading, &contract, &[]);
        let error = Finding::error("row-too-short", Place::row(6, 6), Text::same("has 2 cells of 7"));
        let trial = Trial { known: People::default(), additions: Additions::default(), ..Trial::default() };
        let around = Surroundings { known: &trial.known, others: None, additions: &trial.additions, absent_on: None };
        let whole = check(&recognised, &sample::table(&rows, 2), std::slice::from_ref(&error), &contract, &around);
        let cells = |table: &Table| -> Vec<Vec<String>> {
            table.rows().map(|row| row.cells().map(String::from).collect()).collect()
        };
        for size in 1..=rows.len() {
            let inspection = Inspection::of(&recognised, &contract);
            assert_eq!(inspection.fields(), whole.delivered.fields);
            let mut delivered = Vec::new();
            for (place, piece) in rows.chunks(size).enumerate() {
                let first = 2 + (place * size) as u32;
                let of_piece = (first..first + piece.len() as u32).contains(&6).then(|| error.clone());
                let seen = inspection.see(&sample::table(piece, first), of_piece.as_slice());
                delivered.extend(cells(&seen.table));
                inspection.take(seen.told);
            }
            assert_eq!(delivered, cells(&whole.delivered.table), "{size} rows a piece");
            assert_eq!(inspection.finish(), (whole.findings.clone(), whole.left_out.len()), "{size} rows a piece");
        }
    }

    #[test]
    fn what_is_too_much_to_list_is_counted_however_many_pieces_are_seen_before_one_is_taken() {
        let columns = sample::columns();
        let contract = Contract { creates: false, ..sample::contract(&columns, &[]) };
        let recognised = recognise(&["login", "dtBirth"].map(String::from), &contract, &[]);
        let rows = vec!["ada;yesterday"; more_findings::LISTED + 10];
        let (known, additions) = (People::default(), Additions::default());
        let around = Surroundings { known: &known, others: None, additions: &additions, absent_on: None };
        let whole = check(&recognised, &sample::table(&rows, 2), &[], &contract, &around);
        let pieces: Vec<(u32, &[&str])> = (2..).step_by(2000).zip(rows.chunks(2000)).collect();
        for ahead in 1..=pieces.len() {
            let inspection = Inspection::of(&recognised, &contract);
            for some in pieces.chunks(ahead) {
                let see = |(first, piece): &(u32, &[&str])| inspection.see(&sample::table(piece, *first), &[]);
                let seen: Vec<Inspected> = some.iter().map(see).collect();
                seen.into_iter().for_each(|seen| inspection.take(seen.told));
            }
            assert_eq!(inspection.finish(), (whole.findings.clone(), whole.left_out.len()), "{ahead} at a time");
        }
    }

    #[test]
    fn a_glance_sees_what_is_delivered() {
        let columns = sample::columns();
        let contract = Contract { creates: false, ..sample::contract(&columns, &[]) };
        let heading = ["login", "dtBirth", "salary", "culture"].map(String::from);
        let recognised = recognise(&heading, &contract, &[]);
        let inspection = Inspection::of(&recognised, &contract);
        let table = sample::table(&[" ada ;10/12/1915;35 000,50;FR-fr"], 2);
        let delivered = inspection.see(&table, &[]).table;
        for column in 0..heading.len() {
            assert_eq!(inspection.glance(table.row(0), column), delivered.row(0).cell(column));
        }
    }
}

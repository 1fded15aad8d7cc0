//! Settled: the rows of a file that say nothing but what is known of their people, or that nobody is known of, and need no
//! second look.

use std::collections::{BTreeSet, HashSet};

use super::remarks::Remarks;

/// What remains of them.
#[derive(Debug, Default)]
pub struct Settled {
    /// In file order.
    pub rows: Vec<SettledRow>,
    /// How many more rows are each about somebody of whom nothing is known.
    pub newcomers: usize,
    /// The numbers of rows that are looked at, and of which the remarks have what single cells deserve.
    pub(super) noted: HashSet<u32>,
    /// What these rows deserve to be told about the columns; by the index of the column in the file.
    pub(super) remarks: Vec<(usize, Remarks)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettledRow {
    /// As a spreadsheet counts it.
    pub number: u32,
    /// The number of the person.
    pub user: u32,
}

impl Settled {
    /// How many rows these are.
    pub fn count(&self) -> usize {
        self.rows.len() + self.newcomers
    }

    /// Takes out the rows about these users, and gives their numbers: they are looked at all the same. What was taken down
    /// of them stays in the remarks.
    pub fn take_out(&mut self, users: &BTreeSet<u32>) -> BTreeSet<u32> {
        let numbers: BTreeSet<u32> =
            self.rows.extract_if(.., |row| users.contains(&row.user)).map(|row| row.number).collect();
        self.noted.extend(&numbers);
        numbers
    }

    /// Adds the rows that follow in the file, as they were sieved.
    pub(super) fn append(&mut self, mut later: Settled) {
        self.rows.append(&mut later.rows);
        if self.remarks.is_empty() {
            self.remarks = later.remarks;
        } else {
            self.remarks.iter_mut().zip(later.remarks).for_each(|((_, ours), (_, theirs))| ours.merge(theirs));
        }
    }
}

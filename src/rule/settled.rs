//! Settled: the rows of a file that say nothing but what is known of their people, and need no second look.

use super::remarks::Remarks;

/// What remains of them.
#[derive(Debug, Default)]
pub struct Settled {
    /// In file order.
    pub rows: Vec<SettledRow>,
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
    /// Adds the rows that follow in the file.
    pub(super) fn append(&mut self, mut later: Settled) {
        self.rows.append(&mut later.rows);
        if self.remarks.is_empty() {
            self.remarks = later.remarks;
        } else {
            self.remarks.iter_mut().zip(later.remarks).for_each(|((_, ours), (_, theirs))| ours.merge(theirs));
        }
    }
}

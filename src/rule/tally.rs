//! A tally: a remark that many cells of a column deserve, told once, at the first.

use super::fault::Rule;
use crate::model::{Finding, Place};

#[derive(Default)]
pub struct Tally {
    first: Option<(Place, String)>,
    more: usize,
}

impl Tally {
    pub fn note(&mut self, place: impl FnOnce() -> Place, read: &str) {
        match self.first {
            Some(_) => self.more += 1,
            None => self.first = Some((place(), read.into())),
        }
    }

    /// `problem` follows what was read; how many more cells of the column are like it follows the problem.
    pub fn finding(self, rule: &Rule, problem: &str, expected: &str) -> Option<Finding> {
        let (place, read) = self.first?;
        let problem = match self.more {
            0 => problem.into(),
            1 => format!("{problem} (1 more such cell in this column)"),
            more => format!("{problem} ({more} more such cells in this column)"),
        };
        Some(rule.at(place, problem).read(read).expected(expected))
    }
}

//! A tally: a remark that many cells of a column deserve, told once, at the first.

use super::fault::Fault;
use crate::model::{Finding, Place};
use crate::text;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    first: Option<(Place, String)>,
    more: usize,
}

impl Tally {
    /// The cells come in order.
    pub fn note(&mut self, place: impl FnOnce() -> Place, read: &str) {
        match self.first {
            Some(_) => self.more += 1,
            None => self.first = Some((place(), read.into())),
        }
    }

    /// Adds other cells of the column: the first of all is the one of the first row.
    pub fn merge(&mut self, other: Tally) {
        self.more += other.more + usize::from(self.first.is_some() && other.first.is_some());
        let firsts = self.first.take().into_iter().chain(other.first);
        self.first = firsts.min_by_key(|(place, _)| place.row);
    }

    /// What is wrong with the first cell; how many more of the column are like it follows the problem.
    pub fn finding(self, fault: Fault) -> Option<Finding> {
        let (place, read) = self.first?;
        let problem = fault.problem;
        let problem = match self.more {
            0 => problem,
            1 => text!(
                "{problem} (1 more such cell in this column)",
                "{problem} (et 1 autre cellule de cette colonne)",
                problem
            ),
            more => text!(
                "{problem} ({more} more such cells in this column)",
                "{problem} (et {more} autres cellules de cette colonne)",
                problem
            ),
        };
        Some(Fault { problem, ..fault }.at(place, &read))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};

    #[test]
    fn what_many_cells_share_is_remarked_once_a_column_at_the_first() {
        let rows = ["ada; Ada", "bo;\u{a0}Bo ", "cy;Cy "];
        let checked = Trial::default().check("login;firstName", &rows);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            findings,
            ["B2 firstName: ` Ada` has spaces around it, which were taken off (2 more such cells in this column); \
              expected no spaces around a value"]
        );
        assert_eq!(delivered(&checked), ["ada;Ada", "bo;Bo", "cy;Cy"]);
    }

    #[test]
    fn days_year_first_are_understood_with_a_remark() {
        let checked = Trial::default().check("login;dtBirth", &["ada;10/12/1915", "bo;1956-11-20"]);
        assert_eq!(checked.findings[0].code, "iso-date");
        assert_eq!(checked.findings[0].place.address().as_deref(), Some("B3"));
        assert_eq!(delivered(&checked), ["ada;1915-12-10", "bo;1956-11-20"]);
    }
}

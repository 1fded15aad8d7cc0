//! The heading row: found among the first rows by the headings that are known.

use crate::model::{Finding, Place};

/// A heading further down is not looked for.
pub(super) const ROWS_LOOKED_AT: u32 = 20;

/// More than this is no file of people.
pub(super) const COLUMNS_AT_MOST: usize = 1_000;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// As a spreadsheet counts it, from 1.
    pub row: u32,
    /// Without outer blanks, and without empty cells behind the last one.
    pub cells: Vec<String>,
    /// How many of them are known.
    pub known: usize,
    /// The first row that holds something: a title, or the heading row itself.
    pub first: u32,
}

/// The row with most known headings, the first of equals; where none is known, the first row that is not blank.
pub(super) fn choose<C: AsRef<str>>(
    rows: impl Iterator<Item = (u32, Vec<C>)>,
    is_heading: &dyn Fn(&str) -> bool,
) -> Option<Heading> {
    let mut best: Option<Heading> = None;
    for (row, cells) in rows {
        if best.is_some() && row > ROWS_LOOKED_AT {
            break;
        }
        let heading = Heading::of(row, &cells, is_heading);
        best = match best {
            _ if heading.cells.is_empty() => best,
            None => Some(heading),
            Some(best) if heading.known > best.known => Some(Heading { first: best.first, ..heading }),
            same => same,
        };
    }
    best
}

impl Heading {
    fn of<C: AsRef<str>>(row: u32, cells: &[C], is_heading: &dyn Fn(&str) -> bool) -> Heading {
        let mut cells: Vec<String> = cells.iter().map(|cell| bare(cell.as_ref()).into()).collect();
        let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        cells.truncate(filled);
        let known = cells.iter().filter(|cell| is_heading(cell)).count();
        Heading { row, cells, known, first: row }
    }

    /// Said when rows in front of the headings were passed over.
    pub fn title(&self) -> Option<Finding> {
        let place = Place { row: Some(self.first), ..Place::FILE };
        let problem = format!("was passed over: the headings are in row {}", self.row);
        (self.first < self.row).then(|| Finding::remark("title-row", place, problem))
    }
}

/// Byte order marks are left inside by tools that glue files together.
fn bare(cell: &str) -> &str {
    cell.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose_in(rows: &[(u32, &[&str])]) -> Option<(u32, Vec<String>)> {
        let rows = rows.iter().map(|(number, cells)| (*number, cells.to_vec()));
        let known = |heading: &str| ["login", "mail", "department"].contains(&heading);
        choose(rows, &known).map(|heading| (heading.row, heading.cells))
    }

    #[test]
    fn the_row_with_most_known_headings_is_the_heading() {
        let title: (u32, &[&str]) = (1, &["department", ""]);
        let heading: (u32, &[&str]) = (3, &["login ", "", "\u{feff}mail", " ", ""]);
        let cells = ["login", "", "mail"].map(String::from).to_vec();
        assert_eq!(choose_in(&[title, (2, &[""]), heading, (4, &["a", "b"])]), Some((3, cells)));
    }

    #[test]
    fn without_a_known_heading_the_first_row_that_holds_something_is_taken() {
        assert_eq!(choose_in(&[(1, &["", " "]), (25, &["x"]), (26, &["y"])]), Some((25, vec!["x".into()])));
        assert_eq!(choose_in(&[(1, &["x"]), (21, &["login"])]), Some((1, vec!["x".into()])));
        assert_eq!(choose_in(&[(1, &[""])]), None);
    }
}

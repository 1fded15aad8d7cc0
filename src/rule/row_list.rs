//! A row list: rows as a sentence names them: the first ones, and how many more there are.

use crate::model::Text;
use crate::text;

/// So many rows are named.
const NAMED: usize = 5;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowList {
    count: usize,
    /// In order; one more than are named, so that any of them can be left out.
    first: Vec<u32>,
}

impl RowList {
    /// `number` is the row's as a spreadsheet counts it; the rows may come in any order.
    pub fn note(&mut self, number: u32) {
        self.count += 1;
        self.keep(number);
    }

    /// Adds other rows.
    pub fn merge(&mut self, other: &RowList) {
        self.count += other.count;
        other.first.iter().for_each(|number| self.keep(*number));
    }

    fn keep(&mut self, number: u32) {
        let is_far = self.first.len() > NAMED && self.first.last() < Some(&number);
        if !is_far {
            self.first.insert(self.first.partition_point(|row| *row < number), number);
            self.first.truncate(NAMED + 1);
        }
    }

    pub fn first(&self) -> Option<u32> {
        self.first.first().copied()
    }

    /// The list without one of its rows.
    pub fn but(&self, number: u32) -> RowList {
        let first = self.first.iter().copied().filter(|row| *row != number).collect();
        RowList { count: self.count - 1, first }
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// `row 12`, `rows 12, 14`, `rows 2, 3, 4, 5, 6 and 3 more`.
    pub fn named(&self) -> Text {
        let first: Vec<String> = self.first.iter().take(NAMED).map(u32::to_string).collect();
        let (more, first) = (self.count - first.len(), first.join(", "));
        match (self.count, more) {
            (1, _) => text!("row {first}", "ligne {first}"),
            (_, 0) => text!("rows {first}", "lignes {first}"),
            (_, 1) => text!("rows {first} and 1 more", "lignes {first} et 1 autre"),
            (_, more) => text!("rows {first} and {more} more", "lignes {first} et {more} autres"),
        }
    }
}

impl FromIterator<u32> for RowList {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> RowList {
        let mut list = RowList::default();
        numbers.into_iter().for_each(|number| list.note(number));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn the_first_rows_are_named_and_the_others_counted() {
        let named = |count: u32| (2..2 + count).collect::<RowList>().named();
        let cases = [
            (1, "row 2", "ligne 2"),
            (2, "rows 2, 3", "lignes 2, 3"),
            (5, "rows 2, 3, 4, 5, 6", "lignes 2, 3, 4, 5, 6"),
            (6, "rows 2, 3, 4, 5, 6 and 1 more", "lignes 2, 3, 4, 5, 6 et 1 autre"),
            (20, "rows 2, 3, 4, 5, 6 and 15 more", "lignes 2, 3, 4, 5, 6 et 15 autres"),
        ];
        for (count, english, french) in cases {
            let named = named(count);
            assert_eq!((named.is(Language::English), named.is(Language::French)), (english, french));
        }
    }

    #[test]
    fn rows_are_named_in_order_whoever_noted_them_in_whatever_order() {
        let all: RowList = (2..12).collect();
        let mut odd: RowList = (2..12).filter(|row| row % 2 == 1).collect();
        odd.merge(&(2..12).rev().filter(|row| row % 2 == 0).collect());
        assert_eq!(odd, all);
        odd.merge(&RowList::default());
        assert_eq!((odd.first(), odd), (Some(2), all));
    }

    #[test]
    fn a_row_is_told_of_the_others() {
        let rows: RowList = (2..9).collect();
        assert_eq!(rows.but(3).named().to_string(), "rows 2, 4, 5, 6, 7 and 1 more");
        assert_eq!(rows.but(8).named().to_string(), "rows 2, 3, 4, 5, 6 and 1 more");
        assert_eq!((2..4).collect::<RowList>().but(2).named().to_string(), "row 3");
    }
}

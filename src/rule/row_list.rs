//! A row list: rows as a sentence names them: the first ones, and how many more there are.

use crate::model::Text;
use crate::text;

/// So many rows are named.
const NAMED: usize = 5;

#[derive(Debug, Default)]
pub struct RowList {
    count: usize,
    first: Vec<u32>,
}

impl RowList {
    /// `number` is the row's as a spreadsheet counts it.
    pub fn note(&mut self, number: u32) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(number);
        }
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// `row 12`, `rows 12, 14`, `rows 2, 3, 4, 5, 6 and 3 more`.
    pub fn named(&self) -> Text {
        let first: Vec<String> = self.first.iter().map(u32::to_string).collect();
        let first = first.join(", ");
        match (self.count, self.count - self.first.len()) {
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
}

//! An index: people by the values of some fields. It holds no copy of the values, only where they are.

use std::hash::{BuildHasher, RandomState};

use crate::model::field::Field;
use crate::model::people::{Column, People};

/// Who has an empty value is not in it. A key that several have leads to them all.
pub struct Index<'a> {
    people: &'a People,
    columns: Vec<Column>,
    hashes: RandomState,
    /// The hash of each person's key, and the person; sorted.
    entries: Vec<(u64, u32)>,
}

impl<'a> Index<'a> {
    pub fn new(people: &'a People, fields: &[Field]) -> Index<'a> {
        let columns = fields.iter().map(|field| people.column(field)).collect();
        let mut index =
            Index { people, columns, hashes: RandomState::new(), entries: Vec::with_capacity(people.len()) };
        for person in 0..people.len() as u32 {
            let entry = index.key(person).map(|key| (index.hashes.hash_one(key), person));
            index.entries.extend(entry);
        }
        index.entries.sort_unstable();
        index
    }

    /// Everybody who has this key, as [`key`] makes it, in the order of the people.
    pub fn get(&self, key: &str) -> Vec<u32> {
        let hash = self.hashes.hash_one(key);
        let first = self.entries.partition_point(|(other, _)| *other < hash);
        let alike = self.entries[first..].iter().take_while(|(other, _)| *other == hash);
        alike.map(|(_, person)| *person).filter(|person| self.key(*person).as_deref() == Some(key)).collect()
    }

    fn key(&self, person: u32) -> Option<String> {
        let values = self.columns.iter().map(|column| self.people.value(person as usize, column));
        let values: Vec<&str> = values.take_while(|value| !value.is_empty()).collect();
        (values.len() == self.columns.len()).then(|| key(&values))
    }
}

/// Several values as one key; case makes no difference.
pub fn key(values: &[&str]) -> String {
    let mut key = values.join("\u{1f}");
    match key.is_ascii() {
        // Most keys are, and there are millions.
        true => {
            key.make_ascii_lowercase();
            key
        }
        false => key.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::table::Chunk;

    #[test]
    fn a_key_leads_to_everybody_who_has_it_whatever_its_case() {
        let mut chunk = Chunk::default();
        let rows =
            [["Lyon", "1", "Éva"], ["Paris", "1", "bo"], ["paris", "1", "BO"], ["Paris", "", "éva"], ["", "1", ""]];
        for (row, number) in rows.iter().zip(2..) {
            row.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        let fields = ["establishment", "employee-number", "first-name"].map(Field::of);
        let people = People::new(fields.clone().into(), chunk.into());
        let numbers = Index::new(&people, &fields[..2]);
        let names = Index::new(&people, &fields[2..]);
        assert_eq!(numbers.get(&key(&["LYON", "1"])), [0]);
        assert_eq!(numbers.get(&key(&["Paris", "1"])), [1, 2]);
        assert_eq!(numbers.get(&key(&["Paris", ""])), [0; 0]);
        assert_eq!(names.get(&key(&["ÉVA"])), [0, 3]);
        assert_eq!(names.get(&key(&["ada"])), [0; 0]);
    }
}

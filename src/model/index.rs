//! An index: people by the values of some fields. It holds no copy of the values, only where they are.

use std::hash::{BuildHasher, RandomState};

use xxhash_rust::xxh3::xxh3_64;

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
        let mut key = String::new();
        for person in 0..people.len() as u32 {
            if index.write_key(person, &mut key) {
                index.entries.push((index.hashes.hash_one(&*key), person));
            }
        }
        index.entries.sort_unstable();
        index
    }

    /// Everybody who has this key, as [`key`] makes it, in the order of the people.
    pub fn get(&self, key: &str) -> Vec<u32> {
        let hash = self.hashes.hash_one(key);
        let first = self.entries.partition_point(|(other, _)| *other < hash);
        let alike = self.entries[first..].iter().take_while(|(other, _)| *other == hash);
        let mut other = String::new();
        alike.map(|(_, person)| *person).filter(|person| self.write_key(*person, &mut other) && other == key).collect()
    }

    /// Writes the person's key in place of what is there; false where a value is empty, and there is no key.
    fn write_key(&self, person: u32, into: &mut String) -> bool {
        into.clear();
        for (place, column) in self.columns.iter().enumerate() {
            let value = self.people.value(person as usize, column);
            if value.is_empty() {
                return false;
            }
            if place > 0 {
                into.push(SEPARATOR);
            }
            push_lower(into, value);
        }
        true
    }
}

/// Stands between values, which do not hold it.
const SEPARATOR: char = '\u{1f}';

/// Several values as one key; case makes no difference.
pub fn key(values: &[&str]) -> String {
    let mut key = String::with_capacity(values.iter().map(|value| value.len() + 1).sum());
    for (place, value) in values.iter().enumerate() {
        if place > 0 {
            key.push(SEPARATOR);
        }
        push_lower(&mut key, value);
    }
    key
}

/// Writes a value in lower case behind what is there.
pub fn push_lower(key: &mut String, value: &str) {
    // Nearly all values are of these letters, and there are millions; those of Western Europe lie 32 places apart.
    if value.is_ascii() {
        let from = key.len();
        key.push_str(value);
        key[from..].make_ascii_lowercase();
    } else if value.chars().all(|letter| letter <= 'ÿ') {
        key.extend(value.chars().map(|letter| match letter {
            'À'..='Ö' | 'Ø'..='Þ' => char::from(letter as u8 + 32),
            _ => letter.to_ascii_lowercase(),
        }));
    } else {
        key.push_str(&value.to_lowercase());
    }
}

/// The hash of [`key`], without a key for most.
pub fn hash(values: &[&str]) -> u64 {
    let mut room = [0; 128];
    let mut length = 0;
    for (place, value) in values.iter().enumerate() {
        let start = length + usize::from(place > 0);
        let Some(here) = room.get_mut(start..start + value.len()).filter(|_| value.is_ascii()) else {
            return xxh3_64(key(values).as_bytes());
        };
        here.copy_from_slice(value.as_bytes());
        here.make_ascii_lowercase();
        if place > 0 {
            room[length] = SEPARATOR as u8;
        }
        length = start + value.len();
    }
    xxh3_64(&room[..length])
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

    #[test]
    fn a_letter_is_the_same_in_lower_case_whatever_it_stands_beside() {
        for letter in '\0'..='\u{17f}' {
            for value in [format!("{letter}"), format!("É{letter}"), format!("ŒÉ{letter}")] {
                let mut lower = String::new();
                push_lower(&mut lower, &value);
                assert_eq!(lower, value.to_lowercase());
            }
        }
    }

    #[test]
    fn a_hash_is_that_of_the_key_however_long_or_strange_it_is() {
        let long = "x".repeat(130);
        let latin: String = ('\u{80}'..='\u{b7}').collect();
        let accented: String = ('\u{b8}'..='\u{ff}').rev().take(60).collect();
        for values in [
            &["Lyon", "00A"][..],
            &["", "A"],
            &["A", ""],
            &["A"],
            &[],
            &["Éva", "A"],
            &["A", "Éva"],
            &[&long, "A"],
            &["ŒUVRE"],
            &["ΣΑΣ"],
            &[&latin],
            &[&accented],
        ] {
            assert_eq!(hash(values), xxh3_64(key(values).as_bytes()), "{values:?}");
        }
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }
}

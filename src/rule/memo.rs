//! A memo: cells of a column that says few different things, with what they mean.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::notes::Notes;

/// Owns the cells, so that it outlives the piece of the file in which they stand.
#[derive(Debug, Default)]
pub struct Memo<'a>(HashMap<Box<str>, (&'a str, Notes), BuildHasherDefault<Quick>>);

/// So many different cells are kept. A column that says more is no list of few things, or a mistake.
const MOST: usize = 4096;

impl<'a> Memo<'a> {
    pub fn get(&self, cell: &str) -> Option<(&'a str, Notes)> {
        self.0.get(cell).copied()
    }

    pub fn note(&mut self, cell: &str, meaning: &'a str, notes: Notes) {
        if self.0.len() < MOST {
            self.0.insert(cell.into(), (meaning, notes));
        }
    }
}

/// For short texts it takes a third of the time of the hasher that is safe against those who choose what is hashed;
/// here a bad choice of theirs can slow down only a few thousand cells.
#[derive(Debug, Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    /// What ends a text, which says nothing where it is all that is hashed.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_known_until_there_is_too_much_of_it() {
        let mut memo = Memo::default();
        for number in 0..MOST + 1 {
            memo.note(&number.to_string(), "Sales", Notes::NONE);
        }
        assert_eq!(memo.get("4095"), Some(("Sales", Notes::NONE)));
        assert_eq!(memo.get("4096"), None);
    }
}

//! A mark: one person as a crowd holds them, by hashes alone.

use std::sync::LazyLock;
use std::{array, mem};

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::model::Field;
use crate::model::fold::fold;
use crate::model::index::push_lower;
use crate::model::number_form::NumberForm;
use crate::model::shape::{Shape, Way};

/// Hashes are kept from night to night: whoever changes how they are made raises this.
pub const VERSION: u32 = 2;

/// One person: what the crowd holds of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// The person's number, for ever.
    pub number: u32,
    /// That of the manager; 0 for none.
    pub manager: u32,
    /// Of the values of [`Shape::fields`].
    pub row: u64,
    /// 0 where there is no value.
    pub key: u32,
    /// By [`Shape::ways`]; 0 where there is no value.
    pub ways: Vec<u32>,
}

/// Values on their way into hashes; made once, used for every row.
#[derive(Debug, Default)]
pub struct RowHasher {
    row: Mix,
    /// The value that was written last in lowercase.
    lowercase: String,
}

/// One hash of texts that come one after the other: each is hashed with what came of those before it, so that they need not
/// be put together first.
#[derive(Debug, Default)]
struct Mix(u64);

/// Makes the marks of people, one after the other; made once, used for everybody.
#[derive(Debug)]
pub struct Marker {
    shape: Shape,
    /// Where the values of [`Shape::fields`] stand, and whether case makes no difference in them.
    row: Vec<(Place, bool)>,
    key: Vec<Place>,
    ways: Vec<Vec<Place>>,
    hasher: RowHasher,
    mark: Mark,
}

/// None: nobody has this datum here.
type Place = Option<usize>;

impl RowHasher {
    /// The next value, in the order of [`Shape::fields`], as [`crate::model::Delivered`] holds it.
    pub fn value(&mut self, is_caseless: bool, value: &str) {
        let value = if is_caseless { lowercase(value, &mut self.lowercase) } else { value };
        self.row.add(value);
    }

    /// The hash of the row; the next value starts another one.
    pub fn finish(&mut self) -> u64 {
        mem::take(&mut self.row).0
    }

    /// By which somebody is found; 0 where a value is missing, and never 0 else. Whom different values give the same hash,
    /// the values tell apart: a hash says who may be meant, and never who is. Takes nothing of the row that is on its way.
    pub fn way<'v>(&mut self, way: &Way, values: impl IntoIterator<Item = &'v str>) -> u32 {
        let (mut key, mut letters) = (Mix::default(), 0);
        for (place, value) in values.into_iter().enumerate() {
            match way {
                _ if value.is_empty() => return 0,
                Way::Form(_) => return NumberForm::of(value).written(),
                Way::Fields(_) => key.add(self.bare(value)),
                Way::Twins if place == 0 => key.add(self.bare(value)),
                Way::Names | Way::Twins => letters = sum_letters(value, letters),
            }
        }
        match (way, letters) {
            (Way::Fields(_), _) => short(key.0),
            (Way::Names | Way::Twins, 0) | (Way::Form(_), _) => 0,
            (Way::Twins, letters) => short(letters.wrapping_add(key.0)),
            (Way::Names, letters) => short(letters),
        }
    }

    /// By which somebody is found for sure: no two values give the same, but for case. 0 for no value. As [`RowHasher::way`],
    /// it takes nothing of the row that is on its way.
    pub fn exact(&mut self, value: &str) -> u64 {
        if value.is_empty() {
            return 0;
        }
        let mut mix = Mix::default();
        mix.add(lowercase(value, &mut self.lowercase));
        mix.0.max(1)
    }

    /// Case makes no difference, nor do the zeros in front of a number.
    fn bare<'v>(&'v mut self, value: &'v str) -> &'v str {
        match value.as_bytes() {
            [b'0', rest @ ..] if rest.iter().all(u8::is_ascii_digit) => value.trim_start_matches('0'),
            _ => lowercase(value, &mut self.lowercase),
        }
    }
}

impl Mix {
    fn add(&mut self, text: &str) {
        self.0 = xxh3_64_with_seed(text.as_bytes(), self.0);
    }
}

impl Way {
    /// As [`RowHasher::way`] gives it, for whom it is asked once.
    pub fn hash(&self, values: &[&str]) -> u32 {
        RowHasher::default().way(self, values.iter().copied())
    }
}

impl Marker {
    pub(super) fn new(shape: Shape, fields: &[Field]) -> Marker {
        let place = |field: &Field| fields.iter().position(|known| known == field);
        let places = |way: &Way| way.fields().iter().map(place).collect();
        Marker {
            row: shape.fields.iter().map(|field| (place(field), shape.is_caseless(field))).collect(),
            key: places(&shape.key),
            ways: shape.ways.iter().map(places).collect(),
            hasher: RowHasher::default(),
            mark: Mark { ways: vec![0; shape.ways.len()], ..Mark::default() },
            shape,
        }
    }

    /// The mark of a person with these values, in the order of the fields.
    pub fn mark(&mut self, number: u32, manager: u32, values: &[&str]) -> &Mark {
        let value = |place: &Place| place.map_or("", |place| values[place]);
        for (place, is_caseless) in &self.row {
            self.hasher.value(*is_caseless, value(place));
        }
        let ways = self.shape.ways.iter().zip(&self.ways);
        for ((way, places), hash) in ways.zip(&mut self.mark.ways) {
            *hash = self.hasher.way(way, places.iter().map(value));
        }
        let key = self.hasher.way(&self.shape.key, self.key.iter().map(value));
        let row = self.hasher.finish();
        self.mark = Mark { number, manager, row, key, ways: mem::take(&mut self.mark.ways) };
        &self.mark
    }
}

/// Only which letters there are makes a difference, and not in which order.
fn sum_letters(name: &str, sum: u64) -> u64 {
    let add = |sum: u64, letter: char| sum.wrapping_add(of_letter(letter));
    match name.is_ascii() {
        // Most names are; folded, they would take memory of their own.
        true => {
            let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
            letters.map(|letter| char::from(letter.to_ascii_lowercase())).fold(sum, add)
        }
        false => fold(name).chars().fold(sum, add),
    }
}

fn of_letter(letter: char) -> u64 {
    match OF_ASCII.get(letter as usize) {
        Some(hash) => *hash,
        None => xxh3_64(letter.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// Names are long, and most of their letters are these.
static OF_ASCII: LazyLock<[u64; 128]> = LazyLock::new(|| array::from_fn(|letter| xxh3_64(&[letter as u8])));

/// Written only where it is not in lowercase already.
fn lowercase<'v>(value: &'v str, written: &'v mut String) -> &'v str {
    // Of every byte, so that many are looked at together.
    let is_other = |is_other: bool, byte: &u8| is_other | !byte.is_ascii() | byte.is_ascii_uppercase();
    if !value.as_bytes().iter().fold(false, is_other) {
        return value;
    }
    written.clear();
    push_lower(written, value);
    written
}

fn short(hash: u64) -> u32 {
    (hash as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_difference_makes_none() {
        let login = Way::Fields(vec![Field::of("login")]);
        let home = Way::Fields(["establishment", "employee-number"].map(Field::of).to_vec());
        let same: [(&Way, [&[&str]; 2]); 6] = [
            (&login, [&["Ada.L"], &["ada.l"]]),
            (&login, [&["ÉLODIE"], &["élodie"]]),
            (&home, [&["Lyon", "0012"], &["LYON", "12"]]),
            (&Way::Names, [&["Jean-Luc", "Zoé"], &["zoe", "Jean Luc"]]),
            (&Way::Names, [&["Ada", "Lovelace"], &["lovelace ADA"]]),
            (&Way::Names, [&["Юлия", "Ли"], &["ли", "юлия"]]),
        ];
        for (way, [one, other]) in same {
            assert_eq!(way.hash(one), way.hash(other), "{one:?} {other:?}");
            assert_ne!(way.hash(one), 0);
        }
        assert_ne!(home.hash(&["Lyon", "1"]), home.hash(&["Lyon1", "0"]));
        assert_ne!(login.hash(&["0x"]), login.hash(&["x"]));
        assert_eq!([home.hash(&["Lyon", ""]), Way::Names.hash(&["Bo", ""]), Way::Names.hash(&["- "])], [0; 3]);
    }

    #[test]
    fn a_way_may_be_asked_for_in_the_middle_of_a_row() {
        let mut hasher = RowHasher::default();
        let mut row = |is_asked: bool| {
            hasher.value(false, "Sales");
            if is_asked {
                hasher.way(&Way::Names, ["Ada", "Lovelace"]);
            }
            hasher.value(true, "ADA");
            hasher.finish()
        };
        assert_eq!(row(true), row(false));
    }
}

//! A crowd: everybody who is known, by hashes alone.
//!
//! A night's file says of most people what is known already. That is told by two numbers a person, without their data: one
//! hash of what tells the person apart, one of all that the file could say. Only the others are looked at cell by cell,
//! and of the people who are known only those are read whom such a row may mean.

use std::collections::HashSet;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::model::Field;
use crate::model::field::Kind;
use crate::model::fold::fold;

/// What the hashes of a crowd are made of. People of one shape cannot be compared with rows of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// What tells people apart.
    pub key: Way,
    /// All that a row of the file can say, in the order in which it is hashed.
    pub fields: Vec<Field>,
    /// How else somebody may be meant.
    pub ways: Vec<Way>,
}

/// How a person is found by what is said of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// By the values of these fields.
    Fields(Vec<Field>),
    /// By first and last name, in either order.
    Names,
}

/// One person: what the crowd holds of them.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Everybody who is known; a person's place is their index. 100 bytes a person at most.
#[derive(Debug)]
pub struct Crowd {
    shape: Shape,
    numbers: Vec<u32>,
    managers: Vec<u32>,
    /// One list a way.
    ways: Vec<Vec<u32>>,
    slots: Vec<Slot>,
}

/// Of an open-addressed table by the hash of the key: one look at memory tells key and row.
#[derive(Debug, Clone, Copy)]
struct Slot {
    key: u32,
    /// One more than the place; 0 where nobody is.
    place: u32,
    row: u64,
}

const EMPTY: Slot = Slot { key: 0, place: 0, row: 0 };

impl Shape {
    /// All fields from which the hashes are made.
    pub fn sources(&self) -> Vec<Field> {
        let mut sources = self.fields.clone();
        let ways = std::iter::once(&self.key).chain(&self.ways);
        sources.extend(ways.flat_map(Way::fields));
        sources.sort();
        sources.dedup();
        sources
    }
}

impl Way {
    pub fn fields(&self) -> Vec<Field> {
        match self {
            Way::Fields(fields) => fields.clone(),
            Way::Names => ["first-name", "last-name"].map(Field::of).into(),
        }
    }

    /// Never 0 for somebody who can be found so. Whom different values give the same hash, the values tell apart: a hash
    /// says who may be meant, and never who is.
    pub fn hash(&self, values: &[&str]) -> u32 {
        match self {
            _ if values.iter().any(|value| value.is_empty()) => 0,
            Way::Fields(_) => key(values),
            Way::Names => name(&values.concat()),
        }
    }
}

/// Case makes no difference, nor do the zeros in front of a number.
fn key(values: &[&str]) -> u32 {
    let mut hasher = Xxh3::new();
    for value in values {
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        let value = if is_number { value.trim_start_matches('0') } else { value };
        match value.is_ascii() {
            true => value.bytes().for_each(|byte| hasher.update(&[byte.to_ascii_lowercase()])),
            false => hasher.update(value.to_lowercase().as_bytes()),
        }
        hasher.update(b"\x1f");
    }
    short(hasher.digest())
}

/// Of first and last name together, in whatever order: only which letters there are makes a difference.
pub fn name(text: &str) -> u32 {
    let mut letters: Vec<char> = fold(text).chars().collect();
    letters.sort_unstable();
    match letters.is_empty() {
        true => 0,
        false => short(xxh3_64(letters.into_iter().collect::<String>().as_bytes())),
    }
}

fn short(hash: u64) -> u32 {
    (hash as u32).max(1)
}

/// A row on its way into one hash; made once, used for every row.
#[derive(Debug, Default)]
pub struct RowHasher(Vec<u8>);

impl RowHasher {
    /// The next value, in the order of [`Shape::fields`], as [`crate::model::Delivered`] holds it.
    pub fn value(&mut self, is_caseless: bool, value: &str) {
        match (is_caseless, value.is_ascii()) {
            (false, _) => self.0.extend_from_slice(value.as_bytes()),
            (true, true) => self.0.extend(value.bytes().map(|byte| byte.to_ascii_lowercase())),
            (true, false) => self.0.extend_from_slice(value.to_lowercase().as_bytes()),
        }
        self.0.push(b'\x1f');
    }

    /// The hash of the row; the next value starts another one.
    pub fn finish(&mut self) -> u64 {
        let hash = xxh3_64(&self.0);
        self.0.clear();
        hash
    }
}

impl Shape {
    /// Does case make no difference in the values of a field? So it is with logins, and with what tells people apart.
    pub fn is_caseless(&self, field: &Field) -> bool {
        field.is("login") || field.kind() == Kind::Person || self.key.fields().contains(field)
    }
}

impl Crowd {
    /// The order of the marks is that of the places.
    pub fn new(shape: Shape, marks: impl Iterator<Item = Mark>) -> Crowd {
        let mut crowd = Crowd {
            ways: vec![Vec::new(); shape.ways.len()],
            shape,
            numbers: Vec::new(),
            managers: Vec::new(),
            slots: Vec::new(),
        };
        let mut keys = Vec::new();
        for mark in marks {
            crowd.numbers.push(mark.number);
            crowd.managers.push(mark.manager);
            crowd.ways.iter_mut().zip(&mark.ways).for_each(|(way, hash)| way.push(*hash));
            keys.push((mark.key, mark.row));
        }
        crowd.slots = vec![EMPTY; (2 * keys.len()).next_power_of_two()];
        for (place, (key, row)) in (1..).zip(keys) {
            if key != 0 {
                let free = crowd.probe(key).find(|slot| crowd.slots[*slot].place == 0);
                crowd.slots[free.expect("half of the slots stay free")] = Slot { key, place, row };
            }
        }
        crowd
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    pub fn number(&self, place: u32) -> u32 {
        self.numbers[place as usize]
    }

    /// The numbers of everybody's managers, by place; 0 for none.
    pub fn managers(&self) -> &[u32] {
        &self.managers
    }

    /// The place of the only person who may be meant by the key, if all that is known of them is what the row says.
    pub fn who_is(&self, key: u32, row: u64) -> Option<u32> {
        let taken = self.probe(key).map(|slot| self.slots[slot]).take_while(|slot| slot.place != 0);
        let mut meant = taken.filter(|slot| slot.key == key);
        let one = meant.next()?;
        (one.row == row && meant.next().is_none()).then_some(one.place - 1)
    }

    /// The places of all who may be meant by the key.
    pub fn whom(&self, key: u32) -> impl Iterator<Item = u32> {
        let taken = self.probe(key).map(|slot| self.slots[slot]).take_while(|slot| slot.place != 0);
        taken.filter(move |slot| slot.key == key).map(|slot| slot.place - 1)
    }

    /// The places of all who may be meant by one of the hashes, of which there is a set for each way.
    pub fn meant(&self, wanted: &[HashSet<u32>]) -> Vec<u32> {
        let asked: Vec<(&Vec<u32>, &HashSet<u32>)> =
            self.ways.iter().zip(wanted).filter(|(_, wanted)| !wanted.is_empty()).collect();
        let is_meant = |place: &u32| asked.iter().any(|(way, wanted)| wanted.contains(&way[*place as usize]));
        (0..self.len() as u32).filter(is_meant).collect()
    }

    fn probe(&self, key: u32) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        let first = (u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
        (0..=mask).map(move |step| (first + step) & mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        let fields = ["department", "login"].map(Field::of).to_vec();
        let login = Way::Fields(vec![Field::of("login")]);
        Shape { key: login.clone(), fields, ways: vec![login, Way::Names] }
    }

    fn row(shape: &Shape, department: &str, login: &str) -> u64 {
        let mut hasher = RowHasher::default();
        let values = shape.fields.iter().zip([department, login]);
        values.for_each(|(field, value)| hasher.value(shape.is_caseless(field), value));
        hasher.finish()
    }

    fn mark(number: u32, login: &str, names: [&str; 2], department: &str) -> Mark {
        let shape = shape();
        Mark {
            number,
            manager: 0,
            row: row(&shape, department, login),
            key: shape.key.hash(&[login]),
            ways: vec![shape.ways[0].hash(&[login]), shape.ways[1].hash(&names)],
        }
    }

    fn crowd() -> Crowd {
        let marks = [
            mark(7, "ada", ["Ada", "Lovelace"], "Sales"),
            mark(9, "0012", ["Jean-Luc", "Zoé"], "Sales"),
            mark(12, "12", ["Bo", ""], "IT"),
        ];
        Crowd::new(shape(), marks.into_iter())
    }

    #[test]
    fn who_says_what_is_known_is_known_and_nobody_else() {
        let (crowd, shape) = (crowd(), shape());
        let who = |login: &str, department: &str| {
            crowd.who_is(shape.key.hash(&[login]), row(&shape, department, login)).map(|place| crowd.number(place))
        };
        assert_eq!(who("ada", "Sales"), Some(7));
        assert_eq!(who("ADA", "Sales"), Some(7), "case makes no difference in what tells people apart");
        assert_eq!(who("ada", "sales"), None);
        assert_eq!(who("ada", ""), None);
        assert_eq!(who("eve", "Sales"), None);
        assert_eq!(who("12", "IT"), None, "another person may be meant, by zeros that were lost");
    }

    #[test]
    fn all_who_may_be_meant_are_found() {
        let (crowd, shape) = (crowd(), shape());
        let logins = HashSet::from([shape.key.hash(&["012"])]);
        let names = HashSet::from([name("LOVELACE Ada")]);
        assert_eq!(crowd.meant(&[logins.clone(), HashSet::new()]), [1, 2]);
        assert_eq!(crowd.meant(&[logins, names]), [0, 1, 2]);
        assert_eq!(crowd.meant(&[HashSet::new(), HashSet::from([name("jean luc zoe")])]), [1]);
        assert_eq!(crowd.whom(shape.key.hash(&["12"])).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn nobody_is_found_by_what_is_not_there() {
        let nobody = Crowd::new(shape(), std::iter::empty());
        assert!(nobody.is_empty());
        assert_eq!(nobody.who_is(shape().key.hash(&["ada"]), 0), None);
        assert_eq!(shape().key.hash(&[""]), 0);
        assert_eq!(crowd().who_is(0, 0), None);
        assert_eq!(shape().sources(), ["department", "first-name", "last-name", "login"].map(Field::of));
    }
}

//! A crowd: everybody who is known, by hashes alone.
//!
//! A night's file says of most people what is known already. That is told by two numbers a person, without their data: one
//! hash of what tells the person apart, one of all that the file could say. Only the others are looked at cell by cell,
//! and of the people who are known only those are read whom such a row may mean.

mod gathering;

use std::collections::{BTreeSet, HashSet};

pub use gathering::Gathering;

use crate::model::field::Relation;
use crate::model::mark::Mark;
use crate::model::people::People;
use crate::model::shape::{Shape, Way};

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

impl Crowd {
    /// The order of the marks is that of the places.
    pub fn new(shape: Shape, marks: impl Iterator<Item = Mark>) -> Crowd {
        let mut gathering = Gathering::with_room(shape, marks.size_hint().0);
        marks.for_each(|mark| gathering.push(&mark));
        gathering.finish()
    }

    pub fn nobody(shape: Shape) -> Crowd {
        let ways = vec![Vec::new(); shape.ways.len()];
        Crowd::of_columns(shape, Vec::new(), Vec::new(), ways)
    }

    /// People of whom nothing is kept but these: who they are, who is above them (0 for nobody), and their hashes by each way.
    /// Nobody is found by key.
    pub fn of_columns(shape: Shape, numbers: Vec<u32>, managers: Vec<u32>, ways: Vec<Vec<u32>>) -> Crowd {
        Crowd { shape, numbers, managers, ways, slots: vec![EMPTY] }
    }

    /// People who are held in memory anyway, in their order.
    pub fn of(people: &People, shape: Shape) -> Crowd {
        let mut marker = shape.marker(people.fields());
        let mut gathering = Gathering::with_room(shape, people.len());
        for (person, row) in people.table().rows().enumerate() {
            let manager = people.related(person, Relation::Manager).map_or(0, |manager| people.number(manager));
            let values: Vec<&str> = row.cells().collect();
            gathering.push(marker.mark(row.number(), manager, &values));
        }
        gathering.finish()
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

    /// The number of a person's manager.
    pub fn manager(&self, number: u32) -> Option<u32> {
        let manager = self.managers[self.place(number)? as usize];
        (manager > 0).then_some(manager)
    }

    /// Everybody's hashes by one of the ways of the shape, by place.
    ///
    /// # Panics
    /// When the shape does not have the way.
    pub fn hashes(&self, way: &Way) -> &[u32] {
        let index = self.shape.ways.iter().position(|known| known == way);
        &self.ways[index.expect("the shape was made with all ways that are asked for")]
    }

    /// Numbers rise with places, most often one by one.
    pub fn place(&self, number: u32) -> Option<u32> {
        let guess = number.checked_sub(*self.numbers.first()?)? as usize;
        match self.numbers.get(guess) {
            Some(there) if *there == number => Some(guess as u32),
            _ => self.numbers.binary_search(&number).ok().map(|place| place as u32),
        }
    }

    /// The numbers of those who end up above themselves, by the managers that are known; who is their own does not.
    pub fn in_circles(&self) -> BTreeSet<u32> {
        let above = |place: u32| {
            let manager = self.managers[place as usize];
            (manager != 0).then(|| self.place(manager)).flatten().filter(|above| *above != place)
        };
        // On which walk somebody was met, counted from 1.
        let mut met = vec![0; self.len()];
        let mut found = BTreeSet::new();
        for start in 0..self.len() as u32 {
            let walk = start + 1;
            let mut at = Some(start);
            while let Some(place) = at.filter(|place| met[*place as usize] == 0) {
                met[place as usize] = walk;
                at = above(place);
            }
            if let Some(first) = at.filter(|place| met[*place as usize] == walk) {
                let circle = std::iter::successors(above(first), |place| above(*place).filter(|_| *place != first));
                found.extend(circle.map(|place| self.number(place)));
            }
        }
        found
    }

    /// For each key and row the number of the only person who may be meant by the key, if all that is known of them is what
    /// the row says. To be asked for some dozens: what is far away in memory comes for all of them at once.
    pub fn who_are(&self, asked: impl Iterator<Item = (u32, u64)> + Clone, found: &mut Vec<Option<u32>>) {
        found.clear();
        // Steps this short are begun before the memory has answered the steps in front of them.
        let somebody = |(key, _)| Some(self.first_slot(key).place).filter(|place| *place != 0);
        found.extend(asked.clone().map(somebody));
        for (found, (key, row)) in found.iter_mut().zip(asked) {
            *found = found.and_then(|_| self.who_is(key, row));
        }
        found.iter_mut().flatten().for_each(|found| *found = self.number(*found));
    }

    /// Their place.
    fn who_is(&self, key: u32, row: u64) -> Option<u32> {
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

    /// The places of all who have the same hash as another by a way.
    ///
    /// # Panics
    /// As [`Crowd::hashes`].
    pub fn alike(&self, way: &Way) -> Vec<u32> {
        let hashes = self.hashes(way);
        let met_twice = met_twice(hashes);
        let sought = Sought::of(&met_twice);
        let mut alike: Vec<(u32, u32)> =
            (0..).zip(hashes).filter(|(_, hash)| sought.holds(**hash)).map(|(place, hash)| (*hash, place)).collect();
        alike.sort_unstable();
        let several = alike.chunk_by(|one, other| one.0 == other.0).filter(|several| several.len() > 1);
        several.flatten().map(|(_, place)| *place).collect()
    }

    /// The places of all who may be meant by one of the hashes, of which there is a set for each way.
    pub fn meant(&self, wanted: &[HashSet<u32>]) -> Vec<u32> {
        let asked = self.ways.iter().zip(wanted).filter(|(_, wanted)| !wanted.is_empty());
        let asked: Vec<(&Vec<u32>, Sought<'_>)> = asked.map(|(way, wanted)| (way, Sought::of(wanted))).collect();
        let is_meant = |place: &u32| asked.iter().any(|(way, sought)| sought.holds(way[*place as usize]));
        (0..self.len() as u32).filter(is_meant).collect()
    }

    /// What everybody's mark was.
    #[cfg(test)]
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks: Vec<Mark> = (0..self.len())
            .map(|place| Mark {
                number: self.numbers[place],
                manager: self.managers[place],
                ways: self.ways.iter().map(|way| way[place]).collect(),
                ..Mark::default()
            })
            .collect();
        for slot in self.slots.iter().filter(|slot| slot.place != 0) {
            let mark = &mut marks[slot.place as usize - 1];
            (mark.key, mark.row) = (slot.key, slot.row);
        }
        marks
    }

    /// Half of the slots stay free.
    fn grow(&mut self) {
        let more = vec![EMPTY; (2 * self.len()).next_power_of_two()];
        let taken = std::mem::replace(&mut self.slots, more).into_iter().filter(|slot| slot.place != 0);
        taken.for_each(|slot| self.take_slot(slot));
    }

    fn take_slot(&mut self, slot: Slot) {
        let free = self.probe(slot.key).find(|slot| self.slots[*slot].place == 0);
        self.slots[free.expect("half of the slots stay free")] = slot;
    }

    fn probe(&self, key: u32) -> impl Iterator<Item = usize> + use<> {
        let (first, mask) = (self.first(key), self.slots.len() - 1);
        (0..=mask).map(move |step| (first + step) & mask)
    }

    fn first_slot(&self, key: u32) -> Slot {
        self.slots[self.first(key)]
    }

    fn first(&self, key: u32) -> usize {
        let spread = u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        spread as usize & (self.slots.len() - 1)
    }
}

/// The hashes that may be there twice: all that are, and few that are not. One bit in a hundred is set, so that memory is
/// looked at once a hash.
fn met_twice(hashes: &[u32]) -> HashSet<u32> {
    let bits = (100 * hashes.len()).next_power_of_two().clamp(1 << 10, 1 << 31);
    let mut met = vec![0u64; bits / 64];
    let mut twice = HashSet::new();
    for hash in hashes.iter().filter(|hash| **hash != 0) {
        let bit = *hash as usize & (bits - 1);
        if met[bit / 64] >> (bit % 64) & 1 == 1 {
            twice.insert(*hash);
        }
        met[bit / 64] |= 1 << (bit % 64);
    }
    twice
}

/// Hashes that are looked for among those of everybody; of most, a bit tells that they are not.
struct Sought<'a> {
    hashes: &'a HashSet<u32>,
    bits: Vec<u64>,
}

impl<'a> Sought<'a> {
    /// 64 KiB, which stay near the processor.
    const BITS: u32 = 19;

    fn of(hashes: &'a HashSet<u32>) -> Sought<'a> {
        let mut bits = vec![0; 1 << (Sought::BITS - 6)];
        for hash in hashes {
            let bit = hash >> (32 - Sought::BITS);
            bits[bit as usize / 64] |= 1 << (bit % 64);
        }
        Sought { hashes, bits }
    }

    fn holds(&self, hash: u32) -> bool {
        let bit = hash >> (32 - Sought::BITS);
        self.bits[bit as usize / 64] >> (bit % 64) & 1 == 1 && self.hashes.contains(&hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
    use crate::model::mark::RowHasher;
    use crate::model::shape::Way;
    use crate::model::table::Chunk;

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
    fn people_in_memory_are_a_crowd_as_their_marks_are() {
        let mut chunk = Chunk::default();
        let rows = [
            (7, ["ada", "Ada", "Lovelace", "Sales", "0012"]),
            (9, ["0012", "Zoé", "Jean-Luc", "Sales", ""]),
            (12, ["12", "Bo", "", "IT", "ada"]),
        ];
        for (number, cells) in rows {
            cells.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(number, number);
        }
        let fields = ["login", "first-name", "last-name", "department", "manager"].map(Field::of);
        let people = Crowd::of(&People::new(fields.into(), chunk.into()), shape());
        let mut expected: Vec<Mark> = crowd().marks();
        (expected[0].manager, expected[2].manager) = (9, 7);
        assert_eq!(people.marks(), expected);
    }

    #[test]
    fn who_ends_up_above_themselves_is_in_a_circle() {
        let managers = [(3, 4), (4, 5), (5, 4), (7, 7), (8, 3), (9, 0), (12, 99), (13, 15), (14, 13), (15, 14)];
        let marks = managers.map(|(number, manager)| Mark { number, manager, ways: vec![0, 0], ..Mark::default() });
        let crowd = Crowd::new(shape(), marks.into_iter());
        assert_eq!(crowd.in_circles(), BTreeSet::from([4, 5, 13, 14, 15]));
        assert_eq!((crowd.manager(8), crowd.manager(9), crowd.manager(6)), (Some(3), None, None));
    }

    #[test]
    fn all_who_may_be_meant_are_found() {
        let (crowd, shape) = (crowd(), shape());
        let logins = HashSet::from([shape.key.hash(&["012"])]);
        let names = HashSet::from([Way::Names.hash(&["LOVELACE Ada"])]);
        assert_eq!(crowd.meant(&[logins.clone(), HashSet::new()]), [1, 2]);
        assert_eq!(crowd.meant(&[logins, names]), [0, 1, 2]);
        assert_eq!(crowd.meant(&[HashSet::new(), HashSet::from([Way::Names.hash(&["jean luc zoe"])])]), [1]);
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

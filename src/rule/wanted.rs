//! Wanted: whom of the directory the rows that are left may mean, so that they are read before anything is checked.

use std::collections::{BTreeSet, HashSet};

use super::sieve::{Hands, Sieve};
use crate::model::field::Kind;
use crate::model::mark::RowHasher;
use crate::model::shape::Way;
use crate::model::table::Row;
use crate::model::{Field, People, Table, people};

/// By the ways of the crowd.
struct Wanted<'s, 'a> {
    sieve: &'s Sieve<'a>,
    /// Those whom the rows are about.
    known: &'s People,
    ways: Vec<Sought>,
    /// Those of the file that name people: the column, and where the people have it.
    references: Vec<(usize, people::Column)>,
    hasher: RowHasher,
    hashes: Vec<HashSet<u32>>,
}

/// A way, and where its values stand: in the file, and in what is known.
struct Sought {
    way: Way,
    parts: Vec<Part>,
}

struct Part {
    /// In the file.
    place: Option<usize>,
    column: people::Column,
    is_home: bool,
}

impl<'a> Sieve<'a> {
    /// Those whom the rows are about, as far as they say it; by number.
    pub fn whom(&self, left: &Table) -> BTreeSet<u32> {
        let mut hands = self.hands();
        let mut users = BTreeSet::new();
        for row in left.rows() {
            users.extend(self.meant_by_key(row, &mut hands));
        }
        users
    }

    /// Whoever else may be meant by what the rows say, once `known` are those whom they are about; by number.
    pub fn whom_else(&self, left: &Table, known: &People) -> BTreeSet<u32> {
        let mut wanted = Wanted::new(self, known);
        let mut hands = self.hands();
        for row in left.rows() {
            let about: Vec<usize> = self
                .meant_by_key(row, &mut hands)
                .into_iter()
                .filter_map(|user| Some(known.place(user)? as usize))
                .collect();
            let said = self.said(row, &mut hands);
            wanted.note(said, &about);
        }
        if let Some(last) = left.len().checked_sub(1).filter(|_| left.is_unended()) {
            wanted.note_managers_of(&self.meant_by_key(left.row(last), &mut hands));
        }
        let places = self.crowd.meant(&wanted.hashes);
        places.into_iter().map(|place| self.crowd.number(place)).collect()
    }

    fn meant_by_key(&self, row: Row<'_>, hands: &mut Hands<'a>) -> Vec<u32> {
        match self.key_hash(row, hands) {
            0 => Vec::new(),
            key => self.crowd.whom(key).map(|place| self.crowd.number(place)).collect(),
        }
    }
}

impl<'s, 'a> Wanted<'s, 'a> {
    fn new(sieve: &'s Sieve<'a>, known: &'s People) -> Wanted<'s, 'a> {
        let shape = sieve.crowd.shape();
        let place = |field: &Field| shape.fields.iter().position(|other| other == field);
        let part = |field: Field| Part {
            place: place(&field),
            column: known.column(&field),
            is_home: field.is("establishment"),
        };
        let sought = |way: &Way| Sought { way: way.clone(), parts: way.fields().into_iter().map(part).collect() };
        let people = shape.fields.iter().enumerate().filter(|(_, field)| field.kind() == Kind::Person);
        Wanted {
            sieve,
            known,
            ways: shape.ways.iter().map(sought).collect(),
            references: people.map(|(place, field)| (place, known.column(field))).collect(),
            hasher: RowHasher::default(),
            hashes: vec![HashSet::new(); shape.ways.len()],
        }
    }

    /// `said` are the texts of a row's columns, `about` those whom it may be about.
    fn note(&mut self, said: &[String], about: &[usize]) {
        let mut whoever: Vec<Option<usize>> = about.iter().copied().map(Some).collect();
        whoever.push(None);
        for person in &whoever {
            for index in 0..self.ways.len() {
                self.note_own(index, said, *person);
            }
        }
        for index in 0..self.references.len() {
            let (place, column) = &self.references[index];
            let named = match said[*place].as_str() {
                "" => self.sieve.default_people.clone(),
                named => vec![named.to_owned()],
            };
            let is_same =
                |person: &usize| self.known.value(*person, column).to_lowercase() == said[*place].to_lowercase();
            if !about.iter().any(is_same) {
                named.iter().for_each(|named| self.note_reference(named, said, &whoever));
            }
        }
    }

    /// What will be the person's own once the row is applied.
    fn note_own(&mut self, index: usize, said: &[String], person: Option<usize>) {
        let Wanted { sieve, known, ways, hasher, hashes, .. } = self;
        let Sought { way, parts } = &ways[index];
        let is_of_another = match way {
            // By names alone only managers are called.
            Way::Form(_) | Way::Names => false,
            // Nobody is found by where they work.
            Way::Fields(fields) if fields.iter().all(|field| field.is("establishment")) => false,
            Way::Twins => person.is_none(),
            Way::Fields(_) => true,
        };
        if !is_of_another {
            return;
        }
        for home in sieve.homes() {
            let value = |part: &Part| match (part.place.map_or("", |place| said[place].as_str()), person) {
                ("", None) if part.is_home => home,
                ("", None) => "",
                ("", Some(person)) => known.value(person, &part.column),
                (said, _) => said,
            };
            let values: Vec<&str> = parts.iter().map(value).collect();
            match hasher.way(way, values) {
                0 => {}
                hash => drop(hashes[index].insert(hash)),
            }
        }
    }

    /// Somebody may be named by login, mail, number at home, or name.
    fn note_reference(&mut self, named: &str, said: &[String], whoever: &[Option<usize>]) {
        let establishment = Field::of("establishment");
        let column = self.known.column(&establishment);
        let shape = self.sieve.crowd.shape();
        let said_home = shape.fields.iter().position(|field| *field == establishment).map_or("", |place| &said[place]);
        let known_homes = whoever.iter().flatten().map(|person| self.known.value(*person, &column));
        let homes: BTreeSet<&str> = known_homes.chain([said_home]).chain(self.sieve.homes()).collect();
        let number = Way::by(&["establishment", "employee-number"]);
        let mut note = |way: &Way, values: &[&str]| {
            let index = shape.ways.iter().position(|other| other == way);
            let hash = self.hasher.way(way, values.iter().copied());
            if let Some(index) = index.filter(|_| hash != 0) {
                self.hashes[index].insert(hash);
            }
        };
        [Way::by(&["login"]), Way::by(&["mail"]), Way::Names].iter().for_each(|way| note(way, &[named]));
        homes.into_iter().for_each(|home| note(&number, &[home, named]));
    }

    /// A cell that was cut may be the start of any way to name a manager.
    fn note_managers_of(&mut self, users: &[u32]) {
        let logins = Way::by(&["login"]);
        let Some(index) = self.ways.iter().position(|sought| sought.way == logins) else { return };
        for person in users.iter().filter_map(|user| self.known.place(*user)) {
            for (_, column) in &self.references {
                let login = self.known.value(person as usize, column);
                self.hashes[index].insert(self.hasher.way(&logins, [login]));
            }
        }
    }
}

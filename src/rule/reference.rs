//! References: whom the cells that name another person mean.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use super::fault::Fault;
use super::known::{Known, login, mail, number};
use super::lost_zeros::Numbers;
use super::sheet::{Sheet, Slot, Subject};
use super::{ambiguous_manager, near, unknown_manager};
use crate::model::fold::fold;
use crate::model::index::key;
use crate::model::mark::RowHasher;
use crate::model::{Field, Text, shape};
use crate::text;

/// Somebody who is known, or whom a row (by its index in the table) creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    Known(u32),
    Row(u32),
}

/// One column of people, and whom each row means.
pub struct References {
    pub slot: Slot,
    pub to: Vec<To>,
}

/// Whom a cell means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// It says nothing, or cannot be understood.
    Nobody,
    /// Who is known for the row's person already.
    AsBefore,
    One(Who),
}

/// Whom a text means. It is found out once for each text: a file may name the same thousands in every row.
enum Meant {
    Nobody,
    One(Who),
    Several(Fault),
}

/// Finds out whom all cells mean that name people, and leaves out the rows where nobody knows.
pub fn resolve(sheet: &mut Sheet<'_>, known: &Known<'_>) -> Vec<References> {
    let people: Vec<Field> = sheet
        .contract
        .columns
        .iter()
        .filter(|column| column.check.person)
        .filter_map(|column| Field::parse(&column.field).ok())
        .collect();
    if people.is_empty() {
        return Vec::new();
    }
    let register = Register::new(sheet, known);
    people.iter().map(|field| register.resolve(sheet, field)).collect()
}

/// The login of whoever is meant.
pub fn login_of<'a>(sheet: &Sheet<'a>, who: Who) -> &'a str {
    match who {
        Who::Known(person) => sheet.around.known.value(person as usize, &sheet.login.known),
        Who::Row(row) => sheet.after(row as usize, &sheet.login),
    }
}

/// The ways to name somebody, in the order in which they are tried; full names come after them.
struct Register<'k, 'p> {
    known: &'k Known<'p>,
    login: Way,
    mail: Way,
    number: Way,
}

/// What only one person has, and whoever has it by this file alone.
struct Way {
    fields: Vec<Field>,
    rows: HashMap<String, Vec<Who>>,
}

impl Way {
    fn new(sheet: &Sheet<'_>, fields: Vec<Field>) -> Way {
        let slots: Vec<Slot> = fields.iter().map(|field| sheet.slot(field)).collect();
        let mut rows: HashMap<String, Vec<Who>> = HashMap::new();
        for row in 0..sheet.standings.len() {
            if let Some(key) = sheet.new_key(row, &slots) {
                rows.entry(key).or_default().push(subject(sheet, row));
            }
        }
        let rows = rows.into_iter().map(|(key, people)| (key, distinct(sheet, people))).collect();
        Way { fields, rows }
    }
}

impl<'k, 'p> Register<'k, 'p> {
    fn new(sheet: &Sheet<'_>, known: &'k Known<'p>) -> Register<'k, 'p> {
        let way = |fields: Vec<Field>| Way::new(sheet, fields);
        Register { known, login: way(login()), mail: way(mail()), number: way(number()) }
    }

    fn resolve(&self, sheet: &mut Sheet<'_>, field: &Field) -> References {
        let slot = sheet.slot(field);
        let home = sheet.slot(&Field::of("establishment"));
        let mut references = References { slot, to: vec![To::Nobody; sheet.standings.len()] };
        let mut anywhere: HashMap<&str, Meant> = HashMap::new();
        let mut at_home: HashMap<(&str, &str), Meant> = HashMap::new();
        let mut by_name = Vec::new();
        for row in 0..sheet.standings.len() {
            let said = reference(sheet, row, &references.slot);
            if said.is_empty() || !sheet.standings[row].readable {
                continue;
            }
            if is_same_login(said, sheet.before(row, &references.slot)) {
                references.to[row] = To::AsBefore;
                continue;
            }
            let home = sheet.after(row, &home);
            let meant = match anywhere.entry(said).or_insert_with(|| self.find_anywhere(sheet, said)) {
                Meant::Nobody => at_home.entry((home, said)).or_insert_with(|| self.find_at(sheet, home, said)),
                meant => meant,
            };
            match meant {
                Meant::Nobody => by_name.push(row),
                Meant::One(who) => references.to[row] = To::One(*who),
                Meant::Several(fault) => refuse(sheet, row, &references.slot, fault.clone()),
            }
        }
        self.resolve_names(sheet, &mut references, &by_name);
        references
    }

    /// By login, else by mail.
    fn find_anywhere(&self, sheet: &Sheet<'_>, said: &str) -> Meant {
        match self.find(sheet, &self.login, &key(&[said])) {
            Meant::Nobody => self.find(sheet, &self.mail, &key(&[said])),
            meant => meant,
        }
    }

    /// By employee number within the establishment.
    fn find_at(&self, sheet: &Sheet<'_>, home: &str, said: &str) -> Meant {
        self.find(sheet, &self.number, &key(&[home, said]))
    }

    fn find(&self, sheet: &Sheet<'_>, way: &Way, key: &str) -> Meant {
        let known: Vec<Who> = self.known.by(&way.fields).get(key).into_iter().map(Who::Known).collect();
        match known.is_empty() {
            true => Meant::of(sheet, way.rows.get(key).map_or(&[], |people| &people[..])),
            false => Meant::of(sheet, &distinct(sheet, known)),
        }
    }

    /// Names are few: one pass over everybody for all of them.
    fn resolve_names(&self, sheet: &mut Sheet<'_>, references: &mut References, rows: &[usize]) {
        if rows.is_empty() {
            return;
        }
        let wanted = rows.iter().map(|row| name(reference(sheet, *row, &references.slot))).collect();
        let index = by_name(sheet, &wanted);
        let mut unknown = Vec::new();
        for row in rows {
            match index.get(&name(reference(sheet, *row, &references.slot))) {
                None | Some(Meant::Nobody) => unknown.push((*row, reference(sheet, *row, &references.slot))),
                Some(Meant::One(who)) => references.to[*row] = To::One(*who),
                Some(Meant::Several(fault)) => refuse(sheet, *row, &references.slot, fault.clone()),
            }
        }
        let numbers = LazyCell::new(|| Numbers::new(self.known, number()));
        let home = sheet.slot(&Field::of("establishment"));
        let near = near::people(sheet, unknown.iter().map(|(_, said)| *said));
        for (row, said) in unknown {
            let lost = numbers.known_longer(sheet.after(row, &home), said);
            let fault = lost.unwrap_or_else(|| unknown_manager::fault(near.get(said).map(String::as_str)));
            let finding = fault.at(sheet.place(row, &references.slot), said);
            sheet.refuse_unless_known(row, finding);
        }
    }
}

impl Meant {
    fn of(sheet: &Sheet<'_>, people: &[Who]) -> Meant {
        match people {
            [] => Meant::Nobody,
            [only] => Meant::One(*only),
            several => Meant::Several(ambiguous(sheet, several)),
        }
    }
}

/// Who a row is about; a row of which that is not clear stands for somebody who would be created.
fn subject(sheet: &Sheet<'_>, row: usize) -> Who {
    match sheet.standings[row].subject {
        Subject::Known(person) => Who::Known(person),
        Subject::New | Subject::Unclear => Who::Row(row as u32),
    }
}

/// What the row says, or a default for a new user; not what is known already.
fn reference<'a>(sheet: &Sheet<'a>, row: usize, slot: &Slot) -> &'a str {
    match sheet.standings[row].subject {
        Subject::New => sheet.after(row, slot),
        Subject::Known(_) | Subject::Unclear => sheet.said(row, slot),
    }
}

fn is_same_login(said: &str, known: &str) -> bool {
    said.len() == known.len() && said.to_lowercase() == known.to_lowercase()
}

/// Without repetition: several rows may be about one person, and rows of which nobody knows that.
fn distinct(sheet: &Sheet<'_>, mut people: Vec<Who>) -> Vec<Who> {
    if people.len() > 1 {
        people.sort();
        let mut logins = HashSet::new();
        people.retain(|who| logins.insert(login_of(sheet, *who).to_lowercase()));
    }
    people
}

/// Everybody whose first and last name, in either order, is wanted.
fn by_name(sheet: &Sheet<'_>, wanted: &HashSet<String>) -> HashMap<String, Meant> {
    let (first, last) = (sheet.slot(&Field::of("first-name")), sheet.slot(&Field::of("last-name")));
    let hashes: HashSet<u32> = wanted.iter().map(|name| shape::Way::Names.hash(&[name])).collect();
    let mut hasher = RowHasher::default();
    let mut index: HashMap<String, Vec<Who>> = HashMap::new();
    let mut note = |first: &str, last: &str, who: Who| {
        // Of nearly everybody, it tells that nobody means them, without new texts.
        if !hashes.contains(&hasher.way(&shape::Way::Names, [first, last])) {
            return;
        }
        let (first, last) = (name(first), name(last));
        for written in [format!("{first} {last}"), format!("{last} {first}")] {
            if wanted.contains(&written) {
                index.entry(written).or_default().push(who);
            }
        }
    };
    let known = sheet.around.known;
    for person in 0..known.len() {
        note(known.value(person, &first.known), known.value(person, &last.known), Who::Known(person as u32));
    }
    for row in 0..sheet.standings.len() {
        note(sheet.after(row, &first), sheet.after(row, &last), subject(sheet, row));
    }
    index.into_iter().map(|(name, people)| (name, Meant::of(sheet, &distinct(sheet, people)))).collect()
}

/// Words, folded. Their borders stay: `Ann Abel` is not `Anna Bel`.
fn name(text: &str) -> String {
    let words: Vec<String> = text.split([' ', '-', '\u{a0}']).map(fold).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn ambiguous(sheet: &Sheet<'_>, people: &[Who]) -> Fault {
    let named = |who: &Who| match (login_of(sheet, *who), who) {
        ("", Who::Row(row)) => {
            let row = sheet.number(*row as usize);
            text!("row {row}", "ligne {row}")
        }
        (login, _) => Text::same(format!("`{login}`")),
    };
    ambiguous_manager::fault(&people.iter().map(named).collect::<Vec<Text>>())
}

fn refuse(sheet: &mut Sheet<'_>, row: usize, slot: &Slot, fault: Fault) {
    let read = reference(sheet, row, slot);
    let finding = fault.at(sheet.place(row, slot), read);
    sheet.refuse(row, finding);
}

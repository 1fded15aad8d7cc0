//! References: whom the cells that name another person mean.

use std::collections::{HashMap, HashSet};

use super::fault::Fault;
use super::known::{Known, login, mail, number};
use super::sheet::{Sheet, Slot, Subject};
use super::{ambiguous_manager, unknown_manager};
use crate::model::Field;
use crate::model::fold::fold;
use crate::model::people::key;

/// Somebody who is known, or whom a row (by its index in the table) creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    Known(u32),
    Row(u32),
}

/// One column of people: whom each row means, None where it says nothing or cannot be understood.
pub struct References {
    pub slot: Slot,
    pub to: Vec<Option<Who>>,
}

/// Finds out whom all cells mean that name people, and leaves out the rows where nobody knows.
pub fn resolve(sheet: &mut Sheet<'_>, known: &Known) -> Vec<References> {
    let people: Vec<Field> = sheet
        .contract
        .columns
        .iter()
        .filter(|column| column.check.person)
        .filter_map(|column| Field::parse(&column.field).ok())
        .collect();
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

/// Everybody by whatever they may be called, as they are and as they will be.
struct Register<'k> {
    known: &'k Known,
    /// Those that only the file knows by this login, mail or number.
    logins: HashMap<String, Vec<Who>>,
    mails: HashMap<String, Vec<Who>>,
    numbers: HashMap<String, Vec<Who>>,
}

impl<'k> Register<'k> {
    fn new(sheet: &Sheet<'_>, known: &'k Known) -> Register<'k> {
        let by = |fields: &[Field]| {
            let slots: Vec<Slot> = fields.iter().map(|field| sheet.slot(field)).collect();
            let mut index: HashMap<String, Vec<Who>> = HashMap::new();
            for row in 0..sheet.standings.len() {
                let restates = slots.iter().all(|slot| sheet.after(row, slot) == sheet.before(row, slot));
                let values: Vec<&str> = slots.iter().map(|slot| sheet.after(row, slot)).collect();
                if !restates && values.iter().all(|value| !value.is_empty()) {
                    index.entry(key(&values)).or_default().push(subject(sheet, row));
                }
            }
            index
        };
        Register { known, logins: by(&login()), mails: by(&mail()), numbers: by(&number()) }
    }

    fn resolve(&self, sheet: &mut Sheet<'_>, field: &Field) -> References {
        let slot = sheet.slot(field);
        let home = sheet.slot(&Field::of("establishment"));
        let mut references = References { slot, to: vec![None; sheet.standings.len()] };
        let mut asked: HashMap<(&str, &str), Vec<Who>> = HashMap::new();
        let mut by_name = Vec::new();
        for row in 0..sheet.standings.len() {
            let said = reference(sheet, row, &references.slot);
            if said.is_empty() || !sheet.standings[row].readable {
                continue;
            }
            let home = sheet.after(row, &home);
            match &asked.entry((home, said)).or_insert_with(|| self.find(home, said))[..] {
                [] => by_name.push(row),
                [only] => references.to[row] = Some(*only),
                several => refuse(sheet, row, &references.slot, ambiguous(sheet, several)),
            }
        }
        self.resolve_names(sheet, &mut references, &by_name);
        references
    }

    /// By login, else by mail, else by employee number within the establishment.
    fn find(&self, home: &str, said: &str) -> Vec<Who> {
        let single = key(&[said]);
        let pair = key(&[home, said]);
        let ways = [(login(), &self.logins, &single), (mail(), &self.mails, &single), (number(), &self.numbers, &pair)];
        let found = ways.into_iter().map(|(fields, rows, key)| {
            let known = self.known.by(&fields).get(key).into_iter().flatten().map(|person| Who::Known(*person));
            people(known.chain(rows.get(key).into_iter().flatten().copied()))
        });
        found.into_iter().find(|people| !people.is_empty()).unwrap_or_default()
    }

    /// Names are few: one pass over everybody for all of them.
    fn resolve_names(&self, sheet: &mut Sheet<'_>, references: &mut References, rows: &[usize]) {
        if rows.is_empty() {
            return;
        }
        let wanted = rows.iter().map(|row| name(reference(sheet, *row, &references.slot))).collect();
        let index = by_name(sheet, &wanted);
        for row in rows {
            match index.get(&name(reference(sheet, *row, &references.slot))).map(|people| &people[..]) {
                None => refuse(sheet, *row, &references.slot, unknown_manager::fault()),
                Some([only]) => references.to[*row] = Some(*only),
                Some(several) => refuse(sheet, *row, &references.slot, ambiguous(sheet, several)),
            }
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

/// Without repetition. Who is known comes before rows that nobody could tie to a person.
fn people(found: impl Iterator<Item = Who>) -> Vec<Who> {
    let mut people: Vec<Who> = found.collect();
    people.sort();
    people.dedup();
    if matches!(people.first(), Some(Who::Known(_))) {
        people.retain(|who| matches!(who, Who::Known(_)));
    }
    people
}

/// Everybody whose first and last name, in either order, is wanted.
fn by_name(sheet: &Sheet<'_>, wanted: &HashSet<String>) -> HashMap<String, Vec<Who>> {
    let (first, last) = (sheet.slot(&Field::of("first-name")), sheet.slot(&Field::of("last-name")));
    let mut index: HashMap<String, Vec<Who>> = HashMap::new();
    let mut note = |first: &str, last: &str, who: Who| {
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
    for people in index.values_mut() {
        people.sort();
        people.dedup();
    }
    index
}

/// Words, folded. Their borders stay: `Ann Abel` is not `Anna Bel`.
fn name(text: &str) -> String {
    let words: Vec<String> = text.split([' ', '-', '\u{a0}']).map(fold).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn ambiguous(sheet: &Sheet<'_>, people: &[Who]) -> Fault {
    let logins: Vec<&str> = people.iter().map(|who| login_of(sheet, *who)).collect();
    ambiguous_manager::fault(&logins)
}

fn refuse(sheet: &mut Sheet<'_>, row: usize, slot: &Slot, fault: Fault) {
    let read = reference(sheet, row, slot);
    let finding = fault.at(sheet.place(row, slot), read);
    sheet.refuse(row, finding);
}

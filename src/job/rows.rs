//! The rows of an export: people as a partner's profile asks for them, and what happened to each since the partner was last
//! given a row. Pure: the same people and the same past give the same rows.

mod event;
mod names;
mod population;
mod way;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::format::Cell;
use crate::job::row_rules;
use crate::model::digest::Digester;
use crate::model::field::Sensitivity;
use crate::model::index::key;
use crate::model::{Change, Digest, Event, Field, Finding, People, Place};
use crate::profile::Chosen;
use crate::site::Export;
use crate::state::Given;
use crate::text;
use event::Contract;
use names::{Keys, Names, called};
use population::Population;
use way::Way;

/// What there is to tell a partner.
pub struct Rows<'a> {
    pub headings: Vec<&'a str>,
    /// In the order of the people; those who left come last.
    pub rows: Vec<Row<'a>>,
    /// Rows that are not here because of an error. They are about people who are there all the same.
    pub left_out: usize,
    pub findings: Vec<Finding>,
    /// Personal and sensitive fields that leave.
    pub personal_fields: Vec<Field>,
}

/// One person, as the partner would be told.
pub struct Row<'a> {
    /// By which the person is known from night to night.
    pub key: String,
    /// The number or the login by which the journal speaks of the person.
    pub who: String,
    /// The establishment whose file it belongs to; empty where they share one.
    pub part: &'a str,
    /// Since the partner was last given a row about the person; None: the row is the same.
    pub change: Option<Change>,
    /// Of headings and cells, without what says what happened.
    pub digest: Digest,
    /// As the partner will know it once the row is delivered.
    pub contract: Contract,
    /// In the people; None for somebody who is no longer there at all.
    pub person: Option<usize>,
    /// One for each heading.
    pub cells: Vec<Cell<'a>>,
    /// What the cells are made of, as far as it may be kept for the day on which the person is no longer there.
    pub values: Vec<String>,
}

/// `given` is what the partner was last given and is known to have. Where not all people could be read (`all_are_known` is
/// false), nobody is taken for one who left.
pub fn decide<'a>(
    people: &'a People,
    export: &'a Export,
    given: &'a BTreeMap<String, Given>,
    today: NaiveDate,
    all_are_known: bool,
) -> Rows<'a> {
    let decider = Decider {
        people,
        export,
        given,
        ways: export.columns.iter().map(|chosen| Way::new(chosen, export, people)).collect(),
        names: Names::of(people),
        keys: Keys::of(people, export),
        population: Population::new(people, export, today),
        is_first: given.values().all(|given| given.digest.is_none()),
        today,
    };
    decider.decide(all_are_known)
}

struct Decider<'a> {
    people: &'a People,
    export: &'a Export,
    given: &'a BTreeMap<String, Given>,
    ways: Vec<Way<'a>>,
    names: Names,
    keys: Keys,
    population: Population<'a>,
    /// The partner knows nobody yet.
    is_first: bool,
    today: NaiveDate,
}

impl<'a> Decider<'a> {
    fn decide(&self, all_are_known: bool) -> Rows<'a> {
        let mut rows = Rows {
            headings: self.ways.iter().map(Way::heading).collect(),
            rows: Vec::new(),
            left_out: 0,
            findings: self.ways.iter().filter_map(Way::heading_not_encodable).collect(),
            personal_fields: personal_fields(self.export),
        };
        rows.findings.extend(self.population.nobody(self.people));
        let mut present = BTreeSet::new();
        let mut outside = HashMap::new();
        let mut seen = HashMap::new();
        for person in 0..self.people.len() {
            let own = self.keys.of_person(self.people, person);
            if !self.population.takes(self.people, person) {
                outside.insert(own, person);
                continue;
            }
            rows.findings.extend(self.twice(person, &mut seen));
            let key = free_key(own, &present);
            match self.row(person, &key, &mut rows.findings) {
                Some(row) => rows.rows.push(row),
                None => rows.left_out += 1,
            }
            present.insert(key);
        }
        if all_are_known {
            let gone = self.given.iter().filter(|(key, given)| given.digest.is_some() && !present.contains(*key));
            rows.rows.extend(gone.map(|(key, given)| self.leaver(key, given, outside.get(key).copied())));
        }
        rows
    }

    /// None: there is an error in it.
    fn row(&self, person: usize, key: &str, findings: &mut Vec<Finding>) -> Option<Row<'a>> {
        let who = self.names.of_person(self.people, person);
        let number = self.people.number(person);
        let before = findings.len();
        let cell = |way: &Way<'a>, findings: &mut Vec<Finding>| match way.is_change() {
            true => Cell::default(),
            false => way.cell(way.value(self.people, person), number, who, findings),
        };
        let cells: Vec<Cell<'a>> = self.ways.iter().map(|way| cell(way, findings)).collect();
        findings.extend(self.homeless(person, who));
        if findings[before..].iter().any(Finding::is_error) {
            return None;
        }
        let digest = self.digest(&cells);
        let change = match self.given.get(key).and_then(|given| given.digest.as_ref()) {
            None => Some(Change::New),
            Some(known) => (*known != digest).then_some(Change::Changed),
        };
        let (contract, told) = (self.population.contract(self.people, person), Contract::told(self.given.get(key)));
        let event = event::due(&self.export.events, contract, told, self.is_first, self.today);
        let change = change.or(event.map(|_| Change::Changed));
        Some(Row {
            key: key.into(),
            who: called(who).to_string(),
            part: self.part(person),
            change,
            digest,
            contract: contract.once_told(event, told),
            person: Some(person),
            cells: self.saying(event.map(Event::name).or(change.map(Change::name)), cells),
            values: match self.export.tells_who_left() {
                true => self.ways.iter().map(|way| way.kept(self.people, person)).collect(),
                false => Vec::new(),
            },
        })
    }

    /// The row as it is now, of somebody who is still there but no longer of the population; else as it was last given.
    fn leaver(&self, key: &str, given: &'a Given, person: Option<usize>) -> Row<'a> {
        let value = |(column, way): (usize, &Way<'a>)| match person {
            Some(person) => way.value(self.people, person),
            None => given.values.get(column).map_or("", String::as_str),
        };
        let cells: Vec<Cell<'a>> = self.ways.iter().enumerate().map(|one| one.1.cell_of_leaver(value(one))).collect();
        Row {
            key: key.into(),
            who: given.who.clone(),
            part: &given.part,
            change: Some(Change::Left),
            digest: self.digest(&cells),
            contract: person.map(|person| self.population.contract(self.people, person)).unwrap_or_default(),
            person,
            cells: self.saying(Some(Change::Left.name()), cells),
            values: Vec::new(),
        }
    }

    /// Fills in what happened.
    fn saying(&self, what: Option<&'static str>, mut cells: Vec<Cell<'a>>) -> Vec<Cell<'a>> {
        for (cell, way) in cells.iter_mut().zip(&self.ways).filter(|(_, way)| way.is_change()) {
            *cell = way.change(what.unwrap_or_default());
        }
        cells
    }

    fn part(&self, person: usize) -> &'a str {
        match self.export.per_establishment {
            true => self.population.establishment(self.people, person),
            false => "",
        }
    }

    /// With the headings: a row under another heading is another row.
    fn digest(&self, cells: &[Cell<'_>]) -> Digest {
        let mut digester = Digester::default();
        for (way, cell) in self.ways.iter().zip(cells).filter(|(way, _)| !way.is_change()) {
            for text in [way.heading(), &cell.as_text()] {
                digester.update(text.as_bytes());
                digester.update(b"\0");
            }
        }
        digester.finish()
    }

    /// Where each establishment has its file, a person without one would be in none.
    fn homeless(&self, person: usize, who: Option<&str>) -> Option<Finding> {
        let is_homeless = self.export.per_establishment && self.part(person).is_empty();
        is_homeless.then(|| {
            let who = called(who);
            let place = Place { row: Some(self.people.number(person)), ..Place::FILE };
            let problem = text!(
                "is about {who}, who has no establishment, so that there is no file for the row",
                "concerne {who}, qui n'a pas d'établissement : il n'y a pas de fichier pour cette ligne",
                who
            );
            row_rules::NO_ESTABLISHMENT.at(place, problem)
        })
    }

    fn twice(&self, person: usize, seen: &mut HashMap<String, u32>) -> Option<Finding> {
        let who = self.names.of_person(self.people, person);
        let number = self.people.number(person);
        let home = self.population.establishment(self.people, person);
        let first = seen.insert(key(&[home, who.unwrap_or_default()]), number)?;
        Some(person_twice(number, first, who))
    }
}

/// The same person twice is two rows for the partner, each with a past of its own.
fn free_key(own: String, taken: &BTreeSet<String>) -> String {
    let others = (2_u32..).map(|number| format!("{own}\u{1f}{number}"));
    let mut candidates = std::iter::once(own.clone()).chain(others);
    candidates.find(|candidate| !taken.contains(candidate)).expect("there are fewer people than numbers")
}

fn person_twice(row: u32, first: u32, who: Option<&str>) -> Finding {
    let who = called(who);
    let problem = text!(
        "is about {who}, as row {first} is; the partner is sent both",
        "concerne {who}, comme la ligne {first} ; le partenaire reçoit les deux",
        who
    );
    row_rules::PERSON_TWICE.at(Place { row: Some(row), ..Place::FILE }, problem)
}

fn personal_fields(export: &Export) -> Vec<Field> {
    let leaves = |chosen: &&Chosen| chosen.column.sensitivity > Sensitivity::Professional;
    let fields = export.columns.iter().filter(leaves).filter_map(|chosen| chosen.column.field.clone());
    fields.collect::<BTreeSet<_>>().into_iter().collect()
}

//! The rows of an export: people as a partner's profile asks for them, and what happened to each since the partner was last
//! given a row. Pure: the same people and the same past give the same rows, in whatever pieces the people come.

mod doubles;
mod event;
mod listed;
mod names;
mod population;
mod way;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::format::Cell;
use crate::job::Error;
use crate::job::row_rules;
use crate::model::digest::Digester;
use crate::model::field::Sensitivity;
use crate::model::index::key;
use crate::model::people::Column;
use crate::model::{Change, Digest, Event, Field, Finding, People, Place};
use crate::profile::Chosen;
use crate::site::Export;
use crate::state::Given;
use crate::text;
pub use doubles::{Census, Doubles};
use event::Contract;
use listed::Listed;
use names::{Keys, Names, called};
use population::Population;
use way::Way;

/// One person, as the partner would be told.
pub struct Row<'p> {
    /// The number or the login by which the journal speaks of the person.
    pub who: Cow<'p, str>,
    /// The establishment whose file it belongs to; empty where they share one.
    pub part: &'p str,
    /// Since the partner was last given a row about the person; None: the row is the same, or nobody asks.
    pub change: Option<Change>,
    /// One for each heading.
    pub cells: Vec<Cell<'p>>,
    /// None: nobody will ask what the partner was given.
    pub memo: Option<Memo>,
}

/// What is to be remembered of a row.
pub struct Memo {
    /// By which the person is known from night to night.
    pub key: String,
    pub who: String,
    pub part: String,
    pub change: Option<Change>,
    /// Of headings and cells, without what says what happened.
    pub digest: Digest,
    /// As the partner will know it once the row is delivered.
    pub contract: Contract,
    /// Of a person who is there, where pictures are delivered.
    pub sitter: Option<Sitter>,
    /// What the cells are made of, as far as it may be kept for the day on which the person is no longer there.
    pub values: Vec<String>,
}

/// By which a picture is found, and called.
pub struct Sitter {
    pub number: u32,
    /// Empty where there is none.
    pub login: String,
}

/// What there is to say about all rows.
pub struct Told {
    /// Rows that are not here because of an error. They are about people who are there all the same.
    pub left_out: usize,
    /// Whose row is another one than the partner was last given, in whatever file they are.
    pub changed: usize,
    pub findings: Vec<Finding>,
}

/// Decides about people, piece by piece; those who left come last.
pub struct Decider<'a> {
    export: &'a Export,
    /// What the partner was last given and is known to have; None: nobody asks.
    past: Option<&'a BTreeMap<String, Given>>,
    ways: Vec<Way<'a>>,
    names: Names,
    keys: Keys,
    login: Column,
    population: Population<'a>,
    /// The partner knows nobody yet.
    is_first: bool,
    today: NaiveDate,
    /// Who may be there twice.
    doubles: &'a Doubles,
    /// The rows of those who are indeed there at least once.
    seen: HashMap<String, u32>,
    /// Keys of the population; of nobody, where nobody asks for the past.
    present: BTreeSet<String>,
    /// Those whom the partner knows, and who are no longer of the population.
    outside: HashMap<String, Outside>,
    left_out: usize,
    changed: usize,
    findings: Listed,
}

/// As somebody is now who is not in the file.
struct Outside {
    values: Vec<String>,
    contract: Contract,
}

impl<'a> Decider<'a> {
    /// `like` has the fields that all people will have, and the ways between them; `given` is what the partner was last given
    /// and is known to have.
    pub fn new(
        like: &People,
        doubles: &'a Doubles,
        export: &'a Export,
        given: &'a BTreeMap<String, Given>,
        today: NaiveDate,
    ) -> Decider<'a> {
        Decider {
            export,
            past: export.asks_for_the_past().then_some(given),
            ways: export.columns.iter().map(|chosen| Way::new(chosen, export, like)).collect(),
            names: Names::of(like),
            keys: Keys::of(like, export),
            login: like.column(&Field::of("login")),
            population: Population::new(like, export, today),
            is_first: given.values().all(|given| given.digest.is_none()),
            today,
            doubles,
            seen: HashMap::new(),
            present: BTreeSet::new(),
            outside: HashMap::new(),
            left_out: 0,
            changed: 0,
            findings: Listed::default(),
        }
    }

    /// The rows of some people.
    pub fn decide<'p>(
        &mut self,
        people: &'p People,
        mut take: impl FnMut(Row<'p>) -> Result<(), Error>,
    ) -> Result<(), Error>
    where
        'a: 'p,
    {
        for person in 0..people.len() {
            self.population.meet(people, person);
            let own = self.past.map(|_| self.keys.of_person(people, person));
            if !self.population.takes(people, person) {
                self.leave_outside(people, person, own);
                continue;
            }
            let twice = self.twice(people, person);
            self.findings.extend(twice);
            let key = own.map(|own| free_key(own, &self.present));
            match self.row(people, person, key.as_deref()) {
                Some(row) => {
                    self.changed += usize::from(row.change == Some(Change::Changed));
                    take(row)?;
                }
                None => self.left_out += 1,
            }
            self.present.extend(key);
        }
        Ok(())
    }

    /// The rows of those who left, once everybody was there. Where not all people could be read (`all_are_known` is false),
    /// nobody is taken for one who left.
    pub fn decide_about_leavers(
        &self,
        all_are_known: bool,
        mut take: impl FnMut(Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let given = self.past.filter(|_| all_are_known).into_iter().flatten();
        let mut gone = given.filter(|(key, given)| given.digest.is_some() && !self.present.contains(*key));
        gone.try_for_each(|(key, given)| take(self.leaver(key, given)))
    }

    pub fn finish(self) -> Told {
        let mut findings: Vec<Finding> = self.ways.iter().filter_map(Way::heading_not_encodable).collect();
        findings.extend(self.population.nobody());
        findings.extend(self.findings.finish());
        Told { left_out: self.left_out, changed: self.changed, findings }
    }

    /// None: there is an error in it.
    fn row<'p>(&mut self, people: &'p People, person: usize, key: Option<&str>) -> Option<Row<'p>>
    where
        'a: 'p,
    {
        let who = self.names.of_person(people, person);
        let number = people.number(person);
        let mut findings = Vec::new();
        let cell = |way: &Way<'a>| match way.is_change() {
            true => Cell::default(),
            false => way.cell(way.value(people, person), number, who, &mut findings),
        };
        let cells: Vec<Cell<'p>> = self.ways.iter().map(cell).collect();
        findings.extend(self.homeless(people, person, who));
        let is_wrong = findings.iter().any(Finding::is_error);
        self.findings.extend(findings);
        if is_wrong {
            return None;
        }
        let part = self.part(people, person);
        let who = who.map_or_else(|| called(None).to_string().into(), Cow::Borrowed);
        let Some((past, key)) = self.past.zip(key) else {
            return Some(Row { who, part, change: None, cells, memo: None });
        };
        let digest = self.digest(&cells);
        let change = match past.get(key).and_then(|given| given.digest.as_ref()) {
            None => Some(Change::New),
            Some(known) => (*known != digest).then_some(Change::Changed),
        };
        let (contract, told) = (self.population.contract(people, person), Contract::told(past.get(key)));
        let event = event::due(&self.export.events, contract, told, self.is_first, self.today);
        let change = change.or(event.map(|_| Change::Changed));
        let memo = Memo {
            key: key.into(),
            who: who.to_string(),
            part: part.into(),
            change,
            digest,
            contract: contract.once_told(event, told),
            sitter: self
                .export
                .photos
                .as_ref()
                .map(|_| Sitter { number, login: people.value(person, &self.login).into() }),
            values: match self.export.tells_who_left() {
                true => self.ways.iter().map(|way| way.kept(people, person)).collect(),
                false => Vec::new(),
            },
        };
        let cells = self.saying(event.map(Event::name).or(change.map(Change::name)), cells);
        Some(Row { who, part, change, cells, memo: Some(memo) })
    }

    fn leave_outside(&mut self, people: &People, person: usize, own: Option<String>) {
        let Some((past, own)) = self.past.zip(own) else { return };
        if past.contains_key(&own) {
            let values = self.ways.iter().map(|way| way.value(people, person).into()).collect();
            self.outside.insert(own, Outside { values, contract: self.population.contract(people, person) });
        }
    }

    /// The row as it is now, of somebody who is still there but no longer of the population; else as it was last given.
    fn leaver<'s>(&'s self, key: &str, given: &'s Given) -> Row<'s> {
        let outside = self.outside.get(key);
        let values = outside.map_or(&given.values, |outside| &outside.values);
        let value = |column: usize| values.get(column).map_or("", String::as_str);
        let cells: Vec<Cell<'s>> =
            self.ways.iter().enumerate().map(|(column, way)| way.cell_of_leaver(value(column))).collect();
        let memo = Memo {
            key: key.into(),
            who: given.who.clone(),
            part: given.part.clone(),
            change: Some(Change::Left),
            digest: self.digest(&cells),
            contract: outside.map(|outside| outside.contract).unwrap_or_default(),
            sitter: None,
            values: Vec::new(),
        };
        Row {
            who: Cow::Borrowed(&given.who),
            part: &given.part,
            change: Some(Change::Left),
            cells: self.saying(Some(Change::Left.name()), cells),
            memo: Some(memo),
        }
    }

    /// Fills in what happened.
    fn saying<'p>(&self, what: Option<&'static str>, mut cells: Vec<Cell<'p>>) -> Vec<Cell<'p>>
    where
        'a: 'p,
    {
        for (cell, way) in cells.iter_mut().zip(&self.ways).filter(|(_, way)| way.is_change()) {
            *cell = way.change(what.unwrap_or_default());
        }
        cells
    }

    fn part<'p>(&self, people: &'p People, person: usize) -> &'p str {
        match self.export.per_establishment {
            true => self.population.establishment(people, person),
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
    fn homeless(&self, people: &People, person: usize, who: Option<&str>) -> Option<Finding> {
        let is_homeless = self.export.per_establishment && self.part(people, person).is_empty();
        is_homeless.then(|| {
            let who = called(who);
            let place = Place { row: Some(people.number(person)), ..Place::FILE };
            let problem = text!(
                "is about {who}, who has no establishment, so that there is no file for the row",
                "concerne {who}, qui n'a pas d'établissement : il n'y a pas de fichier pour cette ligne",
                who
            );
            row_rules::NO_ESTABLISHMENT.at(place, problem)
        })
    }

    fn twice(&mut self, people: &People, person: usize) -> Option<Finding> {
        let who = self.names.of_person(people, person);
        let home = self.population.establishment(people, person);
        if !self.doubles.may_have(home, who.unwrap_or_default()) {
            return None;
        }
        let number = people.number(person);
        let first = self.seen.insert(key(&[home, who.unwrap_or_default()]), number)?;
        Some(person_twice(number, first, who))
    }
}

/// The heading line, as far as it can be written.
pub fn headings(export: &Export) -> Vec<&str> {
    export.columns.iter().map(|chosen| chosen.heading.as_str()).collect()
}

/// Personal and sensitive fields that leave.
pub fn personal_fields(export: &Export) -> Vec<Field> {
    let leaves = |chosen: &&Chosen| chosen.column.sensitivity > Sensitivity::Professional;
    let fields = export.columns.iter().filter(leaves).filter_map(|chosen| chosen.column.field.clone());
    fields.collect::<BTreeSet<_>>().into_iter().collect()
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

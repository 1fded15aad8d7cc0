//! The population of an export: who is in the file.

use chrono::{Days, NaiveDate};

use crate::job::row_rules;
use crate::job::rows::event::Contract;
use crate::model::people::Column;
use crate::model::{Field, Finding, People, Place, date};
use crate::site::Export;
use crate::text;

pub struct Population<'a> {
    establishments: Option<&'a [String]>,
    establishment: Column,
    contract_start: Column,
    contract_end: Column,
    /// Whose contract ended before is not in the file.
    earliest_end: Option<NaiveDate>,
}

impl<'a> Population<'a> {
    pub fn new(people: &People, export: &'a Export, today: NaiveDate) -> Population<'a> {
        let days = export.population.leavers.map(|days| Days::new(days.into()));
        Population {
            establishments: export.population.establishments.as_deref(),
            establishment: people.column(&Field::of("establishment")),
            contract_start: people.column(&Field::of("contract-start")),
            contract_end: people.column(&Field::of("contract-end")),
            earliest_end: days.and_then(|days| today.checked_sub_days(days)),
        }
    }

    /// An establishment that nobody has may be misspelt: its people would be missing without a word.
    pub fn nobody(&self, people: &People) -> impl Iterator<Item = Finding> {
        let has = |person: usize, name: &str| people.value(person, &self.establishment) == name;
        let all = self.establishments.into_iter().flatten();
        all.filter(move |name| !(0..people.len()).any(|person| has(person, name))).map(|name| {
            let problem = text!(
                "nobody is of the establishment `{name}`, which the site's `population` names",
                "personne n'appartient à l'établissement `{name}`, que nomme la `population` de la configuration"
            );
            row_rules::NOBODY_THERE.at(Place::FILE, problem)
        })
    }

    pub fn takes(&self, people: &People, person: usize) -> bool {
        let establishment = self.establishment(people, person);
        let is_there = self.establishments.is_none_or(|all| all.iter().any(|one| one == establishment));
        let end = self.contract_end(people, person);
        let left_long_ago = end.zip(self.earliest_end).is_some_and(|(end, earliest)| end < earliest);
        is_there && !left_long_ago
    }

    pub fn establishment<'p>(&self, people: &'p People, person: usize) -> &'p str {
        people.value(person, &self.establishment)
    }

    pub fn contract(&self, people: &People, person: usize) -> Contract {
        let start = date::iso(people.value(person, &self.contract_start));
        Contract { start, end: self.contract_end(people, person) }
    }

    fn contract_end(&self, people: &People, person: usize) -> Option<NaiveDate> {
        date::iso(people.value(person, &self.contract_end))
    }
}

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
    /// Those of which somebody is, by their places among the others.
    met: Vec<bool>,
    establishment: Column,
    contract_start: Column,
    contract_end: Column,
    /// Whose contract ended before is not in the file.
    earliest_end: Option<NaiveDate>,
}

impl<'a> Population<'a> {
    pub fn new(people: &People, export: &'a Export, today: NaiveDate) -> Population<'a> {
        let days = export.population.leavers.map(|days| Days::new(days.into()));
        let establishments = export.population.establishments.as_deref();
        Population {
            establishments,
            met: vec![false; establishments.map_or(0, <[String]>::len)],
            establishment: people.column(&Field::of("establishment")),
            contract_start: people.column(&Field::of("contract-start")),
            contract_end: people.column(&Field::of("contract-end")),
            earliest_end: days.and_then(|days| today.checked_sub_days(days)),
        }
    }

    /// Somebody is there, of the population or not.
    pub fn meet(&mut self, people: &People, person: usize) {
        let Some(all) = self.establishments else { return };
        let home = people.value(person, &self.establishment);
        for (name, is_met) in all.iter().zip(&mut self.met) {
            *is_met |= name == home;
        }
    }

    /// An establishment that nobody has may be misspelt: its people would be missing without a word.
    pub fn nobody(&self) -> impl Iterator<Item = Finding> {
        let all = self.establishments.into_iter().flatten().zip(&self.met);
        all.filter(|(_, is_met)| !**is_met).map(|(name, _)| {
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
        let left_before = |earliest: NaiveDate| self.contract_end(people, person).is_some_and(|end| end < earliest);
        is_there && !self.earliest_end.is_some_and(left_before)
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

//! Which generation of the API is used for what.

use serde::Deserialize;

/// `generation = { people = "v3", departments = "v4", establishments = "v4" }`, which is also the default.
///
/// v3 of departments and of establishments was announced to stop in September 2026; v3 of users has no end yet, and is
/// the only one that writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Generations {
    pub people: OfPeople,
    pub departments: OfUnits,
    pub establishments: OfUnits,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfPeople {
    /// `/api/v3/users`
    #[default]
    V3,
    /// `/lucca-api/employees`: it knows fewer data, and no logins.
    V5,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfUnits {
    /// `/api/v3/…`
    V3,
    /// `/organization/structure/api/…`
    #[default]
    V4,
    /// `/lucca-api/…`
    V5,
}

impl Generations {
    pub fn uses_v5(self) -> bool {
        self.people == OfPeople::V5 || [self.departments, self.establishments].contains(&OfUnits::V5)
    }

    /// What a client of the newest generation has to ask for. Assumed: those of establishments and of legal entities are
    /// named as the documented others are.
    pub fn scopes(self) -> Vec<String> {
        let people = ["employees", "employments", "job-positions"].iter().filter(|_| self.people == OfPeople::V5);
        let departments = ["departments"].iter().filter(|_| self.departments == OfUnits::V5);
        let establishments = ["business-establishments", "legal-entities"].iter();
        let establishments = establishments.filter(|_| self.establishments == OfUnits::V5);
        people.chain(departments).chain(establishments).map(|resource| format!("{resource}.readonly")).collect()
    }

    /// Is an API key needed?
    pub fn uses_key(self) -> bool {
        self.people == OfPeople::V3 || [self.departments, self.establishments].iter().any(|unit| *unit != OfUnits::V5)
    }
}

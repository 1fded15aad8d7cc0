//! An announced exception: for one night, wider limits, and the reason why.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::model::{Field, Operation, Text};
use crate::plan::brake::{Brake, Brakes, Facts, Held, held};
use crate::plan::heading::Headings;
use crate::plan::limit::Limit;
use crate::text;

/// `{ up-to = { fields = { manager = "60%" } }, on = "2027-01-01", because = "reorganisation" }`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Exception {
    pub up_to: Raised,
    /// In the site's time zone.
    pub on: NaiveDate,
    pub because: String,
}

/// Limits that stand in for those of the brakes, in the same words.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Raised {
    pub creations: Option<Limit>,
    pub updates: Option<Limit>,
    pub departures: Option<Limit>,
    pub fields: BTreeMap<Field, Limit>,
    pub each_field: Option<Limit>,
    pub shrink: Option<Limit>,
    pub grow: Option<Limit>,
    pub size: Option<Limit>,
    pub headings: Option<Headings>,
}

/// What the brakes and the exceptions of the day make of a plan.
#[derive(Debug, Default)]
pub struct Judgement<'a> {
    /// Why it is held.
    pub held: Vec<Held>,
    /// What every other day would hold it for.
    pub let_through: Vec<Held>,
    /// The exceptions without which it would be held.
    pub needed: Vec<&'a Exception>,
}

/// `exceptions` are those of the day that no plan has used up. They let a plan through or they do not: one that is held
/// all the same is held for every limit that it passes, and needs none of them.
pub fn judge<'a>(
    brakes: &Brakes,
    exceptions: &[&'a Exception],
    operations: &[Operation],
    facts: &Facts,
) -> Judgement<'a> {
    let passed = held(brakes, operations, facts);
    let raised = exceptions.iter().fold(brakes.clone(), |brakes, exception| exception.up_to.raise(brakes));
    let still = held(&raised, operations, facts);
    if still.is_empty() {
        let is_needed = |exception: &&Exception| passed.iter().any(|held| exception.up_to.speaks_of(&held.brake));
        let needed = exceptions.iter().copied().filter(is_needed).collect();
        return Judgement { held: Vec::new(), let_through: passed, needed };
    }
    let by_its_limit = |every_day: Held| match still.iter().find(|still| still.brake == every_day.brake) {
        Some(still) => Held { is_announced: still.limit != every_day.limit, ..still.clone() },
        None => every_day,
    };
    Judgement { held: passed.into_iter().map(by_its_limit).collect(), ..Judgement::default() }
}

impl Exception {
    pub fn text(&self) -> Text {
        let Exception { on, because, .. } = self;
        let jour = on.format("%d/%m/%Y");
        text!(
            "the exception announced for {on} allows it, once: {because}",
            "l'exception annoncée pour le {jour} l'autorise, une seule fois : {because}"
        )
    }
}

impl Raised {
    fn raise(&self, mut brakes: Brakes) -> Brakes {
        let Raised { creations, updates, departures, fields, each_field, shrink, grow, size, headings } = self;
        brakes.creations = creations.unwrap_or(brakes.creations);
        brakes.updates = updates.unwrap_or(brakes.updates);
        brakes.departures = departures.or(brakes.departures);
        brakes.fields.extend(fields.clone());
        brakes.each_field = each_field.or(brakes.each_field);
        brakes.shrink = shrink.unwrap_or(brakes.shrink);
        brakes.grow = grow.or(brakes.grow);
        brakes.size = size.or(brakes.size);
        brakes.headings = headings.unwrap_or(brakes.headings);
        brakes
    }

    fn speaks_of(&self, brake: &Brake) -> bool {
        match brake {
            Brake::Creations => self.creations.is_some(),
            Brake::Updates => self.updates.is_some(),
            Brake::Departures => self.departures.is_some(),
            Brake::Field(field) => self.each_field.is_some() || self.fields.contains_key(field),
            Brake::Empty | Brake::NewsForPartner | Brake::LeftForPartner => false,
            Brake::FewerRows => self.shrink.is_some(),
            Brake::MoreRows => self.grow.is_some(),
            Brake::FewerBytes | Brake::MoreBytes => self.size.is_some(),
            Brake::Headings(_) => self.headings.is_some(),
        }
    }

    /// The limits by their names, each beside the one of every day; None: there is none that could be raised.
    pub fn beside(&self, brakes: &Brakes) -> Vec<(String, Limit, Option<Limit>)> {
        let named = [
            ("creations", self.creations, Some(brakes.creations)),
            ("updates", self.updates, Some(brakes.updates)),
            ("departures", self.departures, brakes.departures),
            ("each-field", self.each_field, brakes.each_field),
            ("shrink", self.shrink, Some(brakes.shrink)),
            ("grow", self.grow, brakes.grow),
            ("size", self.size, brakes.size),
        ];
        let named = named.into_iter().filter_map(|(name, raised, usual)| Some((name.to_string(), raised?, usual)));
        let fields = self.fields.iter().map(|(field, raised)| {
            (field.to_string(), *raised, brakes.fields.get(field).copied().or(brakes.each_field))
        });
        named.chain(fields).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::operation::{Act, Change, Changes, Identity};
    use crate::plan::brake::Measure;

    const BRAKES: &str = r#"
        creations = "10%"
        updates = "30%"
        fields = { manager = "20%" }
        shrink = "20%"
        floor = 2
    "#;

    fn moved(count: usize) -> Vec<Operation> {
        let changes = Changes(vec![(Field::of("manager"), Change { from: "ada".into(), to: "bo".into() })]);
        let user = Identity { login: "x".into(), employee_number: String::new() };
        let act = Act::Update { user, changes };
        vec![Operation { act, mark: None, file: "f".into(), row: 2 }; count]
    }

    /// What is held and what is let through of so many moves among 100 users, and the reasons of the exceptions used.
    fn judged(exceptions: &[&str], moves: usize, rows: usize) -> [Vec<String>; 3] {
        let brakes: Brakes = toml::from_str(BRAKES).expect("brakes");
        let exceptions: Vec<Exception> =
            exceptions.iter().map(|exception| toml::from_str(exception).expect("an exception")).collect();
        let measure = |rows| Measure { rows, size: 100 };
        let facts =
            Facts { directory: 100, file: measure(rows), last: Some(measure(100)), headings: Default::default() };
        let exceptions: Vec<&Exception> = exceptions.iter().collect();
        let Judgement { held, let_through, needed } = judge(&brakes, &exceptions, &moved(moves), &facts);
        let texts = |held: Vec<Held>| held.iter().map(|held| held.text().to_string()).collect();
        [texts(held), texts(let_through), needed.iter().map(|exception| exception.because.clone()).collect()]
    }

    const MANAGERS: &str = r#"
        up-to = { updates = "60%", fields = { manager = "60%" } }
        on = "2027-01-01"
        because = "reorganisation"
    "#;
    const CREATIONS: &str = r#"
        up-to = { creations = "50%" }
        on = "2027-01-01"
        because = "merger"
    "#;

    #[test]
    fn an_exception_lets_through_what_it_announces_and_one_that_is_not_needed_stays() {
        let [held, let_through, needed] = judged(&[MANAGERS, CREATIONS], 50, 100);
        assert_eq!(held, [""; 0]);
        assert_eq!(
            let_through,
            [
                "50 updates are 50% of 100 users; the limit is 30%",
                "50 changes of `manager` are 50% of 100 users; the limit is 20%"
            ]
        );
        assert_eq!(needed, ["reorganisation"]);
        assert_eq!(judged(&[MANAGERS, CREATIONS], 10, 100), [const { Vec::<String>::new() }; 3], "nothing is needed");
    }

    #[test]
    fn a_plan_that_is_held_all_the_same_is_told_every_limit_and_uses_nothing_up() {
        let [held, let_through, needed] = judged(&[MANAGERS], 70, 100);
        assert_eq!(
            held,
            [
                "70 updates are 70% of 100 users; the limit announced for this day is 60%",
                "70 changes of `manager` are 70% of 100 users; the limit announced for this day is 60%",
            ]
        );
        assert!(let_through.is_empty() && needed.is_empty());
        let [held, _, needed] = judged(&[MANAGERS], 50, 10);
        assert_eq!(
            held,
            [
                "50 updates are 50% of 100 users; the limit is 30%",
                "50 changes of `manager` are 50% of 100 users; the limit is 20%",
                "the file has 10 rows, 90% fewer than the 100 of the last good one; the limit is 20%",
            ]
        );
        assert!(needed.is_empty());
    }

    #[test]
    fn a_file_without_rows_is_never_announced() {
        let all = r#"
            up-to = { creations = "100%", shrink = "100%", headings = "never" }
            on = "2027-01-01"
            because = "closing"
        "#;
        let [held, ..] = judged(&[all], 0, 0);
        assert_eq!(held, ["the file has no rows; the last good one had 100"]);
    }
}

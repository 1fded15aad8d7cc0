//! A brake: a limit that holds a plan or an export back until a person approves.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::operation::{Act, Mark};
use crate::model::{Field, Operation};
use crate::plan::heading::{Change, Headings};
use crate::plan::limit::Limit;

/// Brakes of an import. Safety has no default: what every import needs must be written out.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Brakes {
    /// Of the users in the directory.
    pub creations: Limit,
    /// Of the users in the directory.
    pub updates: Limit,
    pub departures: Option<Limit>,
    /// Users whose value of this field changes, of the users in the directory.
    #[serde(default)]
    pub fields: BTreeMap<Field, Limit>,
    /// The same for each field that `fields` does not name.
    pub each_field: Option<Limit>,
    /// Rows fewer than in the last good file.
    pub shrink: Limit,
    /// Rows more than in the last good file.
    pub grow: Option<Limit>,
    /// Bytes fewer or more than in the last good file.
    pub size: Option<Limit>,
    #[serde(default)]
    pub headings: Headings,
    /// So many operations never brake: a company of fifteen is not held up by one newcomer.
    #[serde(default)]
    pub floor: usize,
}

/// What a plan is measured against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Users in the directory.
    pub directory: usize,
    pub file: Measure,
    /// Of the last good file of the exchange; None for the first one.
    pub last: Option<Measure>,
    /// What became of the heading line since that one.
    pub headings: Change,
}

/// How large a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Below the heading; those that were left out, or could not be read, count too.
    pub rows: usize,
    /// In bytes.
    pub size: usize,
}

/// What a limit is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brake {
    Creations,
    Updates,
    Departures,
    Field(Field),
    /// A file without rows; nothing could allow it.
    Empty,
    FewerRows,
    MoreRows,
    FewerBytes,
    MoreBytes,
    Headings(Change),
    /// Rows of an export that are new or other ones than the partner was last given.
    NewsForPartner,
    /// People of whom an export would tell the partner that they left.
    LeftForPartner,
}

/// A limit that was passed. [`Held::text`] says it to people.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub brake: Brake,
    pub affected: usize,
    pub total: usize,
    /// None: there is no number to it.
    pub limit: Option<Limit>,
    /// The limit is that of an announced exception, and wider than every day's.
    pub is_announced: bool,
}

/// All limits that the plan passes. Nothing held: the list is empty.
pub fn held(brakes: &Brakes, operations: &[Operation], facts: &Facts) -> Vec<Held> {
    let mut held = passed(brakes, operations, facts.directory);
    held.extend(shrunk(brakes.shrink, facts.file.rows, facts.last.map(|last| last.rows)));
    let measured = facts.last.into_iter().flat_map(|last| {
        [
            more(Brake::MoreRows, brakes.grow, facts.file.rows, last.rows),
            more(Brake::MoreBytes, brakes.size, facts.file.size, last.size),
            fewer(Brake::FewerBytes, brakes.size, facts.file.size, last.size),
        ]
    });
    held.extend(measured.flatten());
    held.extend(facts.headings.is_held(brakes.headings).then(|| changed(facts.headings.clone())));
    held
}

/// The limits that the operations pass, for a directory of so many users.
pub fn passed(brakes: &Brakes, operations: &[Operation], directory: usize) -> Vec<Held> {
    let mut changed: BTreeMap<&Field, usize> = BTreeMap::new();
    let (mut creations, mut departures) = (0, 0);
    for operation in operations {
        departures += usize::from(operation.mark == Some(Mark::Departure));
        match &operation.act {
            Act::Create { .. } => creations += 1,
            Act::Update { changes, .. } => {
                changes.0.iter().for_each(|(field, _)| *changed.entry(field).or_default() += 1);
            }
        }
    }
    let counted = [
        (Brake::Creations, creations, Some(brakes.creations)),
        (Brake::Updates, operations.len() - creations, Some(brakes.updates)),
        (Brake::Departures, departures, brakes.departures),
    ];
    let limit_of = |field: &Field| brakes.fields.get(field).copied().or(brakes.each_field);
    let fields = changed.into_iter().map(|(field, count)| (Brake::Field(field.clone()), count, limit_of(field)));
    let passed = counted.into_iter().chain(fields).filter_map(|(brake, affected, limit)| {
        let passed = affected > brakes.floor && limit?.is_passed(affected, directory);
        passed.then_some(Held { brake, affected, total: directory, limit, is_announced: false })
    });
    passed.collect()
}

/// Has the file shrunk too much since the last good one? A file without rows is always held.
pub fn shrunk(limit: Limit, rows: usize, last_rows: Option<usize>) -> Option<Held> {
    match (rows, last_rows) {
        (0, last) => {
            let total = last.unwrap_or_default();
            Some(Held { brake: Brake::Empty, affected: total, total, limit: None, is_announced: false })
        }
        (_, last) => fewer(Brake::FewerRows, Some(limit), rows, last?),
    }
}

/// Has too much happened since the partner was last given anything, for a file that only tells what happened? Of the first
/// file, everything is new; later on, nothing is a share of nobody.
pub fn news(brake: Brake, limit: Limit, floor: usize, affected: usize, given: usize) -> Option<Held> {
    over(brake, limit, affected, given).filter(|_| affected > floor)
}

/// The heading line is not the one it was.
pub fn changed(headings: Change) -> Held {
    Held { brake: Brake::Headings(headings), affected: 0, total: 0, limit: None, is_announced: false }
}

fn fewer(brake: Brake, limit: Option<Limit>, now: usize, last: usize) -> Option<Held> {
    over(brake, limit?, last.checked_sub(now)?, last)
}

fn more(brake: Brake, limit: Option<Limit>, now: usize, last: usize) -> Option<Held> {
    over(brake, limit?, now.checked_sub(last)?, last)
}

/// Of a last file that was empty, nothing is a share.
fn over(brake: Brake, limit: Limit, affected: usize, total: usize) -> Option<Held> {
    let passed = affected > 0 && total > 0 && limit.is_passed(affected, total);
    passed.then_some(Held { brake, affected, total, limit: Some(limit), is_announced: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::operation::{Change as Changed, Changes, Identity, Values};

    fn operations(creations: usize, moved: usize, departures: usize) -> Vec<Operation> {
        let user = || Identity { login: "x".into(), employee_number: String::new() };
        let changes = |field: &str| Changes(vec![(Field::of(field), Changed { from: String::new(), to: "y".into() })]);
        let operation = |act: Act, mark: Option<Mark>| Operation { act, mark, file: "f".into(), row: 2 };
        let created = || operation(Act::Create { user: user(), fields: Values::default() }, Some(Mark::Arrival));
        let moved_one = || operation(Act::Update { user: user(), changes: changes("manager") }, None);
        let left = || operation(Act::Update { user: user(), changes: changes("contract-end") }, Some(Mark::Departure));
        std::iter::repeat_with(created)
            .take(creations)
            .chain(std::iter::repeat_with(moved_one).take(moved))
            .chain(std::iter::repeat_with(left).take(departures))
            .collect()
    }

    fn facts(directory: usize, rows: usize, last_rows: Option<usize>) -> Facts {
        let measure = |rows| Measure { rows, size: rows * 10 };
        Facts { directory, file: measure(rows), last: last_rows.map(measure), headings: Change::default() }
    }

    fn sentences(brakes: &str, operations: &[Operation], facts: &Facts) -> Vec<String> {
        let brakes: Brakes = toml::from_str(brakes).expect("brakes");
        held(&brakes, operations, facts).iter().map(|held| held.text().to_string()).collect()
    }

    const BRAKES: &str = r#"
        creations = "10%"
        updates = "30%"
        departures = "2"
        fields = { manager = "20%" }
        shrink = "20%"
        floor = 2
    "#;

    #[test]
    fn every_limit_that_is_passed_is_told() {
        assert_eq!(
            sentences(BRAKES, &operations(41, 25, 3), &facts(80, 40, Some(100))),
            [
                "41 creations are 52% of 80 users; the limit is 10%",
                "28 updates are 35% of 80 users; the limit is 30%",
                "3 departures are 4% of 80 users; the limit is 2",
                "25 changes of `manager` are 32% of 80 users; the limit is 20%",
                "the file has 40 rows, 60% fewer than the 100 of the last good one; the limit is 20%",
            ]
        );
        assert_eq!(sentences(BRAKES, &operations(8, 12, 2), &facts(80, 80, Some(100))), [""; 0]);
    }

    #[test]
    fn a_field_that_is_not_named_has_the_limit_of_each_field() {
        let brakes = format!("each-field = \"5%\"\n{BRAKES}");
        assert_eq!(
            sentences(&brakes, &operations(0, 10, 5), &facts(80, 80, None)),
            [
                "5 departures are 7% of 80 users; the limit is 2",
                "5 changes of `contract-end` are 7% of 80 users; the limit is 5%",
            ]
        );
    }

    #[test]
    fn up_to_the_floor_operations_are_free_but_a_shrunken_file_is_not() {
        assert_eq!(
            sentences(BRAKES, &operations(2, 2, 0), &facts(3, 2, Some(3))),
            ["the file has 2 rows, 34% fewer than the 3 of the last good one; the limit is 20%"]
        );
    }

    #[test]
    fn an_empty_file_is_always_held_and_a_first_one_has_not_shrunk() {
        let all = Limit::parse("100%").expect("a limit");
        for (last_rows, sentence) in
            [(Some(80), "the file has no rows; the last good one had 80"), (None, "the file has no rows")]
        {
            assert_eq!(shrunk(all, 0, last_rows).map(|held| held.text().to_string()).as_deref(), Some(sentence));
        }
        assert_eq!(shrunk(Limit::parse("0").expect("a limit"), 5, None), None);
        assert_eq!(shrunk(Limit::parse("0").expect("a limit"), 9, Some(5)), None);
    }

    #[test]
    fn rows_and_bytes_are_measured_in_both_directions_where_the_site_says_so() {
        let brakes = format!("grow = \"50%\"\nsize = \"50%, 5000\"\n{BRAKES}");
        let all = facts(80, 250, Some(100));
        assert_eq!(
            sentences(&brakes, &[], &all),
            [
                "the file has 250 rows, 150% more than the 100 of the last good one; the limit is 50%",
                "the file has 2500 bytes, 150% more than the 1000 of the last good one; the limit is 50%, 5000",
            ]
        );
        let thin = Facts { file: Measure { rows: 100, size: 1 }, ..facts(80, 100, Some(100)) };
        assert_eq!(
            sentences(&brakes, &[], &thin),
            ["the file has 1 byte, 100% fewer than the 1000 of the last good one; the limit is 50%, 5000"]
        );
        assert_eq!(sentences(BRAKES, &[], &all), [""; 0]);
        assert_eq!(sentences(&brakes, &[], &facts(80, 250, Some(0))), [""; 0], "nothing is a share of nothing");
    }

    #[test]
    fn a_first_import_waits_for_approval() {
        assert_eq!(
            sentences(BRAKES, &operations(80, 0, 0), &facts(0, 80, None)),
            ["80 creations in a directory without users; the limit is 10%"]
        );
    }
}

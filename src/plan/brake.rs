//! A brake: a limit that holds a plan or an export back until a person approves.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::model::operation::{Act, Mark};
use crate::model::{Field, Operation};

/// Brakes of an import. Safety has no default: the two that every import needs must be written out.
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
    /// Rows fewer than in the last good file.
    pub shrink: Limit,
    /// So many operations never brake: a company of fifteen is not held up by one newcomer.
    #[serde(default)]
    pub floor: usize,
}

/// A share (`"10%"`), a count (`"200"`), or both (`"10%, 200"`): over either one, it brakes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    pub percent: Option<f64>,
    pub count: Option<usize>,
}

impl Limit {
    pub fn parse(text: &str) -> Result<Limit, String> {
        let mut limit = Limit { percent: None, count: None };
        for part in text.split(',').map(str::trim) {
            match part.strip_suffix('%') {
                Some(percent) if limit.percent.is_none() => limit.percent = percent.trim().parse().ok(),
                None if limit.count.is_none() => limit.count = part.parse().ok(),
                _ => {}
            }
        }
        let parts = limit.percent.iter().count() + limit.count.iter().count();
        let whole = limit.percent.is_none_or(|percent| (0.0..=100.0).contains(&percent));
        match whole && parts > 0 && parts == text.split(',').count() {
            true => Ok(limit),
            false => {
                Err(format!("`{text}` is not a limit; write a share (`10%`), a count (`200`), or both (`10%, 200`)"))
            }
        }
    }

    /// Are `affected` of `total` over the limit?
    pub fn is_passed(self, affected: usize, total: usize) -> bool {
        let by_count = self.count.is_some_and(|count| affected > count);
        let by_share = self.percent.is_some_and(|percent| affected as f64 > total as f64 * percent / 100.0);
        by_count || by_share
    }
}

/// What a plan is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Users in the directory.
    pub directory: usize,
    /// Rows of the file below its heading; those that were left out, or could not be read, count too.
    pub rows: usize,
    /// Rows of the last good file of the exchange; None for the first one.
    pub last_rows: Option<usize>,
}

/// A limit that was passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// As the site names it: `creations`, `updates`, `departures`, `field manager`, `shrink`; or `empty`.
    pub brake: String,
    pub affected: usize,
    pub total: usize,
    /// None: nothing could allow it.
    pub limit: Option<Limit>,
}

/// All limits that the plan passes. Nothing held: the list is empty.
pub fn held(brakes: &Brakes, operations: &[Operation], facts: &Facts) -> Vec<Held> {
    let mut held = passed(brakes, operations, facts.directory);
    held.extend(shrunk(brakes.shrink, facts.rows, facts.last_rows));
    held
}

/// The limits that the operations pass, for a directory of so many users.
pub fn passed(brakes: &Brakes, operations: &[Operation], directory: usize) -> Vec<Held> {
    let count = |counts: &dyn Fn(&Operation) -> bool| operations.iter().filter(|operation| counts(operation)).count();
    let updates = count(&|operation| !operation.is_creation());
    let mut counted = vec![
        ("creations".to_string(), operations.len() - updates, Some(brakes.creations)),
        ("updates".to_string(), updates, Some(brakes.updates)),
        ("departures".to_string(), count(&|operation| operation.mark == Some(Mark::Departure)), brakes.departures),
    ];
    let fields = brakes.fields.iter();
    counted.extend(
        fields.map(|(field, limit)| {
            (format!("field {field}"), count(&|operation| changes(operation, field)), Some(*limit))
        }),
    );
    let passed = counted.into_iter().filter_map(|(brake, affected, limit)| {
        let passed = affected > brakes.floor && limit?.is_passed(affected, directory);
        passed.then_some(Held { brake, affected, total: directory, limit })
    });
    passed.collect()
}

/// Has the file shrunk too much since the last good one? A file without rows is always held.
pub fn shrunk(limit: Limit, rows: usize, last_rows: Option<usize>) -> Option<Held> {
    let total = last_rows.unwrap_or(rows);
    let affected = total.saturating_sub(rows);
    if rows == 0 {
        return Some(Held { brake: "empty".into(), affected, total, limit: None });
    }
    (affected > 0 && limit.is_passed(affected, total)).then(|| Held {
        brake: "shrink".into(),
        affected,
        total,
        limit: Some(limit),
    })
}

fn changes(operation: &Operation, field: &Field) -> bool {
    match &operation.act {
        Act::Create { .. } => false,
        Act::Update { changes, .. } => changes.0.iter().any(|(changed, _)| changed == field),
    }
}

/// One sentence: "41 creations are 51% of 80 users; the limit is 10%".
impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Held { brake, affected, total, limit } = self;
        let part = match total {
            0 => "in a directory without users".into(),
            _ => format!("are {}% of {total} users", percent(*affected, *total)),
        };
        match (brake.as_str(), brake.strip_prefix("field ")) {
            ("empty", _) if *total == 0 => f.write_str("the file has no rows")?,
            ("empty", _) => write!(f, "the file has no rows; the last good one had {total}")?,
            ("shrink", _) => {
                let (rows, percent) = (total - affected, percent(*affected, *total));
                let noun = if rows == 1 { "row" } else { "rows" };
                write!(f, "the file has {rows} {noun}, {percent}% fewer than the {total} of the last good one")?;
            }
            (_, Some(field)) => write!(f, "{affected} changes of `{field}` {part}")?,
            (noun, None) => write!(f, "{affected} {noun} {part}")?,
        }
        limit.map_or(Ok(()), |limit| write!(f, "; the limit is {limit}"))
    }
}

/// Rounded up, so that what is over a limit also looks so.
fn percent(affected: usize, total: usize) -> usize {
    (affected * 100).div_ceil(total)
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.percent, self.count) {
            (Some(percent), Some(count)) => write!(f, "{percent}%, {count}"),
            (Some(percent), None) => write!(f, "{percent}%"),
            (None, Some(count)) => write!(f, "{count}"),
            (None, None) => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Limit, D::Error> {
        Limit::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::operation::{Change, Changes, Identity, Values};

    #[test]
    fn a_limit_is_a_share_a_count_or_both() {
        for text in ["10%", "200", "10%, 200", "0%"] {
            assert_eq!(Limit::parse(text).expect(text).to_string(), text);
        }
        for wrong in ["", "ten", "110%", "10%, 20%", "5, 6", "-3", "10%,"] {
            assert!(Limit::parse(wrong).is_err(), "{wrong}");
        }
        let both = Limit::parse("10%, 200").expect("a limit");
        assert!(!both.is_passed(10, 100));
        assert!(both.is_passed(11, 100));
        assert!(both.is_passed(201, 10_000));
        assert!(both.is_passed(1, 0));
    }

    fn operations(creations: usize, moved: usize, departures: usize) -> Vec<Operation> {
        let user = || Identity { login: "x".into(), employee_number: String::new() };
        let changes = |field: &str| Changes(vec![(Field::of(field), Change { from: String::new(), to: "y".into() })]);
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

    fn sentences(brakes: &str, operations: &[Operation], facts: Facts) -> Vec<String> {
        let brakes: Brakes = toml::from_str(brakes).expect("brakes");
        held(&brakes, operations, &facts).iter().map(ToString::to_string).collect()
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
        let facts = Facts { directory: 80, rows: 40, last_rows: Some(100) };
        assert_eq!(
            sentences(BRAKES, &operations(41, 25, 3), facts),
            [
                "41 creations are 52% of 80 users; the limit is 10%",
                "28 updates are 35% of 80 users; the limit is 30%",
                "3 departures are 4% of 80 users; the limit is 2",
                "25 changes of `manager` are 32% of 80 users; the limit is 20%",
                "the file has 40 rows, 60% fewer than the 100 of the last good one; the limit is 20%",
            ]
        );
        let quiet = Facts { directory: 80, rows: 80, last_rows: Some(100) };
        assert_eq!(sentences(BRAKES, &operations(8, 12, 2), quiet), [""; 0]);
    }

    #[test]
    fn up_to_the_floor_operations_are_free_but_a_shrunken_file_is_not() {
        let facts = Facts { directory: 3, rows: 2, last_rows: Some(3) };
        assert_eq!(
            sentences(BRAKES, &operations(2, 2, 0), facts),
            ["the file has 2 rows, 34% fewer than the 3 of the last good one; the limit is 20%"]
        );
    }

    #[test]
    fn an_empty_file_is_always_held_and_a_first_one_has_not_shrunk() {
        let all = Limit::parse("100%").expect("a limit");
        for (last_rows, sentence) in
            [(Some(80), "the file has no rows; the last good one had 80"), (None, "the file has no rows")]
        {
            assert_eq!(shrunk(all, 0, last_rows).map(|held| held.to_string()).as_deref(), Some(sentence));
        }
        assert_eq!(shrunk(Limit::parse("0").expect("a limit"), 5, None), None);
        assert_eq!(shrunk(Limit::parse("0").expect("a limit"), 9, Some(5)), None);
    }

    #[test]
    fn a_first_import_waits_for_approval() {
        let facts = Facts { directory: 0, rows: 80, last_rows: None };
        assert_eq!(
            sentences(BRAKES, &operations(80, 0, 0), facts),
            ["80 creations in a directory without users; the limit is 10%"]
        );
    }
}

//! A brake: a limit that holds a plan or an export back until a person approves.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::model::Field;

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
}

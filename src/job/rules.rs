//! The rules: everything that can be found in a partner's file, whichever room finds it.

use crate::model::{Rule, Text};
use crate::rule;

/// By what they are about.
pub fn groups() -> Vec<(Text, &'static [&'static Rule])> {
    rule::RULES.to_vec()
}

pub fn all() -> impl Iterator<Item = &'static Rule> {
    groups().into_iter().flat_map(|(_, rules)| rules).copied()
}

pub fn of(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

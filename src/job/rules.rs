//! The rules: everything that can be found in a partner's file, whichever room finds it.

use crate::model::Rule;
use crate::rule;

/// All of them, by code.
pub fn all() -> Vec<&'static Rule> {
    let mut rules = rule::RULES.to_vec();
    rules.sort_by_key(|rule| rule.code);
    rules
}

pub fn of(code: &str) -> Option<&'static Rule> {
    all().into_iter().find(|rule| rule.code == code)
}

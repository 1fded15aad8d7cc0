//! The rules: everything that can be found in a partner's file, whichever room finds it.

use crate::model::Rule;
use crate::rule;

pub fn all() -> impl Iterator<Item = &'static Rule> {
    rule::RULES.iter().copied()
}

pub fn of(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

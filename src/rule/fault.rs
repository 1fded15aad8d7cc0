//! A fault: what a rule has against one text, before the place is known.

use crate::model::{Finding, Place, Rule, Text};

/// What a rule has against a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub rule: &'static Rule,
    /// A clause that follows what was read: "is not a date".
    pub problem: Text,
    pub expected: Option<Text>,
}

impl Rule {
    pub fn fault(&'static self, problem: Text) -> Fault {
        Fault { rule: self, problem, expected: None }
    }
}

impl Fault {
    pub fn expected(self, expected: Text) -> Fault {
        Fault { expected: Some(expected), ..self }
    }

    /// The finding of a cell that was read as `read`.
    pub fn at(self, place: Place, read: &str) -> Finding {
        Finding { expected: self.expected, ..self.rule.at(place, self.problem).read(read) }
    }
}

#[cfg(test)]
impl Fault {
    /// As a reader sees it, without the place.
    pub fn sentence(self, read: &str) -> String {
        self.at(Place::FILE, read).to_string()
    }
}

//! A rule and its fault: what a check is called, and what it has against one text, before the place is known.

use serde::Serialize;

use crate::model::{Finding, Place, Severity};

/// What there is to know about a finding code.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rule {
    /// Stable, in kebab case.
    pub code: &'static str,
    /// The gravest that it gives.
    pub severity: Severity,
    /// One sentence: what is wrong, and how to put it right.
    pub meaning: &'static str,
}

/// What a rule has against a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub rule: &'static Rule,
    /// A clause that follows what was read: "is not a date".
    pub problem: String,
    pub expected: Option<String>,
}

impl Rule {
    pub fn at(&self, place: Place, problem: impl Into<String>) -> Finding {
        match self.severity {
            Severity::Error => Finding::error(self.code, place, problem),
            Severity::Remark => Finding::remark(self.code, place, problem),
        }
    }

    pub fn fault(&'static self, problem: impl Into<String>) -> Fault {
        Fault { rule: self, problem: problem.into(), expected: None }
    }
}

impl Fault {
    pub fn expected(self, expected: impl Into<String>) -> Fault {
        Fault { expected: Some(expected.into()), ..self }
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

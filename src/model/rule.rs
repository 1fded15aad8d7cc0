//! A rule: what there is to know about a finding code, apart from any file.

use serde::Serialize;

use crate::model::{Finding, Place, Severity, Text};

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rule {
    /// Stable, in kebab case, the name of the rule's file.
    pub code: &'static str,
    /// The gravest that it gives.
    pub severity: Severity,
    /// What is wrong or notable, in a sentence.
    pub meaning: Text,
    /// How to put it right, in a sentence or two.
    pub correction: Text,
    pub example: Example,
}

/// A piece of a file that has such a finding, and the same piece put right; lines as in the file.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Example {
    pub wrong: &'static str,
    pub right: &'static str,
}

impl Rule {
    pub fn at(&self, place: Place, problem: Text) -> Finding {
        match self.severity {
            Severity::Error => Finding::error(self.code, place, problem),
            Severity::Remark => Finding::remark(self.code, place, problem),
        }
    }
}

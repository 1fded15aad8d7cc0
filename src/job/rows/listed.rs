//! Findings about the rows of an export: of each code so many are kept, and the others counted.

use std::collections::HashMap;

use crate::model::Finding;
use crate::rule;

#[derive(Default)]
pub struct Listed {
    findings: Vec<Finding>,
    by_code: HashMap<String, usize>,
    unlisted: usize,
}

impl Listed {
    pub fn finish(self) -> impl Iterator<Item = Finding> {
        self.findings.into_iter().chain(rule::more_findings::finding(self.unlisted))
    }
}

impl Extend<Finding> for Listed {
    fn extend<F: IntoIterator<Item = Finding>>(&mut self, findings: F) {
        for finding in findings {
            let listed = match self.by_code.get_mut(&finding.code) {
                Some(listed) => listed,
                None => self.by_code.entry(finding.code.clone()).or_default(),
            };
            match *listed < rule::more_findings::LISTED {
                true => self.findings.push(finding),
                false => self.unlisted += 1,
            }
            *listed += 1;
        }
    }
}

//! What may be told in clear beside a file that came encrypted: codes and places, and nothing that stands in the file.

use crate::model::{Finding, Place, Text};
use crate::report::{Excerpt, Findings, Import};

/// Nothing of the file was read.
const UNOPENED: [&str; 2] = ["not-decrypted", "bad-signature"];

const NOT_SHOWN: Text =
    Text::of("is not shown here, since the file is encrypted", "n'est pas montré ici, puisque le fichier est chiffré");
const NOT_APPLIED: Text = Text::of(
    "an operation, for a reason that the company has",
    "une opération, pour une raison que l'entreprise connaît",
);

impl Import {
    pub fn discreet(&self) -> Import {
        Import {
            findings: Findings(self.findings.0.iter().map(without_values).collect()),
            failed: vec![NOT_APPLIED; self.failed.len()],
            excerpt: Excerpt::default(),
            operations: Vec::new(),
            ..self.clone()
        }
    }
}

/// A heading goes, too: where the heading line is missing, it is a person's data.
fn without_values(finding: &Finding) -> Finding {
    if UNOPENED.contains(&&*finding.code) {
        return finding.clone();
    }
    let place = Place { heading: None, ..finding.place.clone() };
    Finding { place, read: None, problem: NOT_SHOWN, expected: None, ..finding.clone() }
}

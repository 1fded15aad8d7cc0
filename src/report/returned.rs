//! Returned: what became of the rows of an earlier file that were to be corrected.

use serde::{Deserialize, Serialize};

use crate::model::{Digest, Text};
use crate::report::count::{self, counted};

/// Rows are numbered as in that file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Returned {
    /// Where it was dropped.
    pub file: String,
    #[serde(rename = "sha-256")]
    pub digest: Digest,
    pub right: Vec<u32>,
    /// They came back, and are not right yet.
    pub open: Vec<u32>,
    /// They are still open, and did not come back with the others.
    pub missing: Vec<u32>,
}

/// Rows, or runs of rows, that are named before the rest is only counted.
const NAMED: usize = 20;

impl Returned {
    pub fn of(file: &str, digest: &Digest) -> Returned {
        let (right, open, missing) = (Vec::new(), Vec::new(), Vec::new());
        Returned { file: file.into(), digest: digest.clone(), right, open, missing }
    }

    pub fn is_empty(&self) -> bool {
        self.right.is_empty() && self.open.is_empty() && self.missing.is_empty()
    }

    /// `rows to correct of in/users.csv: 3 right now (5, 17–18); 1 still open (20)`
    pub fn sentence(&self) -> Text {
        let groups = [(&self.right, &count::RIGHT), (&self.open, &count::OPEN), (&self.missing, &count::MISSING)];
        let groups = groups.into_iter().filter(|(rows, _)| !rows.is_empty());
        let parts = groups.map(|(rows, noun)| {
            counted(rows.len(), noun).then(&Text::same(" (")).then(&named(rows)).then(&Text::same(")"))
        });
        let colon = [Text::of(": ", " : "), Text::of("; ", " ; ")];
        let file = &self.file;
        let subject = crate::text!("rows to correct of {file}", "lignes à corriger de {file}");
        parts.enumerate().fold(subject, |text, (index, part)| text.then(&colon[index.min(1)]).then(&part))
    }
}

/// `2–4, 8`
fn named(rows: &[u32]) -> Text {
    let runs: Vec<&[u32]> = rows.chunk_by(|one, next| one + 1 == *next).collect();
    let run = |run: &&[u32]| match run {
        [first, .., last] => format!("{first}–{last}"),
        [only] => only.to_string(),
        [] => String::new(),
    };
    let shown: Vec<String> = runs.iter().take(NAMED).map(run).collect();
    let rest: usize = runs.iter().skip(NAMED).map(|run| run.len()).sum();
    let shown = Text::same(shown.join(", "));
    match rest {
        0 => shown,
        _ => shown.then(&Text::of(" and ", " et ")).then(&counted(rest, &count::MORE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn rows_are_named_in_runs_and_a_long_list_is_counted() {
        assert_eq!(named(&[2, 3, 4, 8]).to_string(), "2–4, 8");
        let odd: Vec<u32> = (0..100).map(|number| number * 2 + 1).collect();
        assert!(named(&odd).is(Language::French).ends_with("37, 39 et 80 autres"));
    }

    #[test]
    fn what_there_is_none_of_is_not_spoken_of() {
        let mut returned = Returned::of("in/a.csv", &Digest::of(b""));
        returned.right = vec![5];
        returned.missing = vec![7, 9];
        assert_eq!(
            returned.sentence().to_string(),
            "rows to correct of in/a.csv: 1 right now (5); 2 not in this file (7, 9)"
        );
        assert_eq!(
            returned.sentence().is(Language::French),
            "lignes à corriger de in/a.csv : 1 désormais juste (5) ; 2 absentes de ce fichier (7, 9)"
        );
    }
}

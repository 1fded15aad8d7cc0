//! The verdict as the partner reads it, a plain text beside the file that was set aside.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::model::{Digest, Verdict};
use crate::report::Import;
use crate::report::text::{self, Meaning};

/// `corrections` is the name of the file of rows to correct, where there is one.
pub fn write(
    import: &Import,
    digest: &Digest,
    run: &str,
    at: DateTime<Utc>,
    corrections: Option<&str>,
    codes: Meaning<'_>,
) -> String {
    let mut verdict = String::new();
    let mut line = |text: &str| writeln!(verdict, "{text}").expect("a string takes all");
    line(&format!("File:    {}", import.file));
    line(&format!("Verdict: {}", import.verdict));
    line("");
    match import.already_taken {
        true => line("This very file was taken before; nothing was applied again."),
        false => {
            line(&textwrap::fill(meaning(import.verdict), 80));
            line(&text::counts(import));
        }
    }
    import.held.iter().for_each(|reason| line(&textwrap::fill(&format!("Held: {reason}"), 80)));
    import.failed.iter().for_each(|reason| line(&textwrap::fill(&format!("Not applied: {reason}"), 80)));
    if let Some(corrections) = corrections {
        line(&textwrap::fill(
            &format!(
                "The rows to correct are in {corrections}, each with its reason in the last column; rows are counted as in \
                 your file. Correct them there and drop that file again; the reasons may stay, except where one asks to be \
                 emptied."
            ),
            80,
        ));
    }
    if !import.findings.0.is_empty() {
        line("");
        line(text::findings(&import.findings, codes).trim_end());
    }
    line("");
    line(&format!("Run {run}, {}", at.format("%Y-%m-%d %H:%M UTC")));
    line(&format!("SHA-256 of the file: {digest}"));
    verdict
}

fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted => "Every row was taken.",
        Verdict::AcceptedWithRemarks => "Every row was taken. The remarks below are worth a look before the next file.",
        Verdict::TakenInPart => {
            "The rows without an error were taken. The rows with an error were left out: nothing changed for the people in them."
        }
        Verdict::Held => {
            "Nothing was applied yet: the file is unusual, for the reason below, and a person at the company must approve it first. There is nothing to drop again."
        }
        Verdict::Refused => "Nothing was applied.",
    }
}

//! The verdict as one JSON document for the partner's programs; its shape is kept, its schema is in
//! `tests/verdict.schema.json`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Notice, meaning};
use crate::model::{Digest, Finding, Language, Severity, Text, Verdict};
use crate::report::Returned;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    file: &'a str,
    size: u64,
    #[serde(rename = "sha-256")]
    digest: Option<&'a Digest>,
    run: &'a str,
    at: DateTime<Utc>,
    language: Language,
    verdict: Verdict,
    number: u8,
    meaning: String,
    already_taken: bool,
    counts: Counts,
    held: Vec<&'a str>,
    not_applied: Vec<&'a str>,
    corrections: Option<&'a str>,
    returned: &'a [Returned],
    codes: BTreeMap<&'a str, Code<'a>>,
    findings: Vec<Found<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Counts {
    rows: usize,
    created: usize,
    updated: usize,
    unchanged: usize,
    left_out: usize,
    not_applied: usize,
}

/// What is the same for all findings of a code.
#[derive(Serialize)]
struct Code<'a> {
    /// Those that are not listed included.
    count: usize,
    meaning: Option<&'a str>,
    correction: Option<&'a str>,
}

#[derive(Serialize)]
struct Found<'a> {
    code: &'a str,
    severity: Severity,
    address: Option<String>,
    row: Option<u32>,
    line: Option<u32>,
    column: Option<u32>,
    heading: Option<&'a str>,
    read: Option<&'a str>,
    problem: &'a str,
    expected: Option<&'a str>,
}

/// Ends with a line break.
pub fn write(notice: &Notice<'_>) -> String {
    let Notice { import, digest, run, at, language, corrections, .. } = *notice;
    let document = Document {
        file: &import.file,
        size: import.size,
        digest,
        run,
        at,
        language,
        verdict: import.verdict,
        number: import.verdict.number(),
        meaning: meaning(import).is(language).into(),
        already_taken: import.already_taken,
        counts: Counts {
            rows: import.rows,
            created: import.created,
            updated: import.updated,
            unchanged: import.unchanged,
            left_out: import.left_out,
            not_applied: import.failed.len(),
        },
        held: import.held.iter().map(|reason| reason.is(language)).collect(),
        not_applied: import.failed.iter().map(|reason| reason.is(language)).collect(),
        corrections,
        returned: &import.returned,
        codes: codes(notice),
        findings: import.findings.0.iter().map(|finding| found(finding, language)).collect(),
    };
    let mut document = serde_json::to_string_pretty(&document).expect("a verdict is made of plain values");
    document.push('\n');
    document
}

fn codes<'a>(notice: &Notice<'a>) -> BTreeMap<&'a str, Code<'a>> {
    let mut codes: BTreeMap<&str, Code<'_>> = BTreeMap::new();
    let words = |text: Option<&'a Text>| text.map(|text| text.is(notice.language)).filter(|words| !words.is_empty());
    for group in notice.import.findings.by_code(&notice.import.unlisted) {
        let told = codes.entry(group.code).or_insert_with(|| {
            let rule = (notice.codes)(group.code);
            let (meaning, correction) = (rule.map(|rule| &rule.meaning), rule.map(|rule| &rule.correction));
            Code { count: 0, meaning: words(meaning), correction: words(correction) }
        });
        told.count += group.count;
    }
    codes
}

fn found(finding: &Finding, language: Language) -> Found<'_> {
    let Finding { code, severity, place, read, problem, expected } = finding;
    Found {
        code,
        severity: *severity,
        address: place.address(),
        row: place.row,
        line: place.line,
        column: place.column,
        heading: place.heading.as_deref(),
        read: read.as_deref(),
        problem: problem.is(language),
        expected: expected.as_ref().map(|text| text.is(language)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;
    use crate::report::{Findings, Import};

    #[test]
    fn a_code_is_counted_whole_whatever_the_severity_of_its_findings() {
        let problem = || Text::same("is it one person?");
        let findings = Findings(vec![
            Finding::remark("possible-twin", Place::row(2, 2), problem()),
            Finding::error("possible-twin", Place::row(3, 3), problem()),
            Finding::remark("possible-twin", Place::row(4, 4), problem()),
        ]);
        let unlisted = BTreeMap::from([("possible-twin".to_string(), 10)]);
        let notice = Notice {
            import: &Import { findings, unlisted, ..Import::default() },
            digest: None,
            run: "",
            at: DateTime::default(),
            language: Language::English,
            corrections: None,
            for_machines: "",
            codes: &|_| None,
        };
        let counts: Vec<_> = codes(&notice).into_iter().map(|(code, told)| (code, told.count)).collect();
        assert_eq!(counts, [("possible-twin", 13)]);
    }
}

//! `--output json` is what `tests/report.schema.json` says, and a verdict what `tests/verdict.schema.json` says.

use std::fs;

use serde_json::Value;

use crate::company::{Company, EXPORT, IMPORT, people, users};
pub use crate::json_schema::Schema;

fn check(company: &Company, words: &[&str]) -> Value {
    let said = company.passerelle(&[words, &["--output", "json"]].concat());
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{words:?}: {error} {said:?}"));
    let schema = Schema::of("report");
    let faults = schema.all_faults(&report);
    assert!(faults.is_empty(), "{words:?}:\n{}", faults.join("\n"));
    assert_eq!(report["exit-code"], said.code);
    report
}

#[test]
fn every_report_is_as_the_schema_says() {
    let sample = Company::sample(false);
    let dry = check(&sample, &["run", "--dry-run"]);
    assert!(dry.to_string().contains(r#""op":"create""#), "a dry run lists operations");
    let night = check(&sample, &["run"]);
    assert!(night.to_string().contains(r#""expected":"#), "the sample has findings");
    let day = check(&sample, &["import", "from-skillup", "to-try/windows-1252.csv", "--dry-run"]);
    assert!(day.to_string().contains(r#""op":"update""#), "a dry run lists operations");

    let company = Company::new(&format!("{EXPORT}{IMPORT}"));
    company.write("hr/hr.csv", people(9, "Engineer"));
    company.write("partner/in/users.csv", users(0, 9, "Sales"));
    check(&company, &["run"]);
    check(&company, &["approve", &company.last_run()]);
    check(&company, &["run"]);
    company.write("more.csv", users(20, 9, "Sales"));
    check(&company, &["plan", "in", "more.csv", "--save", "plan.json"]);
    check(&company, &["apply", "plan.json"]);
    company.write("partner/in/users.csv", users(40, 9, "Sales"));
    check(&company, &["run"]);
    check(&company, &["discard", &company.last_run()]);
    fs::remove_dir_all(company.path("partner")).expect("it goes");
    let failed = check(&company, &["run"]);
    assert_eq!(failed["exchanges"][1]["failure"]["later-may-help"], false);
}

#[test]
fn every_verdict_is_as_the_schema_says() {
    let sample = Company::sample(true);
    let company = Company::new(IMPORT);
    company.write("partner/in/users.csv", users(0, 9, "Sales"));
    company.write("partner/in/no-table.csv", "<html>");
    company.ends(&["run"], 5);
    let verdicts: Vec<Vec<u8>> = [sample.files(""), company.files("")]
        .into_iter()
        .flatten()
        .filter_map(|(name, content)| name.ends_with(".verdict.json").then_some(content))
        .collect();
    let schema = Schema::of("verdict");
    let mut numbers: Vec<u64> = Vec::new();
    for verdict in &verdicts {
        let verdict: Value = serde_json::from_slice(verdict).expect("JSON");
        let faults = schema.all_faults(&verdict);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        numbers.push(verdict["number"].as_u64().expect("a number"));
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, [0, 1, 2, 3, 4], "every verdict is among them");
}

#[test]
fn what_is_not_as_the_schema_says_is_seen() {
    let schema = Schema::of("report");
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(1, "Engineer"));
    let report = check(&company, &["run"]);
    for (pointer, wrong) in [
        ("/run", Value::Null),
        ("/exit-code", 8.into()),
        ("/exchanges/0/exports/0/outcome", "lost".into()),
        ("/exchanges/0/exports/0/rows", (-1).into()),
        ("/exchanges/0/failure", "no".into()),
        ("/exchanges/0/exports/0/findings", vec![serde_json::json!({ "code": "x" })].into()),
    ] {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).expect(pointer) = wrong;
        assert!(!schema.all_faults(&changed).is_empty(), "{pointer}");
    }
    let mut more = report.clone();
    more["exchanges"][0]["surname"] = "Byron".into();
    assert!(!schema.all_faults(&more).is_empty());
}

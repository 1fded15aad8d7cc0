//! `--output json` is what `tests/report.schema.json` says, and a verdict what `tests/verdict.schema.json` says.
//!
//! The part of JSON Schema that it uses is small, so it is read here; a word that is not known fails the test.

use std::fs;

use serde_json::{Map, Value};

use crate::company::{Company, EXPORT, IMPORT, people, users};

pub struct Schema(Value);

impl Schema {
    /// The one in `tests/WHAT.schema.json`.
    pub fn of(what: &str) -> Schema {
        let path = format!("{}/tests/{what}.schema.json", env!("CARGO_MANIFEST_DIR"));
        Schema(serde_json::from_str(&fs::read_to_string(path).expect("a schema")).expect("JSON"))
    }

    /// Everything in the document that is not as the schema says.
    pub fn all_faults(&self, document: &Value) -> Vec<String> {
        self.faults(document, &self.0, "the document")
    }

    /// Everything in `value`, which is at `place`, that is not as `rules` say.
    fn faults(&self, value: &Value, rules: &Value, place: &str) -> Vec<String> {
        let fault = |is_right: bool, expected: String| match is_right {
            true => Vec::new(),
            false => vec![format!("{place} is {value}, not {expected}")],
        };
        let rules = rules.as_object().expect("rules are an object");
        let one = |(word, rule): (&String, &Value)| match word.as_str() {
            "$schema" | "$defs" | "title" | "description" => Vec::new(),
            "$ref" => {
                let name = rule.as_str().and_then(|path| path.strip_prefix("#/$defs/")).expect("a definition");
                self.faults(value, &self.0["$defs"][name], place)
            }
            "type" => {
                let types = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                fault(types.iter().any(|name| is_of_type(value, name)), format!("a {rule}"))
            }
            "enum" => fault(list(rule).contains(value), format!("one of {rule}")),
            "const" => fault(value == rule, rule.to_string()),
            "minimum" => fault(value.is_null() || value.as_i64() >= rule.as_i64(), format!("at least {rule}")),
            "oneOf" => {
                let fitting = list(rule).iter().filter(|rules| self.faults(value, rules, place).is_empty());
                fault(fitting.count() == 1, "exactly one of its choices".into())
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                items.flat_map(|(number, item)| self.faults(item, rule, &format!("{place}[{number}]"))).collect()
            }
            "required" => {
                let missing = list(rule).iter().filter(|name| value.get(name.as_str().expect("a name")).is_none());
                missing.map(|name| format!("{place} has no {name}")).collect()
            }
            "properties" => {
                let members = members(value).filter_map(|(name, value)| Some((name, value, rule.get(name)?)));
                members.flat_map(|(name, value, rules)| self.faults(value, rules, &format!("{place}.{name}"))).collect()
            }
            "additionalProperties" => {
                let named = |name: &String| rules.get("properties").is_some_and(|known| known.get(name).is_some());
                let others = members(value).filter(|(name, _)| !named(name));
                others
                    .flat_map(|(name, value)| match rule {
                        Value::Bool(false) => vec![format!("{place} has {name}, which is not known")],
                        rules => self.faults(value, rules, &format!("{place}.{name}")),
                    })
                    .collect()
            }
            word => panic!("this test does not know `{word}`"),
        };
        rules.iter().flat_map(one).collect()
    }
}

fn list(rule: &Value) -> &Vec<Value> {
    rule.as_array().expect("a list")
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("this test does not know the type `{other}`"),
    }
}

fn check(company: &Company, words: &[&str]) -> Value {
    let said = company.passerelle(&[words, &["--output", "json"]].concat());
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{words:?}: {error} {said:?}"));
    let schema = Schema::of("report");
    let faults = schema.faults(&report, &schema.0, "report");
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
        let faults = schema.faults(&verdict, &schema.0, "verdict");
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
        assert!(!schema.faults(&changed, &schema.0, "report").is_empty(), "{pointer}");
    }
    let mut more = report.clone();
    more["exchanges"][0]["surname"] = "Byron".into();
    assert!(!schema.faults(&more, &schema.0, "report").is_empty());
}

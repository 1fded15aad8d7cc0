//! The page of each rule keeps its word: its example has the finding, and put right it has not.

use assert_cmd::Command;
use chrono::NaiveDate;
use passerelle::format;
use passerelle::job::rules;
use passerelle::model::{Field, Finding, Language, Otherwise, People, Rule, Severity};
use passerelle::profile::{self, Profiles};
use passerelle::rule::column::Unique;
use passerelle::rule::lists::{Entry, List};
use passerelle::rule::{self, Additions, Codes, Column, Contract, Default, Fills, Lists, Surroundings};

/// Whom the examples know. Ada and Kim share an address and a name with somebody, for the codes that are about that.
const DIRECTORY: &str = "\
login;first-name;last-name;mail;establishment;employee-number;contract-start;contract-end;department;manager;iban;phone;birth-date;personal-mail
ada;Ada;Lovelace;ada@acme.example;Paris;0001;2020-01-01;;Sales;ada;FR7630006000011234567890189;+33612345678;1985-12-10;ada@home.example
bo;Bo;Derek;bo@acme.example;Paris;0002;2020-01-01;;Sales;ada;;;;
cy;Cy;Young;info@acme.example;Lyon;0001;2020-01-01;;Computers;ada;;;;
kim1;Kim;Lee;info@acme.example;Lyon;0002;2020-01-01;;Computers;cy;;;;
kim2;Kim;Lee;kim2@acme.example;Lyon;0003;2020-01-01;2023-06-30;Computers;cy;;;;
";

/// What no few lines of text can show.
const WITHOUT_EXAMPLE: [&str; 6] =
    ["bad-signature", "cut-text", "more-findings", "not-decrypted", "unproven-date-order", "unused-column"];

#[test]
fn every_rule_speaks_both_languages() {
    for rule in written() {
        for text in [&rule.meaning, &rule.correction] {
            let [english, french] = [Language::English, Language::French].map(|language| text.is(language));
            assert!(!english.is_empty() && !french.is_empty() && english != french, "{}: {text:?}", rule.code);
            assert!([english, french].iter().all(|sentence| sentence.ends_with('.')), "{}: {text:?}", rule.code);
        }
    }
}

#[test]
fn every_example_has_its_finding_and_none_once_it_is_put_right() {
    for rule in with_example() {
        let wrong = findings(rule, rule.example.wrong);
        let mut codes: Vec<&str> = wrong.iter().map(|finding| finding.code.as_str()).collect();
        codes.dedup();
        let expected = match rule.code {
            // Somebody must have made a mistake before others have to wait for them.
            "manager-left-out" => vec!["bad-date", "manager-left-out"],
            "mixed-date-order" => vec!["mixed-date-order", "bad-date"],
            code => vec![code],
        };
        assert_eq!(codes, expected, "{}: {wrong:#?}", rule.example.wrong);
        assert!(wrong.iter().any(|finding| finding.severity == rule.severity), "{}: {wrong:#?}", rule.code);
        let right = findings(rule, rule.example.right);
        assert!(right.is_empty(), "{}: {}: {right:#?}", rule.code, rule.example.right);
    }
}

#[test]
fn what_is_found_is_said_in_both_languages() {
    for finding in with_example().flat_map(|rule| findings(rule, rule.example.wrong)) {
        let [english, french] = [Language::English, Language::French].map(|language| finding.problem.is(language));
        assert_ne!(english, french, "{finding:?}");
    }
}

#[test]
fn no_two_rules_have_the_same_code() {
    let mut codes: Vec<&str> = rules::all().map(|rule| rule.code).collect();
    codes.sort_unstable();
    assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
}

/// The others say nothing yet.
fn written() -> impl Iterator<Item = &'static Rule> {
    rules::all()
}

/// Reading a file has tests of its own for its examples.
fn with_example() -> impl Iterator<Item = &'static Rule> {
    let checks: Vec<&str> = rule::RULES.iter().flat_map(|(_, rules)| *rules).map(|rule| rule.code).collect();
    written().filter(move |rule| checks.contains(&rule.code) && !WITHOUT_EXAMPLE.contains(&rule.code))
}

/// What is found in a file, apart from the remark that new users need more columns than the few of an example, and
/// those that the company's defaults and codes were used.
fn findings(rule: &Rule, file: &str) -> Vec<Finding> {
    let mut findings = check(rule, file);
    findings.retain(|finding| match &*finding.code {
        "missing-heading" => finding.is_error(),
        "default-used" | "code-translated" => rule.code == finding.code,
        _ => true,
    });
    findings
}

fn check(rule: &Rule, file: &str) -> Vec<Finding> {
    let columns = columns(rule);
    let identify_by = match file.split(';').next() {
        // An HR file, of which only cells are checked.
        Some("Matricule") => Vec::new(),
        Some("mail") => vec![Field::of("mail")],
        Some("legalEntity") => vec![Field::of("establishment"), Field::of("employee-number")],
        _ => vec![Field::of("login")],
    };
    let creates = !identify_by.is_empty();
    let twins = Severity::Remark;
    let contract = Contract { columns: &columns, identify_by: &identify_by, creates, twins };
    // All but one are about something else than the end of the file.
    let end = if rule.code == "cut-cell" { "" } else { "\n" };
    let reading = match format::read((file.to_string() + end).as_bytes(), &rule::knows(&contract)) {
        Ok(reading) => reading,
        Err(no_table) => return vec![no_table],
    };
    let set = [("establishment", "Paris"), ("department", "Sales"), ("role", "Employee"), ("culture", "fr-FR")];
    let set = set.into_iter().map(|(field, value)| (Field::of(field), value.to_string())).collect();
    let additions = Additions {
        lists: lists(),
        defaults: vec![Default { establishment: None, department: None, set, fills: Fills::NewUsers }],
        codes: vec![codes()],
        clear: Some("#CLEAR".into()),
    };
    let recognised = rule::recognise(&reading.heading, &contract, &additions.defaults);
    let absent_on = (rule.code == "absent-person").then(|| NaiveDate::from_ymd_opt(2026, 3, 1)).flatten();
    let around = Surroundings { known: &known(), others: None, additions: &additions, absent_on };
    let checked = rule::check(&recognised, &reading.table, &reading.findings, &contract, &around);
    [reading.findings, recognised.findings, checked.findings].concat()
}

/// Those of Lucca's format, with what a company's own profile may ask in addition; amounts are in HR files only.
fn columns(rule: &Rule) -> Vec<Column> {
    let profiles = Profiles::load(None).expect("the shipped profiles are right");
    let name = if rule.code == "bad-amount" { "hr-file" } else { "lucca-users" };
    let mut columns = match &profiles.get(name).expect("it is shipped").contract {
        profile::Contract::Import(import) => import.columns.clone(),
        profile::Contract::People(people) => people.columns.clone(),
        profile::Contract::Export(_) => panic!("{name} is no file that is read"),
    };
    for column in &mut columns {
        match column.heading.as_str() {
            "iban" => column.check.unique = Some(Unique::Everywhere),
            "jobTitle" => column.check.length = Some(40),
            _ => {}
        }
    }
    columns
}

fn codes() -> Codes {
    let values = [("CP1", "25CP + 12RTT"), ("CP2", "25CP")].map(|(code, meaning)| (code.into(), meaning.into()));
    Codes {
        field: Field::of("profile-figgo"),
        establishment: None,
        department: None,
        values: values.into(),
        otherwise: Otherwise::Refuse,
    }
}

fn known() -> People {
    let reading = format::read(DIRECTORY.as_bytes(), &|heading| Field::parse(heading).is_ok());
    let reading = reading.expect("the directory is a table");
    People::new(reading.heading.iter().map(|name| Field::of(name)).collect(), reading.table)
}

fn lists() -> Lists {
    let list = |rows: &[[&str; 3]]| {
        let entry = |(cells, row): (&[&str; 3], u32)| {
            let [code, name, parent] = cells.map(String::from);
            Entry { row, code, name, parent }
        };
        List::new(rows.iter().zip(2..).map(entry).collect()).expect("a list")
    };
    let top = |[code, name]: [&'static str; 2]| [code, name, ""];
    let departments = [["SAL", "Sales", ""], ["IT", "Computers", ""], ["", "North", "SAL"], ["", "North", "IT"]];
    let mut lists = Lists::default();
    lists.insert("departments", list(&departments));
    lists.insert("establishments", list(&[["P", "Paris"], ["L", "Lyon"]].map(top)));
    lists.insert("roles", list(&[["", "Employee"], ["", "Manager"]].map(top)));
    lists.insert("calendars", list(&[["", "France"]].map(top)));
    lists.insert("professional-categories", list(&[["", "Cadre"]].map(top)));
    lists
}

fn passerelle(words: &[&str], locale: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder without a site");
    let mut command = Command::cargo_bin("passerelle").expect("the binary");
    command.current_dir(folder.path()).env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", locale);
    let output = command.args(words).output().expect("it runs");
    let [said, complained] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("UTF-8"));
    (output.status.code(), said, complained)
}

#[test]
fn the_page_of_a_rule_is_in_the_language_of_its_reader() {
    let english = "\
end-before-start · error

The contract ends before it starts. The row is left out; where the finding names
no row, the whole file is refused.

What to do:
    Correct one of the two days.

For example, in short:
    login;dtContractStart;dtContractEnd
    ada;01/03/2026;28/02/2026

Put right:
    login;dtContractStart;dtContractEnd
    ada;01/03/2026;28/02/2027
";
    assert_eq!(passerelle(&["rules", "end-before-start"], "C.UTF-8"), (Some(0), english.into(), String::new()));
    for (words, locale) in [
        (vec!["rules", "end-before-start"], "fr_FR.UTF-8"),
        (vec!["rules", "end-before-start", "--language", "fr"], "C"),
    ] {
        let (_, said, _) = passerelle(&words, locale);
        assert!(said.contains("erreur\n\nLe contrat se termine avant de commencer."), "{said}");
    }
}

#[test]
fn all_rules_are_listed_within_eighty_columns() {
    for language in ["en", "fr"] {
        let (_, said, _) = passerelle(&["rules", "--language", language], "C");
        let listed: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
        assert!(rules::all().all(|rule| listed.contains(&rule.code)), "{said}");
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
        assert!(!said.lines().any(|line| line.trim_start().starts_with([';', ':', '?'])), "{said}");
    }
}

#[test]
fn machines_are_given_both_languages() {
    let (_, said, _) = passerelle(&["rules", "--output", "json"], "fr_FR");
    let document: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let all = document["rules"].as_array().expect("a list");
    assert_eq!(all.len(), rules::all().count());
    let (_, said, _) = passerelle(&["rules", "bad-date", "--output", "json"], "fr_FR");
    let rule: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert!(all.contains(&rule), "{said}");
    assert_eq!(rule["severity"], "error");
    assert_eq!(rule["meaning"]["fr"], "La cellule ne contient pas un jour du calendrier.");
}

#[test]
fn an_unknown_code_is_wrong_usage_and_the_nearest_is_named() {
    for (code, help) in [("bad-dat", "did you mean `bad-date`?"), ("shoe-size", "`passerelle rules` lists them")] {
        let (exit, said, complained) = passerelle(&["rules", code], "fr_FR");
        assert_eq!((exit, said.as_str()), (Some(2), ""));
        assert_eq!(complained, format!("there is no rule `{code}`; {help}\n"));
    }
}

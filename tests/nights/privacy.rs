//! The record of processing: what leaves and comes in, for whom, for what, and under whose approval.

use serde_json::Value;

use crate::company::{Company, EXPORT, IMPORT, people, users};
use crate::schema::Schema;

/// Skillup gets days of birth and everything else that is personal; `ada` is not to be read anywhere in the record.
fn company() -> Company {
    let company = Company::new(&[EXPORT, IMPORT].concat());
    company.change_site(
        "optional = [\"Job title\"]",
        "headings = { \"Date of birth\" = \"Né(e) le\" }
optional = [\"Job title\", \"Gender\", \"Date of birth\"]
population = { establishments = [\"Lyon\"], leavers = 30 }
sensitive.\"Date of birth\" = { because = \"diplomas show it\", approved-by = \"M. Diallo, DPO\", on = \"2026-11-01\" }",
    );
    let of_lyon = |line: &str| match line.starts_with("Matricule;") {
        true => format!("{line};Établissement;Sexe;Date de naissance\n"),
        false => format!("{line};Lyon;F;01/02/1990\n"),
    };
    company.write("hr/hr.csv", people(3, "Analyst").lines().map(of_lyon).collect::<String>());
    company
}

fn record(company: &Company) -> Value {
    let told = company.ends(&["privacy", "--output", "json"], 0).out;
    let record: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(Schema::of("record").all_faults(&record), [""; 0], "{told}");
    record
}

#[test]
fn what_leaves_is_told_with_its_purpose_and_its_approval() {
    let company = company();
    let before = company.ends(&["privacy", "--language", "en"], 0).flat();
    assert!(before.contains("nothing was delivered yet") && before.contains("nothing came in yet"), "{before}");
    company.ends(&["run", "out"], 0);
    let told = company.ends(&["privacy", "--language", "en"], 0);
    assert!(told.out.lines().all(|line| line.chars().count() <= 80), "{}", told.out);
    let told = told.flat();
    for clause in [
        "out · export · Skillup purpose Keep training accounts up to date",
        "to partner (directory partner)",
        "people 3 at the last delivery: whoever is of `Lyon`, up to 30 days after the end of their contract",
        "personal Gender sensitive Né(e) le: approved by M. Diallo, DPO on 2026-11-01, because diplomas show it",
    ] {
        assert!(told.contains(clause), "{clause}: {told}");
    }
    let told = company.ends(&["privacy", "--language", "fr"], 0).flat();
    assert!(told.contains("sensible Né(e) le : approuvée par M. Diallo, DPO le 01/11/2026"), "{told}");
}

#[test]
fn what_comes_in_is_what_the_last_file_had() {
    let company = company();
    let data = |record: &Value| record["exchanges"][1]["data"].as_array().expect("data").clone();
    let all = data(&record(&company));
    assert!(all.iter().any(|datum| datum["field"] == "iban" && datum["sensitivity"] == "sensitive"), "{all:?}");
    company.write("partner/in/users.csv", users(0, 5, "Sales"));
    company.ends(&["run", "in"], 0);
    let record = record(&company);
    let fields: Vec<Value> = data(&record).into_iter().map(|datum| datum["field"].clone()).collect();
    assert_eq!(fields[..3], ["login", "first-name", "last-name"], "{fields:?}");
    assert_eq!((record["exchanges"][1]["people"].as_u64(), fields.len()), (Some(5), 10));
}

#[test]
fn the_table_has_a_row_for_each_datum_and_no_value_of_anybody() {
    let company = company();
    company.ends(&["run", "out"], 0);
    let table = company.ends(&["privacy", "--output", "csv", "--language", "fr"], 0).out;
    assert!(table.starts_with("\u{feff}échange;sens;partenaire;"), "{table}");
    let approved = table.lines().find(|line| line.contains(";birth-date;")).expect("a row for the birth date");
    assert!(approved.ends_with(";sensible;diplomas show it;M. Diallo, DPO;2026-11-01"), "{approved}");
    let of_the_export = table.lines().filter(|line| line.starts_with("out;export;"));
    assert_eq!(of_the_export.count(), 8);
    for form in ["csv", "json", "text"] {
        let told = company.ends(&["privacy", "--output", form], 0).out;
        assert!(!told.contains("Byron") && !told.contains("1990"), "{told}");
    }
}

#[test]
fn a_purpose_is_the_sites_to_say_and_nothing_else_writes_csv() {
    let company = company();
    company
        .change_site("file-name = \"people.csv\"", "file-name = \"people.csv\"\npurpose = \"Plan de formation 2027\"");
    let told = company.ends(&["privacy"], 0).flat();
    assert!(told.contains("Plan de formation 2027") && !told.contains("Keep training accounts"), "{told}");
    let refused = company.ends(&["held", "--output", "csv"], 2);
    assert!(refused.err.contains("only `privacy` writes CSV"), "{}", refused.err);
}

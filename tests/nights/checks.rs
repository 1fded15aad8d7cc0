//! `check --online`, the evening before: what servers are like, and whether what the exchanges need is there.

use std::fs;

use serde_json::Value;

use crate::company::{Company, EXPORT, IMPORT, people, users};
use crate::schema::Schema;

fn ready() -> Company {
    let company = Company::new(&format!("{EXPORT}{IMPORT}"));
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.write("partner/in/users.csv", users(0, 2, "Sales"));
    company.write("partner/in/half.csv.part", "half");
    company
}

fn document(company: &Company, words: &[&str]) -> Value {
    let said = company.passerelle(&[&["check", "--online", "--output", "json"], words].concat());
    let told: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    let faults = Schema::of("check").all_faults(&told);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(told["exit-code"], said.code);
    told
}

#[test]
fn a_check_tells_what_servers_are_like_and_changes_nothing_on_them() {
    let company = ready();
    let before = [company.files("hr"), company.files("partner")];
    let said = company.passerelle(&["check", "--online", "--language", "en"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!([company.files("hr"), company.files("partner")], before);
    for line in [
        "hr · directory hr",
        "partner · directory partner",
        "protocol directory",
        "replacing a file at once",
        "names with é and 日本 yes",
        "reads people from hr.csv on hr: there",
        "delivers to the folder of partner: there, can be written to",
        "watches in on partner: there, can be written to, 1 file waiting",
        "not there yet, and made when needed: in/done, in/refused, in/held",
        "Exit code 0: done.",
    ] {
        assert!(said.flat().contains(line), "{line}: {}", said.out);
    }

    let again = company.passerelle(&["check", "--online", "--language", "fr", "partner"]);
    for line in ["comme le ", "remplacer un fichier d'un seul coup", "surveille in sur partner : présent"] {
        assert!(again.flat().contains(line), "{line}: {}", again.out);
    }
    assert!(!again.out.contains("hr.csv"), "only the server that was named: {}", again.out);
}

#[test]
fn a_check_is_one_document_for_machines() {
    let company = ready();
    let told = document(&company, &[]);
    let partner = &told["servers"][1];
    assert_eq!(partner["sheet"]["traits"]["replacing"]["value"], "at-once");
    assert_eq!(partner["sheet"]["traits"]["clock"]["value"], 0.0);
    assert_eq!(partner["last"], Value::Null);
    let watched = told["places"].as_array().expect("places").iter().find(|place| place["purpose"] == "watched");
    assert_eq!(watched.expect("an import")["waiting"], 1);
    assert_ne!(document(&company, &[])["servers"][1]["last"], Value::Null);
}

#[test]
fn a_dry_check_writes_nowhere() {
    let company = ready();
    let before = company.files("");
    let told = document(&company, &["--dry-run"]);
    assert_eq!(company.files(""), before);
    let traits = &told["servers"][1]["sheet"]["traits"];
    assert_eq!(traits["protocol"]["value"], "directory");
    assert!(traits.get("writing").is_none(), "{traits}");
    assert_eq!(told["places"][0]["is-writable"], Value::Null);
}

#[test]
fn what_is_missing_for_the_night_is_told_and_is_an_exit_code() {
    let company = ready();
    fs::remove_dir_all(company.path("partner/in")).expect("it goes");
    fs::remove_file(company.path("hr/hr.csv")).expect("it goes");
    let said = company.passerelle(&["check", "--online", "--language", "en"]);
    assert_eq!(said.code, 6, "{said:?}");
    assert!(said.flat().contains("watches in on partner: it is not there"), "{}", said.out);
    assert!(said.flat().contains("reads people from hr.csv on hr: it is not there"), "{}", said.out);

    fs::remove_dir_all(company.path("partner")).expect("it goes");
    let told = document(&company, &[]);
    assert_eq!(told["exit-code"], 6);
    assert_eq!(told["servers"][1]["sheet"], Value::Null);
    assert_eq!(told["servers"][0]["failure"], Value::Null, "the other server was tried out");

    let unknown = company.passerelle(&["check", "--online", "partners"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("the site has no server `partners`; did you mean `partner`?"), "{}", unknown.err);
}

#[test]
fn a_failure_of_the_night_is_told_with_what_is_known_of_the_server() {
    let company = ready();
    fs::rename(company.path("partner"), company.path("elsewhere")).expect("it goes");
    let said = company.passerelle(&["run", "--language", "en"]);
    assert!(said.flat().contains("has never been checked: `passerelle check --online partner`"), "{}", said.out);

    fs::rename(company.path("elsewhere"), company.path("partner")).expect("it comes back");
    assert_eq!(company.passerelle(&["check", "--online"]).code, 0);
    fs::rename(company.path("partner"), company.path("elsewhere")).expect("it goes");
    let said = company.passerelle(&["run"]);
    assert!(said.flat().contains("when it was last checked, on 20"), "{}", said.out);
    assert!(said.flat().contains("writing to `.` worked"), "{}", said.out);
}

//! What `passerelle history` tells of a run, at eighty columns.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// A site with one export, whose people or server may be missing.
const SITE: &str = r#"
timezone = "Europe/Paris"
state.path = "state.db"
server.here.directory.path = "here"
server.partner.directory.path = "partner"
people.hr.file = { server = "here", file = "hr.csv", profile = "hr-file" }

[export.skillup]
profile = "skillup"
people = "hr"
server = "partner"
brakes = { shrink = "20%" }
"#;
const PEOPLE: &str = "Matricule;Nom;Prénom;Login;Matricule manager\n00001;Martin;Zoé;zoe@acme.example;00001\n";

fn passerelle(folder: &Path, words: &[&str]) -> String {
    let output = Command::cargo_bin("passerelle").expect("the binary").current_dir(folder).args(words).output();
    String::from_utf8(output.expect("it runs").stdout).expect("UTF-8")
}

fn run_and_look_back(folder: &Path) -> String {
    let report = passerelle(folder, &["run"]);
    let run = report.split(" · ").nth(1).and_then(|run| run.strip_prefix("run ")).expect("the report names its run");
    let told = passerelle(folder, &["history", run]);
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_run_says_what_was_delivered_why_it_failed_and_what_was_done_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("passerelle.toml"), SITE).expect("a site");
    fs::create_dir(folder.join("here")).expect("a folder");
    fs::write(folder.join("here/hr.csv"), PEOPLE).expect("people");

    let failed = run_and_look_back(folder);
    assert!(failed.contains("failed open the directory partner: it is not there:"), "{failed}");

    fs::create_dir(folder.join("partner")).expect("a folder");
    let delivered = run_and_look_back(folder);
    assert!(delivered.contains(".csv delivered"), "{delivered}");

    let again = run_and_look_back(folder);
    assert!(again.contains(".csv already-delivered"), "{again}");
}

#[test]
fn a_run_is_told_again_as_it_was_told_when_it_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("passerelle.toml"), SITE).expect("a site");
    for name in ["here", "partner"] {
        fs::create_dir(folder.join(name)).expect("a folder");
    }
    fs::write(folder.join("here/hr.csv"), PEOPLE).expect("people");
    assert_eq!(complaint(folder, &["report"]), "nothing has run yet\n");
    for output in ["text", "json"] {
        let told = passerelle(folder, &["run", "--output", output]);
        assert_eq!(passerelle(folder, &["report", "--output", output]), told);
    }
    assert!(complaint(folder, &["report", "1999"]).starts_with("there was no run `1999`"));
}

/// What is said about a verb that ends as wrong usage.
fn complaint(folder: &Path, words: &[&str]) -> String {
    let output = Command::cargo_bin("passerelle").expect("the binary").current_dir(folder).args(words).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8(output.stderr).expect("UTF-8")
}

//! What holds an export back, and where it goes once the site was corrected.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

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
folder = "in"
file-name = "skillup.csv"
optional = ["Job title"]
brakes = { shrink = "20%" }
"#;
const PEOPLE: &str =
    "Matricule;Nom;Prénom;Login;Fonction;Matricule manager\n00001;Martin;Zoé;zoe@acme.example;Directrice;00001\n";

/// The exit code and the report.
fn passerelle(folder: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = Command::cargo_bin("passerelle").expect("the binary").current_dir(folder).args(words).output();
    let output = output.expect("it runs");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}

fn site(folder: &Path, text: &str, people: &str) {
    for place in ["here", "partner/in"] {
        fs::create_dir_all(folder.join(place)).expect("a folder");
    }
    fs::write(folder.join("passerelle.toml"), text).expect("a site");
    fs::write(folder.join("here/hr.csv"), people).expect("people");
}

#[test]
fn a_heading_that_hr_renamed_holds_the_file_in_place_of_emptying_a_column() {
    let folder = tempfile::tempdir().expect("a folder");
    site(folder.path(), SITE, &PEOPLE.replace("Fonction", "Poste exact"));
    let (code, said) = passerelle(folder.path(), &["run"]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("held: `hr.csv` has no column from which to fill `Job title`"), "{said}");
    assert!(!folder.path().join("partner/in/skillup.csv").exists());
}

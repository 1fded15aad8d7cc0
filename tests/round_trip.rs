//! What is written in Lucca's format is what is read in it: a directory that goes out and comes back changes nothing.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use passerelle::profile::{Contract, Profiles};
use serde_json::Value;

const SITE: &str = r#"
[state]
path = "state.db"

[server.here.directory]
path = "."

[people.users.directory]

[import.first]
profile = "lucca-users"
people = "users"
server = "here"
files = "first.csv"
identify-by = "login"
ready = { stable-for = 0 }
brakes = { creations = "100%", updates = "100%", shrink = "100%", floor = 100 }

[import.again]
profile = "lucca-users"
people = "users"
server = "here"
files = "out/*.csv"
identify-by = "IDENTIFY"
ready = { stable-for = 0 }
brakes = { creations = "0", updates = "0", shrink = "0" }

[export.out]
profile = "lucca-file"
people = "users"
server = "here"
folder = "out"
sensitive."dtBirth" = { because = "a test", approved-by = "nobody", on = "2026-11-01" }
sensitive."iban" = { because = "a test", approved-by = "nobody", on = "2026-11-01" }
sensitive."bic" = { because = "a test", approved-by = "nobody", on = "2026-11-01" }
sensitive."insuranceNumber" = { because = "a test", approved-by = "nobody", on = "2026-11-01" }
optional = [
  "habilitedRoles_0", "habilitedRoles_1", "employeenumber", "dtBirth", "profile_figgo", "dtContractEnd", "seniorityDate",
  "csp", "calendar", "userWorkCycles", "manager2", "jobTitle", "civilTitle", "gender", "nationality",
  "professionalMobile", "personalEmail", "iban", "bic", "insuranceNumber", "profile_utime", "profile_Timmi Temps",
  "userAxisValues_7", "e_bloodType",
]
brakes = { shrink = "0" }
"#;

/// Every column of the format, and values that a careless writer or reader would spoil.
const FIRST: &str = "\
login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture;habilitedRoles_0;\
habilitedRoles_1;employeenumber;dtBirth;profile_figgo;dtContractEnd;seniorityDate;csp;calendar;userWorkCycles;manager2;\
jobTitle;civilTitle;gender;nationality;professionalMobile;personalEmail;iban;bic;insuranceNumber;profile_utime;\
profile_Timmi Temps;userAxisValues_7;e_bloodType
boss;Chloé;O'Brien-Łukasz;boss@acme.example;Paris;01/02/2010;Direction;boss;Admin;fr-FR;;;0001;29/02/1964;;;;;;;;;;;;;;;;;;;;
ada;Ada;\"Lovelace; \"\"Countess\"\"\";ada@acme.example;Paris;15/03/2020;\"R&D; second floor\";boss;Collaborateur;en-GB;Paie;Figgo;0012;10/12/1985;25CP + 12RTT;31/12/2030;01/01/2015;Cadre;France;\
4/5;boss;=Head of @analysis;Mme;F;GB;+33612345678;ada@home.example;FR7630006000011234567890189;AGRIFRPPXXX;\
285127512345678;Temps plein;Standard;Projet № 7;AB+
";

#[test]
fn the_file_that_is_written_has_the_columns_of_the_one_that_is_read() {
    let profiles = Profiles::load(None).unwrap_or_else(|complaints| panic!("{complaints}"));
    let contract = |name: &str| &profiles.get(name).expect(name).contract;
    let (Contract::Export(written), Contract::Import(read)) = (contract("lucca-file"), contract("lucca-users")) else {
        panic!("one is for exports, the other for imports");
    };
    let mut written: Vec<(String, String)> = written.files[0]
        .columns
        .iter()
        .map(|column| (column.heading.clone(), column.field.as_ref().expect("every column has a field").name().into()))
        .collect();
    // `habilitedRoles` without a number is another way to read the first one.
    let mut read: Vec<(String, String)> = read
        .columns
        .iter()
        .filter(|column| column.heading != "habilitedRoles")
        .map(|column| (column.heading.clone(), column.field.clone()))
        .collect();
    written.sort();
    read.sort();
    assert_eq!(written, read);
}

#[test]
fn a_directory_that_goes_out_and_comes_back_gives_an_empty_plan() {
    for identify_by in ["login", "mail", "legal-entity-and-number"] {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path();
        fs::write(here.join("passerelle.toml"), SITE.replace("IDENTIFY", identify_by)).expect("a site");
        fs::write(here.join("first.csv"), FIRST).expect("a file");
        fs::create_dir(here.join("out")).expect("a folder");
        let first = run(here, &["import", "first"]);
        assert_eq!(first["exchanges"][0]["imports"][0]["created"], 2, "{first:#}");

        let out = run(here, &["export", "out"]);
        assert_eq!(out["exchanges"][0]["exports"][0]["outcome"], "delivered", "{out:#}");
        assert_eq!(out["exchanges"][0]["exports"][0]["rows"], 2);

        if identify_by != "login" {
            put_first(here, identify_by);
        }
        let again = run(here, &["import", "again", "--dry-run"]);
        let import = &again["exchanges"][0]["imports"][0];
        assert_eq!(import["rows"], 2, "{again:#}");
        assert_eq!(import["unchanged"], 2, "{again:#}");
        assert_eq!(import["operations"], Value::Array(Vec::new()), "{again:#}");
        assert_eq!(import["verdict"], "accepted", "{again:#}");
    }
}

/// The columns that say who is meant have their place at the front.
fn put_first(here: &Path, identify_by: &str) {
    let keys: &[&str] = if identify_by == "mail" { &["mail"] } else { &["legalEntity", "employeenumber"] };
    let file = fs::read_dir(here.join("out")).expect("a folder").next().expect("a file").expect("an entry").path();
    let text = fs::read_to_string(&file).expect("it is UTF-8");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut records = reader.records().map(|record| record.expect("a record")).peekable();
    let heading = records.peek().expect("a heading").clone();
    let position = |name: &&str| heading.iter().position(|heading| heading == *name).expect("the column is there");
    let mut order: Vec<usize> = keys.iter().map(position).collect();
    order.extend((0..heading.len()).filter(|column| !keys.contains(&&heading[*column])));
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_path(&file).expect("it can be written");
    for record in records {
        writer.write_record(order.iter().map(|column| &record[*column])).expect("it can be written");
    }
    writer.flush().expect("it can be written");
}

fn run(here: &Path, words: &[&str]) -> Value {
    let mut command = Command::cargo_bin("passerelle").expect("the binary");
    let output = command.current_dir(here).args(words).args(["--output", "json"]).output().expect("it runs");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|cause| panic!("{cause}: {}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn the_template_and_the_sample_are_accepted_as_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    fs::write(here.join("passerelle.toml"), SITE.replace("IDENTIFY", "login")).expect("a site");
    let written = run(here, &["profiles", "lucca-users", "--template"]);
    let files = ["./lucca-users.template.csv", "./lucca-users.sample.csv"];
    assert_eq!(written["files"], serde_json::json!(files));

    let template = run(here, &["import", "first", files[0]]);
    let import = &template["exchanges"][0]["imports"][0];
    assert_eq!(codes(import), ["example-row"], "{template:#}");
    assert_eq!([&import["rows"], &import["created"], &import["left-out"]], [1, 0, 0], "{template:#}");

    let sample = run(here, &["import", "first", files[1]]);
    let import = &sample["exchanges"][0]["imports"][0];
    assert_eq!(codes(import), [""; 0], "{sample:#}");
    assert_eq!([&import["rows"], &import["created"], &import["left-out"]], [3, 3, 0], "{sample:#}");
}

#[test]
fn who_writes_over_the_example_of_the_template_is_somebody() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    fs::write(here.join("passerelle.toml"), SITE.replace("IDENTIFY", "login")).expect("a site");
    run(here, &["profiles", "lucca-users", "--template", "."]);
    let template = fs::read_to_string(here.join("lucca-users.template.csv")).expect("it was written");
    fs::write(here.join("first.csv"), template.replace("Exemple", "Martin")).expect("it is filled in");
    let filled = run(here, &["import", "first"]);
    assert_eq!(filled["exchanges"][0]["imports"][0]["created"], 1, "{filled:#}");

    let mut report = Command::cargo_bin("passerelle").expect("the binary");
    let output = report.current_dir(here).arg("report").output().expect("it runs");
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(told.contains("    created `camille.exemple` (row 2): login `camille.exemple`"), "{told}");
}

fn codes(import: &Value) -> Vec<&str> {
    let findings = import["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["code"].as_str().expect("a code")).collect()
}

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

#[test]
fn a_site_whose_folder_was_corrected_delivers_to_the_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (absent, in_place) = (SITE.replace("\"in\"", "\"absent\""), SITE.replace("\"in\"", "\"\""));
    for (text, code, there) in [
        (absent.as_str(), Some(6), None),
        (SITE, Some(0), Some("in/skillup.csv")),
        (&in_place, Some(0), Some("skillup.csv")),
    ] {
        site(folder.path(), text, PEOPLE);
        let (ended, said) = passerelle(folder.path(), &["run"]);
        assert_eq!(ended, code, "{said}");
        assert!(there.is_none_or(|there| folder.path().join("partner").join(there).exists()), "{said}");
    }
}

#[test]
fn what_is_held_for_one_folder_is_not_let_through_into_another() {
    let folder = tempfile::tempdir().expect("a folder");
    site(folder.path(), SITE, &PEOPLE.replace("Fonction", "Poste exact"));
    let (_, held) = passerelle(folder.path(), &["run"]);
    let run = held.split("approve ").nth(1).expect("it says how to let it through").trim();
    fs::write(folder.path().join("passerelle.toml"), SITE.replace("\"in\"", "\"\"")).expect("a site");
    let (code, said) = passerelle(folder.path(), &["approve", run]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("to another place now") && !said.contains("To let through"), "{said}");
    fs::write(folder.path().join("passerelle.toml"), SITE).expect("a site");
    assert_eq!(passerelle(folder.path(), &["approve", run]).0, Some(0));
    assert!(folder.path().join("partner/in/skillup.csv").exists());
}

#[test]
fn an_establishment_that_nobody_has_is_remarked() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = SITE.replace("folder =", "population = { establishments = [\"Lyon\", \"Nantse\"] }\nfolder =");
    let people = PEOPLE.replace("Matricule;", "Établissement;Matricule;").replace("00001;Martin", "Lyon;00001;Martin");
    site(folder.path(), &text, &people);
    let (code, said) = passerelle(folder.path(), &["run"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("nobody is of the establishment `Nantse`") && !said.contains("`Lyon`"), "{said}");
}

#[test]
fn a_contract_without_an_end_is_nothing_to_speak_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = SITE.replace("skillup", "ploy").replace("optional = [\"Job title\"]", "leave-out = [\"Department\"]");
    let people = "Login;Nom;Prénom;Email;Date d'entrée;Date de sortie;Fonction\n\
                  zoe;Martin;Zoé;zoe@acme.example;01/02/2020;;Directrice\n\
                  bo;Durand;Bo;bo@acme.example;03/02/2020;31/12/2026;\n";
    site(folder.path(), &text, people);
    let (code, said) = passerelle(folder.path(), &["run"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("empty-recommended") && !said.contains("Contract end date"), "{said}");
    let file = fs::read_to_string(folder.path().join("partner/in/ploy.csv")).expect("the file");
    let expected = "Login;Last name;First name;Email;Contract start date;Contract end date;Job title\r\n\
                    zoe;Martin;Zoé;zoe@acme.example;2020-02-01;;Directrice\r\n\
                    bo;Durand;Bo;bo@acme.example;2020-02-03;2026-12-31;\r\n";
    assert_eq!(file, expected);
}

#[test]
fn values_that_the_site_matched_go_by_the_partners_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let people = PEOPLE.to_string() + "00002;Durand;Bo;bo@acme.example;Comptable;00001\n";
    let out = |otherwise: &str| {
        let table = format!(
            "optional = [\"Job title\"]\n\
             correspondence.\"Job title\" = {{ values = {{ Directrice = \"Manager\" }}, otherwise = {otherwise} }}"
        );
        site(folder.path(), &SITE.replace("optional = [\"Job title\"]", &table), &people);
        let (code, said) = passerelle(folder.path(), &["run"]);
        (code, said, fs::read_to_string(folder.path().join("partner/in/skillup.csv")).expect("the file"))
    };
    let (code, said, file) = out("\"pass-on\"");
    assert_eq!(code, Some(0), "{said}");
    assert!(file.contains(";Manager\r\n") && file.contains(";Comptable\r\n"), "{file}");
    let (_, _, file) = out("{ default = \"Other\" }");
    assert!(file.contains(";Manager\r\n") && file.contains(";Other\r\n"), "{file}");
    let (code, said, _) = out("\"refuse\"");
    assert_eq!(code, Some(5), "one row of two is left out, and the brake holds: {said}");
    assert!(said.contains("`Comptable` is not in the correspondence table"), "{said}");
}

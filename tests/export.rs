//! What holds an export back, and where it goes once the site was corrected.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use assert_cmd::Command;
use calamine::{Data, Reader as _, Xlsx};

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

/// Each establishment has its file.
const APART: &str = r#"file-name = "{establishment}.csv"
per-establishment = true"#;

fn in_places(rows: &[(&str, &str)]) -> String {
    let row = |(index, (place, name)): (usize, &(&str, &str))| {
        format!("{place};{:05};{name};Zoé;{name}@acme.example;Directrice;00001\n", index + 1)
    };
    let heading = format!("Établissement;{}\n", PEOPLE.lines().next().expect("a heading"));
    heading + &rows.iter().enumerate().map(row).collect::<String>()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("partner/in")).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn each_establishment_has_its_file_under_a_name_that_every_server_takes() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = SITE.replace("file-name = \"skillup.csv\"", APART);
    let people = in_places(&[("Lyon", "Martin"), ("Saint-Étienne / siège", "Durand"), ("Lyon", "Petit"), ("", "Nul")]);
    site(folder.path(), &text, &people);
    let (code, said) = passerelle(folder.path(), &["run"]);
    assert_eq!(code, Some(4), "{said}");
    assert_eq!(names(folder.path()), ["Lyon.csv", "Saint-Etienne-siege.csv"]);
    let lyon = fs::read_to_string(folder.path().join("partner/in/Lyon.csv")).expect("a file");
    assert!(lyon.contains("Martin") && lyon.contains("Petit") && !lyon.contains("Durand"), "{lyon}");
    assert!(said.contains("no-establishment") && said.contains("1 person left out"), "{said}");
}

#[test]
fn two_establishments_of_one_file_name_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = SITE.replace("file-name = \"skillup.csv\"", APART);
    site(folder.path(), &text, &in_places(&[("Évry", "Martin"), ("evry", "Durand")]));
    let (code, said) = passerelle(folder.path(), &["run"]);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("`evry` and `Évry` would have one file"), "{said}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn an_establishment_that_is_gone_holds_all_files_and_then_has_an_empty_one_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = SITE.replace("file-name = \"skillup.csv\"", APART).replace("\"20%\"", "\"60%\"");
    site(folder.path(), &text, &in_places(&[("Lyon", "Martin"), ("Lyon", "Petit"), ("Lille", "Durand")]));
    assert_eq!(passerelle(folder.path(), &["run"]).0, Some(0));
    site(folder.path(), &text, &in_places(&[("Lyon", "Martin"), ("Lyon", "Petite")]));
    let (code, said) = passerelle(folder.path(), &["run"]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("held: the file has no rows; the last good one had 1"), "{said}");
    let lyon = || fs::read_to_string(folder.path().join("partner/in/Lyon.csv")).expect("a file");
    assert!(!lyon().contains("Petite"), "all of them wait");
    let run = said.split("approve ").nth(1).expect("it says how to let it through").trim();
    assert_eq!(passerelle(folder.path(), &["approve", run]).0, Some(0));
    assert!(lyon().contains("Petite"));
    let lille = fs::read_to_string(folder.path().join("partner/in/Lille.csv")).expect("a file");
    assert_eq!(lille.lines().count(), 1);
    assert_eq!(passerelle(folder.path(), &["run"]).0, Some(0), "it is told once");
}

const PAID: &str = "Matricule;Nom;Prénom;Login;Fonction;Matricule manager;Date d'entrée;Salaire brut annuel\n\
                    00001;=1+1;Zoé;zoe@acme.example;Directrice;00001;01/02/2020;41234,50\n\
                    00002;Durand;Bo;bo@acme.example;;00001;;\n";

/// The export of people with a day and an amount, in this form.
fn in_form(folder: &Path, form: &str) -> Vec<u8> {
    let columns = "optional = [\"Job title\", \"Date of joining the company\", \"Annual gross salary\"]";
    let approved = "sensitive = { \"Annual gross salary\" = { because = \"budget\", approved-by = \"DPO\", on = \"2026-11-01\" } }";
    let text = SITE.replace("optional = [\"Job title\"]", &format!("{columns}\n{approved}\nform = \"{form}\""));
    site(folder, &text, PAID);
    let (code, said) = passerelle(folder, &["run"]);
    assert_eq!(code, Some(0), "{said}");
    let [name] = &names(folder)[..] else { panic!("{said}") };
    fs::read(folder.join("partner/in").join(name)).expect("a file")
}

#[test]
fn a_workbook_has_text_days_and_numbers_as_such_and_is_the_same_in_every_byte() {
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let [bytes, again] = [0, 1].map(|index| in_form(folders[index].path(), "xlsx"));
    assert_eq!(names(folders[0].path()), ["skillup.xlsx"]);
    assert!(bytes == again, "the same people give the same bytes");

    let mut workbook = Xlsx::new(Cursor::new(&bytes)).expect("a workbook");
    let sheet = workbook.worksheet_range_at(0).expect("a sheet").expect("a range");
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let text = |text: &str| Data::String(text.into());
    assert_eq!(rows[0][0], text("Login (email)"));
    let zoe = [text("zoe@acme.example"), text("00001"), text("=1+1"), text("Zoé"), text("00001"), text("Directrice")];
    assert_eq!(rows[1][..6], zoe);
    let Data::DateTime(day) = rows[1][6] else { panic!("{:?}", rows[1]) };
    assert_eq!(day.to_ymd_hms_milli(), (2020, 2, 1, 0, 0, 0, 0));
    assert_eq!(rows[1][7], Data::Float(41234.5));
    assert_eq!(rows[2][5..], [Data::Empty, Data::Empty, Data::Empty]);
    let formulas = workbook.worksheet_formula("Sheet1").expect("a sheet");
    assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "nothing in it is run");
}

#[test]
fn a_workbook_that_we_wrote_is_read_by_us_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = in_form(folder.path(), "xlsx");
    let reading = passerelle::format::read(&bytes, &|_| true).expect("it is read");
    assert_eq!(reading.findings, []);
    let rows: Vec<Vec<String>> = reading.table.rows().map(|row| row.cells().map(String::from).collect()).collect();
    assert_eq!(rows[0], ["zoe@acme.example", "00001", "=1+1", "Zoé", "00001", "Directrice", "01/02/2020", "41234.5"]);
}

#[test]
fn a_line_of_json_has_every_heading_days_by_the_calendar_and_amounts_as_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = String::from_utf8(in_form(folder.path(), "json-lines")).expect("UTF-8");
    assert_eq!(names(folder.path()), ["skillup.jsonl"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "{\"Login (email)\":\"zoe@acme.example\",\"Employee Number\":\"00001\",\"Last name\":\"=1+1\",\
             \"First name\":\"Zoé\",\"Manager Number\":\"00001\",\"Job title\":\"Directrice\",\
             \"Date of joining the company\":\"2020-02-01\",\"Annual gross salary\":41234.5}",
            "{\"Login (email)\":\"bo@acme.example\",\"Employee Number\":\"00002\",\"Last name\":\"Durand\",\
             \"First name\":\"Bo\",\"Manager Number\":\"00001\",\"Job title\":null,\
             \"Date of joining the company\":null,\"Annual gross salary\":null}",
        ]
    );
}

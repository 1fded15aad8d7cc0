//! What a site becomes once it is read: exchanges in the order of the night, with their columns and their people.

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use passerelle::model::Content;
use passerelle::profile::Document;
use passerelle::site::export::EmptyRequired;
use passerelle::site::people::Changed;
use passerelle::site::{Direction, Exchange, Export, Import, People, Ready, Site};

const SITE: &str = r#"
timezone = "Europe/Paris"

[state]
path = "state.db"

[server.drop.directory]
path = "drop"

[people.hr.file]
server = "drop"
file = "hr.csv"
profile = "hr-file"

[people.users.directory]
defaults = [{ establishment = "Lyon", set = { role = "Employee" } }]
lists = { departments = "lists/departments.csv" }

[export.skillup]
profile = "skillup"
people = "hr"
server = "drop"
folder = "to-skillup/"
optional = ["Mail N+2", "Job title"]
headings = { "Employee Number" = "Matricule" }
file-name = "acme_{date}_{time}.csv"
empty-required = "hold"
brakes = { shrink = "20%" }
population = { establishments = ["Lyon"], leavers = 30 }

[export.formation]
profile = "place-de-la-formation"
people = "hr"
server = "drop"
optional = ["Cost Center Code level 2"]
leave-out = ["Title"]
brakes = { shrink = "20%, 10" }

[export.early]
profile = "place-de-la-formation"
people = "users"
server = "drop"
file-name = "early.csv"
deadline = "05:30"
brakes = { shrink = "20%" }

[import.from-skillup]
profile = "lucca-users"
people = "users"
server = "drop"
files = "from-skillup/*.csv"
identify-by = "legal-entity-and-number"
ready = { marker = "{name}.done" }
brakes = { creations = "10%", updates = "30%", shrink = "20%", floor = 20 }
"#;

const SFTP: &str = r#"[server.drop.sftp]
host = "sftp.example"
user = "acme"
key = "key"
passphrase = "file:word"
known-hosts = "hosts"
"#;

fn site() -> Site {
    let document = Document::new("passerelle.toml", SITE);
    Site::read(document, Path::new("/etc/acme")).unwrap_or_else(|complaints| panic!("{complaints}"))
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect(text)
}

fn export(exchange: &Exchange) -> &Export {
    match &exchange.direction {
        Direction::Export(export) => export,
        Direction::Import(_) => panic!("{} is an import", exchange.name),
    }
}

fn import(exchange: &Exchange) -> &Import {
    match &exchange.direction {
        Direction::Import(import) => import,
        Direction::Export(_) => panic!("{} is an export", exchange.name),
    }
}

#[test]
fn an_export_has_its_columns_in_the_order_of_the_profile_under_the_headings_of_the_site() {
    let site = site();
    let skillup = export(site.exchange("skillup").expect("skillup"));
    let headings: Vec<&str> = skillup.columns.iter().map(|chosen| chosen.heading.as_str()).collect();
    let expected = ["Login (email)", "Matricule", "Last name", "First name", "Manager Number", "Job title", "Mail N+2"];
    assert_eq!(headings, expected);
    assert_eq!(skillup.columns[1].column.heading, "Employee Number");
    let at = NaiveDate::from_ymd_opt(2026, 11, 22).and_then(|day| day.and_hms_opt(22, 0, 1)).expect("a moment");
    assert_eq!(skillup.path(&skillup.file_name.write(at, Content::Full, "")), "to-skillup/acme_20261122_220001.csv");
    assert_eq!(skillup.empty_required, EmptyRequired::Hold);
    assert_eq!(skillup.population.leavers, Some(30));
}

#[test]
fn a_recommended_column_that_is_left_out_is_a_warning_at_every_run() {
    let site = site();
    let formation = site.exchange("formation").expect("formation");
    let headings: Vec<&str> = export(formation).columns.iter().map(|chosen| chosen.heading.as_str()).collect();
    let expected = ["Last name", "First name", "Entity (Legal)", "Employee Number", "Mail", "Cost Center Code level 2"];
    assert_eq!(headings, expected);
    let warnings: Vec<String> = formation.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["Place de la Formation recommends `Title`, which the site leaves out"]);
    assert!(site.exchange("skillup").expect("skillup").warnings().is_empty());
}

#[test]
fn an_import_has_its_files_its_key_and_its_directory() {
    let site = site();
    let from_skillup = import(site.exchange("from-skillup").expect("from-skillup"));
    assert_eq!(from_skillup.files.folder(), "from-skillup");
    assert!(from_skillup.takes("users.csv") && !from_skillup.takes("users.csv.done"));
    assert!(matches!(&from_skillup.ready, Ready::Marker(marker) if marker.of("users.csv") == "users.csv.done"));
    assert_eq!(from_skillup.identify_by.columns, ["legalEntity", "employeenumber"]);
    let Changed::Directory(directory) = &from_skillup.people else { panic!("it changes the directory") };
    assert_eq!(directory.defaults.len(), 1);
    assert!(matches!(*site.people["hr"], People::File(_)));
    assert_eq!(site.state, Path::new("/etc/acme/state.db"));
}

#[test]
fn the_nearest_deadline_comes_first_and_imports_come_before_exports() {
    let site = site();
    let names = |now: &str| site.exchanges(moment(now)).into_iter().map(|exchange| exchange.name.clone()).collect();
    let evening: Vec<String> = names("2026-11-22T21:00:00Z");
    assert_eq!(evening, ["skillup", "early", "from-skillup", "formation"]);
    let after_midnight: Vec<String> = names("2026-11-22T23:30:00Z");
    assert_eq!(after_midnight, ["early", "skillup", "from-skillup", "formation"]);
}

#[test]
fn an_exchange_that_is_not_there_is_answered_with_the_nearest_one() {
    let site = site();
    let told = |name: &str| site.exchange(name).expect_err(name).to_string();
    assert_eq!(told("skilup"), "the site has no exchange `skilup`; did you mean `skillup`?");
    assert_eq!(
        told("payroll"),
        "the site has no exchange `payroll`; its exchanges: `early`, `formation`, `from-skillup` and `skillup`"
    );
}

#[test]
fn the_outline_names_the_files_of_this_machine_that_are_not_there() {
    let base = tempfile::tempdir().expect("a folder");
    let text = SITE.replace("[server.drop.directory]\npath = \"drop\"", SFTP);
    let site = Site::read(Document::new("passerelle.toml", text), base.path()).expect("a site");
    let warnings = || -> Vec<String> {
        let outline = site.outline(moment("2026-11-22T21:00:00Z"));
        let import = outline.into_iter().find(|outline| outline.direction == "import").expect("there is an import");
        let folder = format!("{}/", base.path().display());
        import.warnings.iter().map(|warning| warning.replace(&folder, "")).collect()
    };
    assert_eq!(warnings(), ["key is not there", "word is not there", "hosts is not there"]);
    for file in ["key", "word", "hosts"] {
        std::fs::write(base.path().join(file), "").expect("a file");
    }
    assert_eq!(warnings(), [""; 0]);
}

#[test]
fn the_outline_tells_what_the_night_would_do() {
    let outline = site().outline(moment("2026-11-22T21:00:00Z"));
    let lines: Vec<String> = outline
        .iter()
        .map(|line| {
            format!("{} {}: {} of {}, {:?}", line.direction, line.exchange, line.what, line.people, line.deadline)
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"export skillup: 7 columns as to-skillup/acme_{date}_{time}.csv of hr, Some("23:59 Europe/Paris")"#,
            r#"export early: 6 columns as early.csv of users, Some("05:30 Europe/Paris")"#,
            "import from-skillup: from-skillup/*.csv by legalEntity and employeenumber of users, None",
            "export formation: 6 columns as place-de-la-formation_{date}.csv of hr, None",
        ]
    );
    assert!(outline[0].server.starts_with("drop (directory drop"), "{}", outline[0].server);
}

#[test]
fn the_hour_is_the_one_on_the_wall_of_the_company() {
    let local = site().local(moment("2026-11-22T23:30:00Z"));
    assert_eq!(local.to_string(), "2026-11-23 00:30:00");
}

#[test]
fn a_slip_of_the_pen_anywhere_is_told_within_a_hundred_columns() {
    for (at, _) in SITE.char_indices().step_by(5) {
        for slip in ["", "\"", "é", "\n", "[", "\u{0}"] {
            let text = format!("{}{slip}{}", &SITE[..at], &SITE[at + 1..]);
            let Err(complaints) = Site::read(Document::new("passerelle.toml", text), Path::new("")) else { continue };
            let told = complaints.to_string();
            assert!(told.starts_with("error: "), "{told}");
            assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");
        }
    }
}

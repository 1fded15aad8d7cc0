//! Files of changes: what a partner is told is what differs from what it was last given, once, and nothing is told twice.

use std::collections::BTreeMap;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

use crate::company::{Company, people};

/// Three files of one instant.
pub const CHANGES: &str = r#"
[export.out]
profile = "skillup"
people = "hr"
server = "partner"
file-name = "{kind}_{date}_{time}.csv"
files = ["new", "changed", "left"]
optional = ["Job title"]
brakes = { changes = "50%", left = "20%", floor = 3 }
"#;

/// What the partner finds and takes away: the logins in each file, by what the name begins with.
fn taken(company: &Company) -> BTreeMap<String, Vec<String>> {
    let mut taken = BTreeMap::new();
    for (name, bytes) in company.files("partner") {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let logins =
            text.lines().skip(1).map(|line| line.split(';').next().expect("a cell").replace("@acme.example", ""));
        taken.insert(name.split('_').next().expect("a kind").to_string(), logins.collect());
        fs::remove_file(company.path(&format!("partner/{name}"))).expect("the partner takes it");
    }
    taken
}

fn told(files: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    files.iter().map(|(kind, logins)| (kind.to_string(), logins.iter().map(ToString::to_string).collect())).collect()
}

/// Names of files tell seconds.
fn next_second() {
    sleep(Duration::from_millis(1001));
}

/// So many people, of whom the first is given another job.
fn with_another_job(count: usize) -> String {
    people(count, "Engineer").replacen("Engineer", "Director", 1)
}

#[test]
fn a_partner_is_told_once_who_is_new_who_changed_and_who_left() {
    let company = Company::new(CHANGES);
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[("new", &["user-1", "user-2", "user-3"])]), "the first time, everybody is new");

    let said = company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[]));
    assert!(said.flat().contains("nothing has changed, nothing was sent"), "{}", said.out);

    next_second();
    let fourth = with_another_job(4).replace("00003;Byron3;Ada;user-3@acme.example;Engineer;00001\n", "");
    company.write("hr/hr.csv", fourth);
    let said = company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[("changed", &["user-1"]), ("left", &["user-3"]), ("new", &["user-4"])]));
    assert!(said.flat().contains("people who left: 1 row"), "{}", said.out);
    company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[]));
    let history = company.ends(&["history", &company.ask("SELECT DISTINCT run FROM deliveries")[1]], 0);
    assert!(history.flat().contains("delivery of 1 row (left), delivered"), "{}", history.out);
}

#[test]
fn who_left_is_told_of_with_the_row_that_was_last_given() {
    let company = Company::new(CHANGES);
    company.write("hr/hr.csv", people(5, "Engineer"));
    company.ends(&["run"], 0);
    taken(&company);
    next_second();
    company.write("hr/hr.csv", people(4, "Engineer"));
    company.ends(&["run"], 0);
    let left = company.files("partner").into_values().next().expect("a file");
    let left = String::from_utf8(left).expect("UTF-8");
    assert!(left.ends_with("user-5@acme.example;00005;Byron5;Ada;00001;Engineer\r\n"), "{left}");
}

#[test]
fn what_was_not_confirmed_is_told_again() {
    let company = Company::new(CHANGES);
    company.write("hr/hr.csv", people(5, "Engineer"));
    company.ends(&["run"], 0);
    taken(&company);
    company.write("hr/hr.csv", people(6, "Engineer"));
    fs::rename(company.path("partner"), company.path("away")).expect("the server is gone");
    assert_ne!(company.passerelle(&["run"]).code, 0);
    fs::rename(company.path("away"), company.path("partner")).expect("it is back");
    company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[("new", &["user-6"])]));
    assert_eq!(company.ask("SELECT count(*) FROM given"), ["6"]);
    assert_eq!(company.ask("SELECT count(*) FROM giving"), ["0"]);
}

#[test]
fn too_many_changes_are_held_as_one_and_given_only_when_they_are_let_through() {
    let company = Company::new(CHANGES);
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    taken(&company);
    next_second();
    company.write("hr/hr.csv", people(11, "Director"));
    let said = company.ends(&["run"], 5);
    assert!(
        said.flat().contains("11 rows are new or changed, 110% of the 10 that the partner was last given"),
        "{}",
        said.out
    );
    assert_eq!(taken(&company), told(&[]));
    let held = company.ends(&["held"], 0);
    assert_eq!(held.out.matches("out · export · new_").count(), 1, "{}", held.out);
    assert!(held.flat().contains(", changed_") || held.flat().contains("changed_"), "{}", held.out);

    let run = company.last_run();
    let twin = company.twin();
    twin.ends(&["discard", &run], 0);
    assert_eq!(
        twin.ask("SELECT DISTINCT status FROM deliveries WHERE run <> (SELECT min(id) FROM runs)"),
        ["discarded"]
    );
    assert_eq!(twin.ask("SELECT count(*) FROM giving"), ["0"]);
    assert_eq!(twin.names("spool"), [""; 0]);

    company.ends(&["approve", &run], 0);
    let files = taken(&company);
    assert_eq!((files["new"].len(), files["changed"].len()), (1, 10));
    company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[]));
}

#[test]
fn people_whose_rows_cannot_be_read_are_not_taken_for_people_who_left() {
    let company = Company::new(CHANGES);
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    taken(&company);
    next_second();
    company.write("hr/hr.csv", people(10, "Engineer").replace("00007;Byron7;Ada;user-7@acme.example", "00007;Byron7"));
    company.ends(&["run"], 4);
    assert_eq!(taken(&company), told(&[]));
    // A row that is left out is about somebody who is there.
    company.write("hr/hr.csv", people(10, "Engineer").replace("Byron7", ""));
    company.ends(&["run"], 4);
    assert_eq!(taken(&company), told(&[]));
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[]));
}

#[test]
fn nobody_left_is_always_held() {
    let company = Company::new(&CHANGES.replace("left = \"20%\", floor = 3", "left = \"100%\", floor = 100"));
    company.write("hr/hr.csv", people(2, "Engineer"));
    company.ends(&["run"], 0);
    next_second();
    let all = people(5, "Engineer");
    let others = all.lines().filter(|line| !line.contains("yron1") && !line.contains("yron2"));
    company.write("hr/hr.csv", others.collect::<Vec<_>>().join("\n"));
    let said = company.ends(&["run"], 5);
    assert!(said.flat().contains("nobody whom the partner was last given is there any more"), "{}", said.out);
}

#[test]
fn another_heading_line_holds_the_changes_that_it_makes() {
    let company = Company::new(CHANGES);
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.ends(&["run"], 0);
    next_second();
    company.change_site("floor = 3 }", "floor = 3 }\nheadings = { \"Job title\" = \"Fonction\" }");
    let said = company.ends(&["run"], 5);
    assert!(said.flat().contains("the heading line is not that of the last good file"), "{}", said.out);
    assert!(said.flat().contains("changes: 3 rows"), "{}", said.out);
}

#[test]
fn another_profile_holds_the_changes_that_it_may_have_made() {
    let company = Company::new(&CHANGES.replace("floor = 3", "floor = 9"));
    let profile = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/skillup.toml")).expect("a profile");
    fs::create_dir(company.path("profiles")).expect("a folder");
    company.write("profiles/skillup.toml", &profile);
    company.change_site("timezone =", "profiles = \"profiles\"\ntimezone =");
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.ends(&["run"], 0);
    next_second();
    let form = "field = \"job-title\", form = { correspondence = { values = { Engineer = \"Ingénieur\" }, otherwise = \"pass-on\" } }";
    company.write("profiles/skillup.toml", profile.replace("field = \"job-title\"", form));
    let said = company.ends(&["run"], 5);
    assert!(
        said.flat().contains("the profile `skillup` is another one than at the last delivery, and 3 rows differ"),
        "{}",
        said.out
    );
}

#[test]
fn an_empty_file_is_for_who_asks_for_it_and_never_in_the_place_of_changes() {
    let company = Company::new(&CHANGES.replace("files =", "when-nothing = \"empty-file\"\nfiles ="));
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[("changed", &[]), ("left", &[]), ("new", &["user-1", "user-2", "user-3"])]));
    company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[]), "there was a file today");
    company.tamper("UPDATE deliveries SET changed = '2026-01-01T22:00:00.000Z'");
    company.ends(&["run"], 0);
    assert_eq!(taken(&company), told(&[("changed", &[]), ("left", &[]), ("new", &[])]));
}

#[test]
fn one_file_of_changes_has_the_newcomers_and_the_leavers_where_a_column_says_so() {
    let company = Company::new(&CHANGES.replace("files = [\"new\", \"changed\", \"left\"]", "content = \"changed\""));
    let profile = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/skillup.toml")).expect("a profile");
    let column = "columns = [\n  { heading = \"What\", level = \"required\", field = \"change\" },";
    fs::create_dir(company.path("profiles")).expect("a folder");
    company.write("profiles/skillup.toml", profile.replace("columns = [", column));
    company.change_site("timezone =", "profiles = \"profiles\"\ntimezone =");
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.ends(&["run"], 0);
    taken(&company);
    next_second();
    company
        .write("hr/hr.csv", with_another_job(4).replace("00003;Byron3;Ada;user-3@acme.example;Engineer;00001\n", ""));
    company.ends(&["run"], 0);
    let file = company.files("partner").into_values().next().expect("a file");
    let file = String::from_utf8(file).expect("UTF-8");
    let rows: Vec<String> = file.lines().map(|line| line.split(';').take(2).collect::<Vec<_>>().join(" ")).collect();
    let expected =
        ["What Login (email)", "changed user-1@acme.example", "new user-4@acme.example", "left user-3@acme.example"];
    assert_eq!(rows, expected);
}

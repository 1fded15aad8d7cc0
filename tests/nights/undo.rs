//! What a run did is taken back: held, approved, applied; what was created or has changed since stays.

use crate::company::{Company, IMPORT, users};

/// No brake holds these few.
const CALM: &str = "shrink = \"100%\", floor = 100 }";

fn company() -> Company {
    let company = Company::new(IMPORT);
    company.change_site("shrink = \"50%\", floor = 5 }", CALM);
    company
}

/// The file with one more column, in which all rows have this.
fn with_column(file: &str, heading: &str, cell: &str) -> String {
    let mut lines = file.lines();
    let first = format!("{};{heading}\n", lines.next().expect("a heading line"));
    first + &lines.map(|line| format!("{line};{cell}\n")).collect::<String>()
}

/// Takes in a file, and gives the run.
fn night(company: &Company, file: &str) -> String {
    company.write("partner/in/users.csv", file);
    company.ends(&["run"], 0);
    company.last_run()
}

/// Makes the plan and approves it.
fn undo(company: &Company, run: &str) -> String {
    company.ends(&["undo", run], 5);
    let undo = company.last_run();
    company.ends(&["approve", &undo], 0);
    undo
}

fn directory(company: &Company) -> Vec<String> {
    company.ask("SELECT * FROM people WHERE login <> 'user-6' ORDER BY login")
}

fn said(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Six users, then a night that moves them all and creates a seventh.
fn moved() -> (Company, Vec<String>, String) {
    let company = company();
    night(&company, &users(0, 6, "Sales"));
    let before = directory(&company);
    let run = night(&company, &users(0, 7, "Support"));
    assert_ne!(directory(&company), before);
    (company, before, run)
}

#[test]
fn a_run_is_taken_back_once_a_person_approves_and_the_partner_hears_nothing() {
    let (company, before, run) = moved();
    let (after, partner) = (directory(&company), company.files("partner"));
    let told = company.ends(&["undo", &run], 5).out;
    assert!(said(&told).contains(&format!("held: it takes back what run {run} did")), "{told}");
    assert!(said(&told).contains("`user-6` was created by the run and stays, for nobody is ever deleted"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    assert_eq!(directory(&company), after, "it waits");

    let undo = company.last_run();
    let told = company.ends(&["approve", &undo[..15]], 0).out;
    assert!(said(&told).contains("6 updated"), "{told}");
    assert!(said(&told).contains("`user-6` was created by the run and stays"), "{told}");
    assert_eq!(directory(&company), before);
    assert_eq!(company.files("partner"), partner);
    assert_eq!(company.ask("SELECT department FROM people WHERE login = 'user-6'"), ["Support"]);
    let history = company.ends(&["history", &undo], 0).out;
    assert!(history.contains("6 done, 0 to do, 0 failed"), "{history}");
    company.ends(&["run"], 0);
    assert_eq!(directory(&company), before, "the next night has nothing to do");
}

#[test]
fn an_undo_is_undone_like_any_other_run() {
    let (company, before, run) = moved();
    let after = directory(&company);
    let taken_back = undo(&company, &run);
    assert_eq!(directory(&company), before);
    undo(&company, &taken_back);
    assert_eq!(directory(&company), after);
}

#[test]
fn what_was_changed_since_is_left_as_it_is_and_the_run_that_did_it_is_named() {
    let (company, before, run) = moved();
    let later = night(&company, &users(0, 1, "Marketing"));
    let told = company.ends(&["undo", &run], 5).out;
    let overtaken = format!("`user-0`: department stays `Marketing`, which run {later} has set since");
    assert!(said(&told).contains(&overtaken), "{told}");
    company.ends(&["approve", &company.last_run()], 0);
    let now = directory(&company);
    assert_eq!(now[1..], before[1..]);
    assert_eq!(now[0], before[0].replace("Sales", "Marketing"));
}

#[test]
fn an_approved_plan_is_taken_back_by_the_run_that_made_it_and_by_the_one_that_applied_it() {
    let (company, before, _) = moved();
    company.change_site("floor = 100", "floor = 3");
    company.write("partner/in/users.csv", users(0, 6, "Marketing"));
    company.ends(&["run"], 5);
    let made = company.last_run();
    company.ends(&["approve", &made], 0);
    let applied = company.last_run();
    for run in [made, applied] {
        let told = company.ends(&["undo", &run, "--dry-run"], 5).out;
        assert!(told.contains("department `Marketing` → `Support`"), "{told}");
    }
    assert_ne!(directory(&company), before);
}

#[test]
fn a_contract_end_that_a_run_brought_is_emptied_again() {
    let company = company();
    let file = |end: &str| with_column(&users(0, 3, "Sales"), "dtContractEnd", end);
    night(&company, &file(""));
    let before = directory(&company);
    let run = night(&company, &file("31/12/2026"));
    assert_ne!(directory(&company), before);
    undo(&company, &run);
    assert_eq!(directory(&company), before);
}

#[test]
fn a_login_that_was_changed_comes_back_and_managers_follow() {
    let company = company();
    company.change_site("identify-by = \"login\"", "identify-by = \"mail\"");
    let file = |login: &str| {
        let row = |(login, number): (&str, u32)| {
            format!(
                "user-{number}@acme.example;{login};Ada;Byron{number};Lyon;01/02/2020;Sales;user-0@acme.example;Employee;\
                 fr-FR\n"
            )
        };
        "mail;login;firstName;lastName;legalEntity;dtContractStart;department;manager;rolePrincipal;culture\n"
            .to_string()
            + &[(login, 0), ("user-1", 1), ("user-2", 2)].map(row).concat()
    };
    night(&company, &file("user-0"));
    let before = directory(&company);
    let run = night(&company, &file("zero"));
    let managers = || company.ask("SELECT DISTINCT manager FROM people");
    assert_eq!(managers(), ["zero"]);
    undo(&company, &run);
    assert_eq!(managers(), ["user-0"]);
    assert_eq!(directory(&company), before);
}

#[test]
fn a_dry_undo_shows_what_would_be_taken_back_and_touches_nothing() {
    let (company, _, run) = moved();
    let before = company.files("");
    let told = company.ends(&["undo", &run, "--dry-run"], 5).out;
    assert!(told.contains("department `Support` → `Sales`"), "{told}");
    assert_eq!(company.files(""), before);
}

#[test]
fn where_nothing_is_left_to_take_back_it_says_so() {
    let (company, _, run) = moved();
    undo(&company, &run);
    let told = company.ends(&["undo", &run], 0).out;
    assert!(said(&told).contains(&format!("there is nothing to take back of run {run}")), "{told}");
    assert!(said(&told).contains("`user-0`: department is `Sales` again already"), "{told}");
    company.ends(&["run"], 0);
    let empty = company.last_run();
    let told = company.ends(&["undo", &empty], 0).out;
    assert!(said(&told).contains(&format!("there is nothing to take back of run {empty}")), "{told}");
    let told = company.ends(&["undo", &empty, "--output", "json"], 0).out;
    serde_json::from_str::<serde_json::Value>(&told).expect("JSON, too");
}

#[test]
fn an_undo_that_was_overtaken_waits_no_more_once_it_is_asked_for_again() {
    let (company, _, run) = moved();
    company.ends(&["undo", &run], 5);
    company.tamper("UPDATE users SET department = 'Sales'");
    assert_eq!(company.ask("SELECT count(*) FROM plans WHERE status = 'held'"), ["1"]);
    company.ends(&["undo", &run], 0);
    assert!(company.ask("SELECT id FROM plans WHERE status = 'held'").is_empty());
}

#[test]
fn a_run_that_never_was_is_not_taken_back() {
    let (company, ..) = moved();
    let told = company.ends(&["undo", "yesterday"], 2).err;
    assert_eq!(told, "there was no run `yesterday`; `passerelle history` lists them\n");
    assert!(company.ends(&["undo", "20"], 2).err.contains("`20` is the beginning of several runs"));
    assert!(company.ends(&["undo", &company.last_run(), "out"], 2).err.contains("the site has no exchange `out`"));
}

#[test]
fn an_undo_is_not_approved_once_the_directory_has_changed() {
    let (company, _, run) = moved();
    company.ends(&["undo", &run], 5);
    let undo = company.last_run();
    night(&company, &users(0, 1, "Marketing"));
    let told = company.ends(&["approve", &undo], 5).out;
    assert!(said(&told).contains("the directory has changed since the plan"), "{told}");
    assert!(said(&told).contains("make it anew"), "{told}");

    company.ends(&["undo", &run], 5);
    let again = company.last_run();
    assert_eq!(company.ask("SELECT status FROM plans WHERE path LIKE '/undo/%' ORDER BY id"), ["discarded", "held"]);
    company.ends(&["approve", &again], 0);
}

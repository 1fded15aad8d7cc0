//! What `why` tells of one person, after nights of every kind.

use serde_json::Value;

use crate::company::{Company, EXPORT, IMPORT, people, users};
use crate::schema::Schema;

/// A row of the file of `users`, with its heading.
fn row(login: &str, department: &str) -> String {
    let file = users(0, 1, department).replace("user-0@", &format!("{login}@"));
    file.replace("\nuser-0;", &format!("\n{login};")).replace("Byron0", &login.replace("user-", "Byron"))
}

fn heading() -> String {
    users(0, 0, "")
}

/// Without the heading line.
fn below(file: &str) -> &str {
    file.split_once('\n').expect("a heading line").1
}

/// The words of the page, which is at most 80 columns wide.
fn why(company: &Company, key: &str) -> String {
    let told = company.ends(&["why", key, "--language", "en"], 0).out;
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn events(company: &Company, key: &str) -> Vec<Value> {
    let told = company.ends(&["why", key, "--output", "json"], 0).out;
    let story: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(Schema::of("story").all_faults(&story), [""; 0], "{told}");
    story["events"].as_array().expect("events").clone()
}

/// In one word each: what the events are, and for operations what became of them.
fn kinds(company: &Company, key: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a text").to_string();
    let kind = |event: Value| text(event.get("outcome").unwrap_or(&event["what"]));
    events(company, key).into_iter().map(kind).collect()
}

/// Ten users; then a night on which some move, some stand in rows with mistakes, one is new and wrong, and some are not in
/// the file.
fn company() -> Company {
    let company = Company::new(IMPORT);
    company.change_site("shrink = \"50%\", floor = 5 }", "shrink = \"100%\", floor = 100 }");
    night(&company, &users(0, 10, "Sales"), 0);
    let rows = [
        row("user-1", "Support"),
        row("user-2", "Sales").replace("01/02/2020", "31/02/2020"),
        row("user-3", " Sales"),
        row("ghost", "Sales").replace("fr-FR", "klingon"),
    ];
    night(&company, &(heading() + &rows.iter().map(|row| below(row)).collect::<String>()), 4);
    company
}

fn night(company: &Company, file: &str, code: i32) -> String {
    company.write("partner/in/users.csv", file);
    company.ends(&["run"], code);
    company.last_run()
}

#[test]
fn everybody_is_told_what_became_of_them_row_by_row() {
    let company = company();
    let run = company.last_run();
    let changed = why(&company, "user-1");
    assert!(changed.starts_with("Ada Byron1 · user-1 · Lyon In the directory now"), "{changed}");
    assert!(changed.contains(&format!("since {}", &run[..4])), "{changed}");
    assert!(changed.contains(&format!("run {run}, in/users.csv, row 2 department `Support`")), "{changed}");
    assert!(changed.contains("in/users.csv, row 3: creation, applied"), "{changed}");
    assert!(changed.contains("in/users.csv, row 2: update, applied department `Sales` → `Support`"), "{changed}");

    let left_out = why(&company, "USER-2@acme.example");
    assert!(left_out.contains("in/users.csv, row 3: the row was left out error bad-date: F3"), "{left_out}");
    let same = why(&company, "user-3");
    assert!(same.contains("in/users.csv, row 4: nothing new"), "{same}");
    assert!(same.contains("remark outer-blanks: G4"), "{same}");
    assert_eq!(kinds(&company, "user-7"), ["applied", "not-in-file"]);
    assert!(why(&company, "user-7").contains("in/users.csv: not in the file: left alone"));

    let refused = why(&company, "ghost");
    assert!(refused.starts_with("ghost Not in the directory."), "{refused}");
    assert!(refused.contains("in/users.csv, row 5: the row was left out error not-allowed: J5"), "{refused}");
    assert_eq!(kinds(&company, "ghost"), ["left-out"]);
}

#[test]
fn who_was_refused_and_came_later_keeps_the_whole_story() {
    let company = company();
    night(&company, &row("ghost", "Sales"), 0);
    assert_eq!(kinds(&company, "ghost"), ["left-out", "applied"]);
    assert_eq!(kinds(&company, "ghost@acme.example"), ["left-out", "applied"]);
}

#[test]
fn a_plan_that_was_held_is_told_with_its_reason_and_its_end() {
    let company = Company::new(IMPORT);
    let held = users(0, 10, "Sales");
    night(&company, &held, 5);
    let first = company.last_run();
    let waiting = why(&company, "user-4");
    assert!(waiting.contains("Not in the directory."), "{waiting}");
    assert!(waiting.contains("in/users.csv, row 6: creation, held, not approved so far"), "{waiting}");
    assert!(waiting.contains("held: 10 creations in a directory without users; the limit is 10%"), "{waiting}");
    // The next night holds the file anew.
    company.ends(&["run"], 5);
    assert_eq!(kinds(&company, "user-4"), ["discarded", "waiting"]);
    assert!(why(&company, "user-4").contains("held, never approved, given up"));

    company.ends(&["approve", &company.last_run()], 0);
    assert_eq!(kinds(&company, "user-4"), ["discarded", "applied"]);
    assert!(why(&company, "user-4").contains("creation, approved by "));
    assert_ne!(first, company.last_run());
}

#[test]
fn a_refused_file_an_unreadable_row_and_a_failed_operation_are_told() {
    let company = company();
    let without_key = users(0, 3, "Sales").replacen("login", "nobody knows", 1);
    night(&company, &without_key, 4);
    let told = why(&company, "user-1");
    assert!(told.contains("in/users.csv: the whole file was refused error missing-heading"), "{told}");

    let cut = users(4, 2, "Sales") + "user-1;Ada\n";
    night(&company, &cut, 4);
    let told = why(&company, "user-1");
    assert!(told.contains("in no row that says whom it is about (1 does not): left alone"), "{told}");

    // Between the plan and its application the directory was changed by hand.
    company.change_site("floor = 100", "floor = 0");
    night(&company, &row("user-5", "Support").replace(";user-0;", ";user-4;"), 0);
    company.change_site("updates = \"10%\"", "updates = \"0%\"");
    night(&company, &row("user-5", "Marketing").replace(";user-0;", ";user-4;"), 5);
    company.tamper(
        "UPDATE plans SET status = 'applying' WHERE status = 'held'; UPDATE pickups SET status = 'taken' WHERE
         status = 'held'; UPDATE users SET department = 'Elsewhere' WHERE login = 'user-5'",
    );
    company.ends(&["run"], 4);
    let told = why(&company, "user-5");
    assert!(told.contains("update, not applied: `department` changed meanwhile"), "{told}");
}

#[test]
fn nights_that_say_the_same_are_told_together() {
    let company = company();
    for night_number in 0..3 {
        company.write(&format!("partner/in/users-{night_number}.csv"), users(0, 10 + night_number, "Sales"));
        company.ends(&["run"], 0);
    }
    let told = why(&company, "user-9");
    assert!(told.contains("· 3 files"), "{told}");
    assert!(told.contains("in/users-0.csv, row 11 … in/users-2.csv, row 11: nothing new"), "{told}");
    assert_eq!(kinds(&company, "user-9")[2..], ["nothing-new"; 3]);
}

#[test]
fn a_login_of_former_days_leads_to_the_person_and_to_what_they_did_under_it() {
    let company = Company::new(&IMPORT.replace("\"login\"", "\"mail\""));
    company.change_site("shrink = \"50%\", floor = 5 }", "shrink = \"100%\", floor = 100 }");
    let by_mail = |login: &str, department: &str| {
        format!(
            "mail;login;firstName;lastName;legalEntity;dtContractStart;department;manager;rolePrincipal;culture\n\
             a@acme.example;{login};Ada;Byron;Lyon;01/02/2020;{department};a@acme.example;Employee;fr-FR\n"
        )
    };
    night(&company, &by_mail("old", "Sales"), 0);
    night(&company, &by_mail("old", "Support"), 0);
    night(&company, &by_mail("new", "Support"), 0);
    for key in ["old", "NEW", "a@acme.example"] {
        assert_eq!(kinds(&company, key), ["applied"; 3], "{key}");
    }
}

#[test]
fn an_undo_is_part_of_the_story() {
    let company = company();
    company.ends(&["undo", &company.last_run()], 5);
    company.ends(&["approve", &company.last_run()], 0);
    let told = why(&company, "user-1");
    assert!(told.contains("undo of in/users.csv, row 2 department `Sales` since"), "{told}");
    assert!(told.contains("undo of in/users.csv, row 2: a change taken back, approved by "), "{told}");
    assert!(told.contains(", applied department `Support` → `Sales`"), "{told}");
}

#[test]
fn a_file_for_a_partner_is_told_to_whom_it_is_about() {
    let company = Company::new(&format!("{EXPORT}{IMPORT}"));
    company.change_site("floor = 5", "floor = 100");
    company.write("hr/hr.csv", people(3, "Engineer"));
    let file = users(1, 4, "Sales");
    let (first, rest) = file.split_once('\n').expect("a heading line");
    let numbered: String = rest.lines().zip(1..).map(|(line, number)| format!("{line};{number:05}\n")).collect();
    night(&company, &format!("{first};employeenumber\n{numbered}"), 0);
    assert!(why(&company, "00003").contains("people.csv: in the file delivered to directory partner, as `00003`"));
    assert_eq!(kinds(&company, "00004"), ["applied"], "nobody of this number is in the file of three");
    assert_eq!(kinds(&company, "lyon/00003"), ["applied", "export"]);
}

#[test]
fn a_key_that_means_nobody_or_several_is_answered_with_who_is_near() {
    let company = company();
    let nobody = company.ends(&["why", "usser-1"], 2).err;
    assert_eq!(nobody, "neither the directory nor the journal knows `usser-1`; did you mean `user-1`?\n");
    let numbered = |login: &str, home: &str| row(login, "Sales").replace("Lyon", home).replace("fr-FR", "fr-FR;0012");
    let rows = [numbered("user-8", "Paris"), numbered("user-9", "Lyon")];
    let file = heading().replace("culture", "culture;employeenumber");
    night(&company, &(file + &rows.iter().map(|row| below(row)).collect::<String>()), 0);
    let several = company.ends(&["why", "0012"], 2).err;
    assert_eq!(
        several,
        "`0012` may be one of several: `user-8` (Paris/0012), `user-9` (Lyon/0012); name one by login\n"
    );
    assert!(why(&company, "PARIS/0012").contains("· user-8 · Paris/0012"));
}

#[test]
fn it_is_told_in_french_too() {
    let company = company();
    let told = company.ends(&["why", "user-1", "--language", "fr"], 0).out;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("in/users.csv, ligne 2 : mise à jour, appliquée department `Sales` → `Support`"), "{told}");
    assert!(told.contains("Dans l'annuaire aujourd'hui"), "{told}");
}

#[test]
fn to_tell_changes_nothing_and_nothing_is_logged() {
    let company = company();
    let before = company.files("");
    let said = company.passerelle_with(&["why", "user-1"], &[("PASSERELLE_LOG", "trace")]);
    assert!(!said.err.contains("Byron"), "{}", said.err);
    assert_eq!(company.files(""), before);
}

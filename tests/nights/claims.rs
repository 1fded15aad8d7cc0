//! Several hosts pick up from one folder: each file is taken by one of them, and by another one if that one dies.

use std::fs;

use passerelle::model::Digest;
use passerelle::site::claim::host;

use crate::company::{Company, IMPORT, count, users};

fn company() -> Company {
    Company::new(&IMPORT.replace("ready =", "claim = { again-after-hours = 24 }\nready ="))
}

/// As a host claims a file at that time.
fn claim(company: &Company, host: &str, at: &str, name: &str) {
    fs::create_dir_all(company.path("partner/in/taken")).expect("a folder");
    let claimed = company.path(&format!("partner/in/taken/{host}~{at}~{name}"));
    fs::rename(company.path(&format!("partner/in/{name}")), claimed).expect("it is claimed");
}

fn now() -> String {
    chrono::Utc::now().format("%Y%m%d-%H%M%S").to_string()
}

const DONE: [&str; 3] = ["done/users.csv", "done/users.csv.verdict.json", "done/users.csv.verdict.txt"];

#[test]
fn a_claimed_file_is_told_by_the_name_that_the_partner_gave() {
    let company = company();
    company.write("partner/in/users.csv", users(0, 3, "Sales"));
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("in/users.csv — accepted"), "{}", said.out);
    assert_eq!(company.names("partner/in"), DONE);
    assert!(company.has("partner/in/taken"), "where it was claimed");
    assert_eq!(company.ask("SELECT path FROM pickups"), ["in/users.csv"]);
}

#[test]
fn a_dry_run_claims_nothing() {
    let company = company();
    company.write("partner/in/users.csv", users(0, 3, "Sales"));
    let before = company.files("");
    assert!(company.ends(&["run", "--dry-run"], 0).out.contains("3 created"));
    assert_eq!(company.files(""), before);
    assert!(!company.has("partner/in/taken"));
}

#[test]
fn what_another_host_has_claimed_is_its_own_until_it_must_be_dead() {
    let company = company();
    company.write("partner/in/users.csv", users(0, 3, "Sales"));
    let at = now();
    claim(&company, "night-2", &at, "users.csv");
    company.write("partner/in/users.csv", users(0, 3, "Support"));
    let said = company.ends(&["run"], 0).flat();
    assert!(said.contains("users.csv is left for the next run: an earlier file of this name is claimed"), "{said}");
    assert_eq!(company.names("partner/in"), [format!("taken/night-2~{at}~users.csv"), "users.csv".into()]);

    let (live, dead) =
        (format!("partner/in/taken/night-2~{at}~users.csv"), "partner/in/taken/night-2~20260101-000000~users.csv");
    fs::rename(company.path(&live), company.path(dead)).expect("it is old");
    let said = company.ends(&["run"], 0).flat();
    let taken_over = "users.csv was claimed by the host night-2 at 2026-01-01 00:00 UTC, which never finished it";
    assert!(said.contains(taken_over) && said.contains("3 created"), "{said}");
    assert!(company.has("partner/in/users.csv"), "one after the other");
    let said = company.ends(&["run"], 0).flat();
    assert!(said.contains("3 updated"), "{said}");
    assert_eq!(company.ask("SELECT DISTINCT department FROM people"), ["Support"]);
}

#[test]
fn what_this_host_claimed_before_it_was_cut_off_is_taken_up_again() {
    let company = company();
    company.write("partner/in/users.csv", users(0, 3, "Sales"));
    claim(&company, &host(), &now(), "users.csv");
    company.ends(&["run"], 0);
    assert_eq!((company.names("partner/in"), count(&company)), (DONE.map(String::from).to_vec(), "3".into()));
}

#[test]
fn a_claimed_file_that_is_held_waits_where_it_is_for_approval() {
    let company = company();
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
    let claimed = company.names("partner/in/taken");
    assert_eq!(claimed.len(), 1);
    company.ends(&["run"], 5);
    assert_eq!(company.names("partner/in/taken"), claimed, "nor is it claimed anew");
    company.ends(&["approve", &company.last_run()], 0);
    assert_eq!((company.names("partner/in"), count(&company)), (DONE.map(String::from).to_vec(), "10".into()));
}

#[test]
fn a_claimed_file_that_is_given_up_is_refused_and_one_that_is_taken_away_is_dropped() {
    let company = company();
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
    company.ends(&["discard", &company.last_run()], 0);
    assert_eq!(company.names("partner/in"), DONE.map(|name| name.replace("done", "refused")));

    company.write("partner/in/more.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
    fs::remove_dir_all(company.path("partner/in/taken")).expect("it goes");
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("in/more.csv was held, and has been taken away"), "{}", said.out);
}

#[test]
fn the_marker_of_a_newer_file_stays_with_it() {
    let company = company();
    company.change_site("stable-for = 0", "marker = \"{name}.ok\"");
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.write("partner/in/users.csv.ok", "");
    company.ends(&["run"], 5);
    company.write("partner/in/users.csv", users(0, 5, "Support"));
    company.ends(&["approve", &company.last_run()], 0);
    assert_eq!(company.names("partner/in").len(), 5, "{:?}", company.names("partner/in"));
    assert!(company.has("partner/in/users.csv.ok"));
    company.ends(&["run"], 0);
    assert_eq!(count(&company), "10");
    assert!(!company.has("partner/in/users.csv.ok"));
}

#[test]
fn what_is_not_as_its_manifest_says_is_not_claimed() {
    let company = company();
    company.change_site("stable-for = 0", "manifest = \"{name}.sha256\"");
    company.write("partner/in/users.csv", users(0, 3, "Sales"));
    company.write("partner/in/users.csv.sha256", Digest::of(b"another file").to_string());
    let said = company.ends(&["run"], 4).flat();
    assert!(said.contains("announces the SHA-256 digest") && !said.contains("nothing to do"), "{said}");
    assert_eq!(company.names("partner/in"), ["users.csv", "users.csv.sha256"]);

    // It was whole when it was claimed; the manifest is of the next one.
    claim(&company, &host(), &now(), "users.csv");
    company.ends(&["run"], 0);
    assert_eq!(count(&company), "3");
}

#[test]
fn what_another_host_took_has_come() {
    let company = company();
    company.change_site("ready =", "expected = { by = \"00:00\" }\nready =");
    company.ends(&["run"], 0);
    company.tamper("UPDATE expectations SET since = '2026-01-01T00:00:00.000Z'");
    fs::create_dir_all(company.path("partner/in/done")).expect("a folder");
    company.write("partner/in/done/users.csv", users(0, 3, "Sales"));
    company.write("partner/in/done/users.csv.verdict.txt", "of the other host");
    assert!(!company.ends(&["run"], 0).out.contains("expected"));
    fs::remove_dir_all(company.path("partner/in/done")).expect("it goes");
    company.tamper("UPDATE expectations SET came = NULL");
    company.ends(&["run"], 4);
}

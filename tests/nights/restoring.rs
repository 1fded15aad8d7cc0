//! An older state that was restored: what was forgotten with the lost days is done again or given up, and nothing is done
//! behind anybody's back.

use std::fs;
use std::process::Command;

use crate::company::{Company, EXPORT, IMPORT, count, held, people, users};

/// Damages the state, and does what the next run says.
fn restore(company: &Company) {
    let whole = fs::read(company.path("state.db")).expect("a state");
    company.write("state.db", &whole[..whole.len() / 2]);
    let said = company.ends(&["run"], 7);
    let command = said.err.split_once(" UTC: ").unwrap_or_else(|| panic!("{}", said.err)).1;
    let done = Command::new("sh").arg("-c").arg(command).current_dir(company.path("")).status().expect("a shell");
    assert!(done.success(), "{command}");
}

#[test]
fn a_plan_that_was_approved_since_is_neither_approved_again_nor_held_for_ever() {
    let (company, run) = held();
    company.ends(&["approve", &run], 0);
    assert_eq!(count(&company), "10");
    let partner = company.files("partner");

    restore(&company);
    assert_eq!(count(&company), "0", "the directory is as it was");
    let said = company.ends(&["approve", &run], 5);
    assert!(said.flat().contains("the partner's file has changed or gone since"), "{}", said.out);
    let said = company.ends(&["run"], 0);
    assert!(said.flat().contains("was held, and has been taken away; so its plan is dropped"), "{}", said.out);
    assert_eq!(company.files("partner"), partner, "what is in done/ stays there");
    company.ends(&["approve", &run], 2);

    fs::rename(company.path("partner/in/done/users.csv"), company.path("partner/in/users.csv")).expect("dropped again");
    company.ends(&["run"], 5);
    company.ends(&["approve", &company.last_run()], 0);
    assert_eq!(count(&company), "10", "what was lost comes back with its file");
}

#[test]
fn a_file_that_was_taken_in_since_is_not_taken_in_again_by_itself() {
    let company = Company::new(IMPORT);
    company.ends(&["run"], 0);
    company.write("partner/in/users.csv", users(0, 5, "Sales"));
    company.ends(&["run"], 0);
    let partner = company.files("partner");
    restore(&company);
    company.ends(&["run"], 0);
    assert_eq!((count(&company), company.files("partner")), ("0".into(), partner));
}

#[test]
fn a_file_that_was_delivered_since_is_delivered_again_the_same() {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(9, "Engineer"));
    company.ends(&["run"], 0);
    company.write("hr/hr.csv", people(9, "Architect"));
    company.ends(&["run"], 0);
    let partner = company.files("partner");
    restore(&company);
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("people.csv — delivered\n"), "{}", said.out);
    assert_eq!(company.files("partner"), partner);
    assert!(company.ends(&["run"], 0).out.contains("delivered before"));
}

/// What it held is gone from the spool: it must not be in the way of every later night.
#[test]
fn a_delivery_that_was_approved_since_is_given_up_and_made_anew() {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(9, "Engineer"));
    company.ends(&["run"], 0);
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.ends(&["run"], 5);
    let run = company.last_run();
    fs::remove_file(company.path("state.db.backup")).expect("the next run makes it anew");
    company.ends(&["approve", &run], 0);
    let partner = company.files("partner");

    restore(&company);
    let said = company.ends(&["approve", &run], 4);
    assert!(said.flat().contains("what was prepared is lost or damaged in the spool, and is given up"), "{}", said.out);
    company.ends(&["run"], 5);
    company.ends(&["approve", &company.last_run()], 0);
    assert_eq!(company.files("partner"), partner);
    assert!(company.names("spool").is_empty());
}

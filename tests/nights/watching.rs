//! A watch whose people are a file, or the directory: it looks at them by itself.

use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::company::{Company, EXPORT, IMPORT, people, users};

/// Before a test gives up; nothing depends on how long anything takes.
const PATIENCE: Duration = Duration::from_secs(120);

const WATCH: &str = "watch = { every-seconds = 1, quiet-seconds = 0 }\n";

/// Killed when it is dropped.
struct Watch(Child);

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(what: &str, has_come: impl Fn() -> bool) {
    let start = Instant::now();
    while !has_come() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        sleep(Duration::from_millis(20));
    }
}

fn has_row(company: &Company, text: &str) -> bool {
    fs::read_to_string(company.path("partner/people.csv")).is_ok_and(|file| file.contains(text))
}

#[test]
fn a_file_of_people_that_changes_reaches_the_partner() {
    let company = Company::new(&(EXPORT.to_string() + WATCH));
    company.write("hr/hr.csv", people(9, "Engineer"));
    let _watch = Watch(company.start(&["watch", "out"]));
    until("the file is there", || has_row(&company, "Engineer"));
    company.write("hr/hr.csv", people(9, "Astronaut"));
    until("the change is there", || has_row(&company, "Astronaut"));
    // What cannot be read is waited out.
    company.write("hr/hr.csv", "no table\n");
    sleep(Duration::from_secs(2));
    company.write("hr/hr.csv", people(9, "Cosmonaut"));
    until("the next change is there", || has_row(&company, "Cosmonaut"));
    assert_eq!(company.ask("SELECT count(*) FROM runs"), ["3"]);
}

#[test]
fn what_an_import_changes_in_the_directory_reaches_the_partner() {
    let export = EXPORT.replace("profile = \"skillup\"", "profile = \"ploy\"").replace("\"hr\"", "\"users\"");
    let export = export.replace("optional = [\"Job title\"]\n", "");
    let import = IMPORT.replace("10%", "100%").replace("floor = 5", "floor = 100");
    let company = Company::new(&(export + WATCH + &import));
    company.write("partner/in/first.csv", users(0, 9, "Sales"));
    company.ends(&["run", "in"], 0);
    let _watch = Watch(company.start(&["watch", "out"]));
    until("the file is there", || has_row(&company, "Sales"));
    company.write("partner/in/second.csv", users(0, 9, "Support"));
    company.ends(&["run", "in"], 0);
    until("the change is there", || has_row(&company, "Support"));
}

//! A dry run says everything and changes nothing: not a byte, not a time of any file or folder.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::company::{Company, paths, users};

/// Every file and folder with its time, and its bytes.
type Picture = Vec<(PathBuf, SystemTime, Vec<u8>)>;

fn picture(company: &Company) -> Picture {
    let look = |path: PathBuf| {
        let modified = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("a time");
        let bytes = fs::read(&path).unwrap_or_default();
        (path, modified, bytes)
    };
    let folder = company.path("");
    paths(&folder).into_iter().chain([folder]).map(look).collect()
}

fn changes_nothing(company: &Company, words: &[&str], code: i32) -> String {
    let before = picture(company);
    let said = company.ends(&[words, &["--dry-run"]].concat(), code);
    assert!(picture(company) == before, "{words:?} changed something");
    said.out
}

#[test]
fn nothing_changes_before_the_first_night() {
    let company = Company::sample(false);
    let said = changes_nothing(&company, &["run"], 5);
    assert!(said.contains("skillup_") && said.contains("would be delivered"), "{said}");
    assert!(said.contains("would create"), "{said}");
    assert!(said.contains("This was a dry run: nothing was changed."), "{said}");
    assert!(!said.contains("passerelle approve"), "a dry run holds nothing that could be approved: {said}");
    changes_nothing(&company, &["export", "skillup"], 4);
    changes_nothing(&company, &["import", "day-one"], 0);
    changes_nothing(&company, &["import", "day-one", "to-try/windows-1252.csv"], 0);
    changes_nothing(&company, &["plan", "day-one", "to-try/windows-1252.csv"], 0);
    changes_nothing(&company, &["approve", "20"], 2);
    changes_nothing(&company, &["discard", "20"], 2);
    changes_nothing(&company, &["held"], 0);
    changes_nothing(&company, &["check"], 0);
    changes_nothing(&company, &["profiles"], 0);
    changes_nothing(&company, &["history"], 0);
    changes_nothing(&company, &["run", "--sample"], 2);
}

#[test]
fn nothing_changes_after_a_night_and_before_the_next() {
    let company = Company::sample(true);
    company.write("skillup/from-skillup/more.csv", users(500, 90, "Marketing").replace("Employee", "Collaborateur"));
    let hr = company.read("drop/hr.csv");
    company.write("drop/hr.csv", hr.lines().take(60).collect::<Vec<_>>().join("\n"));
    company.ends(&["run"], 5);
    let run = company.last_run();
    assert_eq!(company.ask("SELECT count(*) FROM deliveries WHERE status = 'held'"), ["2"]);

    changes_nothing(&company, &["held"], 0);
    changes_nothing(&company, &["discard", &run], 0);
    changes_nothing(&company, &["approve", &run], 0);
    changes_nothing(&company, &["export", "skillup"], 5);
    changes_nothing(&company, &["export", "place-de-la-formation"], 5);
    changes_nothing(&company, &["history", &run], 0);
    company.write("drop/hr.csv", hr);
    changes_nothing(&company, &["run"], 5);
    changes_nothing(&company, &["import", "from-skillup"], 5);
    changes_nothing(&company, &["import", "from-skillup", "skillup/from-skillup/more.csv"], 5);
}

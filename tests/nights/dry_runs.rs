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
    changes_nothing(&company, &["report"], 2);
    changes_nothing(&company, &["undo", "20"], 2);
    changes_nothing(&company, &["why", "victor.aubert@acme.example"], 2);
    changes_nothing(&company, &["rules"], 0);
    changes_nothing(&company, &["profiles", "lucca-users", "--template"], 0);
    changes_nothing(&company, &["plan", "day-one", "to-try/windows-1252.csv", "--save", "plan.json"], 2);
    changes_nothing(&company, &["import", "to-try/windows-1252.csv", "--profile", "lucca-users"], 0);
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
    changes_nothing(&company, &["report", &run], 0);
    changes_nothing(&company, &["why", "victor.aubert@acme.example"], 0);
    let first = company.ask("SELECT id FROM runs ORDER BY rowid LIMIT 1").remove(0);
    changes_nothing(&company, &["undo", &first, "from-skillup"], 5);
    company.ends(&["plan", "from-skillup", "skillup/from-skillup/more.csv", "--save", "plan.json"], 5);
    changes_nothing(&company, &["apply", "plan.json"], 0);
}

#[test]
fn nothing_but_the_page_that_was_asked_for_is_written() {
    let company = Company::sample(true);
    company.write("skillup/from-skillup/more.csv", users(500, 90, "Marketing").replace("Employee", "Collaborateur"));
    company.ends(&["run"], 5);
    let (first, last) = (company.ask("SELECT id FROM runs ORDER BY rowid LIMIT 1").remove(0), company.last_run());
    let file = "skillup/from-skillup/more.csv";
    company.ends(&["plan", "from-skillup", file, "--save", "plan.json"], 5);
    let verbs: [(&[&str], i32); 10] = [
        (&["run"], 5),
        (&["export", "skillup"], 4),
        (&["import", "from-skillup", file], 5),
        (&["import", file, "--profile", "lucca-users"], 0),
        (&["plan", "from-skillup", file], 5),
        (&["apply", "plan.json"], 0),
        (&["approve", &last], 0),
        (&["discard", &last], 0),
        (&["undo", &first, "from-skillup"], 5),
        (&["report", &first], 0),
    ];
    for (words, code) in verbs {
        let before = company.files("");
        company.ends(&[words, &["--dry-run", "--html", "page.html"]].concat(), code);
        let mut after = company.files("");
        let page = after.remove("page.html").unwrap_or_else(|| panic!("{words:?} wrote no page"));
        assert!(page.starts_with(b"<!DOCTYPE html>") && page.ends_with(b"</html>"), "{words:?}");
        assert!(after == before, "{words:?} changed something else");
        fs::remove_file(company.path("page.html")).expect("a page");
    }
}

//! Files are taken in to the spool under a temporary name: what a kill leaves of them goes with the next night.

use std::fs::{self, DirEntry};
use std::time::{Duration, Instant};

use crate::company::{Company, IMPORT, users};

/// Large enough to be met while it is taken in; its first rows are as good as any.
fn large() -> Vec<u8> {
    let mut file = users(0, 2, "Sales").into_bytes();
    file.resize(48 << 20, b'\n');
    file
}

/// Names and sizes; nothing where there is no spool yet.
fn spooled(company: &Company) -> Vec<(String, u64)> {
    let Ok(spool) = fs::read_dir(company.path("spool")) else { return Vec::new() };
    // What goes meanwhile is not there.
    let look = |entry: DirEntry| Some((entry.file_name().into_string().ok()?, entry.metadata().ok()?.len()));
    spool.flatten().filter_map(look).collect()
}

#[test]
fn a_night_that_is_killed_while_it_takes_a_file_in_leaves_nothing_that_the_next_one_does_not_tidy_up() {
    let company = Company::new(IMPORT);
    let file = large();
    company.write("partner/in/users.csv", &file);
    let mut night = company.start(&["run"]);
    let patience = Instant::now() + Duration::from_secs(60);
    while spooled(&company).is_empty() && Instant::now() < patience {}
    night.kill().expect("it can be killed");
    night.wait().expect("it ends");
    let left = spooled(&company);
    assert!(matches!(&left[..], [(name, size)] if name.starts_with(".new-") && *size < file.len() as u64), "{left:?}");
    assert!(fs::read(company.path("partner/in/users.csv")).expect("it is where it was") == file);
    assert_eq!(company.names("partner"), ["in/users.csv"], "nothing is said before the file is whole");

    company.write("partner/in/users.csv", users(0, 2, "Sales"));
    company.ends(&["run"], 0);
    assert!(company.names("spool").is_empty());
    assert!(company.has("partner/in/done/users.csv"));
}

#[test]
fn what_is_refused_or_was_taken_before_leaves_nothing_in_the_spool() {
    let company = Company::new(IMPORT);
    company.write("partner/in/users.csv", "%PDF-1.7");
    company.ends(&["run"], 4);
    assert!(company.names("spool").is_empty());
    for _ in 0..2 {
        company.write("partner/in/users.csv", users(0, 2, "Sales"));
        company.ends(&["run"], 0);
        assert!(company.names("spool").is_empty());
    }
}

//! The files that `benches/run` measures with: always the same bytes, and mistakes that are found exactly as planted.

#[path = "../benches/company/mod.rs"]
mod company;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use clap::Parser;
use company::{Order, Planted, write_site};
use serde_json::Value;

fn write(folder: &Path, people: usize, what: &str, file: &str, more: &[&str]) -> Planted {
    let path = folder.join(file).display().to_string();
    let people = people.to_string();
    let words = [&["file", &people, what, &path], more].concat();
    Order::parse_from(words).write().expect("a file")
}

fn import(site: &Path, more: &[&str], exit_code: i32) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
    command.current_dir(site).args(["--output", "json", "import", "users"]).args(more);
    let told = command.assert().code(exit_code).get_output().stdout.clone();
    let report: Value = serde_json::from_slice(&told).expect("a report");
    report["exchanges"][0]["imports"][0].clone()
}

/// How many findings of each code there are, those beyond the listed ones included.
fn found(import: &Value) -> BTreeMap<String, u64> {
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for finding in import["findings"].as_array().expect("findings") {
        *found.entry(finding["code"].as_str().expect("a code").into()).or_default() += 1;
    }
    for (code, count) in import["unlisted"].as_object().expect("counts") {
        *found.entry(code.clone()).or_default() += count.as_u64().expect("a count");
    }
    found
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_one_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    for what in ["first", "changed", "dirty", "rotten", "hr"] {
        let bytes = ["7", "7", "8"].map(|seed| {
            write(path, 500, what, "file.csv", &["--seed", seed]);
            fs::read(path.join("file.csv")).expect("a file")
        });
        assert!(bytes[0] == bytes[1], "{what} is not the same again");
        assert!(bytes[0] != bytes[2], "{what} is the same with another seed");
    }
}

#[test]
fn planted_mistakes_are_found_and_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path();
    write_site(site).expect("a site");
    let ways: [&[&str]; 5] = [
        &[],
        &["--encoding", "utf-8-bom", "--line-end", "crlf"],
        &["--encoding", "windows-1252", "--quoting", "always"],
        &["--encoding", "utf-16le"],
        &["--dirty", "50"],
    ];
    write(site, 2_000, "first", "files/in/first.csv", &[]);
    let opening = import(site, &[], 0);
    assert_eq!((&opening["created"], found(&opening).len()), (&Value::from(2_000), 0));

    write(site, 2_000, "changed", "files/in/changed.csv", &[]);
    let changed = import(site, &["--dry-run"], 0);
    assert_eq!((&changed["created"], found(&changed).len()), (&Value::from(20), 0));
    fs::remove_file(site.join("files/in/changed.csv")).expect("a dry run leaves it there");

    for way in ways {
        let planted = write(site, 2_000, "dirty", "files/in/dirty.csv", way);
        let mut found = found(&import(site, &["--dry-run"], 4));
        found.remove("encoding");
        let planted: BTreeMap<String, u64> =
            planted.into_iter().map(|(code, count)| (code.to_owned(), count as u64)).collect();
        assert_eq!(planted, found, "{way:?}");
    }
}

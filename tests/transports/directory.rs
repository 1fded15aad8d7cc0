//! A directory as a server.

use std::path::Path;

use passerelle::transport::{Kind, Options, Session};

use crate::suite;

fn options(path: &str) -> Options {
    toml::from_str(&format!("directory.path = {path:?}")).unwrap()
}

fn connect(base: &Path) -> Box<dyn Session> {
    options("drop").connect(base, &suite::time_enough()).unwrap()
}

fn server() -> tempfile::TempDir {
    let base = tempfile::tempdir().unwrap();
    std::fs::create_dir(base.path().join("drop")).unwrap();
    base
}

#[test]
fn a_directory_passes_the_common_suite() {
    let base = server();
    suite::passes(&|| connect(base.path()));
}

#[test]
fn a_directory_reports_names_that_it_cannot_use() {
    let base = server();
    suite::reports_names_that_it_cannot_use(&|| connect(base.path()), &base.path().join("drop"));
}

#[test]
fn a_directory_replaces_a_file_at_one_instant() {
    let base = server();
    suite::replaces_at_one_instant(&|| connect(base.path()), &base.path().join("drop"));
}

#[test]
fn a_directory_that_is_not_there_is_missing_and_says_what_to_do() {
    let base = tempfile::tempdir().unwrap();
    let error = options("drop").connect(base.path(), &suite::time_enough()).err().unwrap();
    assert_eq!(error.kind, Kind::Missing);
    assert!(error.chain().contains("make it, or correct `path`"), "{}", error.chain());
}

#[test]
fn a_file_is_no_directory() {
    let base = tempfile::tempdir().unwrap();
    std::fs::write(base.path().join("drop"), "x").unwrap();
    let error = options("drop").connect(base.path(), &suite::time_enough()).err().unwrap();
    assert_eq!(error.kind, Kind::Setup);
}

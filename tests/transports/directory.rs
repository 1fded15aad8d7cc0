//! A directory as a server.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use passerelle::transport::{Kind, Limit, Options, Session, Stop};

use crate::place::{Place, make_drop_folder};
use crate::suite::{self, STEPS};

fn options(path: &str) -> Options {
    toml::from_str(&format!("directory.path = {path:?}")).unwrap()
}

fn server() -> tempfile::TempDir {
    let base = tempfile::tempdir().unwrap();
    std::fs::create_dir(base.path().join("drop")).unwrap();
    base
}

fn connect(base: &Path) -> Box<dyn Session> {
    options("drop").connect(base, &suite::time_enough()).unwrap()
}

/// A directory knows no logins, and root may do everything in it: that step is for servers.
#[test]
fn a_directory_passes_the_common_suite_but_for_what_asks_for_a_login() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("drop");
    make_drop_folder(&folder);
    let options = || options("drop");
    let place =
        Place { options: options(), stranger: options(), base: base.path().to_owned(), folder, _running: Box::new(()) };
    for (name, step) in STEPS {
        if name != "refused" {
            suite::take(&place, name, step);
        }
    }
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

#[test]
fn a_pipe_is_no_file_and_nobody_waits_at_it() {
    let base = server();
    let pipe = base.path().join("drop/pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut directory = connect(base.path());
    assert_eq!(directory.list("").unwrap().files, []);
    let error = directory.fetch("pipe.csv", &mut Vec::new()).unwrap_err();
    assert!(error.kind == Kind::Denied && error.chain().ends_with("it is no file"), "{}", error.chain());
}

#[test]
fn a_directory_takes_no_longer_than_its_limit() {
    let base = server();
    std::fs::write(base.path().join("drop/a.csv"), "content").unwrap();
    let mut directory = connect(base.path());
    directory.bind(&Limit::new(Duration::ZERO, &Stop::default()));
    for error in [directory.fetch("a.csv", &mut Vec::new()).err(), directory.write("b.csv", &mut &b"x"[..], 1).err()] {
        let error = error.expect("there is no time");
        assert!(error.kind == Kind::TimedOut && error.chain().contains("within-minutes"), "{}", error.chain());
    }
    let over = Limit::new(Duration::ZERO, &Stop::default());
    assert_eq!(options("drop").connect(base.path(), &over).err().unwrap().kind, Kind::TimedOut);
}

//! A directory as a server.

use passerelle::transport::{Kind, Options};

use crate::place::{Place, make_drop_folder};
use crate::suite::{self, STEPS};

fn options(path: &str) -> Options {
    toml::from_str(&format!("directory.path = {path:?}")).unwrap()
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

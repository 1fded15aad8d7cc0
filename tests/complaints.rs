//! Wrong site files and profiles, and what is said about them: `tests/complaints/*/NAME.toml` beside its `NAME.txt`.
//!
//! `UPDATE_EXPECTED=1` rewrites the answers; the difference is the review.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use passerelle::profile::{Complaints, Document, Profile};
use passerelle::site::Site;

#[test]
fn a_wrong_site_is_complained_about_as_expected() {
    compare("site", |document, folder| Site::read(document, folder).and_then(|site| site.check_lists()).err());
}

#[test]
fn a_wrong_profile_is_complained_about_as_expected() {
    compare("profile", |document, _| Profile::read("wrong", document).err());
}

#[test]
fn a_site_that_is_not_utf_8_or_not_there_is_shown_as_such() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path().join("site.toml");
    let complaint = || Site::load(&site).expect_err("it cannot be read").to_string();
    assert!(complaint().contains("name the site with `--site FILE`"), "{}", complaint());
    fs::write(&site, b"timezone = \"Europe/Paris\"\nprofiles = \"caf\xE9\"\n").expect("a site");
    assert!(complaint().starts_with("error: this is not UTF-8\n"), "{}", complaint());
    assert!(complaint().contains("site.toml:2:16\n"), "{}", complaint());
}

/// `refuse` says what is wrong with a document of `kind`.
fn compare(kind: &str, refuse: impl Fn(Arc<Document>, &Path) -> Option<Complaints>) {
    let folder = Path::new("tests/complaints").join(kind);
    let mut faults = Vec::new();
    for path in toml_files(&folder) {
        let name = path.file_name().expect("a file has a name").to_string_lossy();
        let document = Document::new(name.clone(), fs::read_to_string(&path).expect("a case can be read"));
        let told = refuse(document, &folder).map_or("nothing is wrong\n".into(), |wrong| wrong.to_string());
        let answer = path.with_extension("txt");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&answer, &told).expect("the answer can be written");
        }
        let expected = fs::read_to_string(&answer).unwrap_or_default();
        if told != expected {
            faults.push(format!("{kind}/{name}: expected\n{expected}\nbut it said\n{told}"));
        }
        let too_wide = told.lines().find(|line| line.chars().count() > 100);
        faults.extend(too_wide.map(|line| format!("{kind}/{name}: over 100 columns wide: {line}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of cases is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a case").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    assert!(files.len() > 5, "there are cases in {}", folder.display());
    files
}

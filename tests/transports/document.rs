//! A document that tests write and compare: `UPDATE_EXPECTED=1` rewrites it, and the difference is the review.

use std::env;
use std::fs;
use std::path::Path;

/// Compares a file of `tests/` with what the tests saw, or writes it.
pub fn compare(name: &str, seen: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path, seen).unwrap();
        return;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differ = |(written, seen): (&str, &str)| (written != seen).then(|| format!("- {written}\n+ {seen}\n"));
    let lines: String = written.lines().zip(seen.lines()).filter_map(differ).collect();
    assert!(written == seen, "tests/{name} says otherwise: UPDATE_EXPECTED=1 rewrites it\n{lines}");
}

//! The table of what was tried, `tests/servers.md`: the tests of [`ROWS`] fail where it differs from what they see.
//!
//! `UPDATE_EXPECTED=1 cargo test --test transports` writes it anew; the difference is the review.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};

use crate::notes::NOTES;
use crate::rows::{Expected, ROWS, Row};
use crate::suite::{STEPS, Seen};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers.md");

const INTRODUCTION: &str = "\
# Servers, as tried

Every row is a server that really runs, on the loopback of the machine, in one mode; every column is a step of
[the common suite](transports/suite.rs), taken in it. ✓ says that all was as it should be; a number refers to a note below.
The tests write this page (`UPDATE_EXPECTED=1 cargo test --test transports`), and fail where they see something else.

vsftpd and ProFTPD ask for TLS sessions to be reused, as they do by default. The false address is one at which nobody is,
told by a server without `EPSV`: firewalls do that. `replace` is watched by a reader who never sees the name absent.

Tried with OpenSSH 9.2, vsftpd 3.0.3, ProFTPD 1.3.8 (and its `mod_sftp`), Pure-FTPd 1.0.50 and pyftpdlib 1.5.7 as Debian 12
has them, and with libunftp 0.24 and russh 0.65 inside the tests.
";

const FAILED: &str = "
## What cannot work, and is said

| server | mode | what is said |
|---|---|---|
";

/// Lines of the table by their first two cells.
type Lines = BTreeMap<String, String>;

/// The cells of what passed.
pub fn passed(seen: &[Seen]) -> String {
    let cell = |seen: &Seen| seen.map_or("✓".to_owned(), |note| format!("({})", number_of(note)));
    seen.iter().map(cell).collect::<Vec<_>>().join(" | ")
}

fn number_of(note: &str) -> usize {
    1 + NOTES.iter().position(|known| *known == note).expect("every note is in the list of notes")
}

/// Compares one row with the document, or writes it there.
pub fn compare(row: &Row, cells: &str) {
    let line = format!("{} {cells} |\n", start(row));
    if env::var_os("UPDATE_EXPECTED").is_some() {
        // Rows are tried side by side, maybe in several processes.
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(DOCUMENT).unwrap();
        file.lock().unwrap();
        let mut document = String::new();
        file.read_to_string(&mut document).unwrap();
        let mut lines = parse(&document);
        lines.insert(start(row), line);
        file.seek(SeekFrom::Start(0)).unwrap();
        file.set_len(0).unwrap();
        file.write_all(document_of(&lines).as_bytes()).unwrap();
        return;
    }
    let written = parse(&fs::read_to_string(DOCUMENT).unwrap()).remove(&start(row));
    assert_eq!(written, Some(line), "tests/servers.md says otherwise: UPDATE_EXPECTED=1 rewrites it");
}

/// Whatever its tests see: those of servers that are not installed see nothing.
#[test]
fn the_table_has_exactly_the_rows_that_are_tried_without_a_hole() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let lines = parse(&document);
    for row in ROWS {
        let line = lines.get(&start(row)).unwrap_or_else(|| panic!("{} is not there", start(row)));
        let cells = if row.expected == Expected::Passes { STEPS.len() } else { 1 };
        let filled = line.trim_matches(['|', '\n']).split('|').filter(|cell| !cell.trim().is_empty()).count();
        assert_eq!(filled, 2 + cells, "{line}");
    }
    assert_eq!(document, document_of(&lines), "tests/servers.md has something else: UPDATE_EXPECTED=1 rewrites it");
}

/// What tells a row from all others.
fn start(row: &Row) -> String {
    format!("| {} | {} |", row.server, row.mode)
}

fn parse(document: &str) -> Lines {
    let start = |line: &str| line.match_indices('|').nth(2).map(|(end, _)| line[..=end].to_owned());
    document.split_inclusive('\n').filter_map(|line| Some((start(line)?, line.to_owned()))).collect()
}

fn document_of(lines: &Lines) -> String {
    let of = |passes: bool| {
        let rows = ROWS.iter().filter(move |row| (row.expected == Expected::Passes) == passes);
        rows.filter_map(|row| lines.get(&start(row))).map(String::as_str).collect::<String>()
    };
    let steps = STEPS.map(|(name, _)| name).join(" | ");
    let head = format!("\n## What works\n\n| server | mode | {steps} |\n|---|---|{}\n", "---|".repeat(STEPS.len()));
    let notes: String = NOTES.iter().map(|note| format!("\n{}. {note}", number_of(note))).collect();
    [INTRODUCTION, &head, &of(true), &notes, "\n", FAILED, &of(false)].concat()
}

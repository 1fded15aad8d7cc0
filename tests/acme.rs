//! The night of the sample company, from the outside: what is delivered, what is done to users, what partners are told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs};

use assert_cmd::Command;
use passerelle::model::{Digest, Finding};
use serde_json::Value;
use tempfile::TempDir;

/// The sample site in a folder of its own.
struct Acme {
    folder: TempDir,
}

/// How a command ended, and the report that it printed.
struct Ended {
    code: i32,
    report: Value,
}

impl Acme {
    /// After its first night.
    fn after_its_night() -> (Acme, Ended) {
        let acme = Acme { folder: tempfile::tempdir().expect("a folder") };
        let night = passerelle(acme.folder.path(), &["run", "--sample"]);
        (acme, night)
    }

    /// As it is written, before any night.
    fn fresh() -> Acme {
        let acme = Acme { folder: tempfile::tempdir().expect("a folder") };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/acme"), &acme.home());
        acme
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("passerelle-sample")
    }

    fn run(&self, words: &[&str]) -> Ended {
        passerelle(&self.home(), words)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.home().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The only file of the folder whose name starts so.
    fn only(&self, folder: &str, start: &str) -> PathBuf {
        let entries = fs::read_dir(self.home().join(folder)).expect("the folder is there");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let found: Vec<PathBuf> =
            paths.filter(|path| path.file_name().is_some_and(|name| starts(name, start))).collect();
        assert_eq!(found.len(), 1, "{folder}: {found:?}");
        found[0].clone()
    }

    /// What every file holds, and when it and every folder were changed.
    fn traces(&self) -> BTreeMap<PathBuf, (Option<Digest>, SystemTime)> {
        let mut traces = BTreeMap::new();
        trace(&self.home(), &mut traces);
        traces
    }
}

impl Ended {
    fn imports(&self) -> Vec<&Value> {
        let exchanges = self.report["exchanges"].as_array().expect("exchanges");
        exchanges.iter().flat_map(|exchange| exchange["imports"].as_array().expect("imports")).collect()
    }

    fn import(&self, file: &str) -> &Value {
        let imports = self.imports();
        imports.into_iter().find(|import| import["file"] == file).unwrap_or_else(|| panic!("no import of {file}"))
    }

    fn exports(&self) -> Vec<&Value> {
        let exchanges = self.report["exchanges"].as_array().expect("exchanges");
        exchanges.iter().flat_map(|exchange| exchange["exports"].as_array().expect("exports")).collect()
    }
}

#[test]
fn the_night_delivers_what_the_partners_asked_for() {
    let (acme, night) = Acme::after_its_night();
    assert_eq!(night.code, 4, "some rows are wrong on purpose");
    for (folder, partner) in [("skillup", "skillup"), ("formation", "place-de-la-formation")] {
        let delivered = fs::read(acme.only(folder, &format!("{partner}_2"))).expect("a file");
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/acme/{partner}.csv"));
        if env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &delivered).expect("the answer is written");
        }
        let expected = fs::read(&expected).expect("an expected file");
        assert!(delivered == expected, "{partner} (UPDATE_EXPECTED=1 rewrites):\n{}", text(delivered));
    }
}

#[test]
fn the_night_creates_and_updates_users_and_writes_down_each_of_them() {
    let (acme, night) = Acme::after_its_night();
    let expected = [
        ("day-one/directory.csv", "accepted", [70, 70, 0, 0, 0]),
        ("from-formation/workbook.xlsx", "accepted-with-remarks", [14, 0, 6, 8, 0]),
        ("from-skillup/clean.csv", "accepted-with-remarks", [78, 8, 10, 60, 0]),
        ("from-skillup/dirty.csv", "taken-in-part", [84, 2, 10, 41, 31]),
    ];
    assert_eq!(night.imports().len(), expected.len());
    for (file, verdict, counts) in expected {
        let import = night.import(file);
        assert_eq!(import["verdict"], verdict, "{file}");
        let counted = ["rows", "created", "updated", "unchanged", "left-out"].map(|count| import[count].as_u64());
        assert_eq!(counted, counts.map(Some), "{file}");

        let path = import["operations-file"].as_str().expect("a file of operations");
        let lines = fs::read_to_string(acme.folder.path().join(path)).expect("the file of operations");
        let operations: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("a line is one JSON document")).collect();
        let of = |op: &str| operations.iter().filter(|operation| operation["op"] == op).count() as u64;
        assert_eq!([of("create"), of("update")], [counts[1], counts[2]], "{path}");
        for operation in &operations {
            let what = if operation["op"] == "create" { "fields" } else { "changes" };
            assert!(operation[what].as_object().is_some_and(|data| !data.is_empty()), "{operation}");
            assert!(operation["user"]["login"].as_str().is_some_and(|login| !login.is_empty()), "{operation}");
            assert_eq!(operation["file"], file);
            assert!(operation["row"].as_u64().is_some_and(|row| row > 1), "{operation}");
        }
    }
}

#[test]
fn every_planted_mistake_is_found_once_in_its_cell() {
    let (_acme, night) = Acme::after_its_night();
    let planted = include_str!("acme/dirty.expected.txt");
    let mut planted: Vec<String> =
        planted.lines().skip(1).map(|line| line.split_whitespace().take(3).collect::<Vec<_>>().join(" ")).collect();
    let mut found: Vec<String> = findings(night.import("from-skillup/dirty.csv")).iter().map(short).collect();
    planted.sort();
    found.sort();
    assert_eq!(found, planted);
}

#[test]
fn rows_to_correct_that_come_back_as_they_are_are_refused_again() {
    let (acme, night) = Acme::after_its_night();
    let first = acme.read("skillup/from-skillup/done/dirty.csv.to-correct.csv");
    fs::write(acme.home().join("skillup/from-skillup/again.csv"), &first).expect("a drop");
    let again = acme.run(&["import", "from-skillup"]);
    assert_eq!(again.code, 4);
    let import = again.import("from-skillup/again.csv");
    assert_eq!((&import["verdict"], &import["left-out"]), (&"refused".into(), &31.into()));

    // Where quotes or cells went wrong, what the cells hold now may look right.
    let unread = ["row-too-short", "row-too-long", "unclosed-quote", "stray-quote"];
    let codes = |import: &Value| {
        let mut codes: Vec<String> = findings(import).into_iter().filter(Finding::is_error).map(|it| it.code).collect();
        codes.retain(|code| !unread.contains(&code.as_str()) && code != "still-unread");
        codes.sort();
        codes
    };
    assert_eq!(codes(import), codes(night.import("from-skillup/dirty.csv")));
    let second = acme.read("skillup/from-skillup/refused/again.csv.to-correct.csv");
    assert_eq!(without_reasons(&second), without_reasons(&first));
}

#[test]
fn rows_that_were_corrected_are_taken() {
    let (acme, _) = Acme::after_its_night();
    let rows = acme.read("skillup/from-skillup/done/dirty.csv.to-correct.csv");
    let line = |start: &str| rows.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start}"));
    let hugo = line("hugo.carpentier").replace("hugo.carpentier.acme", "h.carpentier@acme");
    let margaux = line("margaux.pichon").replace(";Margaux;;", ";Margaux;Pichon;");
    let (amelie, _) = line("amelie.brun").split_once("empty this cell").expect("her row could not be read");
    let amelie = amelie.trim_end_matches('"').replace("\"\"\"Amélie\"", "Amélie-Rose");
    let corrected = [rows.lines().next().expect("headings"), &hugo, &margaux, &amelie].join("\r\n");
    fs::write(acme.home().join("skillup/from-skillup/corrected.csv"), corrected).expect("a drop");

    let taken = acme.run(&["import", "from-skillup"]);
    let import = taken.import("from-skillup/corrected.csv");
    assert_eq!(import["verdict"], "accepted-with-remarks", "{import:#}");
    assert_eq!((&import["created"], &import["updated"]), (&1.into(), &2.into()), "{import:#}");
    assert_eq!(taken.code, 0);

    // The last whole file stays the measure for the next one.
    let clean = acme.read("skillup/from-skillup/done/clean.csv");
    let cut: Vec<&str> = clean.lines().take(20).collect();
    fs::write(acme.home().join("skillup/from-skillup/cut.csv"), cut.join("\n")).expect("a drop");
    let held = acme.run(&["import", "from-skillup"]);
    assert_eq!((held.code, &held.import("from-skillup/cut.csv")["verdict"]), (5, &"held".into()));
    assert!(acme.home().join("skillup/from-skillup/cut.csv").exists(), "it waits where it is");
}

#[test]
fn what_is_held_waits_for_approval_and_is_then_done_once() {
    let (acme, _) = Acme::after_its_night();
    let clean = acme.read("skillup/from-skillup/done/clean.csv").replace(";Qualité;", ";Ventes;");
    let few: Vec<&str> = clean.lines().take(20).collect();
    fs::write(acme.home().join("skillup/from-skillup/few.csv"), few.join("\n")).expect("a drop");
    let held = acme.run(&["import", "from-skillup"]);
    assert_eq!((held.code, held.import("from-skillup/few.csv")["updated"].as_u64()), (5, Some(1)));
    let run = held.report["run"].as_str().expect("a run");

    let before = acme.traces();
    let tried = acme.run(&["approve", run, "--dry-run"]);
    assert_eq!(acme.traces(), before);
    let would = tried.import("from-skillup/few.csv");
    assert_eq!((tried.code, would["operations"].as_array().map(Vec::len)), (0, Some(1)), "{would:#}");

    let approved = acme.run(&["approve", run]);
    let import = approved.import("from-skillup/few.csv");
    assert_eq!((approved.code, &import["verdict"], import["updated"].as_u64()), (0, &"accepted".into(), Some(1)));
    let folder = acme.home().join("skillup/from-skillup");
    assert!(folder.join("done/few.csv").exists() && !folder.join("few.csv").exists());
    let again =
        Command::cargo_bin("passerelle").expect("the binary").current_dir(acme.home()).args(["approve", run]).output();
    assert_eq!(again.expect("it runs").status.code(), Some(2), "nothing is held any more");
}

#[test]
fn a_second_run_of_the_night_does_nothing_twice() {
    let (acme, _) = Acme::after_its_night();
    let is_journal = |path: &Path| path.file_name().is_some_and(|name| starts(name, "state.db"));
    let outside = |acme: &Acme| {
        let mut traces = acme.traces();
        traces.retain(|path, _| !is_journal(path) && *path != acme.home());
        traces
    };
    let before = outside(&acme);
    let second = acme.run(&["run"]);
    assert_eq!(outside(&acme), before);
    assert_eq!(second.code, 4, "one person still has no number of a manager, and is not in the file");
    assert!(second.imports().is_empty());
    let outcomes: Vec<&Value> = second.exports().iter().map(|export| &export["outcome"]).collect();
    assert_eq!(outcomes, ["already-delivered", "already-delivered"]);
}

#[test]
fn a_dry_run_of_the_night_changes_not_one_byte() {
    let fresh = Acme::fresh();
    let before = fresh.traces();
    let night = fresh.run(&["run", "--dry-run"]);
    assert_eq!(fresh.traces(), before);
    assert_eq!(night.exports().len(), 2);
    assert_eq!(night.import("day-one/directory.csv")["created"], 70);

    let mut sample = Command::cargo_bin("passerelle").expect("the binary");
    let empty = tempfile::tempdir().expect("a folder");
    sample.current_dir(empty.path()).args(["run", "--sample", "--dry-run"]).assert().code(2);
    assert_eq!(fs::read_dir(empty.path()).expect("the folder").count(), 0);

    let (acme, _) = Acme::after_its_night();
    let before = acme.traces();
    let words = [&["run", "--dry-run"][..], &["import", "from-skillup", "to-try/windows-1252.csv", "--dry-run"]];
    for words in words {
        acme.run(words);
        assert_eq!(acme.traces(), before, "{words:?}");
    }
}

#[test]
fn a_file_in_windows_1252_can_be_tried_by_name() {
    let (acme, _) = Acme::after_its_night();
    let tried = acme.run(&["import", "from-skillup", "to-try/windows-1252.csv", "--dry-run"]);
    assert_eq!(tried.code, 0);
    let import = tried.imports()[0];
    let operations = import["operations"].as_array().expect("operations");
    assert_eq!((import["created"].as_u64(), import["updated"].as_u64()), (Some(1), Some(4)));
    let created = operations.iter().find(|operation| operation["op"] == "create").expect("a creation");
    assert_eq!(created["fields"]["first-name"], "Maïwenn");
    assert_eq!(created["fields"]["last-name"], "Cœurdacier");
}

#[test]
fn the_same_people_give_the_same_bytes() {
    let files = [(); 2].map(|()| {
        let acme = Acme::fresh();
        for export in ["skillup", "place-de-la-formation"] {
            assert_eq!(acme.run(&["export", export]).exports()[0]["outcome"], "delivered");
        }
        [("skillup", "skillup_"), ("formation", "place-de-la-formation_")]
            .map(|(folder, start)| fs::read(acme.only(folder, start)).expect("a file"))
    });
    assert_eq!(files[0], files[1]);
}

fn passerelle(folder: &Path, words: &[&str]) -> Ended {
    let mut command = Command::cargo_bin("passerelle").expect("the binary");
    let output = command.current_dir(folder).args(words).args(["--output", "json"]).output().expect("it runs");
    let said = text(output.stdout);
    let report = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}\n{}", text(output.stderr)));
    Ended { code: output.status.code().expect("a code"), report }
}

fn findings(import: &Value) -> Vec<Finding> {
    serde_json::from_value(import["findings"].clone()).expect("findings")
}

/// `D6 error bad-mail`
fn short(finding: &Finding) -> String {
    let severity = if finding.is_error() { "error" } else { "remark" };
    format!("{} {severity} {}", finding.place.address().unwrap_or("-".into()), finding.code)
}

fn without_reasons(rows: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(rows.as_bytes());
    let records = reader.records().map(|record| record.expect("a row"));
    records.map(|record| record.iter().take(record.len() - 2).map(String::from).collect()).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let copied = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &copied),
            false => drop(fs::copy(&path, &copied).expect("a copy")),
        }
    }
}

fn trace(path: &Path, traces: &mut BTreeMap<PathBuf, (Option<Digest>, SystemTime)>) {
    let changed = fs::metadata(path).and_then(|metadata| metadata.modified()).expect("a time");
    let digest = path.is_file().then(|| Digest::of(&fs::read(path).expect("a file")));
    traces.insert(path.into(), (digest, changed));
    if path.is_dir() {
        fs::read_dir(path).expect("a folder").for_each(|entry| trace(&entry.expect("an entry").path(), traces));
    }
}

fn starts(name: &std::ffi::OsStr, start: &str) -> bool {
    name.to_string_lossy().starts_with(start)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

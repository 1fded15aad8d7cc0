//! Opening the file: new, busy, newer, older, damaged, cut off, or only looked at.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rusqlite::Connection;

use crate::state::tests::{at, create, read_aloud, take, value};
use crate::state::{Error, Kind, RunId, State, closed, schema};

/// Names and bytes of all files of a folder.
fn listing(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a file")))
        .collect();
    files.sort();
    files
}

fn refused(opened: Result<State, Error>) -> Error {
    opened.err().expect("it is refused")
}

/// The steps of today, and one of tomorrow.
fn one_more(step: schema::Step) -> Vec<schema::Step> {
    [schema::STEPS, &[step]].concat()
}

#[test]
fn a_new_state_is_for_its_owner_alone_and_is_there_the_next_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    take(&mut State::open(&path).expect("a new state"), &[create("ada", &[])]);
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!(State::open(&path).expect("the same state").count().expect("a number"), 1);
}

#[test]
fn looking_changes_nothing_and_sees_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    assert_eq!(State::open_to_look(&path).expect("a look at nothing").count().expect("a number"), 0);
    assert!(listing(folder.path()).is_empty());

    take(&mut State::open(&path).expect("a new state"), &[create("ada", &[])]);
    let before = listing(folder.path());
    let mut look = State::open_to_look(&path).expect("a look");
    assert_eq!(look.people().expect("the users").len(), 1);
    let run = look.runs(10).expect("the runs").remove(0).id;
    assert!(look.history(&run).expect("the history").is_some());
    let written = look.start_run(&RunId::new(at(9)), "run", &[], at(9));
    assert_eq!(written.expect_err("who looks cannot write").kind, Kind::Disk);
    drop(look);
    assert_eq!(listing(folder.path()), before);
}

#[test]
fn a_file_that_is_no_state_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    for garbage in ["x".into(), "path = \"state.db\"\n".into(), "x".repeat(512), "login;mail\n".repeat(999)] {
        fs::write(&path, &garbage).expect("a file");
        for error in [refused(State::open(&path)), refused(State::open_to_look(&path))] {
            assert_eq!(error.kind, Kind::Damaged);
            let said = read_aloud(&error);
            assert!(said.starts_with(&format!("open {}: ", path.display())), "{said}");
            assert!(said.contains("no state of Passerelle; check"), "{said}");
        }
        assert_eq!(fs::read_to_string(&path).expect("a file"), garbage, "it is left as it was");
    }
}

#[test]
fn a_page_that_was_overwritten_is_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let users: Vec<_> = (0..500).map(|number| create(&format!("user-{number}"), &[("title", "Ms")])).collect();
    take(&mut State::open(&path).expect("a new state"), &users);
    let mut bytes = fs::read(&path).expect("a file");
    bytes[4096..].fill(0x5a);
    fs::write(&path, bytes).expect("a file");

    let error = State::open(&path).and_then(|state| state.people().map(drop)).expect_err("it is damaged");
    assert_eq!(error.kind, Kind::Damaged, "{}", read_aloud(&error));
}

#[test]
fn what_was_closed_in_order_is_known_as_such_until_anything_touches_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let mut state = State::open(&path).expect("a new state");
    take(&mut state, &[create("ada", &[])]);
    assert!(!closed::is_in_order(&path), "it is open");
    let other = state.beside(false).expect("for another thread");
    drop(state);
    assert!(!closed::is_in_order(&path), "another thread has it open");
    drop(other);
    assert!(closed::is_in_order(&path));
    State::open_to_look(&path).expect("a look").people().expect("the users");
    assert!(closed::is_in_order(&path), "to look changes nothing");

    let bytes = fs::read(&path).expect("a file");
    let copy = folder.path().join("copy.db");
    let touches: [(&str, &dyn Fn()); 4] = [
        ("the same bytes are written", &|| fs::write(&path, &bytes).expect("a file")),
        ("another file takes its name", &|| {
            fs::copy(&path, &copy).and_then(|_| fs::rename(&copy, &path)).expect("a copy");
        }),
        ("sqlite3 writes", &|| {
            Connection::open(&path).and_then(|db| db.execute_batch("UPDATE users SET title = 'Ms'")).expect("a write");
        }),
        ("a run is killed", &|| std::mem::forget(State::open(&path))),
    ];
    for (what, touch) in touches {
        touch();
        assert!(!closed::is_in_order(&path), "{what}");
        drop(State::open(&path).expect("the next run"));
        assert!(closed::is_in_order(&path), "{what}");
    }
}

#[test]
fn a_run_that_meets_damage_does_not_close_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let users: Vec<_> = (0..500).map(|number| create(&format!("user-{number}"), &[("title", "Ms")])).collect();
    take(&mut State::open(&path).expect("a new state"), &users);
    let state = State::open(&path).expect("it is whole");
    let mut bytes = fs::read(&path).expect("a file");
    bytes[4096..].fill(0x5a);
    // The counter of changes, by which SQLite knows that what it has in memory is of yesterday.
    bytes[24..28].fill(0x5a);
    fs::write(&path, bytes).expect("a disk that goes bad");
    assert_eq!(state.people().map(drop).expect_err("it is damaged").kind, Kind::Damaged);
    drop(state);
    assert!(!closed::is_in_order(&path));
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.db");
    Connection::open(&path).and_then(|db| db.execute_batch("CREATE TABLE songs (title)")).expect("another database");
    let before = listing(folder.path());
    let error = refused(State::open(&path));
    assert_eq!(error.kind, Kind::Damaged);
    assert!(read_aloud(&error).ends_with("other.db: the file is no state of Passerelle; check its path"));
    assert_eq!(listing(folder.path()), before);
}

#[test]
fn a_newer_state_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let state = State::open(&path).expect("a new state");
    state.db.pragma_update(None, "user_version", 99).expect("a version");
    drop(state);
    for error in [refused(State::open(&path)), refused(State::open_to_look(&path))] {
        assert_eq!(error.kind, Kind::Newer);
        let said = read_aloud(&error);
        assert!(
            said.contains("a newer Passerelle has used it (its version is 99, this Passerelle knows up to"),
            "{said}"
        );
    }
}

#[test]
fn an_older_state_keeps_its_users_and_takes_the_steps_that_it_has_not_seen() {
    let later = one_more(&["ALTER TABLE users ADD COLUMN shoe_size TEXT NOT NULL DEFAULT ''"]);
    let mut state = State::in_memory();
    take(&mut state, &[create("ada", &[("title", "Ms")])]);

    assert!(matches!(schema::check(&state.db, &later), Err(schema::Obstacle::Older)));
    for _twice in 0..2 {
        schema::migrate(&mut state.db, &later).expect("a step");
        schema::check(&state.db, &later).expect("it is up to date");
    }
    assert_eq!(value(&state.people().expect("the users"), "ada", "title"), "Ms");
    let sizes: String = state.db.query_row("SELECT shoe_size FROM users", (), |row| row.get(0)).expect("a column");
    assert_eq!(sizes, "");
}

#[test]
fn a_step_that_fails_leaves_the_state_as_it_was() {
    let broken = one_more(&["CREATE TABLE half (way TEXT)", "CREATE TABEL typo"]);
    let mut state = State::in_memory();
    assert!(schema::migrate(&mut state.db, &broken).is_err());
    schema::check(&state.db, schema::STEPS).expect("the old version");
    assert!(state.db.prepare("SELECT * FROM half").is_err());
}

#[test]
fn a_crash_in_the_middle_of_a_write_is_repaired_by_a_run_and_only_by_a_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let mut state = State::open(&path).expect("a new state");
    let users: Vec<_> = (0..500).map(|number| create(&format!("user-{number}"), &[("title", "Ms")])).collect();
    take(&mut state, &users);

    // What is on disk at this instant is what a crash would leave.
    let crashed = tempfile::tempdir().expect("another folder");
    state.db.execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE users SET title = 'half'").expect("half a write");
    for name in ["state.db", "state.db-journal"] {
        fs::copy(folder.path().join(name), crashed.path().join(name)).expect("a copy");
    }
    let path = crashed.path().join("state.db");
    let before = listing(crashed.path());
    let error = refused(State::open_to_look(&path));
    assert_eq!(error.kind, Kind::Behind);
    let said = read_aloud(&error);
    assert!(said.contains("the last run was cut off; run once without --dry-run, which repairs it"), "{said}");
    assert_eq!(listing(crashed.path()), before);

    let repaired = State::open(&path).expect("a repaired state");
    assert_eq!(value(&repaired.people().expect("the users"), "user-499", "title"), "Ms");
    assert_eq!(State::open_to_look(&path).expect("a look").count().expect("a number"), 500);
}

#[test]
fn another_process_that_writes_is_waited_for_and_then_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let mut state = State::open(&path).expect("a new state");
    let other = Connection::open(&path).expect("sqlite3, so to say");
    other.execute_batch("BEGIN IMMEDIATE").expect("it writes");

    state.db.busy_timeout(std::time::Duration::ZERO).expect("no patience, for this test");
    let run = RunId::new(at(0));
    let error = state.start_run(&run, "run", &[], at(0)).expect_err("it is locked");
    assert_eq!(error.kind, Kind::Locked);
    assert!(error.later_may_help());
    assert!(read_aloud(&error).contains("state.db: another process is using it"), "{}", read_aloud(&error));

    other.execute_batch("ROLLBACK").expect("it is done");
    state.start_run(&run, "run", &[], at(0)).expect("now it goes");
}

#[test]
fn a_folder_that_is_not_there_is_a_matter_of_the_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("nowhere/state.db");
    let error = refused(State::open(&path));
    assert_eq!(error.kind, Kind::Disk);
    assert!(!error.later_may_help());
    assert!(read_aloud(&error).starts_with(&format!("create {}: No such file", path.display())));
    assert_eq!(State::open_to_look(&path).expect("a look at nothing").count().expect("a number"), 0);
}

//! Backups: when they are made, which of them is restored, and that the command which is printed does it.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::state::tests::{create, read_aloud, take};
use crate::state::{Error, Kind, State, connect, schema};

const USERS: usize = 500;
const KNOWN: usize = schema::STEPS.len();

/// A folder whose name a shell must be told with care, and a state of some users in it, with its backup.
fn backed_up() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Acme's state/state.db");
    fs::create_dir(path.parent().expect("a folder")).expect("a folder");
    let users: Vec<_> = (0..USERS).map(|number| create(&format!("user-{number}"), &[("title", "Ms")])).collect();
    take(&mut State::open(&path).expect("a new state"), &users);
    State::open(&path).expect("the next run");
    (folder, path)
}

/// As a Passerelle left it that knew one step less.
fn of_yesterday(path: &Path) {
    let mut db = Connection::open(path).expect("a file");
    schema::migrate(&mut db, &schema::STEPS[..KNOWN - 1]).expect("the steps of yesterday");
}

fn beside(path: &Path, end: &str) -> PathBuf {
    format!("{}{end}", path.display()).into()
}

/// Without the note that a run leaves when it ends.
fn names(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path.parent().expect("a folder")).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.retain(|name| !name.ends_with(".closed"));
    names.sort();
    names
}

fn version(path: &Path) -> usize {
    let db = connect(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
    db.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version")
}

fn count(path: &Path) -> usize {
    State::open_to_look(path).expect("a state").count().expect("a number")
}

fn age(path: &Path, hours: u64) {
    let then = SystemTime::now() - Duration::from_hours(hours);
    File::options().write(true).open(path).and_then(|file| file.set_modified(then)).expect("a file grows old");
}

fn refused(path: &Path) -> Error {
    State::open(path).err().expect("it is refused")
}

/// What is printed behind the words "restore the backup of …: ", up to the next clause.
fn command(error: &Error) -> String {
    let said = read_aloud(error);
    assert_eq!(said.matches("restore the backup of ").count(), 1, "{said}");
    let command = said.split_once(" UTC: ").expect("a command").1;
    command.split("; or, to begin anew").next().expect("a first part").into()
}

fn restore(path: &Path, error: &Error) {
    let command = command(error);
    let done = Command::new("sh").arg("-c").arg(&command).output().expect("a shell");
    assert!(done.status.success(), "{command}: {done:?}");
    assert_eq!(fs::metadata(path).expect("a state").permissions().mode() & 0o777, 0o600);
    State::open(path).expect("it is whole again");
    assert_eq!(count(path), USERS);
}

#[test]
fn a_run_begins_with_a_backup_if_the_last_is_older_than_a_day_and_two_are_kept() {
    let (_folder, path) = backed_up();
    let backup = beside(&path, ".backup");
    assert_eq!(names(&path), ["state.db", "state.db.backup"]);
    assert_eq!(fs::metadata(&backup).expect("a backup").permissions().mode() & 0o777, 0o600);
    assert_eq!(count(&backup), USERS);

    let mut state = State::open(&path).expect("the state");
    take(&mut state, &[create("ada", &[])]);
    drop(state);
    State::open(&path).expect("a run an hour later");
    assert_eq!((names(&path).len(), count(&backup)), (2, USERS), "there is one of today");

    for nights in 1..4 {
        age(&backup, 23);
        State::open(&path).expect("the next night");
        assert_eq!(names(&path), ["state.db", "state.db.backup", "state.db.backup.1"]);
        assert_eq!(count(&backup), USERS + 1);
        assert_eq!(count(&beside(&path, ".backup.1")), USERS + usize::from(nights > 1));
    }
}

#[test]
fn a_backup_of_tomorrow_is_not_trusted() {
    let (_folder, path) = backed_up();
    let tomorrow = SystemTime::now() + Duration::from_hours(24);
    File::options()
        .write(true)
        .open(beside(&path, ".backup"))
        .and_then(|file| file.set_modified(tomorrow))
        .expect("it");
    State::open(&path).expect("a run");
    assert_eq!(names(&path), ["state.db", "state.db.backup", "state.db.backup.1"]);
}

#[test]
fn a_schema_step_begins_with_a_backup_of_the_state_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    of_yesterday(&path);
    fs::write(beside(&path, &format!(".before-{}", KNOWN - 1)), "of an earlier step").expect("a file");
    fs::write(beside(&path, ".before-lunch"), "none of ours").expect("a file");
    for left in [".new-backup", ".new-backup-journal"] {
        fs::write(beside(&path, left), "what a killed run left").expect("a file");
    }

    State::open(&path).expect("it is brought up to date");
    let before = format!("state.db.before-{KNOWN}");
    assert_eq!(names(&path), ["state.db", &before, "state.db.before-lunch"]);
    assert_eq!((version(&path), version(&path.with_file_name(&before))), (KNOWN, KNOWN - 1));
    State::open(&path).expect("the next run");
    assert_eq!(names(&path), ["state.db", "state.db.backup", &before, "state.db.before-lunch"]);
}

#[test]
fn a_second_try_at_a_schema_step_keeps_the_backup_of_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    of_yesterday(&path);
    let old = fs::read(&path).expect("a file");
    State::open(&path).expect("it is brought up to date");
    fs::write(&path, old).expect("the old one is put back");
    State::open(&path).expect("it is brought up to date again");
    let before = format!("state.db.before-{KNOWN}");
    assert_eq!(names(&path), ["state.db", &before, &format!("{before}.1")]);
}

#[test]
fn no_backup_no_schema_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    of_yesterday(&path);
    fs::create_dir(beside(&path, ".new-backup")).expect("something in the way");
    let error = refused(&path);
    assert_eq!(error.kind, Kind::Disk);
    let said = read_aloud(&error);
    assert!(said.starts_with(&format!("copy {0} to {0}.before-{KNOWN}: ", path.display())), "{said}");
    assert_eq!(version(&path), KNOWN - 1);
}

#[test]
fn whatever_befalls_the_state_is_noticed_at_the_start_and_the_command_that_is_said_restores_it() {
    let (_folder, path) = backed_up();
    let whole = fs::read(&path).expect("a state");
    let half = whole.len() / 2 / 4096 * 4096;
    let spoilt = |from: usize, to: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[from..to].fill(byte);
        bytes
    };
    let cases: [(&str, Option<Vec<u8>>); 10] = [
        ("gone", None),
        ("empty", Some(Vec::new())),
        ("cut in its first page", Some(whole[..100].into())),
        ("cut between two pages", Some(whole[..half].into())),
        ("cut within a page", Some(whole[..half + 1000].into())),
        ("without its magic", Some(spoilt(0, 16, b'x'))),
        ("with garbage in the middle", Some(spoilt(half, half + 8192, 0x5a))),
        ("with a page of zeros", Some(spoilt(half, half + 4096, 0))),
        ("all zeros", Some(vec![0; whole.len()])),
        ("another file", Some(b"path = \"state.db\"\n".repeat(100))),
    ];
    for (what, bytes) in cases {
        match &bytes {
            Some(bytes) => fs::write(&path, bytes).expect("damage"),
            None => fs::remove_file(&path).expect("it goes"),
        }
        let error = refused(&path);
        assert_eq!(error.kind, Kind::Damaged, "{what}: {}", read_aloud(&error));
        assert!(read_aloud(&error).starts_with(&format!("open {}: ", path.display())), "{what}");
        assert_eq!(fs::read(&path).ok(), bytes, "{what}: it is left as it was");
        fs::write(beside(&path, "-journal"), "a journal of the lost one").expect("a file");
        restore(&path, &error);
        assert!(bytes.is_none() || fs::read(beside(&path, ".damaged")).ok() == bytes, "{what}: it is kept");
    }
}

#[test]
fn what_is_read_later_and_turns_out_to_be_damaged_is_said_with_the_command_too() {
    let (_folder, path) = backed_up();
    let state = State::open_to_look(&path).expect("a look");
    let mut bytes = fs::read(&path).expect("a state");
    bytes[4096..].fill(0x5a);
    fs::write(&path, bytes).expect("damage");
    let error = state.people().expect_err("it is damaged");
    assert!(read_aloud(&error).starts_with(&format!("read the users in {}: it is damaged", path.display())));
    drop(state);
    restore(&path, &error);
}

#[test]
fn the_newest_backup_that_is_whole_is_the_one_to_restore() {
    let (_folder, path) = backed_up();
    let (backup, older) = (beside(&path, ".backup"), beside(&path, ".backup.1"));
    age(&backup, 23);
    State::open(&path).expect("the next night");
    fs::write(&path, "").expect("damage");
    assert!(command(&refused(&path)).contains("state.db.backup'"));

    fs::write(&backup, [&fs::read(&backup).expect("a backup")[..8192], &[0x5a; 99_000]].concat()).expect("damage");
    let error = refused(&path);
    assert!(command(&error).contains("state.db.backup.1'"), "{}", read_aloud(&error));
    restore(&path, &error);

    fs::write(&path, "").expect("damage");
    fs::write(&older, "").expect("damage");
    let said = read_aloud(&refused(&path));
    assert!(
        said.contains("it is gone or empty; none of the backups beside it is whole; or, to begin anew, "),
        "{said}"
    );
}

#[test]
fn who_goes_back_to_an_older_passerelle_is_told_of_the_backup_that_it_knows() {
    let (_folder, path) = backed_up();
    fs::rename(beside(&path, ".backup"), beside(&path, &format!(".before-{}", KNOWN + 1))).expect("a backup");
    let db = Connection::open(&path).expect("a state");
    db.pragma_update(None, "user_version", KNOWN + 1).expect("a version");
    drop(db);
    let error = refused(&path);
    assert_eq!(error.kind, Kind::Newer);
    assert!(read_aloud(&error).contains("; install that one; or restore the backup of "), "{}", read_aloud(&error));
    restore(&path, &error);
}

#[test]
fn a_state_behind_a_link_has_its_backups_where_it_is() {
    let (folder, path) = backed_up();
    let link = folder.path().join("link.db");
    symlink(&path, &link).expect("a link");
    State::open(&link).expect("the state");
    fs::write(&path, "").expect("damage");
    restore(&path, &refused(&link));
    assert_eq!(count(&link), USERS);
}

#[test]
fn a_folder_in_place_of_the_state_is_named_as_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = refused(folder.path());
    assert_eq!(error.kind, Kind::Disk);
    assert!(read_aloud(&error).ends_with(": it is a folder; give the path of a file in it"), "{}", read_aloud(&error));
}

//! What every server must do, whatever it speaks: step by step, each a column of the table in `tests/servers.md`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use passerelle::transport::{Entry, Error, Kind, Limit, Replacement, Session, Stop, handover};

use crate::endless::Endless;
use crate::notes::{
    HIDDEN_CONTROL_CHARACTERS, IN_TWO_STEPS, NO_BACKSLASHES, QUESTION_MARKS, RENAME_LATER, SIZE_OF_FOLDERS,
    SIZE_OF_LINKS,
};
use crate::place::Place;
use crate::witness;

/// Tries one thing in conversations of its own. Finds the server's folder empty.
pub type Step = fn(&Place) -> Seen;

/// All is as it should be, or one of [`crate::notes::NOTES`].
pub type Seen = Option<&'static str>;

pub const STEPS: [(&str, Step); 15] = [
    ("list", list),
    ("links", links),
    ("names that cannot be used", unusable_names),
    ("fetch", fetch),
    ("deliver", deliver),
    ("replace", replace),
    ("set aside", set_aside),
    ("missing", missing),
    ("refused", refused),
    ("odd names", odd_names),
    ("empty folder", empty_folder),
    ("binary", binary),
    ("0 bytes", no_bytes),
    ("100 MiB", hundred_mebibytes),
    ("500 files", five_hundred_files),
];

/// Time enough for any test.
pub fn time_enough() -> Limit {
    Limit::new(Duration::from_secs(600), &Stop::default())
}

/// Takes every step.
pub fn seen(place: &Place) -> Vec<Seen> {
    STEPS.iter().map(|(name, step)| take(place, name, *step)).collect()
}

pub fn take(place: &Place, name: &str, step: Step) -> Seen {
    // Of a step that fails the test shows this.
    println!("{name}");
    let seen = step(place);
    clear(place);
    seen
}

fn clear(place: &Place) {
    for entry in fs::read_dir(&place.folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        match entry.file_type().unwrap().is_dir() {
            // A server may still be busy with the rest of a transfer that was broken off.
            true => while fs::remove_dir_all(&path).is_err() && path.exists() {},
            false => fs::remove_file(path).unwrap(),
        }
    }
}

/// Files with their sizes and times, and no folder, though it be named like a file.
fn list(place: &Place) -> Seen {
    let mut session = place.connect();
    session.make_folder("folder.csv").unwrap();
    put(&mut *session, "new.csv", b"content");
    let long_ago: DateTime<Utc> = "2024-02-29T13:14:15Z".parse().unwrap();
    let old = File::create(place.folder.join("old.csv")).unwrap();
    old.set_modified(long_ago.into()).unwrap();
    let listing = session.list("").unwrap();
    assert!(listing.unusable.is_empty(), "{listing:?}");
    assert_eq!(names(&listing.files), ["new.csv", "old.csv"]);
    for (name, size, time) in [("new.csv", 7, Utc::now()), ("old.csv", 0, long_ago)] {
        let entry = listing.files.iter().find(|entry| entry.name == name).unwrap();
        assert_eq!(entry.size, size);
        // Some tell no time of a file that is old, others tell times of their own zone.
        let difference = entry.modified.expect("a time is told") - time;
        assert!(difference.abs() <= TimeDelta::days(1), "{name}: {difference}");
    }
    None
}

/// A link counts as the file that it leads to; one that leads to none is no file.
fn links(place: &Place) -> Seen {
    let mut session = place.connect();
    session.make_folder("folder").unwrap();
    put(&mut *session, "real.csv", b"content");
    for (target, link) in [("real.csv", "link.csv"), ("nowhere", "dangling.csv"), ("folder", "folder.csv")] {
        symlink(target, place.folder.join(link)).unwrap();
    }
    let listing = session.list("").unwrap();
    if names(&listing.files) == ["dangling.csv", "folder.csv", "link.csv", "real.csv"] {
        // The server tells the size of the link itself.
        assert_eq!(get(&mut *session, "link.csv").unwrap_err().kind, Kind::Damaged);
        return Some(SIZE_OF_LINKS);
    }
    assert_eq!(names(&listing.files), ["link.csv", "real.csv"]);
    assert!(listing.files.iter().all(|entry| entry.size == 7), "{listing:?}");
    assert_eq!(get(&mut *session, "link.csv").unwrap(), b"content");
    None
}

/// Reported, and not mixed up with others.
fn unusable_names(place: &Place) -> Seen {
    for name in [&b"caf\xE9.csv"[..], b" blank.csv", b"blank.csv ", b"two\tcolumns.csv", b"good.csv"] {
        fs::write(place.folder.join(OsStr::from_bytes(name)), "x").unwrap();
    }
    let mut session = place.connect();
    let listing = session.list("").unwrap();
    let mut reasons: Vec<_> = listing.unusable.iter().map(|name| name.reason).collect();
    reasons.sort_unstable_by_key(|reason| reason.len());
    match (names(&listing.files).as_slice(), reasons.as_slice()) {
        (["good.csv"], [NOT_UTF_8, BLANKS, BLANKS, CONTROL] | [BLANKS, BLANKS, CONTROL, LOST]) => None,
        (["good.csv"], [NOT_UTF_8, BLANKS, BLANKS]) => Some(HIDDEN_CONTROL_CHARACTERS),
        (["caf?.csv", "good.csv"], [BLANKS, BLANKS, CONTROL]) => {
            assert_eq!(get(&mut *session, "caf?.csv").unwrap_err().kind, Kind::Missing);
            Some(QUESTION_MARKS)
        }
        _ => panic!("{listing:?}"),
    }
}

const NOT_UTF_8: &str = "is not UTF-8";
const BLANKS: &str = "has blanks at an end";
const CONTROL: &str = "has a control character";
const LOST: &str = "has a letter that was lost on the way";

fn fetch(place: &Place) -> Seen {
    let mut session = place.connect();
    session.make_folder("out").unwrap();
    fs::write(place.folder.join("out/a.csv"), "content").unwrap();
    assert_eq!(session.size("out/a.csv").unwrap(), Some(7));
    assert_eq!(get(&mut *session, "out/a.csv").unwrap(), b"content");
    assert_eq!(get(&mut *session, "out/absent.csv").unwrap_err().kind, Kind::Missing);
    assert_eq!(get(&mut *session, "out/a.csv").unwrap(), b"content");
    None
}

/// The name means the old file until the new one is there whole; what an interrupted attempt left is replaced.
fn deliver(place: &Place) -> Seen {
    let mut session = place.connect();
    session.make_folder("in").unwrap();
    put(&mut *session, "in/a.csv", b"yesterday");
    let partial = format!("in/{}", handover::temporary_name("a.csv"));
    put(&mut *session, &partial, b"a half file of last time, longer");
    assert_eq!(handover::leftover(&mut *session, "in", "a.csv").unwrap(), Some(32));
    handover::upload(&mut *session, "in", "a.csv", &mut &b"today"[..], 5).unwrap();
    assert_eq!(get(&mut *session, "in/a.csv").unwrap(), b"yesterday");
    assert_eq!(handover::leftover(&mut *session, "in", "a.csv").unwrap(), Some(5));
    handover::publish(&mut *session, "in", "a.csv").unwrap();
    assert_eq!(get(&mut *session, "in/a.csv").unwrap(), b"today");
    assert_eq!(names(&session.list("in").unwrap().files), ["a.csv"]);
    assert_eq!(handover::publish(&mut *session, "in", "a.csv").unwrap_err().kind, Kind::Missing);

    let error = session.write("in/short.csv", &mut &b"only this"[..], 1000).unwrap_err();
    assert_eq!(error.kind, Kind::Damaged, "{}", error.chain());
    assert!(error.later_may_help());
    None
}

/// What replaces is whole, of what was replaced nothing is left, and at every instant the name means one or the other.
fn replace(place: &Place) -> Seen {
    let mut session = place.connect();
    put(&mut *session, "a.csv", b"a long content");
    put(&mut *session, "a.csv", b"short");
    assert_eq!(get(&mut *session, "a.csv").unwrap(), b"short");
    put(&mut *session, "old.csv", b"old content");
    let replacement = session.rename("a.csv", "old.csv").unwrap();
    assert_eq!(get(&mut *session, "old.csv").unwrap(), b"short");
    assert_eq!(names(&session.list("").unwrap().files), ["old.csv"]);
    match replacement {
        Replacement::Atomic => {
            witness::sees_every_replacement_at_one_instant(place);
            None
        }
        Replacement::InTwoSteps => Some(IN_TWO_STEPS),
    }
}

/// A file goes to another folder under a name that is free there; folders and removals bear being asked for twice.
fn set_aside(place: &Place) -> Seen {
    let mut session = place.connect();
    session.make_folder("done").unwrap();
    session.make_folder("done").unwrap();
    for (content, free) in [("first", "a.csv"), ("second", "a-2.csv"), ("third", "a-3.csv")] {
        put(&mut *session, "a.csv", content.as_bytes());
        assert_eq!(handover::free_name(&mut *session, "done", "a.csv").unwrap(), free);
        session.rename("a.csv", &format!("done/{free}")).unwrap();
        assert_eq!(session.size("a.csv").unwrap(), None);
        assert_eq!(get(&mut *session, &format!("done/{free}")).unwrap(), content.as_bytes());
    }
    session.remove("done/a.csv").unwrap();
    session.remove("done/a.csv").unwrap();
    assert_eq!(names(&session.list("done").unwrap().files), ["a-2.csv", "a-3.csv"]);
    None
}

/// What is not there is missing, and the conversation goes on.
fn missing(place: &Place) -> Seen {
    let mut session = place.connect();
    assert_eq!(session.size("absent.csv").unwrap(), None);
    assert_eq!(session.size("absent/absent.csv").unwrap(), None);
    assert_eq!(session.list("absent").unwrap_err().kind, Kind::Missing);
    assert_eq!(get(&mut *session, "absent.csv").unwrap_err().kind, Kind::Missing);
    assert_eq!(session.rename("absent.csv", "b.csv").unwrap_err().kind, Kind::Missing);
    let error = session.write("absent/a.csv", &mut &b"content"[..], 7).unwrap_err();
    assert_eq!(error.kind, Kind::Missing, "{}", error.chain());
    put(&mut *session, "present.csv", b"x");
    assert_eq!(names(&session.list("").unwrap().files), ["present.csv"]);
    session.make_folder("folder").unwrap();
    match session.size("folder").unwrap() {
        None => None,
        Some(_) => Some(SIZE_OF_FOLDERS),
    }
}

/// A change that the server does not allow is denied, and the conversation goes on; a stranger is not let in.
fn refused(place: &Place) -> Seen {
    let closed = place.folder.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("kept.csv"), "content").unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o555)).unwrap();
    let mut session = place.connect();
    for error in [
        session.write("closed/a.csv", &mut &b"content"[..], 7).unwrap_err(),
        session.make_folder("closed/folder").unwrap_err(),
        session.remove("closed/kept.csv").unwrap_err(),
    ] {
        assert_eq!(error.kind, Kind::Denied, "{}", error.chain());
    }
    assert_eq!(get(&mut *session, "closed/kept.csv").unwrap(), b"content");
    assert_eq!(names(&session.list("closed").unwrap().files), ["kept.csv"]);
    put(&mut *session, "open.csv", b"content");
    let rename = session.rename("closed/kept.csv", "kept.csv").unwrap_err();
    fs::set_permissions(&closed, Permissions::from_mode(0o755)).unwrap();

    let stranger = place.turn_away();
    assert_eq!(stranger.kind, Kind::Login, "{}", stranger.chain());
    match rename.kind {
        Kind::Denied => None,
        Kind::Unreachable if rename.chain().contains("`451 ") => Some(RENAME_LATER),
        _ => panic!("{}", rename.chain()),
    }
}

/// Names stay as they are, byte for byte, and none leads out of the server's folder.
fn odd_names(place: &Place) -> Seen {
    let long = "long".repeat(50);
    let mut expected = vec![
        "Employés à jour.csv",
        // The same to the eye: letters and accents apart, as a Mac writes them.
        "Employe\u{301}s a\u{300} jour.csv",
        "日本.csv",
        "two  blanks inside.csv",
        "[1] (copy).csv",
        "quo\"te's.csv",
        "50% & more; #2.csv",
        "-rf.csv",
        "star*?.csv",
        BACKSLASH,
        "arrow -> to.csv",
        &long,
    ];
    expected.sort_unstable();
    let mut session = place.connect();
    let is_prohibited = session.write(BACKSLASH, &mut &b"x"[..], 1).is_err_and(|error| error.kind == Kind::Denied);
    if is_prohibited {
        expected.retain(|name| *name != BACKSLASH);
    }
    for &name in &expected {
        put(&mut *session, name, name.as_bytes());
    }
    assert_eq!(names(&session.list("").unwrap().files), expected);
    for name in expected {
        assert_eq!(fs::read_to_string(place.folder.join(name)).unwrap(), name);
        assert_eq!(get(&mut *session, name).unwrap(), name.as_bytes());
        assert_eq!(session.size(name).unwrap(), Some(name.len() as u64));
        session.rename(name, "renamed.csv").unwrap();
        session.remove("renamed.csv").unwrap();
    }
    for path in ["../a.csv", "/etc/passwd", "a\r\nb.csv", " a.csv", "a/../../b.csv"] {
        assert_eq!(session.size(path).unwrap_err().kind, Kind::Setup, "{path:?}");
        assert_eq!(session.write(path, &mut &b"x"[..], 1).unwrap_err().kind, Kind::Setup, "{path:?}");
        assert_eq!(session.remove(path).unwrap_err().kind, Kind::Setup, "{path:?}");
    }
    assert!(session.list("").unwrap().files.is_empty());
    is_prohibited.then_some(NO_BACKSLASHES)
}

const BACKSLASH: &str = "back\\slash.csv";

fn empty_folder(place: &Place) -> Seen {
    let mut session = place.connect();
    session.make_folder("empty").unwrap();
    for folder in ["", "empty", "", "empty"] {
        let listing = session.list(folder).unwrap();
        assert!(listing.files.is_empty() && listing.unusable.is_empty(), "{folder:?}: {listing:?}");
    }
    None
}

fn binary(place: &Place) -> Seen {
    let mut session = place.connect();
    let all_bytes: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = (0_u32..5 << 18).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for (name, content) in [
        ("ends.csv", &b"\r\n\n\r\r\n\x1A\0\xFF\xFE\n"[..]),
        ("bytes.bin", &all_bytes),
        ("5-mib.bin", &large),
        ("5-mib-and-a-byte.bin", &[&large[..], b"\n"].concat()),
    ] {
        put(&mut *session, name, content);
        assert_eq!(session.size(name).unwrap(), Some(content.len() as u64), "{name}");
        assert!(get(&mut *session, name).unwrap() == content, "{name} came back changed");
        assert!(fs::read(place.folder.join(name)).unwrap() == content, "{name} arrived changed");
    }
    None
}

fn no_bytes(place: &Place) -> Seen {
    let mut session = place.connect();
    for name in ["1.csv", "2.csv", "3.csv"] {
        put(&mut *session, name, b"");
        assert_eq!(session.size(name).unwrap(), Some(0));
        assert_eq!(get(&mut *session, name).unwrap(), b"");
    }
    let sizes: BTreeMap<_, _> =
        session.list("").unwrap().files.into_iter().map(|entry| (entry.name, entry.size)).collect();
    assert_eq!(sizes, ["1.csv", "2.csv", "3.csv"].map(|name| (name.to_owned(), 0)).into());
    None
}

fn hundred_mebibytes(place: &Place) -> Seen {
    const SIZE: u64 = 100 << 20;
    let mut session = place.connect();
    let written = session.write("large.bin", &mut Endless::default().take(SIZE), SIZE);
    written.unwrap_or_else(|error| panic!("{}", error.chain()));
    assert_eq!(session.size("large.bin").unwrap(), Some(SIZE));
    let fetched = session.fetch("large.bin", &mut Endless::default());
    assert_eq!(fetched.unwrap_or_else(|error| panic!("{}", error.chain())), SIZE);
    None
}

fn five_hundred_files(place: &Place) -> Seen {
    let mut session = place.connect();
    for number in 0..500 {
        put(&mut *session, &format!("{number:03}.csv"), format!("file {number}").as_bytes());
    }
    let listing = session.list("").unwrap();
    assert_eq!(listing.files.len(), 500);
    let mut is_lost = false;
    for entry in &listing.files {
        let number: u32 = entry.name[..3].parse().unwrap();
        // Once in thousands of files, libunftp dies of a connection that ends; a run would try again, too.
        let fetched = get(&mut *session, &entry.name).or_else(|lost| {
            assert!(lost.kind == Kind::Unreachable && !is_lost, "{}", lost.chain());
            (session, is_lost) = (place.connect(), true);
            get(&mut *session, &entry.name)
        });
        assert_eq!(fetched.unwrap(), format!("file {number}").as_bytes());
        session.remove(&entry.name).unwrap();
    }
    assert!(session.list("").unwrap().files.is_empty());
    None
}

fn put(session: &mut dyn Session, path: &str, content: &[u8]) {
    let written = session.write(path, &mut &content[..], content.len() as u64);
    written.unwrap_or_else(|error| panic!("{path}: {}", error.chain()));
}

fn get(session: &mut dyn Session, path: &str) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    let count = session.fetch(path, &mut content)?;
    assert_eq!(count, content.len() as u64);
    Ok(content)
}

fn names(files: &[Entry]) -> Vec<&str> {
    let mut names: Vec<_> = files.iter().map(|entry| entry.name.as_str()).collect();
    names.sort_unstable();
    names
}

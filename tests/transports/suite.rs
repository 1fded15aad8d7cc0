//! What every server must do, whatever it speaks.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use passerelle::transport::{Error, Kind, Limit, Replacement, Session, Stop, handover};

/// Connects to a server. Each part of the suite takes a conversation of its own.
pub type Connect<'a> = &'a dyn Fn() -> Box<dyn Session>;

/// Time enough for any test.
pub fn time_enough() -> Limit {
    Limit::new(Duration::from_secs(600), &Stop::default())
}

/// Everything but what only some servers can do. The server's folder must be empty.
pub fn passes(connect: Connect) {
    an_empty_folder_lists_as_empty(connect);
    every_byte_arrives_as_it_was(connect);
    a_longer_file_is_cut_when_a_shorter_one_is_written(connect);
    odd_names_stay_as_they_are(connect);
    a_path_that_leaves_the_folder_is_refused(connect);
    a_file_that_is_not_there_is_missing_and_the_conversation_goes_on(connect);
    a_folder_can_be_made_twice_and_a_file_removed_twice(connect);
    folders_are_not_listed(connect);
    a_file_takes_a_new_name(connect);
    a_file_takes_the_name_of_another(connect);
    fewer_bytes_than_announced_are_damage(connect);
    two_hundred_files_go_through_one_conversation(connect);
    a_file_is_handed_over_whole(connect);
    what_an_interrupted_attempt_left_is_found_and_replaced(connect);
    a_free_name_is_that_of_no_other_file(connect);
}

/// Files that stand in the server's own folder, as bytes of the name and content.
pub fn reports_names_that_it_cannot_use(connect: Connect, on_disk: &Path) {
    use std::os::unix::ffi::OsStrExt;
    for name in [&b"caf\xE9.csv"[..], b" blank.csv", b"two\nlines.csv", b"good.csv"] {
        std::fs::write(on_disk.join(std::ffi::OsStr::from_bytes(name)), "x").unwrap();
    }
    let listing = connect().list("").unwrap();
    assert_eq!(names(&listing.files), ["good.csv"]);
    let mut reasons: Vec<_> = listing.unusable.iter().map(|name| name.reason).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["has a control character", "has blanks at an end", "is not UTF-8"]);
    for name in [&b"caf\xE9.csv"[..], b" blank.csv", b"two\nlines.csv", b"good.csv"] {
        std::fs::remove_file(on_disk.join(std::ffi::OsStr::from_bytes(name))).unwrap();
    }
}

/// A reader who looks all the time sees the old file or the new one, whole, and never none. `look` reads the file behind
/// the server's back.
pub fn replaces_at_one_instant(connect: Connect, on_disk: &Path) {
    let path = on_disk.join("polled.csv");
    let version = |number: u8| vec![b'a' + number % 26; 50_000];
    std::fs::write(&path, version(0)).unwrap();
    let done = AtomicBool::new(false);
    let mut session = connect();
    std::thread::scope(|scope| {
        // Ends the reader even when an assertion ends this thread.
        let _end = Raise(&done);
        let reader = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let seen = std::fs::read(&path).expect("the name is never absent");
                assert_eq!(seen.len(), 50_000, "a part of a file was seen");
                assert!(seen.iter().all(|byte| *byte == seen[0]), "two files were mixed");
            }
        });
        for number in 1..=100 {
            let content = version(number);
            handover::upload(&mut *session, "", "polled.csv", &mut &content[..], content.len() as u64).unwrap();
            assert_eq!(handover::publish(&mut *session, "", "polled.csv").unwrap(), Replacement::Atomic);
        }
        assert!(!reader.is_finished(), "the reader stopped early");
    });
    std::fs::remove_file(path).unwrap();
}

struct Raise<'a>(&'a AtomicBool);

impl Drop for Raise<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn an_empty_folder_lists_as_empty(connect: Connect) {
    let mut session = connect();
    session.make_folder("empty").unwrap();
    for folder in ["", "empty"] {
        let listing = session.list(folder).unwrap();
        assert!(listing.files.is_empty() && listing.unusable.is_empty(), "{folder:?}: {listing:?}");
    }
}

fn every_byte_arrives_as_it_was(connect: Connect) {
    let mut session = connect();
    let all_bytes: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = (0_u32..5 << 18).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for (name, content) in [
        ("nothing.csv", &b""[..]),
        ("ends.csv", b"\r\n\n\r\r\n\x1A\0\xFF\xFE\n"),
        ("bytes.bin", &all_bytes),
        ("5-mib.bin", &large),
    ] {
        put(&mut *session, name, content);
        assert_eq!(session.size(name).unwrap(), Some(content.len() as u64), "{name}");
        assert!(get(&mut *session, name).unwrap() == content, "{name} came back changed");
    }
    let listed: BTreeMap<_, _> =
        session.list("").unwrap().files.into_iter().map(|entry| (entry.name, entry.size)).collect();
    assert_eq!(listed["5-mib.bin"], 5 << 20);
    assert_eq!(listed["nothing.csv"], 0);
    empty(&mut *session, "");
}

fn a_longer_file_is_cut_when_a_shorter_one_is_written(connect: Connect) {
    let mut session = connect();
    put(&mut *session, "a.csv", b"a long content");
    put(&mut *session, "a.csv", b"short");
    assert_eq!(get(&mut *session, "a.csv").unwrap(), b"short");
    empty(&mut *session, "");
}

fn odd_names_stay_as_they_are(connect: Connect) {
    const NAMES: [&str; 9] = [
        "Employés à jour.csv",
        "日本.csv",
        "two  blanks inside.csv",
        "[1] (copy).csv",
        "quo\"te's.csv",
        "50% & more; #2.csv",
        "-rf.csv",
        "star*?.csv",
        "back\\slash.csv",
    ];
    let mut session = connect();
    for name in NAMES {
        put(&mut *session, name, name.as_bytes());
    }
    let mut expected = NAMES;
    expected.sort_unstable();
    assert_eq!(names(&session.list("").unwrap().files), expected);
    for name in NAMES {
        assert_eq!(get(&mut *session, name).unwrap(), name.as_bytes());
        assert_eq!(session.size(name).unwrap(), Some(name.len() as u64));
    }
    empty(&mut *session, "");
}

fn a_path_that_leaves_the_folder_is_refused(connect: Connect) {
    let mut session = connect();
    for path in ["../a.csv", "/etc/passwd", "a\r\nb.csv", " a.csv", "a/../../b.csv"] {
        assert_eq!(session.size(path).unwrap_err().kind, Kind::Setup, "{path:?}");
        assert_eq!(session.write(path, &mut &b"x"[..], 1).unwrap_err().kind, Kind::Setup, "{path:?}");
        assert_eq!(session.remove(path).unwrap_err().kind, Kind::Setup, "{path:?}");
    }
    assert!(session.list("").unwrap().files.is_empty());
}

fn a_file_that_is_not_there_is_missing_and_the_conversation_goes_on(connect: Connect) {
    let mut session = connect();
    assert_eq!(session.size("absent.csv").unwrap(), None);
    assert_eq!(session.size("absent/absent.csv").unwrap(), None);
    assert_eq!(session.list("absent").unwrap_err().kind, Kind::Missing);
    assert_eq!(get(&mut *session, "absent.csv").unwrap_err().kind, Kind::Missing);
    assert_eq!(session.rename("absent.csv", "b.csv").unwrap_err().kind, Kind::Missing);
    put(&mut *session, "present.csv", b"x");
    assert_eq!(names(&session.list("").unwrap().files), ["present.csv"]);
    empty(&mut *session, "");
}

fn a_folder_can_be_made_twice_and_a_file_removed_twice(connect: Connect) {
    let mut session = connect();
    session.make_folder("done").unwrap();
    session.make_folder("done").unwrap();
    put(&mut *session, "done/a.csv", b"x");
    session.remove("done/a.csv").unwrap();
    session.remove("done/a.csv").unwrap();
    assert!(session.list("done").unwrap().files.is_empty());
}

fn folders_are_not_listed(connect: Connect) {
    let mut session = connect();
    session.make_folder("folder.csv").unwrap();
    put(&mut *session, "file.csv", b"x");
    assert_eq!(names(&session.list("").unwrap().files), ["file.csv"]);
    empty(&mut *session, "");
}

fn a_file_takes_a_new_name(connect: Connect) {
    let mut session = connect();
    session.make_folder("done").unwrap();
    put(&mut *session, "a.csv", b"content");
    session.rename("a.csv", "done/b.csv").unwrap();
    assert_eq!(session.size("a.csv").unwrap(), None);
    assert_eq!(get(&mut *session, "done/b.csv").unwrap(), b"content");
    empty(&mut *session, "done");
}

fn a_file_takes_the_name_of_another(connect: Connect) {
    let mut session = connect();
    put(&mut *session, "new.csv", b"new");
    put(&mut *session, "old.csv", b"old content");
    session.rename("new.csv", "old.csv").unwrap();
    assert_eq!(get(&mut *session, "old.csv").unwrap(), b"new");
    assert_eq!(names(&session.list("").unwrap().files), ["old.csv"]);
    empty(&mut *session, "");
}

fn fewer_bytes_than_announced_are_damage(connect: Connect) {
    let error = connect().write("short.csv", &mut &b"only this"[..], 1000).unwrap_err();
    assert_eq!(error.kind, Kind::Damaged, "{}", error.chain());
    assert!(error.later_may_help());
    empty(&mut *connect(), "");
}

fn two_hundred_files_go_through_one_conversation(connect: Connect) {
    let mut session = connect();
    for number in 0..200 {
        put(&mut *session, &format!("{number:03}.csv"), format!("file {number}").as_bytes());
    }
    let listing = session.list("").unwrap();
    assert_eq!(listing.files.len(), 200);
    for entry in &listing.files {
        let number: u32 = entry.name[..3].parse().unwrap();
        assert_eq!(get(&mut *session, &entry.name).unwrap(), format!("file {number}").as_bytes());
    }
    empty(&mut *session, "");
}

fn a_file_is_handed_over_whole(connect: Connect) {
    let mut session = connect();
    session.make_folder("in").unwrap();
    put(&mut *session, "in/a.csv", b"yesterday");
    handover::upload(&mut *session, "in", "a.csv", &mut &b"today"[..], 5).unwrap();
    assert_eq!(get(&mut *session, "in/a.csv").unwrap(), b"yesterday");
    assert_eq!(handover::leftover(&mut *session, "in", "a.csv").unwrap(), Some(5));
    handover::publish(&mut *session, "in", "a.csv").unwrap();
    assert_eq!(get(&mut *session, "in/a.csv").unwrap(), b"today");
    assert_eq!(handover::leftover(&mut *session, "in", "a.csv").unwrap(), None);
    assert_eq!(names(&session.list("in").unwrap().files), ["a.csv"]);
    assert_eq!(handover::publish(&mut *session, "in", "a.csv").unwrap_err().kind, Kind::Missing);
    empty(&mut *session, "in");
}

fn what_an_interrupted_attempt_left_is_found_and_replaced(connect: Connect) {
    put(&mut *connect(), &handover::temporary_name("a.csv"), b"a half file of last time, longer");
    let mut session = connect();
    assert_eq!(handover::leftover(&mut *session, "", "a.csv").unwrap(), Some(32));
    handover::upload(&mut *session, "", "a.csv", &mut &b"whole"[..], 5).unwrap();
    handover::publish(&mut *session, "", "a.csv").unwrap();
    assert_eq!(get(&mut *session, "a.csv").unwrap(), b"whole");
    empty(&mut *session, "");
}

fn a_free_name_is_that_of_no_other_file(connect: Connect) {
    let mut session = connect();
    session.make_folder("refused").unwrap();
    for (content, free) in [("first", "a.csv"), ("second", "a-2.csv"), ("third", "a-3.csv")] {
        assert_eq!(handover::free_name(&mut *session, "refused", "a.csv").unwrap(), free);
        put(&mut *session, &format!("refused/{free}"), content.as_bytes());
    }
    empty(&mut *session, "refused");
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

fn empty(session: &mut dyn Session, folder: &str) {
    for entry in session.list(folder).unwrap().files {
        let path = if folder.is_empty() { entry.name } else { format!("{folder}/{}", entry.name) };
        session.remove(&path).unwrap();
    }
}

fn names(files: &[passerelle::transport::Entry]) -> Vec<&str> {
    let mut names: Vec<_> = files.iter().map(|entry| entry.name.as_str()).collect();
    names.sort_unstable();
    names
}

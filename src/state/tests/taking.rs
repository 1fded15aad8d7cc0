//! Files that are taken in: whole and known by their digest, or gone.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::model::{Bytes, Digest};
use crate::state::{Spool, Taken, Taking};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

/// In pieces as a server sends them, small and large.
fn take(mut taking: Taking, bytes: &[u8]) -> Taken {
    let (small, large) = bytes.split_at(bytes.len() / 3);
    small.chunks(1000).chain(large.chunks(300_000)).for_each(|piece| taking.write_all(piece).expect("room"));
    taking.finish().expect("room")
}

#[test]
fn what_is_taken_in_is_read_from_the_disk_and_keeps_its_bytes_under_its_final_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = Spool::at(&folder.path().join("spool"));
    let bytes: Vec<u8> = (0..2_000_003_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();

    let mut taken = take(spool.take().expect("room"), &bytes);
    assert_eq!((taken.len(), taken.digest()), (bytes.len() as u64, &Digest::of(&bytes)));
    let mut part = [0; 4];
    taken.read_at(&mut part, 1_999_999).expect("the last ones");
    assert_eq!(part, bytes[1_999_999..]);
    assert_eq!(
        taken.read_at(&mut part, 2_000_000).expect_err("nothing is behind").kind(),
        io::ErrorKind::UnexpectedEof
    );

    spool.put("a.in", b"an older one").expect("room");
    assert!(taken.keep("a.in").expect("renamed"));
    assert_eq!(names(&folder.path().join("spool")), ["a.in"]);
    let mode = fs::metadata(spool.path("a.in")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(taken.top(usize::MAX).expect("as before") == bytes);
    assert!(!taken.keep("b.in").expect("nothing is done"), "it has its name");
    drop(taken);
    let kept = spool.open("a.in").expect("it stays");
    assert!(kept.top(usize::MAX).expect("all") == bytes);
    assert_eq!(Digest::of_all(&kept).expect("all"), Digest::of(&bytes));
}

#[test]
fn what_is_not_kept_leaves_nothing_and_what_a_crash_leaves_is_tidied_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = Spool::at(folder.path());
    let mut half = spool.take().expect("room");
    half.write_all(b"half of it").expect("room");
    let whole = take(spool.take().expect("room"), b"all of it");
    assert_eq!(names(folder.path()).len(), 2);
    drop((half, whole));
    assert_eq!(names(folder.path()), [""; 0]);

    let mut cut = spool.take().expect("room");
    cut.write_all(&[b'x'; 1 << 20]).expect("room");
    // As a crash does: nobody removes anything.
    std::mem::forget(cut);
    assert_eq!(names(folder.path()).len(), 1);
    spool.keep_only(&[].into()).expect("tidied up");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn what_is_taken_in_without_a_name_cannot_be_kept() {
    let mut taken = take(Taking::unnamed().expect("room"), b"login\nada\n");
    assert_eq!((taken.len(), taken.digest()), (10, &Digest::of(b"login\nada\n")));
    assert!(!taken.keep("a.in").expect("nothing is done"));
}

#[test]
fn a_spool_that_is_no_folder_is_said_as_such() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("spool"), "a file").expect("room");
    let error = Spool::at(&folder.path().join("spool")).take().err().expect("it is no folder");
    assert!(super::read_aloud(&error).starts_with(&format!("write to {}: ", folder.path().join("spool").display())));
}

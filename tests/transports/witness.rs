//! A reader who looks at a file all the time, behind the server's back, while it is replaced.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use passerelle::transport::{Replacement, handover};

use crate::place::Place;

/// He sees the old file or the new one, whole, and never none.
pub fn sees_every_replacement_at_one_instant(place: &Place) {
    let path = place.folder.join("polled.csv");
    let version = |number: u8| vec![b'a' + number; 50_000];
    fs::write(place.folder.join("first"), version(0)).unwrap();
    let mut session = place.connect();
    session.rename("first", "polled.csv").unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Ends the reader even when an assertion ends this thread.
        let _end = Raise(&done);
        let reader = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let seen = fs::read(&path).expect("the name is never absent");
                assert_eq!(seen.len(), 50_000, "a part of a file was seen");
                assert!(seen[1..] == seen[..49_999], "two files were mixed");
            }
        });
        for number in 1..=20 {
            let content = version(number);
            handover::upload(&mut *session, "", "polled.csv", &mut &content[..], content.len() as u64).unwrap();
            assert_eq!(handover::publish(&mut *session, "", "polled.csv").unwrap(), Replacement::Atomic);
        }
        assert!(!reader.is_finished(), "the reader stopped early");
    });
}

struct Raise<'a>(&'a AtomicBool);

impl Drop for Raise<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

//! Lists that change while they are being read: nobody is lost, and nobody is there twice.

use std::thread;
use std::time::Duration;

use super::{Instance, ids, numbers};
use crate::lucca_server::{Fault, Options, Rate, What};

const SMALL_PAGES: &str = "page-size = 40\nat-once = 3";

#[test]
fn everybody_is_read_once_in_the_order_of_their_ids() {
    let instance = Instance::with(250);
    for more in ["", "page-size = 2", "page-size = 40\nat-once = 1", SMALL_PAGES, "page-size = 250", "page-size = 249"]
    {
        let people = instance.read(more, &["mail"]).people;
        assert_eq!(numbers(&people), ids(&instance.server), "{more}");
    }
}

#[test]
fn a_list_of_one_page_is_one_request() {
    let instance = Instance::with(40);
    instance.read(SMALL_PAGES, &["mail"]);
    assert_eq!(instance.server.requests().len(), 1, "{:?}", instance.server.requests());
}

#[test]
fn whoever_drops_out_takes_nobody_else_along() {
    // More than pages overlap, and more than half of one.
    for (gone, after) in [(1, 1), (1, 4), (15, 1), (15, 2), (30, 2)] {
        let instance = Instance::with(200);
        let before = ids(&instance.server);
        // While a page is waited for, people of the first one are no more: everybody behind moves up.
        instance.server.fault(Fault::on("GET", "/api/v3/users", What::Slow(300)).after(after));
        let read = thread::scope(|scope| {
            scope.spawn(|| {
                while !instance.server.faults().is_empty() {
                    thread::sleep(Duration::from_millis(2));
                }
                let sql = format!("DELETE FROM users WHERE id <= {}", before[gone - 1]);
                instance.server.database(|store| store.execute(&sql, []).unwrap());
            });
            numbers(&instance.read("page-size = 40\nat-once = 1", &["mail"]).people)
        });
        let stay = &before[gone..];
        assert!(read.is_sorted() && read.ends_with(stay), "{gone} gone after {after} pages: {read:?}");
    }
}

#[test]
fn whoever_comes_in_before_all_others_makes_nobody_come_twice() {
    for after in 0..6 {
        let instance = Instance::with(200);
        let before = ids(&instance.server);
        instance.server.fault(Fault::on("GET", "/api/v3/users", What::HireBetween).after(after));
        let read = numbers(&instance.read(SMALL_PAGES, &["mail"]).people);
        let known: Vec<u32> = read.iter().copied().filter(|id| before.contains(id)).collect();
        assert_eq!(known, before, "after {after} pages");
        assert!(read.is_sorted() && read.len() <= before.len() + 1, "after {after} pages: {read:?}");
    }
}

#[test]
fn a_page_that_comes_twice_is_read_again() {
    for after in 0..6 {
        let instance = Instance::with(200);
        instance.server.fault(Fault::on("GET", "/api/v3/users", What::RepeatPage).after(after));
        let read = numbers(&instance.read(SMALL_PAGES, &["mail"]).people);
        assert_eq!(read, ids(&instance.server), "after {after} pages");
    }
}

#[test]
fn a_request_that_fails_is_made_again() {
    for what in
        [What::CutBefore, What::CutInside, What::CutAfter, What::Refuse(500), What::Refuse(429), What::Refuse(408)]
    {
        for number in 1..=3 {
            let instance = Instance::with(120);
            instance.server.fault(Fault::at(number, what.clone()));
            let read = numbers(&instance.read(SMALL_PAGES, &["mail"]).people);
            assert_eq!(read, ids(&instance.server), "{what:?} at {number}");
            assert!(instance.server.faults().is_empty(), "{what:?} at {number} struck");
        }
    }
}

#[test]
fn a_service_that_asks_for_patience_is_read_to_the_end() {
    let rate = Some(Rate { requests: 4, window: Duration::from_millis(900) });
    let instance = Instance::of(Options { people: 120, rate, ..Options::default() });
    let read = numbers(&instance.read("page-size = 20\nat-once = 4", &["mail"]).people);
    assert_eq!(read, ids(&instance.server));
    assert!(instance.server.requests().iter().any(|request| request.status == 429), "it did ask");
}

#[test]
fn one_page_that_fails_for_good_ends_the_reading() {
    let instance = Instance::with(250);
    instance.server.fault(Fault::on("GET", "/api/v3/users", What::Refuse(403)).after(3));
    let error = instance.refused("page-size = 20\nat-once = 1", &["mail"]);
    assert!(error.chain().contains("to see users"), "{}", error.chain());
    assert_eq!(instance.server.requests().len(), 4, "nothing is asked in vain");
}

#[test]
fn a_web_page_in_place_of_people_is_said_to_be_one() {
    let instance = Instance::of(Options { people: 5, ..Options::default() });
    instance.server.fault(Fault::at(1, What::Portal));
    let error = instance.refused("", &["mail"]);
    assert!(error.chain().contains("read a page of users: what was answered is a web page"), "{}", error.chain());
}

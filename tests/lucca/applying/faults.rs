//! A fault on each request of a night, one at a time: what comes of it is what comes of an undisturbed night.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::lucca_server::{Fault, What};

/// A server answers the next request within half a second; one that is asked for patience, after one.
const TIMES_OUT: u64 = 1300;

/// Nights that are disturbed at the same time: most of each one is a pause.
const AT_ONCE: usize = 6;

#[test]
fn whatever_goes_wrong_once_with_whatever_request_the_company_is_the_same_in_the_end() {
    let calm = Night::new();
    let (_, said) = calm.run();
    let requests = calm.server.requests().len();
    assert!(requests > 15, "{said}");
    let faults = [
        What::CutBefore,
        What::CutInside,
        What::CutAfter,
        What::Refuse(500),
        What::DoneYet(500),
        What::Refuse(429),
        What::DoneYet(503),
        What::Slow(TIMES_OUT),
        What::DoneSlow(TIMES_OUT),
    ];
    let cases: Vec<(usize, &What)> = (1..=requests).flat_map(|at| faults.iter().map(move |what| (at, what))).collect();
    let wrong = each(&cases, |(at, what)| {
        let night = Night::with(Options::default(), "answer-within-seconds = 1");
        night.server.fault(Fault::at(*at, (*what).clone()));
        let (code, said) = night.run();
        let struck = night.server.faults().is_empty();
        let is_same = night.company() == calm.company() && code == 4 && struck;
        (!is_same).then(|| format!("{what:?} at {at}: {code} {said}\n{}", night.written().join("\n")))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_request_that_fails_in_all_tries_is_gone_on_with_in_the_next_night() {
    let calm = undisturbed();
    let cases = [What::CutBefore, What::CutAfter, What::Refuse(503), What::DoneYet(502)];
    let writes = 5;
    let cases: Vec<(usize, &What)> = (0..writes).flat_map(|at| cases.iter().map(move |what| (at, what))).collect();
    let wrong = each(&cases, |(at, what)| {
        let night = Night::with(Options::default(), "tries = 1");
        for (method, path) in [("POST", ""), ("PUT", "")] {
            night.server.fault(Fault::on(method, path, (*what).clone()).after(*at));
        }
        let (code, said) = night.run();
        let (last, then) = if night.server.faults().len() == 2 { (code, said.clone()) } else { night.run_until_done() };
        let is_same = night.company() == calm && last == 4;
        (!is_same).then(|| format!("{what:?} at {at}: {code} {said}\n{last} {then}\n{}", night.written().join("\n")))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_something_on_the_way_answers_is_not_taken_for_lucca() {
    for path in ["/api/v3/users", "/directory/api/4.0/work-contracts"] {
        let night = Night::new();
        ["POST", "PUT"].into_iter().for_each(|method| night.server.fault(Fault::on(method, path, What::Portal)));
        let (code, said) = night.run();
        assert_eq!(code, 4, "{said}");
        night.is_as_undisturbed(&said);
    }
}

#[test]
fn a_row_that_lucca_cannot_do_in_any_try_fails_and_the_others_go_on() {
    let night = Night::with(Options::default(), "tries = 2");
    let what = What::Refuse(500);
    (0..2).for_each(|_| night.server.fault(Fault::on("PUT", "/api/v3/users/121", what.clone())));
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("not applied: row 4:") && said.contains("it answered 500"), "{said}");
    assert_eq!(night.person("change")["lastName"], "Change");
    assert_eq!(night.person("part")["dtContractEnd"], "2026-12-31T00:00:00");
    // It may have been done in the last try after all.
    let night = Night::with(Options::default(), "tries = 1");
    night.server.fault(Fault::on("PUT", "/api/v3/users/121", What::DoneYet(500)));
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    night.is_as_undisturbed(&said);
}

/// What each case has to say, some cases at the same time.
fn each<T: Sync>(cases: &[T], check: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let (next, said) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let wrong = check(case);
                    said.lock().expect("nobody panics with it").extend(wrong);
                }
            });
        }
    });
    said.into_inner().expect("nobody panics with it")
}

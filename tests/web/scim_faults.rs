//! Faults on every request to a SCIM server, and kills at every step: the end is that of an undisturbed run.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::company::{Company, staff};
use crate::scim::STAFF;
use crate::scim_server::{Fault, ScimServer, Way, installed};

const KILLS: u32 = 10;

fn company(site: &str) -> Company {
    let company = Company::new(site);
    company.write("hr/hr.csv", staff(&STAFF));
    company
}

/// What the people become in the next run: one changes, one leaves.
fn change(company: &Company) {
    company.write("hr/hr.csv", staff(&[STAFF[0], ["0003", "Menabrea", "Engines", "0001", ""]]));
}

#[test]
fn a_fault_on_any_request_changes_nothing_of_the_end() {
    if !installed() {
        return;
    }
    let calm = ScimServer::start();
    let way = Way::to(&calm);
    let undisturbed = company(&way.site());
    undisturbed.ends(&["run"], 0);
    let first = (calm.users(), way.asked().len());
    way.has(&[]);
    change(&undisturbed);
    undisturbed.ends(&["run"], 0);
    let second = (calm.users(), way.asked().len());
    for fault in [Fault::CutBefore, Fault::CutAfter, Fault::TooMany] {
        for number in 0..first.1.max(second.1) {
            let server = calm.tenant(&format!("{fault:?}-{number}"));
            let way = Way::to(&server);
            let company = company(&way.site());
            way.has(&[(number, fault)]);
            company.ends(&["run"], 0);
            assert_eq!(server.users(), first.0, "{fault:?} at request {number}");
            change(&company);
            way.has(&[(number, fault)]);
            company.ends(&["run"], 0);
            assert_eq!(server.users(), second.0, "{fault:?} at request {number} of the second run");
        }
    }
}

#[test]
fn a_run_that_is_cut_off_goes_on_where_it_was() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let way = Way::to(&server);
    let company = company(&way.site());
    company.change_site("trust = \"system\"", "trust = \"system\"\ntries = 1");
    let posts = |way: &Way| way.asked().iter().filter(|asked| asked.starts_with("POST")).count();
    // What it can, who is there, the first account; the second one is created all the same.
    let creation = 3;
    way.has(&[(creation, Fault::CutAfter)]);
    company.ends(&["run"], 75);
    assert_eq!(company.deliveries(), ["uploading"], "{:?}", way.asked());
    assert_eq!(server.users().len(), 2);
    way.has(&[]);
    company.ends(&["run"], 0);
    assert_eq!(posts(&way), 1, "{:?}", way.asked());
    assert_eq!((server.users().len(), company.deliveries()), (3, vec!["delivered".into()]));
}

#[test]
fn a_run_that_is_killed_at_any_step_is_made_up_for() {
    if !installed() {
        return;
    }
    let calm = ScimServer::start();
    let undisturbed = company(&calm.site());
    let start = Instant::now();
    undisturbed.ends(&["run"], 0);
    let whole = start.elapsed();
    for step in 0..KILLS {
        let server = calm.tenant(&format!("killed-{step}"));
        let way = Way::to(&server);
        let company = company(&way.site());
        let mut night = company.start(&["run"]);
        sleep(whole * step / KILLS);
        night.kill().expect("it dies, or is dead");
        night.wait().expect("it is dead");
        company.ends(&["run"], 0);
        assert_eq!(server.users(), calm.users(), "killed at step {step}");
    }
}

#[test]
fn a_run_that_is_killed_while_any_request_is_under_way_is_made_up_for() {
    if !installed() {
        return;
    }
    let calm = ScimServer::start();
    let way = Way::to(&calm);
    company(&way.site()).ends(&["run"], 0);
    for number in 0..way.asked().len() {
        let server = calm.tenant(&format!("killed-{number}"));
        let way = Way::to(&server);
        let company = company(&way.site());
        way.has(&[(number, Fault::Wait)]);
        let mut night = company.start(&["run"]);
        let deadline = Instant::now() + Duration::from_secs(30);
        while way.asked().len() <= number {
            assert!(Instant::now() < deadline, "request {number} never came");
            sleep(Duration::from_millis(5));
        }
        night.kill().expect("it dies");
        night.wait().expect("it is dead");
        way.has(&[]);
        company.ends(&["run"], 0);
        assert_eq!(server.users(), calm.users(), "killed at request {number}");
        assert_eq!(company.deliveries().last().map(String::as_str), Some("delivered"));
    }
}

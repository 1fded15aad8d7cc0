//! `kill -9` at every step of a delivery to an endpoint: the next run ends as an undisturbed one, and each delivery has its
//! effect once.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::company::{Company, people};
use crate::endpoint::{Answer, Endpoint};

/// Kills at even steps over a whole run.
const KILLS: u32 = 12;

fn company(endpoint: &Endpoint) -> Company {
    let company = Company::new(&endpoint.site());
    company.write("hr/hr.csv", people(30, "Engineer"));
    company
}

fn recover(company: &Company, endpoint: &Endpoint) {
    endpoint.answers(&[]);
    company.ends(&["run"], 0);
    assert_eq!(endpoint.taken().len(), 1, "one effect");
    assert_eq!(company.ask("SELECT status FROM deliveries WHERE status <> 'discarded'"), ["delivered"]);
    let asked = endpoint.asked();
    assert!(asked.iter().all(|again| *again == asked[0]), "always the same bytes under the same key");
    company.ends(&["run"], 0);
    assert_eq!(endpoint.asked(), asked, "there is nothing more to do");
}

#[test]
fn a_run_that_is_killed_while_it_waits_for_the_answer_is_made_up_for() {
    for answer in [Answer::Wait, Answer::TakeAndWait] {
        let endpoint = Endpoint::start();
        let company = company(&endpoint);
        endpoint.answers(std::slice::from_ref(&answer));
        let mut night = company.start(&["run"]);
        endpoint.wait_for(1);
        night.kill().expect("it dies");
        night.wait().expect("it is dead");
        assert_eq!(company.deliveries(), ["uploading"], "{answer:?}");
        recover(&company, &endpoint);
    }
}

#[test]
fn a_run_that_is_killed_at_any_step_is_made_up_for() {
    let calm = Endpoint::start();
    let undisturbed = company(&calm);
    let start = Instant::now();
    undisturbed.ends(&["run"], 0);
    let whole = start.elapsed();
    for step in 0..KILLS {
        let endpoint = Endpoint::start();
        let company = company(&endpoint);
        let mut night = company.start(&["run"]);
        sleep(whole * step / KILLS);
        night.kill().expect("it dies, or is dead");
        night.wait().expect("it is dead");
        recover(&company, &endpoint);
    }
}

#[test]
fn a_run_that_is_killed_as_soon_as_the_answer_is_there_is_made_up_for() {
    for longer in [0, 1, 2, 4, 8] {
        let endpoint = Endpoint::start();
        let company = company(&endpoint);
        let mut night = company.start(&["run"]);
        endpoint.wait_for(1);
        sleep(Duration::from_millis(longer));
        night.kill().expect("it dies, or is dead");
        night.wait().expect("it is dead");
        recover(&company, &endpoint);
    }
}

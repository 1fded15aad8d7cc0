//! What fails is told once, waited out, and told once more when it is over; what is set up wrongly ends at once.

use std::fs;

use super::company::{Company, until};
use crate::lucca_server::{Fault, Options, What};

const EVERY_SECOND: &str = "watch = { every-seconds = 1, quiet-seconds = 0 }";

#[test]
fn a_partner_whose_server_is_away_is_waited_for() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    fs::rename(company.path("partner"), company.path("away")).expect("it goes away");
    company.lucca.change("cgauthier1", "jobTitle", "Astronaute");
    let tries = || company.count("SELECT count(*) FROM runs WHERE exit_code = 6");
    until("it has failed twice", || tries() >= 2);
    fs::rename(company.path("away"), company.path("partner")).expect("it comes back");
    until("the row is there", || !company.rows_with("Astronaute").is_empty());
    until("it says so", || company.read("watch.err").contains("the watch goes on as usual again"));
    assert_eq!(watch.stop(), Some(0));
    let (log, printed) = (company.read("watch.err"), company.read("watch.out"));
    assert_eq!((log.matches("ERROR").count(), printed.matches("not delivered").count()), (1, 1), "{log}{printed}");
    assert_eq!(company.rows_with("Astronaute").len(), 1);
}

#[test]
fn an_instance_that_is_away_is_waited_for() {
    let database = tempfile::tempdir().expect("a folder");
    let options = Options { database: Some(database.path().join("lucca.db")), ..Options::default() };
    let mut company = Company::with(options.clone(), EVERY_SECOND);
    company.ends(&["run"], 0);
    let watch = company.watched();
    let listen = company.lucca.url().trim_start_matches("http://").parse().expect("an address");
    // Whoever is replaced must be gone before the other can listen at the same place.
    let nobody = crate::lucca_server::Server::start(Options::default()).expect("a stand-in");
    drop(std::mem::replace(&mut company.lucca, nobody));
    until("it says so", || company.read("watch.err").contains("ERROR"));
    let options = Options { listen, ..options };
    until("it is back", || match crate::lucca_server::Server::start(options.clone()) {
        Ok(server) => {
            company.lucca = server;
            true
        }
        Err(_) => false,
    });
    company.lucca.change("cgauthier1", "jobTitle", "Astronaute");
    until("the row is there", || !company.rows_with("Astronaute").is_empty());
    until("it says so", || company.read("watch.err").contains("the watch goes on as usual again"));
    assert_eq!(watch.stop(), Some(0));
    let log = company.read("watch.err");
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    assert_eq!(log.matches("the watch goes on as usual again").count(), 1, "{log}");
}

#[test]
fn a_fault_on_any_request_of_a_round_loses_and_repeats_nothing() {
    for what in [What::CutBefore, What::CutInside, What::Refuse(500), What::Refuse(429), What::Portal, What::RepeatPage]
    {
        let company = Company::fed(EVERY_SECOND);
        let watch = company.watched();
        for number in 1..=3 {
            company.lucca.fault(Fault::at(number, what.clone()));
        }
        company.lucca.change("cgauthier1", "jobTitle", "Astronaute");
        until("the row is there", || !company.rows_with("Astronaute").is_empty());
        company.lucca.change("cgauthier1", "jobTitle", "Cosmonaute");
        until("the next row is there", || !company.rows_with("Cosmonaute").is_empty());
        assert_eq!(watch.stop(), Some(0));
        assert_eq!(company.rows().len(), 62, "{what:?}");
    }
}

#[test]
fn a_key_that_is_wrong_ends_a_watch_at_once() {
    let company = Company::new(EVERY_SECOND);
    company.write("key", "another");
    let said = company.ends(&["watch", "pyla"], 6);
    assert!(said.contains("does not know the key"), "{said}");

    company.write("key", "");
    let said = company.ends(&["watch", "pyla"], 3);
    assert!(said.contains("it is empty"), "{said}");
}

#[test]
fn a_row_that_cannot_leave_is_told_of_and_keeps_nobody_else_back() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    company.lucca.change("cgauthier1", "mail", "");
    until("it is told", || company.read("watch.err").contains("rows have an error and do not leave"));
    company.lucca.hire("zoe", "Zoé", "Faÿ", serde_json::json!({}));
    until("the newcomer is there", || !company.rows_with("zoe").is_empty());
    assert_eq!(watch.stop(), Some(0));
    assert_eq!(company.rows_with("cgauthier1;").len(), 1);
    assert!(!company.read("watch.err").contains("exemple.fr"));
}

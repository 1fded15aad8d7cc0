//! A partner's own endpoint: what it is sent, how often, and what is said when it refuses.

use serde_json::json;

use crate::company::{Company, people};
use crate::endpoint::{Answer, Endpoint};

fn company(endpoint: &Endpoint) -> Company {
    let company = Company::new(&endpoint.site());
    company.write("hr/hr.csv", people(2, "=Engineer"));
    company
}

#[test]
fn a_delivery_is_one_post_of_rows_with_a_key() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    let said = company.ends(&["run"], 0);
    assert!(said.flat().contains(&format!("http://{}/people", endpoint.address())), "{}", said.out);
    let asked = endpoint.asked();
    assert_eq!(asked.len(), 1);
    let run = company.ask("SELECT id FROM runs").remove(0);
    assert!(asked[0].key.starts_with(&format!("{run}-out-")), "{}", asked[0].key);
    let mut body = endpoint.taken().remove(0);
    let at = body.as_object_mut().and_then(|body| body.remove("at")).expect("a moment");
    assert!(at.as_str().is_some_and(|at| chrono::DateTime::parse_from_rfc3339(at).is_ok()), "{at}");
    let row = |number: &str, name: &str, login: &str| {
        json!({
            "Login (email)": login, "Employee Number": number, "Last name": name, "First name": "Ada",
            "Manager Number": "00001", "Job title": "=Engineer",
        })
    };
    let expected = json!({
        "delivery": asked[0].key, "exchange": "out", "run": run, "count": 2, "left-out": 0,
        "rows": [row("00001", "Byron1", "user-1@acme.example"), row("00002", "Byron2", "user-2@acme.example")],
    });
    assert_eq!(body, expected);
    assert_eq!(company.deliveries(), ["delivered"]);
}

#[test]
fn a_second_run_sends_nothing_and_a_change_is_another_delivery() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    company.ends(&["run"], 0);
    company.ends(&["run"], 0);
    assert_eq!(endpoint.asked().len(), 1);
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.ends(&["run"], 0);
    let counts: Vec<_> = endpoint.taken().iter().map(|body| body["count"].clone()).collect();
    assert_eq!(counts, [2, 3]);
}

#[test]
fn a_dry_run_sends_nothing() {
    let endpoint = Endpoint::start();
    company(&endpoint).ends(&["run", "--dry-run"], 0);
    assert!(endpoint.asked().is_empty());
}

#[test]
fn what_passes_is_tried_again_with_the_same_bytes_under_the_same_key() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    endpoint.answers(&[
        Answer::Refuse(500, "Ada Byron is too much for us"),
        Answer::Later(429, 1),
        Answer::HangUp,
        Answer::TakeAndHangUp,
    ]);
    let said = company.ends(&["run"], 0);
    let asked = endpoint.asked();
    assert_eq!(asked.len(), 5);
    assert!(asked.iter().all(|again| *again == asked[0]));
    assert_eq!(endpoint.taken().len(), 1);
    assert!(said.err.contains("429 Too Many Requests") && !said.err.contains("Ada"), "{}", said.err);
}

#[test]
fn a_lost_answer_is_made_up_for_by_the_next_run() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    company.change_site("trust = \"system\"", "trust = \"system\"\ntries = 1");
    endpoint.answers(&[Answer::TakeAndHangUp]);
    company.ends(&["run"], 75);
    assert_eq!(company.deliveries(), ["uploading"]);
    company.ends(&["run"], 0);
    let asked = endpoint.asked();
    assert_eq!((asked.len(), &asked[0]), (2, &asked[1]));
    assert_eq!(company.deliveries(), ["delivered"]);
}

#[test]
fn what_may_have_been_taken_is_settled_before_a_newer_delivery_goes() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    company.change_site("trust = \"system\"", "trust = \"system\"\ntries = 1");
    endpoint.answers(&[Answer::TakeAndHangUp]);
    company.ends(&["run"], 75);
    company.write("hr/hr.csv", people(3, "Engineer"));
    company.ends(&["run"], 0);
    let asked = endpoint.asked();
    assert_eq!((asked.len(), &asked[0]), (3, &asked[1]));
    assert_ne!(asked[1].key, asked[2].key);
    assert_eq!(company.deliveries(), ["delivered", "delivered"]);
}

#[test]
fn a_refusal_for_good_is_told_in_the_words_of_the_endpoint_and_kept_out_of_the_log() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    endpoint.answers(&[Answer::Refuse(400, r#"{"title":"Bad data","detail":"`Byron2` has no manager"}"#)]);
    let said = company.ends(&["run"], 6);
    assert!(said.flat().contains("`Byron2` has no manager"), "{}", said.out);
    assert!(said.err.contains("400 Bad Request") && !said.err.contains("Byron2"), "{}", said.err);
    assert_eq!(company.deliveries(), ["discarded"]);
    // Some endpoints answer a key as they did before, so what was corrected needs another one.
    company.ends(&["run"], 0);
    let asked = endpoint.asked();
    assert_ne!(asked[0].key, asked[1].key);
    assert_eq!((endpoint.taken().len(), company.deliveries()), (1, vec!["discarded".into(), "delivered".into()]));
}

#[test]
fn a_conflict_at_a_repeated_delivery_means_what_the_site_says() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    company.change_site("trust = \"system\"", "trust = \"system\"\ntries = 1");
    endpoint.answers(&[Answer::TakeAndHangUp, Answer::Refuse(409, "Known already")]);
    company.ends(&["run"], 75);
    let said = company.ends(&["run"], 75);
    assert!(said.flat().contains("may still be under way there"), "{}", said.out);
    company.change_site("tries = 1", "tries = 1\nconflict-means-taken = true");
    endpoint.answers(&[Answer::Refuse(409, "Known already")]);
    company.ends(&["run"], 0);
    assert_eq!(company.deliveries(), ["delivered"]);
    // One that nobody can have sent before is refused.
    company.write("hr/hr.csv", people(3, "Engineer"));
    endpoint.answers(&[Answer::Refuse(409, "Another conflict")]);
    company.ends(&["run"], 6);
    assert_eq!(company.deliveries(), ["delivered", "discarded"]);
}

#[test]
fn a_key_that_is_not_accepted_and_a_body_that_is_too_large_leave_the_delivery_ready() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    company.change_site("authorization = \"Bearer\"", "header = \"X-Api-Key\"");
    let said = company.ends(&["run"], 6);
    assert!(said.flat().contains("it does not accept the key; check `key`, and how it is sent"), "{}", said.out);
    company.change_site("header = \"X-Api-Key\"", "authorization = \"Bearer\"");
    company.change_site("trust = \"system\"", "trust = \"system\"\nlargest-megabytes = 1");
    company.write("hr/hr.csv", people(1500, &"Engineer ".repeat(100)));
    let said = company.ends(&["run"], 3);
    assert!(said.flat().contains("`largest-megabytes` allows 1000000"), "{}", said.out);
    company.write("hr/hr.csv", people(2, "Engineer"));
    company.ends(&["run"], 0);
    assert_eq!(company.deliveries(), ["discarded", "discarded", "delivered"]);
}

#[test]
fn what_a_brake_holds_is_sent_when_it_is_approved() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    company.write("hr/hr.csv", people(2, "Engineer"));
    company.ends(&["run"], 5);
    assert_eq!(endpoint.asked().len(), 1);
    let run = company.ask("SELECT id FROM runs ORDER BY rowid DESC LIMIT 1").remove(0);
    company.ends(&["approve", &run], 0);
    assert_eq!(endpoint.taken()[1]["run"], run.as_str());
}

#[test]
fn a_check_tells_whether_the_endpoint_takes_the_key_and_delivers_nothing() {
    let endpoint = Endpoint::start();
    let company = company(&endpoint);
    let said = company.ends(&["check", "--online", "partner"], 0);
    assert!(said.flat().contains("JSON by HTTP POST"), "{}", said.out);
    company.change_site("authorization = \"Bearer\"", "authorization = \"Basic\"");
    let said = company.ends(&["check", "--online", "partner"], 6);
    assert!(said.flat().contains("it does not accept the key"), "{}", said.out);
    assert!(endpoint.asked().is_empty());
}

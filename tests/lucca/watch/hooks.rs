//! Lucca calls: who is listened to, and what comes of it.

use std::net::TcpListener;

use chrono::{TimeDelta, Utc};
use ureq::Agent;

use super::company::{Company, Watch, until};
use crate::lucca_server::{Disorder, signature};

/// Nobody looks by himself: what arrives was called for.
struct Called {
    company: Company,
    url: String,
}

impl Called {
    fn new() -> Called {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let more = format!(
            "[export.pyla.watch]\nevery-seconds = 3600\nquiet-seconds = 1\n\
             webhook = {{ listen = \"127.0.0.1:{port}\", secret = \"file:secret\" }}"
        );
        let company = Company::new(&more);
        let url = format!("http://127.0.0.1:{port}/");
        let secret = company.lucca.subscribe(&url, &["employee.updated", "employee.created", "job-position.updated"]);
        company.write("secret", &secret);
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(company.path("secret"), mode).expect("a secret for us alone");
        company.ends(&["run"], 0);
        Called { company, url }
    }

    fn watched(&self) -> Watch {
        let watch = self.company.watch();
        until("somebody listens", || self.call("GET", &[]).is_some());
        until("it has looked", || self.looks() > 0);
        watch
    }

    /// How often who has changed was asked.
    fn looks(&self) -> usize {
        self.company.lucca.requests().iter().filter(|asked| asked.query.contains("since")).count()
    }

    /// The status of the answer, and its text; None where nobody answers.
    fn call(&self, method: &str, headers: &[(&str, &str)]) -> Option<(u16, String)> {
        let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}?echo=a%20b", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = agent.run(request.body("{}".to_string()).expect("a request")).ok()?;
        Some((answer.status().as_u16(), answer.body_mut().read_to_string().expect("a text")))
    }
}

#[test]
fn a_call_of_lucca_is_enough_for_a_change_to_arrive() {
    let called = Called::new();
    let watch = called.watched();
    assert_eq!(called.call("GET", &[]), Some((200, "a b".into())));
    called.company.lucca.change("cgauthier1", "jobTitle", "Astronaute");
    let time = until("the partner has the row", || !called.company.rows_with("Astronaute").is_empty());
    println!("a change that was called for was with the partner after {time:?}");
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn calls_that_come_twice_and_in_disorder_deliver_each_change_once() {
    let called = Called::new();
    let watch = called.watched();
    let (company, lucca) = (&called.company, &called.company.lucca);
    lucca.disorder(Disorder { twice: true, newest_first: true });
    for number in 1..=3 {
        lucca.change("cgauthier1", "jobTitle", format!("Astronaute {number}"));
        lucca.change("cgauthier1", "lastName", format!("Gauthier {number}"));
    }
    until("the last change is there", || !company.rows_with("Astronaute 3").is_empty());
    assert_eq!(watch.stop(), Some(0));
    let rows = company.rows_with("Astronaute");
    assert!(rows.windows(2).all(|two| two[0] != two[1]), "{rows:?}");
    assert_eq!(company.rows_with("Astronaute 3").len(), 1);
}

#[test]
fn who_does_not_sign_as_lucca_is_refused_and_nobody_looks_for_it() {
    let called = Called::new();
    let watch = called.watched();
    called.company.lucca.forget_requests();
    let secret = called.company.read("secret");
    let (now, late) = (Utc::now().to_rfc3339(), (Utc::now() - TimeDelta::minutes(6)).to_rfc3339());
    let (right, old) = (signature(&secret, &now, "{}"), signature(&secret, &late, "{}"));
    let wrong = signature("another", &now, "{}");
    let refused = Some((401, "the signature is not accepted".to_string()));
    for (timestamp, signature) in [(&now, &wrong), (&late, &old), (&late, &right), (&now, &"?".to_string())] {
        let answer = called.call("POST", &[("Lucca-Timestamp", timestamp), ("Lucca-Signature", signature)]);
        assert_eq!(answer, refused, "{timestamp} {signature}");
    }
    assert_eq!(called.call("POST", &[]), refused);
    // What the first round still reads is not for them.
    assert_eq!(called.looks(), 0);
    let answer = called.call("POST", &[("Lucca-Timestamp", &now), ("Lucca-Signature", &right)]);
    assert_eq!(answer, Some((200, String::new())));
    until("somebody looks", || called.looks() > 0);
    assert_eq!(watch.stop(), Some(0));
    let log = called.company.read("watch.err");
    assert_eq!(log.matches("a call to the webhook is refused").count(), 5, "{log}");
    assert!(!log.contains(&secret) && !log.contains(&right), "{log}");
}

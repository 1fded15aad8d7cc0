//! Events: signed, at least once, in any order, about what changed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{serve, usual};
use crate::lucca_server::{Disorder, Options, signature};

/// What an endpoint was sent.
struct Received {
    timestamp: String,
    signature: String,
    body: String,
}

impl Received {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// An endpoint that fails so many times before it takes what comes, and echoes handshakes.
fn endpoint(failures: usize) -> (String, Receiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut left = failures;
        for stream in listener.incoming().map_while(Result::ok) {
            if take(stream, &sender, left == 0).is_none() {
                break;
            }
            left = left.saturating_sub(1);
        }
    });
    (url, receiver)
}

/// None once nobody is interested any more.
fn take(mut stream: TcpStream, sender: &Sender<Received>, succeeds: bool) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let headers: Vec<(String, String)> = reader
        .by_ref()
        .lines()
        .map(|line| line.unwrap())
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_string())))
        .collect();
    let header =
        |name: &str| headers.iter().find(|(own, _)| own == name).map_or(String::new(), |(_, value)| value.clone());
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let (status, answer) = match first.split_once("?echo=") {
        Some((_, rest)) => ("200 OK", rest.split(' ').next().unwrap()),
        None if succeeds => ("204 No Content", ""),
        None => ("500 Internal Server Error", ""),
    };
    let length = answer.len();
    let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}");
    let received = Received {
        timestamp: header("lucca-timestamp"),
        signature: header("lucca-signature"),
        body: String::from_utf8(body).unwrap(),
    };
    if first.starts_with("POST") { sender.send(received).ok() } else { Some(()) }
}

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_change_is_told_with_a_signature_that_holds() {
    let client = usual();
    let (url, events) = endpoint(0);
    let secret = client.server.subscribe(&url, &["job-position.updated"]);
    client.server.change("cgauthier1", "mail", "ailleurs@exemple.fr");
    client.server.change("cgauthier1", "jobTitle", "Présidente");
    let event = events.recv_timeout(PATIENCE).unwrap();
    assert_eq!(event.signature, signature(&secret, &event.timestamp, &event.body));
    let age = chrono::Utc::now() - event.timestamp.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert!(age < chrono::TimeDelta::minutes(5));
    let event = event.json();
    assert_eq!((&event["topic"], &event["data"]["jobTitle"]), (&json!("job-position.updated"), &json!("Présidente")));
    assert_eq!(event["data"]["employee"]["id"], "101");
}

#[test]
fn the_signature_is_the_one_of_the_documentation() {
    // openssl: printf '2026-11-23T00:00:00.000Z.{}' | openssl dgst -sha256 -hmac secret -binary | base64
    assert_eq!(signature("secret", "2026-11-23T00:00:00.000Z", "{}"), "Y2H4xcyFxZn/i4+opKJHx93QN/HLNT9tLCdZQigOh3M=");
}

#[test]
fn an_arrival_is_told_whoever_wrote_it() {
    let client = usual();
    let (url, events) = endpoint(0);
    client.server.subscribe(&url, &["employee.created", "employment.created"]);
    client.server.hire("zoe", "Zoé", "Faÿ", json!({}));
    let mut topics =
        [(); 2].map(|()| events.recv_timeout(PATIENCE).unwrap().json()["topic"].as_str().unwrap().to_string());
    topics.sort();
    assert_eq!(topics, ["employee.created", "employment.created"]);
}

#[test]
fn what_was_not_taken_is_sent_again() {
    let client = serve(Options { webhook_pause: Duration::from_millis(10), ..Options::default() });
    let (url, events) = endpoint(2);
    client.server.subscribe(&url, &["employee.updated"]);
    client.server.change("cgauthier1", "lastName", "Faÿ");
    let ids = [(); 3].map(|()| events.recv_timeout(PATIENCE).unwrap().json()["id"].clone());
    assert_eq!(ids[0], ids[2]);
}

#[test]
fn events_may_come_twice_and_in_any_order() {
    let client = usual();
    let (url, events) = endpoint(0);
    client.server.disorder(Disorder { twice: true, newest_first: true });
    client.server.subscribe(&url, &["employee.updated"]);
    client
        .server
        .database(|connection| {
            connection.execute_batch(
                "UPDATE users SET lastName = 'A' WHERE id = 101; UPDATE users SET lastName = 'B' WHERE id = 102",
            )
        })
        .unwrap();
    let ids = [(); 4].map(|()| events.recv_timeout(PATIENCE).unwrap().json()["data"]["id"].clone());
    assert_eq!(ids, ["102", "102", "101", "101"]);
}

#[test]
fn an_endpoint_is_registered_if_it_echoes() {
    let client = usual();
    let (id, secret) = client.server.client();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret),
        ("scope", "webhook-endpoints.readwrite"),
    ];
    let mut answer = client.agent.post(format!("{}/connect/token", client.server.url())).send_form(form).unwrap();
    let token = answer.body_mut().read_json::<Value>().unwrap()["access_token"].as_str().unwrap().to_string();
    let register = |url: &str| {
        let request = client.agent.post(format!("{}/lucca-api/webhook-endpoints", client.server.url()));
        let request = request.header("Authorization", format!("Bearer {token}")).header("Api-Version", "2024-11-01");
        let body =
            json!({ "name": "essai", "webhookUrl": url, "apiVersion": "2024-11-01", "topics": ["employee.updated"] });
        let mut answer = request.send_json(&body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json::<Value>().unwrap())
    };
    let deaf = format!("{}/nobody", client.server.url());
    assert_eq!(register(&deaf).0, 400);
    let (url, events) = endpoint(0);
    let (status, shown) = register(&url);
    assert_eq!(status, 201);
    client.server.change("cgauthier1", "lastName", "Faÿ");
    let event = events.recv_timeout(PATIENCE).unwrap();
    assert_eq!(event.signature, signature(shown["secret"].as_str().unwrap(), &event.timestamp, &event.body));
}

#[test]
fn events_are_ordered_by_hand() {
    let client = usual();
    let (url, events) = endpoint(0);
    let (status, body) =
        client.send("POST", "/stand-in/webhooks", &json!({ "url": url, "topics": ["employee.updated"] }));
    assert_eq!(status, 200);
    assert_eq!(client.send("PUT", "/stand-in/disorder", &json!({ "twice": true })).0, 204);
    assert_eq!(client.send("PUT", "/stand-in/disorder", &json!({ "thrice": true })).0, 400);
    client.server.change("cgauthier1", "lastName", "Faÿ");
    let [first, second] = [(); 2].map(|()| events.recv_timeout(PATIENCE).unwrap());
    assert_eq!(first.body, second.body);
    assert_eq!(second.signature, signature(body["secret"].as_str().unwrap(), &second.timestamp, &second.body));
}

//! Events and their sender: at least once, in no promised order, tried again when the endpoint fails.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{SecondsFormat, Utc};
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use ureq::Agent;

use super::desk::{Desk, lock};
use super::exchange::Refusal;
use super::modern::VERSION;
use super::modern::resource::{EMPLOYEES, EMPLOYMENTS, JOB_POSITIONS, PERSONAL_RECORDS, Resource, View};
use super::store::{Record, records};

/// How the sender behaves beyond what is usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Disorder {
    /// Every event is sent twice.
    pub twice: bool,
    /// What is due at one moment is sent with the newest first.
    pub newest_first: bool,
}

/// An endpoint must answer within this time.
const PATIENCE: Duration = Duration::from_secs(3);
const ATTEMPTS: i64 = 5;
/// Between two looks for events that are due.
const PAUSE: Duration = Duration::from_millis(30);

/// Sends until the server is gone.
pub fn start(desk: &Arc<Desk>) {
    let desk = Arc::downgrade(desk);
    thread::spawn(move || send_all(&desk));
}

/// The handshake: a GET with `echo` is answered with its value.
pub fn echoes(url: &str) -> bool {
    let challenge = format!("echo-{}", Utc::now().timestamp_micros());
    let joined = if url.contains('?') { '&' } else { '?' };
    let answer = agent().get(format!("{url}{joined}echo={challenge}")).call();
    answer.is_ok_and(|mut answer| answer.body_mut().read_to_string().is_ok_and(|body| body == challenge))
}

/// A new endpoint, unasked; gives its secret.
pub fn subscribe(desk: &Desk, url: &str, topics: &[&str]) -> Result<String, Refusal> {
    let sql = "INSERT INTO webhookEndpoints (name, webhookUrl, secret, topics)
               VALUES ('by hand', ?1, hex(randomblob(32)), ?2) RETURNING secret";
    Ok(desk.store().query_row(sql, [url, &topics.join(" ")], |row| row.get(0))?)
}

/// `base64(HMAC-SHA256(secret, "{timestamp}.{body}"))`, as `Lucca-Signature` carries it.
pub fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let mut code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    code.update(timestamp.as_bytes());
    code.update(b".");
    code.update(body.as_bytes());
    STANDARD.encode(code.finalize().into_bytes())
}

fn send_all(desk: &Weak<Desk>) {
    let agent = agent();
    while let Some(desk) = desk.upgrade() {
        // A failure of the database shows in the requests; the sender only waits for better times.
        let due = prepare(&desk).and_then(|()| due(&desk)).unwrap_or_default();
        for delivery in &due {
            let is_taken = send(&agent, delivery);
            let _ = note(&desk, delivery, is_taken);
        }
        drop(desk);
        thread::sleep(PAUSE);
    }
}

/// Changes become events, and events deliveries.
fn prepare(desk: &Desk) -> Result<(), Refusal> {
    let store = desk.store();
    for change in records(&store, "SELECT * FROM changes ORDER BY id", [])? {
        let body = event(desk, &store, &change)?;
        let copies = if lock(&desk.disorder).twice { 2 } else { 1 };
        for _ in 0..copies {
            store.execute(
                "INSERT INTO deliveries (endpointId, body)
                 SELECT id, ?2 FROM webhookEndpoints WHERE ' ' || topics || ' ' LIKE '% ' || ?1 || ' %'",
                params![change["topic"].as_str(), body.to_string()],
            )?;
        }
        store.execute("DELETE FROM changes WHERE id = ?1", [change["id"].as_i64()])?;
    }
    Ok(())
}

/// Assumed: events of people say nothing of `previousAttributes`, which are there for some resources only.
fn event(desk: &Desk, store: &Connection, change: &Record) -> Result<Value, Refusal> {
    let today = desk.today();
    let view = View { base: desk.url(), today: &today };
    let topic = change["topic"].as_str().unwrap_or_default();
    let user = change["userId"].to_string();
    let data = match topic.split('.').next() {
        Some("employee") => view.one(store, &EMPLOYEES, &user)?,
        Some("employment") => latest(&view, store, &EMPLOYMENTS, &user)?,
        Some("job-position") => latest(&view, store, &JOB_POSITIONS, &user)?,
        _ => view.one(store, &PERSONAL_RECORDS, &user)?,
    };
    let id = change["id"].to_string();
    let place = view.reference("business-establishment", "business-establishments", &change["establishmentId"]);
    Ok(json!({
        "id": id, "type": "event", "url": format!("{}/lucca-api/events/{id}", desk.url()), "apiVersion": VERSION,
        "topic": topic, "occurredAt": change["at"], "source": desk.url(), "businessEstablishment": place, "data": data,
        "links": null,
    }))
}

fn latest(view: &View<'_>, store: &Connection, resource: &Resource, user: &str) -> Result<Option<Value>, Refusal> {
    let sql = "SELECT id FROM workContracts WHERE ownerId = ?1 ORDER BY startsOn DESC LIMIT 1";
    match store.query_row(sql, [user], |row| row.get::<_, i64>(0)) {
        Ok(contract) => view.one(store, resource, &contract.to_string()),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn due(desk: &Desk) -> Result<Vec<Record>, Refusal> {
    let order = if lock(&desk.disorder).newest_first { "DESC" } else { "ASC" };
    let sql = format!(
        "SELECT deliveries.*, webhookUrl, secret
         FROM deliveries JOIN webhookEndpoints endpoint ON endpoint.id = endpointId
         WHERE isTaken = 0 AND attempts < {ATTEMPTS} AND nextAttempt <= ?1 ORDER BY deliveries.id {order}"
    );
    records(&desk.store(), &sql, [Utc::now().timestamp_millis()])
}

fn send(agent: &Agent, delivery: &Record) -> bool {
    let text = |name: &str| delivery[name].as_str().unwrap_or_default();
    let timestamp = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    let answer = agent
        .post(text("webhookUrl"))
        .header("Content-Type", "application/json")
        .header("Lucca-Timestamp", &timestamp)
        .header("Lucca-Signature", signature(text("secret"), &timestamp, text("body")))
        .send(text("body"));
    answer.is_ok_and(|answer| answer.status().is_success())
}

fn note(desk: &Desk, delivery: &Record, is_taken: bool) -> Result<(), Refusal> {
    let next = Utc::now() + desk.options.webhook_pause;
    desk.store().execute(
        "UPDATE deliveries SET attempts = attempts + 1, isTaken = ?2, nextAttempt = ?3 WHERE id = ?1",
        params![delivery["id"].as_i64(), is_taken, next.timestamp_millis()],
    )?;
    Ok(())
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into()
}

//! `/lucca-api/webhook-endpoints`: where events are to be sent. The secret is shown once.

use rusqlite::params;
use serde_json::{Value, json};

use super::super::desk::Desk;
use super::super::exchange::{Answer, Asked, Refusal};
use super::super::store::{Record, first, records};
use super::super::webhook;

pub fn answer(desk: &Desk, asked: &Asked, id: Option<&str>) -> Result<Answer, Refusal> {
    match (asked.method.as_str(), id) {
        ("GET", None) => {
            let rows = records(&desk.store(), "SELECT * FROM webhookEndpoints ORDER BY id", [])?;
            let items: Vec<Value> = rows.iter().map(|row| shape(desk, row)).collect();
            let url = format!("{}/lucca-api/webhook-endpoints", desk.url());
            Ok(Answer::json(200, &json!({ "type": "webhook-endpoints", "url": url, "items": items, "links": null })))
        }
        ("POST", None) => create(desk, asked),
        ("GET", Some(id)) => Ok(Answer::json(200, &shape(desk, &endpoint(desk, id)?))),
        ("DELETE", Some(id)) => {
            endpoint(desk, id)?;
            desk.store().execute("DELETE FROM webhookEndpoints WHERE id = ?1", [id])?;
            Ok(Answer::empty(204))
        }
        _ => Err(Refusal::of(405, format!("{} is not possible on {}", asked.method, asked.path))),
    }
}

/// Assumed: who does not echo the handshake is refused. Lucca wants `https://`; the stand-in knows loopback only.
fn create(desk: &Desk, asked: &Asked) -> Result<Answer, Refusal> {
    let body = asked.object()?;
    let text = |name: &str| {
        let value = body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        value.ok_or_else(|| Refusal::field(name, "it is required"))
    };
    let (name, url) = (text("name")?, text("webhookUrl")?);
    text("apiVersion")?;
    let topics: Vec<&str> =
        body.get("topics").and_then(Value::as_array).into_iter().flatten().flat_map(Value::as_str).collect();
    if topics.is_empty() {
        return Err(Refusal::field("topics", "it is required"));
    }
    if !webhook::echoes(url) {
        return Err(Refusal::field("webhookUrl", "a GET with `echo` was not answered with its value"));
    }
    let sql = "INSERT INTO webhookEndpoints (name, webhookUrl, secret, topics) VALUES (?1, ?2, hex(randomblob(32)), ?3)
               RETURNING id";
    let id: i64 = desk.store().query_row(sql, params![name, url, topics.join(" ")], |row| row.get(0))?;
    let row = endpoint(desk, &id.to_string())?;
    let mut shown = shape(desk, &row);
    shown["secret"] = row["secret"].clone();
    Ok(Answer::json(201, &shown))
}

fn endpoint(desk: &Desk, id: &str) -> Result<Record, Refusal> {
    let row = first(&desk.store(), "SELECT * FROM webhookEndpoints WHERE id = ?1", [id])?;
    row.ok_or_else(|| Refusal::absent(format!("No webhook endpoint with the id {id}")))
}

fn shape(desk: &Desk, row: &Record) -> Value {
    let topics: Vec<&str> = row["topics"].as_str().unwrap_or_default().split(' ').collect();
    json!({
        "id": row["id"].to_string(), "type": "webhook-endpoint",
        "url": format!("{}/lucca-api/webhook-endpoints/{}", desk.url(), row["id"]),
        "name": row["name"], "apiVersion": super::VERSION, "webhookUrl": row["webhookUrl"], "topics": topics,
        "businessEstablishments": null, "status": "active", "links": null,
    })
}

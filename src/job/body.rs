//! What an endpoint is sent: the rows of an export, with where they come from.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::Digest;
use crate::state::{Delivery, RunId};

/// Around the rows.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Head<'a> {
    /// Names this delivery, at every try and for ever.
    pub delivery: String,
    pub exchange: &'a str,
    pub run: &'a RunId,
    pub at: DateTime<Utc>,
    pub count: usize,
    /// Rows that are not here because of an error: whoever is missing has not left for that.
    pub left_out: usize,
}

impl Head<'_> {
    /// The head, and behind it `rows`: a JSON list.
    pub fn around(&self, rows: &[u8]) -> Vec<u8> {
        let mut body = serde_json::to_vec(self).expect("a head is made of plain values");
        body.pop();
        body.extend_from_slice(b",\"rows\":");
        body.extend_from_slice(rows);
        body.push(b'}');
        body
    }
}

/// The name of a delivery, by which an endpoint knows it again. `digest` is of the rows.
pub fn key(run: &RunId, exchange: &str, file_name: &str, digest: &Digest) -> String {
    let digest = Digest::of(format!("{file_name}\n{digest}").as_bytes());
    format!("{run}-{exchange}-{}", &digest.as_str()[..12])
}

pub fn key_of(delivery: &Delivery) -> String {
    key(&delivery.run, &delivery.exchange, &delivery.file_name, &delivery.digest)
}

/// What was written around the rows, and the rows, for whoever hands them over one by one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Body {
    pub at: DateTime<Utc>,
    pub left_out: usize,
    pub rows: Vec<Row>,
}

/// Headings and cells; `null` is an empty one.
pub type Row = BTreeMap<String, Value>;

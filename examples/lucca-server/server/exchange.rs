//! One request as the stand-in sees it, and what becomes of it: an answer or a refusal.

use serde_json::{Map, Value, json};

/// A request, read whole.
pub struct Asked {
    pub method: String,
    /// Without the question mark and what follows.
    pub path: String,
    /// Decoded, in order.
    pub query: Vec<(String, String)>,
    /// `Authorization` as it came.
    pub authorization: Option<String>,
    /// `Api-Version` as it came.
    pub version: Option<String>,
    /// `Accept` as it came.
    pub accept: Option<String>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Result<Value, Refusal> {
        serde_json::from_slice(&self.body).map_err(|error| Refusal::bad(format!("The body is not JSON: {error}")))
    }

    pub fn object(&self) -> Result<Map<String, Value>, Refusal> {
        match self.json()? {
            Value::Object(object) => Ok(object),
            _ => Err(Refusal::bad("The body must be an object")),
        }
    }

    /// v3 errors and v4 errors look different; v4 paths begin with the name of an application.
    pub fn is_legacy(&self) -> bool {
        self.path.starts_with("/api/v3/")
    }
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(status: u16, body: &Value) -> Answer {
        Answer { status, headers: vec![("Content-Type", "application/json; charset=utf-8".into())], body: text(body) }
    }

    pub fn bytes(media: &str, body: Vec<u8>) -> Answer {
        Answer { status: 200, headers: vec![("Content-Type", media.into())], body }
    }

    pub fn empty(status: u16) -> Answer {
        Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Answer {
        self.headers.push((name, value.to_string()));
        self
    }
}

pub struct Refusal {
    pub status: u16,
    pub message: String,
    /// What is wrong, property by property; only problem+json shows it.
    pub fields: Vec<(String, String)>,
}

impl Refusal {
    pub fn of(status: u16, message: impl Into<String>) -> Refusal {
        Refusal { status, message: message.into(), fields: Vec::new() }
    }

    pub fn bad(message: impl Into<String>) -> Refusal {
        Refusal::of(400, message)
    }

    pub fn absent(what: impl Into<String>) -> Refusal {
        Refusal::of(404, what)
    }

    pub fn field(name: &str, message: impl Into<String>) -> Refusal {
        let message = message.into();
        Refusal { status: 400, message: format!("{name}: {message}"), fields: vec![(name.to_string(), message)] }
    }

    /// `{"Status", "Message"}` for v3, RFC 7807 for what came later.
    pub fn answer(&self, asked: &Asked) -> Answer {
        if asked.is_legacy() {
            return Answer::json(self.status, &json!({ "Status": self.status, "Message": self.message }));
        }
        let mut problem = json!({
            "type": format!("https://httpstatuses.io/{}", self.status),
            "title": title(self.status),
            "status": self.status,
            "detail": self.message,
            "instance": asked.path,
        });
        if !self.fields.is_empty() {
            let errors = self.fields.iter().map(|(name, message)| (name.clone(), json!([message])));
            problem["errors"] = Value::Object(errors.collect());
        }
        let headers = vec![("Content-Type", "application/problem+json".into())];
        Answer { status: self.status, headers, body: text(&problem) }
    }
}

/// A failure of the database is a 500, as it would be there.
impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Refusal {
        Refusal::of(500, error.to_string())
    }
}

fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Error",
    }
}

fn text(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("a JSON value can be written")
}

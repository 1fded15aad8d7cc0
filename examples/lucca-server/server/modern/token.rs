//! `POST /connect/token`: OAuth2 client credentials become a bearer token that lives for a while.

use chrono::Utc;
use rusqlite::params;
use serde_json::json;

use super::super::desk::Desk;
use super::super::exchange::{Answer, Asked, Refusal};
use super::super::receive::decoded;

/// The answer of RFC 6749; its errors too.
pub fn answer(desk: &Desk, asked: &Asked) -> Answer {
    let form = decoded(&String::from_utf8_lossy(&asked.body));
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    if field("grant_type") != "client_credentials" {
        return error("unsupported_grant_type");
    }
    let store = desk.store();
    let sql = "SELECT scopes FROM clients WHERE id = ?1 AND secret = ?2";
    let granted = store.query_row(sql, [field("client_id"), field("client_secret")], |row| row.get::<_, String>(0));
    let Ok(granted) = granted else { return error("invalid_client") };
    let granted: Vec<&str> = granted.split_whitespace().collect();
    let wanted = field("scope");
    if wanted.is_empty() || wanted.split_whitespace().any(|scope| !granted.contains(&scope)) {
        return error("invalid_scope");
    }
    let life = desk.options.token_life;
    let ends = Utc::now() + life;
    let written = store.query_row(
        "INSERT INTO tokens VALUES (hex(randomblob(32)), ?1, ?2, ?3) RETURNING token",
        params![field("client_id"), wanted, ends.timestamp_millis()],
        |row| row.get::<_, String>(0),
    );
    match written {
        Ok(token) => {
            let body = json!({
                "access_token": token, "token_type": "Bearer", "expires_in": life.as_secs(), "scope": wanted,
            });
            Answer::json(200, &body).with("Cache-Control", "no-store")
        }
        Err(failure) => Refusal::from(failure).answer(asked),
    }
}

/// The scopes of the token that came with the request.
pub fn scopes(desk: &Desk, asked: &Asked) -> Result<Vec<String>, Refusal> {
    let token = asked.authorization.as_deref().and_then(|header| header.strip_prefix("Bearer "));
    let token = token.ok_or_else(|| Refusal::of(401, "No token: send `Authorization: Bearer TOKEN`"))?;
    let sql = "SELECT scopes FROM tokens WHERE token = ?1 AND endsAt > ?2";
    let found =
        desk.store().query_row(sql, params![token, Utc::now().timestamp_millis()], |row| row.get::<_, String>(0));
    match found {
        Ok(scopes) => Ok(scopes.split_whitespace().map(str::to_string).collect()),
        Err(rusqlite::Error::QueryReturnedNoRows) => Err(Refusal::of(401, "The token is not known, or no longer")),
        Err(failure) => Err(failure.into()),
    }
}

fn error(code: &str) -> Answer {
    Answer::json(400, &json!({ "error": code }))
}

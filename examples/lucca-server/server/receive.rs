//! Between HTTP and the desk: a request is read whole, an answer is written, or cut as the desk wants it.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::desk::{Desk, Outcome};
use super::exchange::{Answer, Asked};
use super::wire::Allowance;

/// The most that Lucca takes in one request.
const LARGEST_BODY: usize = 100 << 20;

pub async fn receive(
    State(desk): State<Arc<Desk>>,
    ConnectInfo(allowance): ConnectInfo<Allowance>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else { return response(Answer::empty(413)) };
    let raw_query = head.uri.query().unwrap_or_default().to_string();
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_string(),
        query: decoded(&raw_query),
        authorization: header(&head.headers, "authorization"),
        version: header(&head.headers, "api-version"),
        accept: header(&head.headers, "accept"),
        body: body.to_vec(),
    };
    let outcome = tokio::task::spawn_blocking(move || desk.serve(&asked, &raw_query)).await;
    match outcome {
        Ok(Outcome::Answered(answer)) => response(answer),
        Ok(Outcome::Half(answer)) => {
            allowance.cut_body_after(answer.body.len() / 2);
            response(answer)
        }
        Ok(Outcome::Silence) => {
            allowance.cut();
            response(Answer::empty(200))
        }
        Err(_) => response(Answer::empty(500)),
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_string)
}

fn response(answer: Answer) -> Response {
    let headers = answer.headers.iter();
    let builder =
        headers.fold(Response::builder().status(answer.status), |builder, (name, value)| builder.header(*name, value));
    builder.body(Body::from(answer.body)).expect("what the stand-in answers is HTTP")
}

/// `a=1&b=x%2Cy` as pairs.
pub fn decoded(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect()
}

fn plain(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digits = std::str::from_utf8(&[*high, *low]).map(str::to_string).unwrap_or_default();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'%'));
                rest = after;
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

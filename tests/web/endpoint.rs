//! A partner's endpoint: a web server on loopback that remembers the keys of deliveries, and answers as it is told to.

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::Value;

use crate::company::SECRET;

/// What becomes of one request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It is taken, unless its key is known already.
    Take,
    /// It is taken, and nobody hears of it.
    TakeAndHangUp,
    /// It is taken, and no answer comes.
    TakeAndWait,
    /// Nothing is taken, and nobody hears of it.
    HangUp,
    /// Nothing is taken, and no answer comes.
    Wait,
    /// Nothing is taken.
    Refuse(u16, &'static str),
    /// Nothing is taken before so many seconds.
    Later(u16, u32),
}

/// What was asked, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    pub key: String,
    pub authorization: String,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Kept {
    answers: VecDeque<Answer>,
    asked: Vec<Asked>,
    /// The effects of keys.
    taken: Vec<(String, Vec<u8>)>,
}

#[derive(Clone, Default)]
pub struct Endpoint {
    kept: Arc<Mutex<Kept>>,
    port: u16,
}

impl Endpoint {
    /// Everything is taken.
    pub fn start() -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let endpoint = Endpoint { port: address.port(), ..Endpoint::default() };
        serve(listener, endpoint.clone());
        endpoint
    }

    /// What becomes of the next requests; all behind them are taken.
    pub fn answers(&self, answers: &[Answer]) {
        self.kept.lock().expect("nobody panicked").answers = answers.iter().cloned().collect();
    }

    /// `[server.partner.https]` and an export to it.
    pub fn site(&self) -> String {
        format!(
            r#"
[server.partner.https]
url = "http://127.0.0.1:{}/people"
key = "file:key"
authorization = "Bearer"
trust = "system"

[export.out]
profile = "skillup"
people = "hr"
server = "partner"
optional = ["Job title"]
brakes = {{ shrink = "20%" }}
"#,
            self.port
        )
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.kept.lock().expect("nobody panicked").asked.clone()
    }

    /// What was taken, in that order.
    pub fn taken(&self) -> Vec<Value> {
        let kept = self.kept.lock().expect("nobody panicked");
        kept.taken.iter().map(|(_, body)| serde_json::from_slice(body).expect("JSON")).collect()
    }

    /// Waits until so many requests have come.
    pub fn wait_for(&self, count: usize) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.asked().len() < count {
            assert!(Instant::now() < deadline, "no {count} requests came in 30 seconds");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn serve(listener: TcpListener, endpoint: Endpoint) {
    listener.set_nonblocking(true).expect("a listener that does not block");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            let router = Router::new().route("/people", any(answer)).with_state(endpoint);
            axum::serve(listener, router).await.expect("it serves");
        });
    });
}

async fn answer(State(endpoint): State<Endpoint>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().expect("ASCII")).to_owned();
    let asked = Asked {
        method: method.to_string(),
        key: header("Idempotency-Key"),
        authorization: header("Authorization"),
        body: body.to_vec(),
    };
    let answer = endpoint.kept.lock().expect("nobody panicked").note(&asked);
    match answer {
        _ if asked.authorization != format!("Bearer {SECRET}") => StatusCode::UNAUTHORIZED.into_response(),
        _ if method != Method::POST => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Answer::Take => StatusCode::CREATED.into_response(),
        Answer::TakeAndHangUp | Answer::HangUp => std::panic::resume_unwind(Box::new("hang up")),
        Answer::TakeAndWait | Answer::Wait => std::future::pending().await,
        Answer::Refuse(status, words) => (StatusCode::from_u16(status).expect("a status"), words).into_response(),
        Answer::Later(status, seconds) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [("Retry-After", seconds.to_string())]).into_response()
        }
    }
}

impl Kept {
    fn note(&mut self, asked: &Asked) -> Answer {
        if asked.method != "POST" {
            return Answer::Take;
        }
        self.asked.push(asked.clone());
        let answer = self.answers.pop_front().unwrap_or(Answer::Take);
        if matches!(answer, Answer::Take | Answer::TakeAndHangUp | Answer::TakeAndWait) {
            match self.taken.iter().find(|(key, _)| *key == asked.key) {
                Some((_, before)) => assert!(*before == asked.body, "other bytes under a known key"),
                None => self.taken.push((asked.key.clone(), asked.body.clone())),
            }
        }
        answer
    }
}

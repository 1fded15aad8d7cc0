//! A stand-in for Lucca's API, for development and tests: HTTP over SQLite, in the process that starts it.
//!
//! A fact of the API stands in `lucca.md`; what is not known says `assumed` where it is decided.

mod application;
mod console;
mod desk;
mod exchange;
mod fault;
mod legacy;
mod modern;
mod people;
mod right;
mod seed;
mod store;
mod webhook;
mod wire;

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{Local, NaiveDate};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

pub use desk::Logged;
pub use fault::{Fault, What};
pub use right::Right;
pub use webhook::{Disorder, signature};

use desk::{Desk, Outcome, lock};
use exchange::{Answer, Asked};
use wire::{Allowance, Door};

/// The OAuth client of every new stand-in: id, secret and scopes.
const CLIENT: (&str, &str, &str) = (
    "stand-in-client",
    "7c0f-secret-of-the-stand-in",
    "employees.readonly employments.readonly job-positions.readonly departments.readonly \
     business-establishments.readonly legal-entities.readonly webhook-endpoints.readwrite",
);

/// The key of every new stand-in, with the rights of the options.
const KEY: &str = "5fc1ab30-key-of-the-stand-in";

#[derive(Clone)]
pub struct Options {
    /// How many people a new database is given.
    pub people: usize,
    /// The same seed and day, the same people.
    pub seed: u64,
    /// Where to keep the database; in memory if absent.
    pub database: Option<PathBuf>,
    /// Loopback only.
    pub listen: SocketAddr,
    /// Decides who has left and who is to come.
    pub today: NaiveDate,
    /// What the key may do.
    pub rights: BTreeSet<Right>,
    /// No limit if absent.
    pub rate: Option<Rate>,
    /// Waited before every answer.
    pub latency: Duration,
    pub put_body: PutBody,
    /// How long a token of the newer API is good.
    pub token_life: Duration,
    /// Between two attempts to deliver an event; five are made. At Lucca they are spread over about a day.
    pub webhook_pause: Duration,
}

/// So many requests of the tenant in each window of time.
#[derive(Clone, Copy)]
pub struct Rate {
    pub requests: usize,
    pub window: Duration,
}

/// The pages disagree on the body of `PUT /api/v3/users/{id}`; the stand-in takes one form and refuses the other.
#[derive(Clone, Copy, PartialEq)]
pub enum PutBody {
    /// `{"mail": …}`
    Bare,
    /// `{"data": {"mail": …}}`
    Wrapped,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            people: 60,
            seed: 1,
            database: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            today: Local::now().date_naive(),
            rights: Right::all(),
            rate: None,
            latency: Duration::ZERO,
            put_body: PutBody::Bare,
            token_life: Duration::from_secs(1800),
            webhook_pause: Duration::from_secs(10),
        }
    }
}

/// Runs until it is dropped.
pub struct Server {
    desk: Arc<Desk>,
    runtime: Option<Runtime>,
}

impl Server {
    pub fn start(options: Options) -> io::Result<Server> {
        if !options.listen.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the stand-in listens on loopback only"));
        }
        let store = prepare(&options).map_err(io::Error::other)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(options.listen))?;
        let desk = Arc::new(Desk::new(options, store));
        desk.url.get_or_init(|| format!("http://{}", listener.local_addr().expect("a bound socket has an address")));
        webhook::start(&desk);
        let router = Router::new().fallback(receive).with_state(desk.clone());
        runtime.spawn(async {
            axum::serve(Door(listener), router.into_make_service_with_connect_info::<Allowance>()).await
        });
        Ok(Server { desk, runtime: Some(runtime) })
    }

    /// Without a slash at the end.
    pub fn url(&self) -> &str {
        self.desk.url()
    }

    pub fn key(&self) -> &str {
        KEY
    }

    /// Id and secret, for the newer API.
    pub fn client(&self) -> (&str, &str) {
        (CLIENT.0, CLIENT.1)
    }

    /// The scopes that the client may ask for, separated by spaces.
    pub fn set_scopes(&self, scopes: &str) {
        let sql = "UPDATE clients SET scopes = ?2 WHERE id = ?1";
        self.desk.store().execute(sql, [CLIENT.0, scopes]).expect("the table of clients can be written");
    }

    /// Registers a webhook endpoint, without the handshake; gives its secret.
    pub fn subscribe(&self, url: &str, topics: &[&str]) -> String {
        let sql = "INSERT INTO webhookEndpoints (name, webhookUrl, secret, topics)
                   VALUES ('test', ?1, hex(randomblob(32)), ?2) RETURNING secret";
        let secret = self.desk.store().query_row(sql, [url, &topics.join(" ")], |row| row.get(0));
        secret.expect("the table of endpoints can be written")
    }

    /// How events come from now on.
    pub fn disorder(&self, disorder: Disorder) {
        *lock(&self.desk.disorder) = disorder;
    }

    /// The tables are those of `schema.sql`.
    pub fn database<T>(&self, look: impl FnOnce(&Connection) -> T) -> T {
        look(&self.desk.store())
    }

    /// The row of this person, in the words of the API; null if there is nobody.
    pub fn person(&self, login: &str) -> Value {
        let row = self.desk.person(login).unwrap_or_else(|refusal| panic!("{}", refusal.message));
        row.map_or(Value::Null, Value::Object)
    }

    /// Changes one column of a person, as HR would in the browser.
    pub fn change(&self, login: &str, field: &str, value: impl Into<Value>) {
        self.desk.change(login, field, value.into()).unwrap_or_else(|refusal| panic!("{}", refusal.message));
    }

    /// Somebody new, placed beside the head of the company unless `more` (columns) says otherwise; gives the id.
    pub fn hire(&self, login: &str, first_name: &str, last_name: &str, more: Value) -> i64 {
        let mut fields = json!({
            "login": login, "firstName": first_name, "lastName": last_name, "mail": format!("{login}@exemple.fr"),
        });
        let all = fields.as_object_mut().expect("an object literal is an object");
        all.extend(more.as_object().cloned().unwrap_or_default());
        self.desk.hire(&fields).unwrap_or_else(|refusal| panic!("{}", refusal.message))
    }

    /// All that was asked so far, in order.
    pub fn requests(&self) -> Vec<Logged> {
        lock(&self.desk.log).clone()
    }

    pub fn forget_requests(&self) {
        lock(&self.desk.log).clear();
    }

    /// Adds a fault to those that wait for their request.
    pub fn fault(&self, fault: Fault) {
        lock(&self.desk.faults).push(fault);
    }

    /// The faults that have not struck yet.
    pub fn faults(&self) -> Vec<Fault> {
        lock(&self.desk.faults).clone()
    }

    /// Gives `key` these rights; makes it if it is new.
    pub fn set_rights(&self, key: &str, rights: impl IntoIterator<Item = Right>) {
        set_rights(&self.desk.store(), key, rights).expect("the table of keys can be written");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn prepare(options: &Options) -> rusqlite::Result<Connection> {
    let (mut connection, is_new) = store::open(options.database.as_deref())?;
    if is_new {
        let transaction = connection.transaction()?;
        seed::organisation(&transaction)?;
        seed::people(&transaction, options.people, options.seed, options.today)?;
        transaction.commit()?;
    }
    set_rights(&connection, KEY, options.rights.iter().cloned())?;
    connection.execute("INSERT OR REPLACE INTO clients VALUES (?1, ?2, ?3)", CLIENT)?;
    Ok(connection)
}

fn set_rights(store: &Connection, key: &str, rights: impl IntoIterator<Item = Right>) -> rusqlite::Result<()> {
    let rights: Vec<String> = rights.into_iter().map(|right| right.to_string()).collect();
    let sql = "INSERT INTO keys VALUES (?1, 'Passerelle', ?2) ON CONFLICT (key) DO UPDATE SET rights = excluded.rights";
    store.execute(sql, [key, &rights.join(" ")])?;
    Ok(())
}

async fn receive(
    State(desk): State<Arc<Desk>>,
    ConnectInfo(allowance): ConnectInfo<Allowance>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 100 << 20).await else { return response(Answer::empty(413)) };
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
fn decoded(query: &str) -> Vec<(String, String)> {
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

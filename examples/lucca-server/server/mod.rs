//! A stand-in for Lucca's API, for development and tests: HTTP over SQLite, in the process that starts it.
//!
//! What is known of the API comes from Lucca's developer pages and its OpenAPI; what is not known says `assumed` where
//! it is decided. Two crates include this folder, under two names, so paths in it begin with `super`.

mod application;
mod caller;
mod console;
mod desk;
mod exchange;
mod fault;
mod legacy;
mod modern;
mod options;
mod people;
mod receive;
mod right;
mod seed;
mod store;
mod webhook;
mod wire;

use std::io;
use std::sync::Arc;

use axum::Router;
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

pub use desk::Logged;
pub use fault::{Fault, What};
pub use options::{Options, PutBody, Rate};
pub use right::Right;
pub use webhook::{Disorder, signature};

use desk::{Desk, lock};
use receive::receive;
use wire::{Allowance, Door};

/// The OAuth client of every new stand-in: id, secret and scopes.
const CLIENT: (&str, &str, &str) = (
    "stand-in-client",
    "7c0f-secret-of-the-stand-in",
    "employees.readonly employee-personal-records.readonly employments.readonly job-positions.readonly \
     departments.readonly business-establishments.readonly legal-entities.readonly webhook-endpoints.readwrite",
);

/// The key of every new stand-in, with the rights of the options.
const KEY: &str = "5fc1ab30-key-of-the-stand-in";

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
        webhook::subscribe(&self.desk, url, topics).unwrap_or_else(|refusal| panic!("{}", refusal.message))
    }

    /// How events come from now on.
    pub fn disorder(&self, disorder: Disorder) {
        *lock(&self.desk.disorder) = disorder;
    }

    /// The tables are those of `schema.sql`. Nothing else can be asked of the server until `look` is done.
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

    /// Gives the person this picture in place of the one that was there.
    pub fn photograph(&self, login: &str, file_name: &str, media: &str, bytes: &[u8]) {
        let sql = "INSERT INTO pictures VALUES (lower(hex(randomblob(16))), ?1, ?2, ?3) RETURNING id";
        let id = self.database(|store| store.query_row(sql, (file_name, media, bytes), |row| row.get::<_, String>(0)));
        self.change(login, "pictureId", id.expect("the table of pictures can be written"));
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

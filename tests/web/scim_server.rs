//! scim2-server, a SCIM server from PyPI, in a process of its own; and what may go wrong on the way to it.

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::company::SECRET;

/// Where `tests/run` installs it.
const PROGRAM: &str = "/usr/local/lib/scim-server/bin/scim2-server";

/// One tenant of a server: nothing is in it that others have.
pub struct ScimServer {
    process: Arc<Process>,
    port: u16,
    tenant: String,
}

struct Process {
    child: Child,
    _folder: TempDir,
}

/// What becomes of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The server never sees it.
    CutBefore,
    /// The server has done it, and nobody hears of it.
    CutAfter,
    /// The server never sees it, since there were too many.
    TooMany,
    /// It is not answered.
    Wait,
}

/// Stands between Passerelle and the server.
#[derive(Clone)]
pub struct Way {
    to: u16,
    tenant: String,
    port: u16,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// By the number of the request, from 0.
    faults: BTreeMap<usize, Fault>,
    asked: Vec<String>,
}

/// Whether it may be used. Where it is not installed the test says so and ends, unless `PASSERELLE_ALL_SERVERS=1` asks for
/// every server.
pub fn installed() -> bool {
    if Path::new(PROGRAM).exists() {
        return true;
    }
    assert!(std::env::var_os("PASSERELLE_ALL_SERVERS").is_none_or(|all| all != "1"), "{PROGRAM} is not installed");
    eprintln!("SKIPPED: {PROGRAM} is not installed, so nothing was tried against it");
    false
}

impl ScimServer {
    pub fn start() -> ScimServer {
        ScimServer::that_can(true, true)
    }

    /// Says that it can do these, or cannot.
    pub fn that_can(patch: bool, filter: bool) -> ScimServer {
        let folder = tempfile::tempdir().expect("a folder");
        let supported = |supported: bool| json!({ "supported": supported });
        let config = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": supported(patch), "filter": { "supported": filter, "maxResults": 1000 },
            "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
            "changePassword": supported(false), "sort": supported(true), "etag": supported(false),
            "authenticationSchemes": [],
        });
        let file = folder.path().join("config.json");
        fs::write(&file, config.to_string()).expect("a file");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", PROGRAM, "--bearer-token", SECRET, "--port", &port.to_string()]);
        command.arg("--dynamic-tenants");
        command.arg("--service-provider-config").arg(file).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().expect("a child").is_none(), "the server ended");
            assert!(Instant::now() < deadline, "nothing listens after 30 seconds");
            thread::sleep(Duration::from_millis(20));
        }
        ScimServer { process: Arc::new(Process { child, _folder: folder }), port, tenant: "first".into() }
    }

    /// Another tenant of the same process.
    pub fn tenant(&self, name: &str) -> ScimServer {
        ScimServer { process: Arc::clone(&self.process), port: self.port, tenant: name.into() }
    }

    /// `[server.partner.scim]` and an export to it.
    pub fn site(&self) -> String {
        site(self.port, &self.tenant)
    }

    /// Every user, in the order of their names, without what differs from one server to the next; a manager by name.
    pub fn users(&self) -> Vec<Value> {
        let answer: Value = serde_json::from_str(&self.ask("GET", "/Users?count=1000", None)).expect("JSON");
        let mut users = answer["Resources"].as_array().cloned().unwrap_or_default();
        let names: BTreeMap<String, Value> =
            users.iter().map(|user| (text(&user["id"]), user["userName"].clone())).collect();
        for user in &mut users {
            let manager = &mut user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"];
            *manager = manager.get("value").map_or(Value::Null, |id| names[&text(id)].clone());
            let user = user.as_object_mut().expect("an object");
            user.retain(|name, _| !["id", "meta", "schemas"].contains(&name.as_str()));
        }
        users.sort_by_key(|user| text(&user["userName"]));
        users
    }

    /// Changes the server behind Passerelle's back.
    pub fn create(&self, user: &Value) {
        self.ask("POST", "/Users", Some(user.to_string()));
    }

    fn ask(&self, method: &str, path: &str, body: Option<String>) -> String {
        let (authorization, path) = (format!("Bearer {SECRET}"), format!("/{}{path}", self.tenant));
        let (status, answer) = forward(self.port, method, &path, &authorization, body.unwrap_or_default().into_bytes())
            .expect("an answer");
        assert!((200..300).contains(&status), "{status} {answer}");
        answer
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Way {
    /// To this server, without faults yet.
    pub fn to(server: &ScimServer) -> Way {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener that does not block");
        let port = listener.local_addr().expect("an address").port();
        let way = Way { to: server.port, tenant: server.tenant.clone(), port, kept: Arc::default() };
        let state = way.clone();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                axum::serve(listener, Router::new().fallback(pass).with_state(state)).await.expect("it serves");
            });
        });
        way
    }

    pub fn site(&self) -> String {
        site(self.port, &self.tenant)
    }

    /// The requests that come from now on are counted from 0.
    pub fn has(&self, faults: &[(usize, Fault)]) {
        *self.kept.lock().expect("nobody panicked") =
            Kept { faults: faults.iter().copied().collect(), asked: Vec::new() };
    }

    /// `GET /Users`
    pub fn asked(&self) -> Vec<String> {
        self.kept.lock().expect("nobody panicked").asked.clone()
    }
}

async fn pass(State(way): State<Way>, method: Method, uri: Uri, headers: HeaderMap, request: Request) -> Response {
    let body: Bytes = axum::body::to_bytes(request.into_body(), 1 << 20).await.expect("a body");
    let fault = {
        let mut kept = way.kept.lock().expect("nobody panicked");
        kept.asked.push(format!("{method} {}", uri.path()));
        let number = kept.asked.len() - 1;
        kept.faults.get(&number).copied()
    };
    let hang_up = || std::panic::resume_unwind(Box::new("hang up"));
    match fault {
        Some(Fault::CutBefore) => hang_up(),
        Some(Fault::TooMany) => return (StatusCode::TOO_MANY_REQUESTS, [("Retry-After", "0")]).into_response(),
        Some(Fault::Wait) => std::future::pending().await,
        Some(Fault::CutAfter) | None => {}
    }
    let authorization = headers.get("Authorization").map_or("", |value| value.to_str().expect("ASCII")).to_owned();
    let path = uri.path_and_query().expect("a path").to_string();
    let answered =
        tokio::task::spawn_blocking(move || forward(way.to, method.as_str(), &path, &authorization, body.to_vec()));
    let (status, text) = answered.await.expect("it ended").expect("an answer");
    if fault == Some(Fault::CutAfter) {
        hang_up();
    }
    (StatusCode::from_u16(status).expect("a status"), [("Content-Type", "application/scim+json")], text).into_response()
}

fn forward(
    port: u16,
    method: &str,
    path: &str,
    authorization: &str,
    body: Vec<u8>,
) -> Result<(u16, String), ureq::Error> {
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().http_status_as_error(false).build());
    let request = ureq::http::Request::builder().method(method).uri(format!("http://127.0.0.1:{port}{path}"));
    let request = request.header("Authorization", authorization).header("Content-Type", "application/scim+json");
    let mut answer = agent.run(request.body(body).expect("a request"))?;
    Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?))
}

fn site(port: u16, tenant: &str) -> String {
    format!(
        r#"
[server.partner.scim]
url = "http://127.0.0.1:{port}/{tenant}"
key = "file:key"
authorization = "Bearer"
trust = "system"

[export.accounts]
profile = "scim-users"
people = "hr"
server = "partner"
optional = [
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
]
brakes = {{ shrink = "50%" }}
"#
    )
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").into()
}

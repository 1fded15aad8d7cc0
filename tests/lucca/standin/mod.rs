//! The stand-in itself: what it answers, over a real socket, is what is known of Lucca.

mod modern;
mod reading;
mod seed;
mod webhooks;
mod writing;

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use crate::lucca_server::{Options, Server};

/// A client that knows the key.
struct Client {
    server: Server,
    agent: Agent,
}

fn serve(options: Options) -> Client {
    let server = Server::start(options).unwrap();
    let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(20)));
    Client { server, agent: config.build().into() }
}

fn usual() -> Client {
    serve(Options::default())
}

impl Client {
    fn get(&self, path: &str) -> (u16, Value) {
        self.get_as(self.server.key(), path)
    }

    fn get_as(&self, key: &str, path: &str) -> (u16, Value) {
        let request = self.agent.get(format!("{}{path}", self.server.url()));
        let mut answer = request.header("Authorization", format!("lucca application={key}")).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
    }

    /// With the key and a body; gives the status and the answer, null if there is none.
    fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server.url()))
            .header("Authorization", format!("lucca application={}", self.server.key()))
            .header("Content-Type", "application/json")
            .body(body.to_string())
            .unwrap();
        let mut answer = self.agent.run(request).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap_or_default())
    }

    fn data(&self, path: &str) -> Value {
        let (status, mut body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        body["data"].take()
    }

    fn items(&self, path: &str) -> Vec<Value> {
        self.data(path)["items"].as_array().unwrap().clone()
    }
}

//! A stand-in for Lucca, to try Passerelle against: `cargo run --example lucca-server -- --people 2000`.

#[expect(dead_code, unused_imports, reason = "the tests in `tests/lucca/` use it whole")]
mod server;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use server::{Options, PutBody, Rate, Right, Server};

/// Serves an invented company by the API of Lucca, on loopback, until it is killed.
///
/// Faults are commanded at /stand-in/faults, where GET shows those to come:
/// curl URL/stand-in/faults -d '{"method": "PUT", "path": "/api/v3/users", "after": 2, "what": "cut-after"}'.
/// What there is: cut-before, cut-inside, cut-after, {"refuse": 503}, {"done-yet": 500}, {"slow": 3000},
/// {"done-slow": 3000}, portal, repeat-page, hire-between, leave-between. What was asked is at /stand-in/requests.
///
/// Events are sent to where /stand-in/webhooks is told:
/// curl URL/stand-in/webhooks -d '{"url": "http://127.0.0.1:9000/", "topics": ["employee.updated"]}' gives the secret.
/// PUT /stand-in/disorder with {"twice": true, "newest-first": true} makes them come so.
#[derive(Parser)]
struct Arguments {
    /// People of a new database
    #[arg(long, default_value_t = 2000)]
    people: usize,
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8473")]
    listen: SocketAddr,
    /// The same seed gives the same people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// File that keeps the company; in memory if absent
    #[arg(long)]
    database: Option<PathBuf>,
    /// What the key may do; may be repeated; everything if absent
    #[arg(long)]
    right: Vec<Right>,
    /// Requests a minute, then 429
    #[arg(long)]
    rate: Option<usize>,
    /// Milliseconds waited before every answer
    #[arg(long, default_value_t = 0)]
    latency: u64,
    /// Path that is no longer served, such as /api/v3/legalentities; may be repeated
    #[arg(long)]
    gone: Vec<String>,
    /// Form of the body that `PUT /api/v3/users/{id}` takes
    #[arg(long, default_value = "bare")]
    put_body: Form,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Bare,
    Wrapped,
}

fn main() -> ExitCode {
    let server = match Server::start(options(Arguments::parse())) {
        Ok(server) => server,
        Err(error) => {
            eprintln!("error: the stand-in does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("url {}", server.url());
    println!("key {}", server.key());
    let (client, secret) = server.client();
    println!("client {client}, secret {secret}");
    loop {
        std::thread::park();
    }
}

fn options(arguments: Arguments) -> Options {
    let mut options = Options {
        people: arguments.people,
        seed: arguments.seed,
        database: arguments.database,
        listen: arguments.listen,
        rate: arguments.rate.map(|requests| Rate { requests, window: Duration::from_secs(60) }),
        latency: Duration::from_millis(arguments.latency),
        put_body: match arguments.put_body {
            Form::Bare => PutBody::Bare,
            Form::Wrapped => PutBody::Wrapped,
        },
        gone: arguments.gone,
        ..Options::default()
    };
    if !arguments.right.is_empty() {
        options.rights = arguments.right.into_iter().collect();
    }
    options
}

//! A stand-in for Lucca, to try Passerelle against: `cargo run --example lucca-server -- --people 2000`.

#[expect(dead_code, unused_imports, reason = "the tests in `tests/lucca/` use it whole")]
mod server;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use server::{Options, PutBody, Rate, Right, Server};

/// Serves an invented company by the API of Lucca, on loopback, until it is killed.
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
    /// Form of the body that `PUT /api/v3/users/{id}` takes
    #[arg(long, default_value = "bare")]
    put_body: Form,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Bare,
    Wrapped,
}

fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let server = Server::start(options(arguments))?;
    println!("url {}", server.url());
    println!("key {}", server.key());
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
        ..Options::default()
    };
    if !arguments.right.is_empty() {
        options.rights = arguments.right.into_iter().collect();
    }
    options
}

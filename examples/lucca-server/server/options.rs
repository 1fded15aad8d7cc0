//! What a stand-in is started with.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use chrono::{Local, NaiveDate};

use super::right::Right;

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
    /// Paths of v3 or v4 that are answered as if they had never been; `/api/v3/legalentities` was announced to end so.
    pub gone: Vec<String>,
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
            gone: Vec::new(),
        }
    }
}

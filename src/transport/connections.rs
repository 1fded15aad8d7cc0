//! Conversations that are kept from one piece of work to the next, so that exchanges with one server log in once.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Session;

/// Servers and firewalls forget who says nothing; from then on every command would wait for its timeout.
const KEPT_FOR: Duration = Duration::from_secs(45);

/// One conversation at most for each server, by the name that the site gives it.
#[derive(Default)]
pub struct Connections(Mutex<BTreeMap<String, Kept>>);

struct Kept {
    session: Box<dyn Session>,
    since: Instant,
}

impl Connections {
    /// The conversation with a server, if one was kept and is fresh.
    pub(super) fn take(&self, server: &str) -> Option<Box<dyn Session>> {
        let kept = self.lock().remove(server)?;
        (kept.since.elapsed() < KEPT_FOR).then_some(kept.session)
    }

    pub(super) fn keep(&self, server: &str, session: Box<dyn Session>) {
        self.lock().insert(server.to_owned(), Kept { session, since: Instant::now() });
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

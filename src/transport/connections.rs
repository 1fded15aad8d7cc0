//! Conversations that are kept from one piece of work to the next, so that exchanges with one server log in once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Session;

/// Servers and firewalls forget who says nothing; from then on every command would wait for its timeout.
const KEPT_FOR: Duration = Duration::from_secs(45);

/// What a run knows of its servers, by the names that the site gives them.
#[derive(Default)]
pub struct Connections(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// One conversation at most for each server: who comes while it is in use begins another one.
    kept: BTreeMap<String, Kept>,
    /// Servers that nothing could be done with, however often it was tried.
    given_up: BTreeSet<String>,
}

struct Kept {
    session: Box<dyn Session>,
    since: Instant,
}

impl Connections {
    /// The conversation with a server, if one was kept and is fresh.
    pub(super) fn take(&self, server: &str) -> Option<Box<dyn Session>> {
        let kept = self.lock().kept.remove(server)?;
        (kept.since.elapsed() < KEPT_FOR).then_some(kept.session)
    }

    pub(super) fn keep(&self, server: &str, session: Box<dyn Session>) {
        let kept = Kept { session, since: Instant::now() };
        // What it takes the place of says good-bye only after the lock is free again.
        let _replaced = self.lock().kept.insert(server.to_owned(), kept);
    }

    pub(super) fn give_up(&self, server: &str) {
        self.lock().given_up.insert(server.to_owned());
    }

    /// It answers again.
    pub(super) fn regain(&self, server: &str) {
        self.lock().given_up.remove(server);
    }

    pub(super) fn is_given_up(&self, server: &str) -> bool {
        self.lock().given_up.contains(server)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Goes through the exchanges of a run side by side, as far as they do not wait for one another.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tracing::Span;

use crate::job::Job;
use crate::job::turns::{Need, Turns};
use crate::report;
use crate::site::Exchange;

/// More than there are partners that leave us hanging in one night; what an exchange has in memory is its own file.
const AT_ONCE: usize = 8;

/// How often who waits looks at the clock: a wait has an end of its own.
const LOOK: Duration = Duration::from_secs(1);

/// What the threads of a run share about its exchanges.
struct Night {
    turns: Mutex<Turns>,
    moved: Condvar,
}

/// The turn of one exchange.
#[derive(Clone)]
pub struct Turn {
    night: Arc<Night>,
    index: usize,
}

/// What each exchange came to, in the order in which they are given. `each` does not panic.
pub fn all<'a>(
    job: &mut Job<'a>,
    exchanges: &[&Exchange],
    each: impl Fn(&mut Job<'a>, &Exchange) -> report::Exchange + Sync,
) -> Vec<report::Exchange> {
    let needs = exchanges.iter().map(|exchange| Need::of(exchange, job.is_dry_run()));
    let night = Arc::new(Night { turns: Mutex::new(Turns::new(needs)), moved: Condvar::new() });
    let mut servers: Vec<&str> = exchanges.iter().map(|exchange| exchange.server.name.as_str()).collect();
    servers.sort_unstable();
    servers.dedup();
    // Without the others, one thread does it all.
    let beside = |_| job.beside().inspect_err(|error| fewer(&error.failure().chain.join(": "))).ok();
    let mut others: Vec<Job<'a>> = (1..servers.len().min(AT_ONCE)).map_while(beside).collect();
    let told: Mutex<Vec<(usize, report::Exchange)>> = Mutex::default();
    let span = Span::current();
    let work = |job: &mut Job<'a>| {
        let _run = span.enter();
        while let Some(turn) = Night::next(&night) {
            job.context.turn = Some(turn.clone());
            let one = each(job, exchanges[turn.index]);
            lock(&told).push((turn.index, one));
            turn.end();
        }
    };
    thread::scope(|scope| {
        for other in &mut others {
            if let Err(cause) = thread::Builder::new().spawn_scoped(scope, || work(other)) {
                fewer(&cause.to_string());
            }
        }
        work(job);
    });
    let mut told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    told.sort_by_key(|(index, _)| *index);
    told.into_iter().map(|(_, one)| one).collect()
}

fn fewer(why: &str) {
    tracing::warn!("fewer exchanges than usual run side by side: {why}");
}

impl Night {
    /// Waits for an exchange that may begin; None when all have begun.
    fn next(night: &Arc<Night>) -> Option<Turn> {
        let mut turns = lock(&night.turns);
        while turns.wait() {
            if let Some(index) = turns.begin_next(Instant::now()) {
                return Some(Turn { night: Arc::clone(night), index });
            }
            turns = night.moved.wait_timeout(turns, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        None
    }
}

impl Turn {
    /// The people of the exchange are read: nobody waits for that any more.
    pub fn has_read(&self) {
        lock(&self.night.turns).has_read(self.index);
        self.night.moved.notify_all();
    }

    fn end(&self) {
        lock(&self.night.turns).end(self.index);
        self.night.moved.notify_all();
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

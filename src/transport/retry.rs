//! Again with a fresh conversation, where trying later may help.

use std::hash::{BuildHasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

use super::{Error, Session};

/// How often and how long.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Tries in all, the first one included.
    pub tries: u32,
    /// Before the second try; it doubles from try to try, each a little longer or shorter by chance, so that machines
    /// that failed together do not come back together.
    pub first_pause: Duration,
    pub longest_pause: Duration,
    /// From the first try. No try begins after it; one that runs is bounded by the server's own time limits.
    pub deadline: Duration,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            tries: 5,
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(60),
            deadline: Duration::from_secs(15 * 60),
        }
    }
}

/// Connects and does the work, and again from the start after a failure that [later may help](Error::later_may_help).
/// The work must bear being done again: what was asked for when the time ran out may have happened.
pub fn with_session<T>(
    connect: impl Fn() -> Result<Box<dyn Session>, Error>,
    policy: Policy,
    mut work: impl FnMut(&mut dyn Session) -> Result<T, Error>,
) -> Result<T, Error> {
    let start = Instant::now();
    let mut tried = 1;
    loop {
        let error = match connect().and_then(|mut session| work(&mut *session)) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let pause = policy.pause_after(tried);
        let again = error.later_may_help() && tried < policy.tries && start.elapsed() + pause < policy.deadline;
        // The last failure is for whoever asked: they tell it once, with what it came to.
        if !again {
            return Err(error);
        }
        tracing::warn!(try = tried, of = policy.tries, kind = ?error.kind, "could not {}", error.chain());
        thread::sleep(pause);
        tried += 1;
    }
}

impl Policy {
    /// Between half of the pause that is due and the whole of it.
    fn pause_after(&self, tries: u32) -> Duration {
        let due = self.first_pause.saturating_mul(2_u32.saturating_pow(tries - 1)).min(self.longest_pause);
        due.mul_f64(0.5 + chance() / 2.0)
    }
}

/// From 0 to 1. The keys of the standard hasher are random, which is chance enough for a pause.
fn chance() -> f64 {
    RandomState::new().hash_one(()) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::path::Path;
    use std::time::Duration;

    use super::{Policy, with_session};
    use crate::transport::{Error, Kind, Options, Session};

    const AT_ONCE: Policy = Policy {
        tries: 3,
        first_pause: Duration::ZERO,
        longest_pause: Duration::ZERO,
        deadline: Duration::from_secs(60),
    };

    fn directory() -> Result<Box<dyn Session>, Error> {
        toml::from_str::<Options>("directory.path = '.'").unwrap().connect(Path::new("."))
    }

    fn tries_until_it_gives_up(kind: Kind, policy: Policy) -> u32 {
        let connections = Cell::new(0);
        let connect = || {
            connections.set(connections.get() + 1);
            directory()
        };
        let failed = with_session(connect, policy, |_| Err::<(), _>(Error::new(kind, "try"))).unwrap_err();
        assert_eq!(failed.kind, kind);
        connections.get()
    }

    #[test]
    fn what_may_help_later_is_tried_again_with_a_fresh_conversation() {
        assert_eq!(tries_until_it_gives_up(Kind::Unreachable, AT_ONCE), 3);
        assert_eq!(tries_until_it_gives_up(Kind::TimedOut, AT_ONCE), 3);
    }

    #[test]
    fn what_will_not_help_later_is_tried_once() {
        for kind in [Kind::Login, Kind::Identity, Kind::Missing, Kind::Denied, Kind::Setup] {
            assert_eq!(tries_until_it_gives_up(kind, AT_ONCE), 1, "{kind:?}");
        }
    }

    #[test]
    fn no_try_begins_after_the_deadline() {
        let policy = Policy { deadline: Duration::ZERO, ..AT_ONCE };
        assert_eq!(tries_until_it_gives_up(Kind::Unreachable, policy), 1);
    }

    #[test]
    fn a_later_success_is_a_success() {
        let left = Cell::new(2);
        let done = with_session(directory, AT_ONCE, |_| match left.replace(left.get() - 1) {
            0 => Ok("done"),
            _ => Err(Error::new(Kind::Unreachable, "try")),
        });
        assert_eq!(done.unwrap(), "done");
    }

    #[test]
    fn pauses_grow_to_the_longest_one() {
        let policy = Policy::default();
        for (tries, due) in [(1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (60, 60)] {
            let (pause, due) = (policy.pause_after(tries), Duration::from_secs(due));
            assert!(pause >= due / 2 && pause <= due, "{tries}: {pause:?}");
        }
    }
}

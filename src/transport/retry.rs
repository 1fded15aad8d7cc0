//! Again with a fresh conversation, where trying later may help.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use super::{Connections, Error, Kind, Limit, Session};
use crate::net::Tries;

/// How often.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Tries in all, the first one included.
    pub tries: u32,
    /// Before the second try; it doubles from try to try, each a little longer or shorter by chance, so that machines
    /// that failed together do not come back together.
    pub first_pause: Duration,
    pub longest_pause: Duration,
}

impl From<Tries> for Policy {
    fn from(tries: Tries) -> Policy {
        Policy { tries: tries.get(), ..Policy::default() }
    }
}

impl Default for Policy {
    /// A minute of pauses at most, in which a server starts anew. For what takes longer there are later runs.
    fn default() -> Policy {
        Policy {
            tries: Tries::default().get(),
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(60),
        }
    }
}

/// Does the work in the conversation that was kept for this server, or in a new one; and again from the start after a
/// failure that [later may help](Error::later_may_help), as long as the limit has room for a pause and another try. A
/// server that was given up once in this run is tried once, until it answers.
///
/// The work must bear being done again: what was asked for when the time ran out, or the conversation broke, may have
/// happened.
pub fn with_session<T>(
    server: &str,
    connections: &Connections,
    connect: impl Fn() -> Result<Box<dyn Session>, Error>,
    policy: Policy,
    limit: &Limit,
    mut work: impl FnMut(&mut dyn Session) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut tried = 1;
    loop {
        // After a wish to stop, what has begun may still end.
        if limit.is_over() {
            return Err(limit.overrun(format!("go on with the server `{server}`")));
        }
        let begun = Instant::now();
        let kept = connections.take(server);
        let was_kept = kept.is_some();
        let done = kept.map_or_else(&connect, Ok).and_then(|mut session| {
            session.bind(limit);
            let done = work(&mut *session);
            if done.as_ref().err().is_none_or(|error| matches!(error.kind, Kind::Missing | Kind::Denied)) {
                connections.keep(server, session);
                connections.regain(server);
            }
            done
        });
        let error = match done {
            // Servers hang up on who says nothing for a while; that is no failure of this work.
            Err(error) if was_kept && error.kind == Kind::Unreachable => {
                tracing::debug!("the kept connection to `{server}` was gone: {}", error.chain());
                continue;
            }
            // The last failure is for whoever asked: they tell it once, with what it came to.
            Err(error) if !error.later_may_help() => return Err(error),
            Err(error) => error,
            done => return done,
        };
        let pause = policy.pause_after(tried);
        let has_time = limit.left() > pause + begun.elapsed();
        if tried >= policy.tries_after(error.kind) || connections.is_given_up(server) || !has_time {
            if matches!(error.kind, Kind::Unreachable | Kind::TimedOut) {
                connections.give_up(server);
            }
            return Err(error);
        }
        tracing::warn!(try = tried, of = policy.tries, kind = ?error.kind, "could not {}", error.chain());
        if !limit.pause(pause) {
            return Err(Error::new(Kind::Stopped, "try again: this run was asked to stop").caused_by(error));
        }
        tried += 1;
    }
}

impl Policy {
    /// A disk that is full stays so for a while, and what damages every file will damage the next one.
    fn tries_after(self, kind: Kind) -> u32 {
        match kind {
            Kind::Full | Kind::Damaged => self.tries.min(3),
            _ => self.tries,
        }
    }

    /// Between half of the pause that is due and the whole of it.
    fn pause_after(self, tries: u32) -> Duration {
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
    use crate::transport::{Connections, Error, Kind, Limit, Options, Session, Stop};

    const AT_ONCE: Policy = Policy { tries: 4, first_pause: Duration::ZERO, longest_pause: Duration::ZERO };

    const HOUR: Duration = Duration::from_secs(3600);

    fn minute() -> Limit {
        Limit::new(Duration::from_secs(60), &Stop::default())
    }

    fn directory() -> Result<Box<dyn Session>, Error> {
        toml::from_str::<Options>("directory.path = '.'").unwrap().connect(Path::new("."), &minute())
    }

    fn tries_until_it_gives_up(kind: Kind, limit: &Limit) -> u32 {
        tries_in(&Connections::default(), kind, AT_ONCE, limit).0
    }

    fn tries_in(connections: &Connections, kind: Kind, policy: Policy, limit: &Limit) -> (u32, Error) {
        let made = Cell::new(0);
        let connect = || {
            made.set(made.get() + 1);
            directory()
        };
        let failing = |_: &mut dyn Session| Err::<(), _>(Error::new(kind, "try"));
        let failed = with_session("s", connections, connect, policy, limit, failing).unwrap_err();
        (made.get(), failed)
    }

    #[test]
    fn what_may_help_later_is_tried_again_with_a_fresh_conversation() {
        assert_eq!(tries_until_it_gives_up(Kind::Unreachable, &minute()), 4);
        assert_eq!(tries_until_it_gives_up(Kind::TimedOut, &minute()), 4);
        assert_eq!(tries_until_it_gives_up(Kind::Damaged, &minute()), 3);
    }

    #[test]
    fn what_will_not_help_later_is_tried_once() {
        for kind in [Kind::Login, Kind::Identity, Kind::Missing, Kind::Denied, Kind::Setup] {
            assert_eq!(tries_until_it_gives_up(kind, &minute()), 1, "{kind:?}");
        }
    }

    #[test]
    fn no_try_begins_after_the_limit() {
        let over = Limit::new(Duration::ZERO, &Stop::default());
        let (tries, failed) = tries_in(&Connections::default(), Kind::Unreachable, AT_ONCE, &over);
        assert_eq!((tries, failed.kind), (0, Kind::TimedOut));
    }

    #[test]
    fn where_no_time_is_left_for_a_pause_nobody_waits() {
        let (slow, short) = (Policy { first_pause: HOUR, longest_pause: HOUR, ..AT_ONCE }, minute());
        let (tries, failed) = tries_in(&Connections::default(), Kind::Unreachable, slow, &short);
        assert_eq!((tries, failed.kind), (1, Kind::Unreachable));
    }

    #[test]
    fn after_a_wish_to_stop_what_has_begun_may_end_and_nothing_is_tried_again() {
        let stop = Stop::default();
        let limit = Limit::new(2 * HOUR, &stop);
        stop.ask(HOUR);
        let done = with_session("s", &Connections::default(), directory, AT_ONCE, &limit, |_| Ok("done"));
        assert_eq!(done.unwrap(), "done");
        let (tries, failed) = tries_in(&Connections::default(), Kind::Unreachable, AT_ONCE, &limit);
        assert_eq!((tries, failed.kind), (1, Kind::Stopped));
    }

    #[test]
    fn a_server_that_was_given_up_is_tried_once_until_it_answers() {
        let connections = Connections::default();
        let tries = |kind| tries_in(&connections, kind, AT_ONCE, &minute()).0;
        assert_eq!([tries(Kind::Unreachable), tries(Kind::Unreachable), tries(Kind::TimedOut)], [4, 1, 1]);
        assert_eq!([tries(Kind::Missing), tries(Kind::Unreachable)], [1, 4]);
        // One whose disk is full answers.
        let connections = Connections::default();
        let tries = |kind| tries_in(&connections, kind, AT_ONCE, &minute()).0;
        assert_eq!([tries(Kind::Full), tries(Kind::Full)], [3, 3]);
    }

    #[test]
    fn a_conversation_is_kept_for_the_next_work_and_left_after_a_failure() {
        let (connections, made) = (Connections::default(), Cell::new(0));
        let work = |outcome: fn() -> Result<(), Error>| {
            let connect = || {
                made.set(made.get() + 1);
                directory()
            };
            let _ = with_session("s", &connections, connect, AT_ONCE, &minute(), |_| outcome());
            made.get()
        };
        assert_eq!(work(|| Ok(())), 1);
        assert_eq!(work(|| Err(Error::new(Kind::Missing, "find"))), 1);
        assert_eq!(work(|| Err(Error::new(Kind::Login, "log in"))), 1);
        assert_eq!(work(|| Ok(())), 2);
        // The kept one is given up first, at no cost.
        assert_eq!(work(|| Err(Error::new(Kind::Unreachable, "go on"))), 2 + AT_ONCE.tries);
    }

    #[test]
    fn a_later_success_is_a_success() {
        let left = Cell::new(2);
        let done = with_session("s", &Connections::default(), directory, AT_ONCE, &minute(), |_| {
            match left.replace(left.get() - 1) {
                0 => Ok("done"),
                _ => Err(Error::new(Kind::Unreachable, "try")),
            }
        });
        assert_eq!(done.unwrap(), "done");
    }

    #[test]
    fn a_site_says_how_often_a_server_is_tried() {
        for (server, tries) in [
            ("directory.path = '.'", 6),
            ("sftp = { host = 'h', user = 'u', agent = true, known-hosts = 'k' }", 6),
            ("sftp = { host = 'h', user = 'u', agent = true, known-hosts = 'k', tries = 1 }", 1),
            ("ftp = { host = 'h', user = 'u', password = 'env:P', encryption = 'none', tries = 9 }", 9),
        ] {
            assert_eq!(toml::from_str::<Options>(server).unwrap().retries().tries, tries, "{server}");
        }
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

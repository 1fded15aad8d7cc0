//! What bounds work with servers: a moment, and the wish of whoever stops us.

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::{Error, Kind};

/// How often whoever waits looks whether it was asked to stop.
pub(super) const LOOK: Duration = Duration::from_millis(100);

/// The wish to stop, shared by all that may have to: what is under way may end within a grace, nothing new begins.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<OnceLock<Instant>>);

impl Stop {
    /// The first wish counts.
    pub fn ask(&self, grace: Duration) {
        self.0.get_or_init(|| Instant::now() + grace);
    }

    pub fn is_asked(&self) -> bool {
        self.0.get().is_some()
    }
}

/// Until when work may take.
#[derive(Debug, Clone)]
pub struct Limit {
    until: Instant,
    stop: Stop,
}

impl Limit {
    pub fn new(time: Duration, stop: &Stop) -> Limit {
        Limit { until: Instant::now() + time, stop: stop.clone() }
    }

    pub fn left(&self) -> Duration {
        let until = self.stop.0.get().map_or(self.until, |grace| self.until.min(*grace));
        until.saturating_duration_since(Instant::now())
    }

    pub fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    /// May something new begin?
    pub fn allows_more(&self) -> bool {
        !self.stop.is_asked() && !self.is_over()
    }

    /// Waits. False when there is no time for that, which is known at once, or when it was cut short.
    pub fn pause(&self, pause: Duration) -> bool {
        let end = Instant::now() + pause;
        while self.allows_more() && end <= self.until {
            let rest = end.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return true;
            }
            thread::sleep(rest.min(LOOK));
        }
        false
    }

    /// Why what was tried came to no end.
    pub fn overrun(&self, tried: impl Into<String>) -> Error {
        match self.stop.is_asked() {
            true => Error::new(Kind::Stopped, tried).caused_by("this run was asked to stop"),
            false => {
                Error::new(Kind::TimedOut, tried).caused_by("the exchange took longer than its `within-minutes` allows")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn a_wish_to_stop_leaves_a_grace_and_ends_every_pause() {
        let stop = Stop::default();
        let limit = Limit::new(LONG, &stop);
        assert!(limit.allows_more() && limit.pause(Duration::ZERO));
        stop.ask(Duration::from_secs(60));
        assert!(!limit.allows_more() && !limit.pause(LONG));
        assert!(!limit.is_over() && limit.left() <= Duration::from_secs(60));
        assert_eq!(limit.overrun("wait").kind, Kind::Stopped);
    }

    #[test]
    fn a_limit_that_is_over_allows_nothing() {
        let limit = Limit::new(Duration::ZERO, &Stop::default());
        assert!(limit.is_over() && !limit.allows_more() && !limit.pause(LONG));
        let short = Limit::new(LONG, &Stop::default());
        assert!(!short.pause(2 * LONG), "who would not be back in time does not go");
        assert_eq!(limit.overrun("wait").kind, Kind::TimedOut);
    }
}

//! What bounds work with servers: a moment, and the wish of whoever stops us.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::{Error, Kind};

/// How often whoever waits looks whether it was asked to stop.
pub const LOOK: Duration = Duration::from_millis(100);

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
    /// What it means that it is over.
    over: &'static str,
}

impl Limit {
    pub fn new(time: Duration, stop: &Stop) -> Limit {
        let over = "the exchange took longer than its `within-minutes` allows";
        Limit { until: Instant::now() + time, stop: stop.clone(), over }
    }

    /// For work that is no exchange: `over` says what it means that this limit is over.
    pub fn that_means(self, over: &'static str) -> Limit {
        Limit { over, ..self }
    }

    /// Another one from now on, for whom the same wish to stop counts.
    pub fn anew(&self, time: Duration) -> Limit {
        Limit { until: Instant::now() + time, ..self.clone() }
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

    /// Does something that nothing can interrupt in a thread of its own. None when the limit is over first: then it is
    /// given up, and ends by itself.
    pub fn bound<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            // When nobody waits any more, what came of it is dropped.
            let _ = sender.send(work());
        });
        while !self.is_over() {
            match receiver.recv_timeout(self.left().min(LOOK)) {
                Err(RecvTimeoutError::Timeout) => {}
                done => return done.ok(),
            }
        }
        None
    }

    /// The same, but for no longer than this.
    pub fn at_most(&self, time: Duration) -> Limit {
        Limit { until: self.until.min(Instant::now() + time), ..self.clone() }
    }

    /// Why what was tried came to no end.
    pub fn overrun(&self, tried: impl Into<String>) -> Error {
        match self.stop.is_asked() {
            true => Error::new(Kind::Stopped, tried).caused_by("this run was asked to stop"),
            false => Error::new(Kind::TimedOut, tried).caused_by(self.over),
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

    #[test]
    fn what_nothing_can_interrupt_is_given_up_when_the_limit_is_over() {
        let stop = Stop::default();
        let limit = Limit::new(LONG, &stop);
        assert_eq!(limit.bound(|| "done"), Some("done"));
        stop.ask(Duration::from_millis(1));
        assert_eq!(limit.bound(|| thread::sleep(LONG)), None);
    }
}

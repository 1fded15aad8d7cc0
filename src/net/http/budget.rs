//! How many requests a minute may be sent: whoever would send more waits.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::net::{Error, Limit};

const MINUTE: Duration = Duration::from_secs(60);

/// Of one service, shared by all who ask it something. In any minute there are at most so many requests.
#[derive(Debug)]
pub struct Budget {
    a_minute: usize,
    /// When the last ones were sent, or are to be; oldest first, no more than a minute may have.
    sent: Mutex<VecDeque<Instant>>,
    /// The service asked to be left alone until then.
    closed_until: Mutex<Option<Instant>>,
}

impl Budget {
    pub fn new(a_minute: NonZeroU32) -> Budget {
        Budget { a_minute: a_minute.get() as usize, sent: Mutex::default(), closed_until: Mutex::default() }
    }

    /// Waits until one more request may be sent, and counts it.
    ///
    /// # Errors
    /// The limit leaves no time for that.
    pub fn spend(&self, limit: &Limit) -> Result<(), Error> {
        let pause = self.reserve(Instant::now()).saturating_duration_since(Instant::now());
        if pause.is_zero() || limit.pause(pause) {
            return Ok(());
        }
        Err(limit.overrun(format!("wait for one of the {} requests a minute", self.a_minute)))
    }

    /// Nobody asks anything for a while.
    pub fn close(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut closed = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        *closed = Some(closed.map_or(until, |before| before.max(until)));
    }

    /// When the next request may be sent.
    fn reserve(&self, now: Instant) -> Instant {
        let closed = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let free = match sent.len() {
            full if full >= self.a_minute => sent.pop_front().map_or(now, |oldest| oldest + MINUTE),
            _ => now,
        };
        let at = now.max(free).max(closed.unwrap_or(now));
        sent.push_back(at);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Stop;

    const THREE: NonZeroU32 = NonZeroU32::new(3).expect("3 is not 0");

    #[test]
    fn no_minute_has_more_requests_than_the_budget() {
        let (budget, now) = (Budget::new(THREE), Instant::now());
        let waits: Vec<u64> = (0..7).map(|_| (budget.reserve(now) - now).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 60, 60, 60, 120]);
        assert_eq!(budget.reserve(now + 10 * MINUTE), now + 10 * MINUTE);
    }

    #[test]
    fn a_service_that_asks_to_be_left_alone_is() {
        let budget = Budget::new(THREE);
        budget.close(Duration::from_secs(3600));
        budget.close(Duration::from_secs(1));
        let now = Instant::now();
        assert!(budget.reserve(now) > now + Duration::from_secs(3500));
        let short = Limit::new(MINUTE, &Stop::default());
        assert!(budget.spend(&short).unwrap_err().later_may_help());
    }
}

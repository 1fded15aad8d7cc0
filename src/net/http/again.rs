//! The same request again, where that may help: after no answer, after `408`, `429` and `5xx`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::net::http::{Answer, Client, Request};
use crate::net::{Error, Kind, Limit};

/// Before the second try; it doubles from try to try.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Client {
    /// Sends a request until it is answered with something that will not change: a success, or a refusal for good, which
    /// is for the caller to read. What may not be done twice is sent once.
    ///
    /// # Errors
    /// There was no such answer in all tries and all the time there is.
    pub fn ask(&self, request: &Request, limit: &Limit) -> Result<Answer, Error> {
        let mut tried = 1;
        loop {
            let mut may_repeat = request.is_repeatable;
            let (pause, error) = match self.send(request, limit) {
                Ok(answer) if is_passing(answer.status) => {
                    // It was not even looked at.
                    may_repeat |= answer.status == 429;
                    let pause = asked_pause(&answer).unwrap_or_else(|| pause_after(tried));
                    // One who asked too much is not the only one.
                    if matches!(answer.status, 429 | 503) {
                        self.budget.close(pause);
                    }
                    (pause, self.passing(request, &answer))
                }
                Err(error) if error.later_may_help() => (pause_after(tried), error),
                done => return done.map(|answer| Answer { tried, ..answer }),
            };
            let is_last = tried >= self.tries || !may_repeat || limit.left() <= pause;
            if is_last {
                return Err(error);
            }
            tracing::warn!(try = tried, of = self.tries, kind = ?error.kind, "could not {}", error.logged());
            if !limit.pause(pause) {
                return Err(limit.overrun("try again").caused_by(error));
            }
            tried += 1;
        }
    }

    /// What an answer that may be another one later comes to.
    pub fn passing(&self, request: &Request, answer: &Answer) -> Error {
        let kind = match answer.status {
            429 => Kind::Busy,
            408 => Kind::TimedOut,
            _ => Kind::Unreachable,
        };
        self.refusal(kind, request, answer, None)
    }

    /// A request was answered, and not as was wished: told with what helps, and in the words of the service, which may
    /// quote what it was sent.
    pub fn refusal(&self, kind: Kind, request: &Request, answer: &Answer, advice: Option<&str>) -> Error {
        let (url, status) = (self.shown(request), answer.status_line());
        let error = Error::new(kind, format!("{} {url} (it answered {status})", request.verb())).quoting();
        match (advice, answer.told()) {
            (Some(advice), Some(told)) => error.caused_by(format!("{advice} (it says: {told})")),
            (Some(advice), None) => error.caused_by(advice),
            (None, Some(told)) => error.caused_by(told),
            (None, None) => error.caused_by("it says no more"),
        }
    }
}

/// May the same request have another answer later?
pub fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599) && status != 501
}

fn pause_after(tries: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tries - 1)).min(LONGEST_PAUSE)
}

/// `Retry-After`: seconds, or the moment.
fn asked_pause(answer: &Answer) -> Option<Duration> {
    let asked = answer.header("Retry-After")?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = DateTime::parse_from_rfc2822(asked).ok()?;
    Some((moment.with_timezone(&Utc) - Utc::now()).to_std().unwrap_or_default())
}

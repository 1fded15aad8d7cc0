//! The same request again, where that may help: after no answer, after `408`, `429` and `5xx`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::net::http::{Answer, Client, Request};
use crate::net::{Error, Kind, Limit};

/// Before the second try; it doubles from try to try.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What became of one try.
#[derive(Debug)]
pub enum Attempt {
    /// It will not change: a success, or a refusal for good, which is for the caller to read.
    Answered(Answer),
    /// It failed, and trying again would not help.
    Failed(Error),
    /// Trying again after the pause may help. The service may have done what was asked all the same.
    Passing {
        /// Of the answer; None: there was no answer, or not all of it.
        status: Option<u16>,
        pause: Duration,
        error: Error,
    },
}

impl Client {
    /// Sends a request until it is answered with something that will not change: a success, or a refusal for good, which
    /// is for the caller to read. What may not be done twice is sent once.
    ///
    /// # Errors
    /// There was no such answer in all tries and all the time there is.
    pub fn ask(&self, request: &Request, limit: &Limit) -> Result<Answer, Error> {
        let mut tried = 1;
        loop {
            let (pause, error, may_repeat) = match self.attempt(request, tried, limit) {
                Attempt::Answered(answer) => return Ok(answer),
                Attempt::Failed(error) => return Err(error),
                // What was answered with 429 was not even looked at.
                Attempt::Passing { status, pause, error } => {
                    (pause, error, request.is_repeatable || status == Some(429))
                }
            };
            if tried >= self.tries || !may_repeat {
                return Err(error);
            }
            self.wait(tried, pause, error, limit)?;
            tried += 1;
        }
    }

    /// Sends a request once. `tried` counts the tries of what it is for, from 1, this one included.
    pub fn attempt(&self, request: &Request, tried: u32, limit: &Limit) -> Attempt {
        match self.send(request, limit) {
            Ok(answer) if is_passing(answer.status) => {
                let pause = asked_pause(&answer).unwrap_or_else(|| pause_after(tried));
                // One who asked too much is not the only one.
                if matches!(answer.status, 429 | 503) {
                    self.budget.close(pause);
                }
                Attempt::Passing { status: Some(answer.status), pause, error: self.passing(request, &answer) }
            }
            Ok(answer) => Attempt::Answered(Answer { tried, ..answer }),
            Err(error) if error.later_may_help() => Attempt::Passing { status: None, pause: pause_after(tried), error },
            Err(error) => Attempt::Failed(error),
        }
    }

    /// Waits before the next try.
    ///
    /// # Errors
    /// There is no time for that: then it is the error of the try before.
    pub fn wait(&self, tried: u32, pause: Duration, error: Error, limit: &Limit) -> Result<(), Error> {
        if limit.left() <= pause {
            return Err(error);
        }
        tracing::warn!(try = tried, of = self.tries, kind = ?error.kind, "could not {}", error.logged());
        match limit.pause(pause) {
            true => Ok(()),
            false => Err(limit.overrun("try again").caused_by(error)),
        }
    }

    /// How often what may be tried again is tried.
    pub fn tries(&self) -> u32 {
        self.tries
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

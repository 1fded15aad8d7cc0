//! The front desk: every request is counted, logged, perhaps struck by a fault, recognised by its key, and answered.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde::Serialize;

use super::caller::Caller;
use super::exchange::{Answer, Asked, Refusal};
use super::fault::{Fault, What, strike};
use super::webhook::Disorder;
use super::{Options, application, console, legacy, modern};

const TOKENS: &str = "/connect/token";

pub struct Desk {
    pub options: Options,
    pub url: OnceLock<String>,
    pub store: Mutex<Connection>,
    pub faults: Mutex<Vec<Fault>>,
    pub log: Mutex<Vec<Logged>>,
    pub disorder: Mutex<Disorder>,
    recent: Mutex<VecDeque<Instant>>,
}

/// One request that came, whatever became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Logged {
    pub method: String,
    pub path: String,
    /// As it came, not decoded.
    pub query: String,
    /// The API key or the token, if there was one.
    pub key: String,
    pub body: String,
    /// What was answered; 0 if the connection was cut before an answer.
    pub status: u16,
}

/// What the connection is to do with an answer.
pub enum Outcome {
    Answered(Answer),
    /// Answered, but the connection ends in the middle of the body.
    Half(Answer),
    Silence,
}

impl Desk {
    pub fn new(options: Options, store: Connection) -> Desk {
        Desk {
            options,
            url: OnceLock::new(),
            store: Mutex::new(store),
            faults: Mutex::default(),
            log: Mutex::default(),
            disorder: Mutex::default(),
            recent: Mutex::default(),
        }
    }

    pub fn store(&self) -> MutexGuard<'_, Connection> {
        lock(&self.store)
    }

    pub fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }

    pub fn today(&self) -> String {
        self.options.today.to_string()
    }

    /// The whole way of a request. Blocks; the console of the stand-in itself is neither counted nor logged.
    pub fn serve(&self, asked: &Asked, raw_query: &str) -> Outcome {
        if asked.path.starts_with("/stand-in/") {
            return Outcome::Answered(console::answer(self, asked).unwrap_or_else(|refusal| refusal.answer(asked)));
        }
        sleep(self.options.latency);
        let outcome = match self.limit(asked) {
            Some(refused) => Outcome::Answered(refused),
            None => self.struck(asked),
        };
        let status = match &outcome {
            Outcome::Answered(answer) | Outcome::Half(answer) => answer.status,
            Outcome::Silence => 0,
        };
        lock(&self.log).push(Logged {
            method: asked.method.clone(),
            path: asked.path.clone(),
            query: raw_query.to_string(),
            key: credential(asked).to_string(),
            body: String::from_utf8_lossy(&asked.body).into_owned(),
            status,
        });
        outcome
    }

    fn struck(&self, asked: &Asked) -> Outcome {
        // Apart, so that a slow answer holds nothing that others wait for.
        let struck = strike(&mut lock(&self.faults), &asked.method, &asked.path);
        match struck {
            None => Outcome::Answered(self.answer(asked, false)),
            Some(What::CutBefore) => Outcome::Silence,
            Some(What::CutInside) => Outcome::Half(self.answer(asked, false)),
            Some(What::CutAfter) => {
                self.answer(asked, false);
                Outcome::Silence
            }
            Some(What::Refuse(status)) => Outcome::Answered(self.refuse(asked, status)),
            Some(What::DoneYet(status)) => {
                self.answer(asked, false);
                Outcome::Answered(self.refuse(asked, status))
            }
            Some(What::Slow(milliseconds)) => {
                sleep(Duration::from_millis(milliseconds));
                Outcome::Answered(self.answer(asked, false))
            }
            Some(What::DoneSlow(milliseconds)) => {
                let answer = self.answer(asked, false);
                sleep(Duration::from_millis(milliseconds));
                Outcome::Answered(answer)
            }
            Some(What::Portal) => {
                let page = b"<!DOCTYPE html><title>Sign in</title><p>Please sign in to the network.</p>".to_vec();
                Outcome::Answered(Answer::bytes("text/html; charset=utf-8", page))
            }
            Some(What::RepeatPage) => Outcome::Answered(self.answer(asked, true)),
            Some(What::HireBetween) => {
                let answer = self.answer(asked, false);
                self.hire_before_all();
                Outcome::Answered(answer)
            }
            Some(What::LeaveBetween) => {
                let answer = self.answer(asked, false);
                self.first_leaves();
                Outcome::Answered(answer)
            }
        }
    }

    fn refuse(&self, asked: &Asked, status: u16) -> Answer {
        let answer = Refusal::of(status, "On command").answer(asked);
        if matches!(status, 429 | 503) { answer.with("Retry-After", 1) } else { answer }
    }

    fn answer(&self, asked: &Asked, earlier: bool) -> Answer {
        if (asked.method.as_str(), asked.path.as_str()) == ("POST", TOKENS) {
            return modern::token(self, asked);
        }
        if let Some(rest) = asked.path.strip_prefix("/lucca-api/") {
            let answer = modern::answer(self, asked, rest, earlier).unwrap_or_else(|refusal| refusal.answer(asked));
            return answer.with("Api-Version", modern::VERSION);
        }
        // Let go of the store before the answer takes it again.
        let caller = Caller::of(asked, &self.store());
        let answer = caller.and_then(|caller| route(self, &caller, asked, earlier));
        answer.unwrap_or_else(|refusal| refusal.answer(asked))
    }

    /// A 429 if the tenant has had its requests of this window, which slides.
    fn limit(&self, asked: &Asked) -> Option<Answer> {
        // Tokens are given by another host, which does not count.
        let rate = self.options.rate.filter(|_| asked.path != TOKENS)?;
        let now = Instant::now();
        let mut recent = lock(&self.recent);
        while recent.front().is_some_and(|first| now.duration_since(*first) >= rate.window) {
            recent.pop_front();
        }
        if recent.len() < rate.requests {
            recent.push_back(now);
            return None;
        }
        let first = recent.front().copied().unwrap_or(now);
        let wait = rate.window.saturating_sub(now.duration_since(first)).as_secs_f64().ceil().max(1.0);
        Some(Refusal::of(429, "Too many requests").answer(asked).with("Retry-After", wait))
    }
}

fn route(desk: &Desk, caller: &Caller, asked: &Asked, earlier: bool) -> Result<Answer, Refusal> {
    if desk.options.gone.iter().any(|prefix| asked.path.starts_with(prefix)) {
        return Err(Refusal::absent(format!("{} is no longer served", asked.path)));
    }
    if asked.is_legacy() {
        return legacy::answer(desk, caller, asked, earlier);
    }
    if let Some(rest) = asked.path.strip_prefix("/organization/structure/api/") {
        return application::structure(desk, caller, asked, rest);
    }
    if let Some(rest) = asked.path.strip_prefix("/directory/api/4.0/work-contracts") {
        return application::work_contracts(desk, caller, asked, rest.strip_prefix('/'));
    }
    Err(Refusal::absent(format!("Nothing at {}", asked.path)))
}

/// What stands behind the scheme.
fn credential(asked: &Asked) -> &str {
    let header = asked.authorization.as_deref().unwrap_or_default();
    header.strip_prefix("lucca application=").or_else(|| header.strip_prefix("Bearer ")).unwrap_or(header)
}

/// A thread that panicked with the lock failed its own request; the others go on.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

//! The verbs, one file each: gather, decide, act, tell. To add one: a file here, and a word in `cli`.
//!
//! Deciding is pure. Acting needs [`Hands`], which a dry run does not have: [`Job::act`] is the one place that knows.

mod abreast;
mod account_rules;
mod again;
mod apply;
pub mod approve;
mod body;
pub mod check;
mod claim;
mod content;
mod decision;
mod deliver;
pub mod discard;
mod doors;
mod error;
mod everybody;
mod expected;
mod explain;
pub mod export;
mod extract;
mod follow;
mod gather;
mod gathered;
pub mod held;
pub mod import;
mod keep;
mod known;
mod manifest;
mod measure;
mod person;
mod pickup;
mod picture_rules;
pub mod plan;
mod post;
pub mod privacy;
pub mod progress;
pub mod propose;
mod provision;
pub mod reading;
mod ready;
mod remembered;
pub mod retell;
mod row_rules;
mod rows;
pub mod rules;
pub mod run;
pub mod sample;
pub mod saved;
mod send;
mod sift;
mod subject;
mod tell;
pub mod template;
mod too_large;
pub mod trial;
mod turns;
pub mod undo;
pub mod watch;
pub mod why;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};

use abreast::Turn;
use doors::Doors;
pub use error::Error;
use progress::Progress;

use crate::model::Sheet;
use crate::site::{Exchange, Server, Site};
use crate::state::{self, Lock, RunId, Spool, State, Taking};
use crate::transport::{self, Connections, Limit, Session, Stop, retry};

/// One execution of exchanges.
pub struct Job<'a> {
    pub context: Context<'a>,
    pub state: State,
    hands: Option<Hands>,
}

/// Where and when a job runs.
#[derive(Clone)]
pub struct Context<'a> {
    pub site: &'a Site,
    pub run: RunId,
    pub started: DateTime<Utc>,
    pub progress: &'a dyn Progress,
    stop: Stop,
    /// Of the exchange that is under way.
    limit: Limit,
    /// Of the exchange that is under way, where others run beside it.
    turn: Option<Turn>,
    /// Of all exchanges of the run.
    connections: Arc<Connections>,
    doors: Arc<Doors>,
    /// What is known of the servers, by their names in the site.
    sheets: Arc<BTreeMap<String, Sheet>>,
}

/// What it takes to change anything: the site's lock, the spool, the folder for operations.
#[derive(Clone)]
pub struct Hands {
    _lock: Arc<Lock>,
    pub spool: Spool,
    pub operations: PathBuf,
}

impl<'a> Job<'a> {
    /// Takes the lock and opens the state; a dry run only looks.
    pub fn open(
        site: &'a Site,
        dry_run: bool,
        started: DateTime<Utc>,
        progress: &'a dyn Progress,
        stop: &Stop,
    ) -> Result<Job<'a>, Error> {
        let hands = (!dry_run).then(|| Hands::take(site, Lock::take)).transpose()?;
        Job::with(hands, site, started, progress, stop)
    }

    /// For no longer than a delivery takes: others wait for the lock meanwhile.
    fn open_briefly(
        site: &'a Site,
        started: DateTime<Utc>,
        progress: &'a dyn Progress,
        stop: &Stop,
    ) -> Result<Job<'a>, Error> {
        Job::with(Some(Hands::take(site, Lock::take_briefly)?), site, started, progress, stop)
    }

    fn with(
        hands: Option<Hands>,
        site: &'a Site,
        started: DateTime<Utc>,
        progress: &'a dyn Progress,
        stop: &Stop,
    ) -> Result<Job<'a>, Error> {
        let state = match hands {
            None => State::open_to_look(&site.state)?,
            Some(_) => State::open(&site.state)?,
        };
        let sheets = state.sheets()?;
        for server in site.servers.values() {
            explain::sheet_of(server, &sheets).into_iter().for_each(|sheet| server.options.expect(sheet));
        }
        let context = Context {
            site,
            run: RunId::new(started),
            started,
            progress,
            stop: stop.clone(),
            limit: Limit::new(Duration::ZERO, stop),
            turn: None,
            connections: Arc::default(),
            doors: Arc::default(),
            sheets: Arc::new(sheets),
        };
        Ok(Job { context, state, hands })
    }

    /// Where a file that is fetched goes: to the spool, or in a dry run where nobody sees it.
    fn taking(&self) -> Result<Taking, state::Error> {
        self.hands.as_ref().map_or_else(Taking::unnamed, |hands| hands.spool.take())
    }

    /// For another thread of the same run.
    fn beside(&self) -> Result<Job<'a>, Error> {
        let state = self.state.beside(self.is_dry_run())?;
        Ok(Job { context: self.context.clone(), state, hands: self.hands.clone() })
    }

    /// From now on the time of this exchange runs.
    fn begin(&mut self, exchange: &Exchange) {
        self.context.limit = Limit::new(exchange.within, &self.context.stop);
    }

    pub fn is_dry_run(&self) -> bool {
        self.hands.is_none()
    }

    /// Changes the world, unless this is a dry run: then nothing happens, and None comes back.
    ///
    /// # Errors
    /// There is no time left, or this run was asked to stop: what has begun may end, and nothing new begins.
    fn act<T>(
        &mut self,
        act: impl FnOnce(&Context<'_>, &mut State, &Hands) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        if !self.is_dry_run() {
            self.context.may_begin("go on with the exchange")?;
        }
        self.write_down(act)
    }

    /// As [`Job::act`], at any time: for what the journal must know of the run itself.
    fn write_down<T>(
        &mut self,
        act: impl FnOnce(&Context<'_>, &mut State, &Hands) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match &self.hands {
            Some(hands) => act(&self.context, &mut self.state, hands).map(Some),
            None => Ok(None),
        }
    }
}

impl Context<'_> {
    /// What the company's clock showed at the start.
    fn local(&self) -> NaiveDateTime {
        self.site.local(self.started)
    }

    /// Whether there is time, and no wish to stop; `tried` is what would begin.
    fn may_begin(&self, tried: &str) -> Result<(), Error> {
        match self.limit.allows_more() {
            true => Ok(()),
            false => Err(self.limit.overrun(tried).into()),
        }
    }

    /// Whoever waits to change the people, or to speak with their server, waits no longer: this exchange has read them.
    fn people_are_read(&self) {
        if let Some(turn) = &self.turn {
            turn.has_read();
        }
    }

    /// Does some work in a conversation with a server, and again in a new one where that may help.
    fn with_server<T>(
        &self,
        server: &Server,
        work: impl FnMut(&mut dyn Session) -> Result<T, transport::Error>,
    ) -> Result<T, Error> {
        let connect = || server.options.connect(&self.site.base, &self.limit);
        let (policy, limit) = (server.options.retries(), &self.limit);
        let done = retry::with_session(&server.name, &self.connections, connect, policy, limit, work);
        Ok(done.map_err(|error| explain::beside(error, server, explain::sheet_of(server, &self.sheets)))?)
    }
}

impl Hands {
    fn take(site: &Site, how: impl FnOnce(&Path) -> Result<Lock, state::Error>) -> Result<Hands, Error> {
        let lock = how(&site.state)?;
        let spool = Spool::at(&site.state.with_file_name("spool"));
        Ok(Hands { _lock: Arc::new(lock), spool, operations: site.operations() })
    }
}

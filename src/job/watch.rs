//! Follows the people of one export through the day: what changes reaches the partner within the minute.
//!
//! A round looks whether anything has changed, waits for a little calm, and decides without touching anything what the export
//! would do now. Only if that is something, it is run, as any run does it: under the site's lock, with the same journal and
//! the same deliveries. So what a crash cuts off is finished as after any other run, and a watch needs no memory of its own:
//! it begins by reading everything and comparing it with what the partner was given.

mod bell;
mod eyes;
mod hook;
mod service;
mod trouble;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, Utc};

use crate::job::run::Order;
use crate::job::{Error, Job, export, run};
use crate::model::Exit;
use crate::report::{Delivered, Report};
use crate::site::{Direction, Exchange, Export, People, Site, Watch};
use crate::state::{Decided, DeliveryId, Kind, Lock, Set};
use bell::Bell;
use eyes::Eyes;
use service::Service;
use trouble::{Lasting, Trouble};

/// How often who waits looks whether it was asked to stop, and promises to be back.
const LOOK: Duration = Duration::from_millis(100);

/// What a round may take beside its work with servers.
const MARGIN: Duration = Duration::from_secs(120);

/// How often who waits for the site's lock tries again.
const FOR_THE_LOCK: Duration = Duration::from_secs(1);

/// For how long a file must stay the same.
const WHOLE: Duration = Duration::from_secs(1);

/// More than one leaves what an event has left to tell; the rest is for the next round.
const RUNS: usize = 5;

struct Watching<'a> {
    order: &'a Order<'a>,
    exchange: &'a Exchange,
    export: &'a Export,
    bell: Arc<Bell>,
    service: Service,
    tell: &'a mut dyn FnMut(&Report),
    eyes: Eyes,
    /// There may be something to do.
    is_pending: bool,
    /// What is decided depends on the day.
    day: Option<NaiveDate>,
    /// What waits for a person.
    held: Vec<DeliveryId>,
    /// Rows without which the partner was last left.
    left_out: usize,
    has_worked: bool,
    lasting: Lasting,
}

/// Follows the people of this export until it is asked to stop; `tell` is given the report of each run that comes of it.
///
/// # Errors
/// It cannot begin, or cannot go on whatever happens later. An exit that is not [`Exit::Done`] is that of a run that has
/// been told.
pub fn watch(order: &Order<'_>, name: &str, tell: &mut dyn FnMut(&Report)) -> Result<Exit, Error> {
    if order.dry_run {
        let way = format!("`passerelle export {name} --dry-run` says what would leave now");
        return Err(Error::Usage(format!("a watch that touches nothing would wait for ever; {way}")));
    }
    let exchange = order.exchange(name)?;
    let Direction::Export(export) = &exchange.direction else {
        return Err(Error::Usage(format!("`{name}` is an import; exports are watched")));
    };
    let _span = tracing::error_span!("of", exchange = exchange.name).entered();
    let _alone = Lock::take(&own_lock(order.site, name))?;
    let bell = Arc::new(Bell::default());
    let _listener = hook::listen(order.site, &export.watch, &bell)?;
    Watching {
        order,
        exchange,
        export,
        bell,
        service: Service::start(),
        tell,
        eyes: Eyes::new(),
        is_pending: true,
        day: None,
        held: Vec::new(),
        left_out: 0,
        has_worked: false,
        lasting: Lasting::default(),
    }
    .follow()
}

/// Two watches of one exchange would do everything twice, and one of them in vain.
fn own_lock(site: &Site, name: &str) -> PathBuf {
    let mut path = site.state.as_os_str().to_owned();
    path.push(format!(".watch-{name}"));
    path.into()
}

impl<'a> Watching<'a> {
    /// One round after another.
    fn follow(mut self) -> Result<Exit, Error> {
        let mut done = self.begin().and_then(|()| self.round());
        loop {
            match done {
                Ok(()) if self.is_pending => {}
                Ok(()) => self.went_well(),
                // What was cut short is not told as a failure.
                Err(_) if self.order.stop.is_asked() => {}
                Err(trouble) => {
                    if let Some(end) = self.went_wrong(trouble) {
                        self.service.is_stopping();
                        return end;
                    }
                }
            }
            if self.order.stop.is_asked() {
                self.service.is_stopping();
                return Ok(Exit::Done);
            }
            self.wait_for_the_next();
            done = self.round();
        }
    }

    /// Opens the state to write, once: what a crash has left in it is repaired, and an older one brought up to date.
    fn begin(&self) -> Result<(), Trouble> {
        self.open()?;
        Ok(())
    }

    fn round(&mut self) -> Result<(), Trouble> {
        if self.look()? && self.has_worked {
            self.service.is_doing("something has changed; waiting for what else does");
            self.wait_for_calm()?;
        }
        for _ in 0..RUNS {
            if !self.is_pending || self.order.stop.is_asked() {
                break;
            }
            self.is_pending = self.is_anything_to_do()? && self.run()?;
        }
        Ok(())
    }

    /// Has anybody changed since the last look, or has a day begun? Whatever fails afterwards, that is not forgotten.
    fn look(&mut self) -> Result<bool, Trouble> {
        let job = self.open_to_look()?;
        let day = Some(job.context.local().date());
        let has_changed = self.eyes.look(&job, self.export)? || self.day != day;
        self.day = day;
        self.is_pending |= has_changed;
        // Who approves delivers; what was kept back beside it is found now. Who discards does not mean to be asked again
        // before anything changes.
        let held = self.held(&job)?;
        let before = std::mem::replace(&mut self.held, held);
        let is_let_through = self.held.is_empty() && !before.is_empty() && !is_given_up(&job, &before)?;
        self.is_pending |= is_let_through || self.is_cut_off(&job)?;
        Ok(has_changed)
    }

    /// A person who is changed in a form is changed several times, and a reorganisation changes many. A file is not taken
    /// before it is the same at two looks: it may be half written.
    fn wait_for_calm(&mut self) -> Result<(), Trouble> {
        let is_file = matches!(*self.export.people, People::File(_));
        let least = if is_file { WHOLE } else { Duration::ZERO };
        let (first, quiet) = (Instant::now(), self.export.watch.quiet.max(least));
        loop {
            self.wait(quiet);
            let is_calm = !self.look()?;
            let is_time = !is_file && first.elapsed() + quiet > Watch::LONGEST_QUIET;
            if is_calm || is_time || self.order.stop.is_asked() {
                return Ok(());
            }
        }
    }

    /// Decides what an export would do now. What is held already is not held again for another change beside it: whoever is
    /// to approve it would never be done reading.
    fn is_anything_to_do(&mut self) -> Result<bool, Trouble> {
        let mut job = self.open_to_look()?;
        let (is_cut_off, is_held) = (self.is_cut_off(&job)?, !self.held(&job)?.is_empty());
        let (told, error) = export::export(&mut job, self.exchange, self.export);
        error.map_or(Ok(()), Err)?;
        self.tell_left_out(told.iter().map(|file| file.left_out).sum());
        let comes_to = |outcome| told.iter().any(|file| file.outcome == outcome);
        Ok(is_cut_off || comes_to(Delivered::WouldBeDelivered) || comes_to(Delivered::Held) != is_held)
    }

    /// Such rows make no run of their own; the report of the next one has them.
    fn tell_left_out(&mut self, rows: usize) {
        if rows > self.left_out {
            let name = &self.exchange.name;
            tracing::warn!(
                rows,
                "rows have an error and do not leave; `passerelle export {name} --dry-run` names them"
            );
        }
        self.left_out = rows;
    }

    /// Runs the export. Might there be more to do afterwards?
    fn run(&mut self) -> Result<bool, Trouble> {
        let Some(job) = self.open()? else { return Ok(true) };
        self.service.is_doing("delivering");
        let order = self.order_of_now();
        let report = run::recorded(job, &order, "watch", &[self.exchange], |job| {
            vec![run::in_its_time(job, self.exchange, |job| run::one(job, self.exchange, &[]))]
        })?;
        let _span = tracing::error_span!("run", id = report.run).entered();
        let told = &report.exchanges[0];
        if let Some(failure) = &told.failure {
            if self.lasting.goes_on(failure) {
                run::log(told);
                (self.tell)(&report);
            }
            return Err(Trouble::Run(failure.clone()));
        }
        run::log(told);
        (self.tell)(&report);
        Ok(!told.holds())
    }

    fn went_well(&mut self) {
        if let Some(rounds) = self.lasting.ends() {
            tracing::info!(rounds, "the watch goes on as usual again");
        }
        if !self.has_worked {
            self.has_worked = true;
            self.service.is_ready();
        }
        let at = self.order_of_now().now.format("%Y-%m-%d %H:%M:%S UTC");
        self.service.is_doing(&match self.held.is_empty() {
            true => format!("the partner has everything; looked last at {at}"),
            false => format!("held by a brake, waits for approval; looked last at {at}"),
        });
    }

    /// How the watch ends, if there is no use in going on.
    fn went_wrong(&mut self, trouble: Trouble) -> Option<Result<Exit, Error>> {
        let failure = trouble.failure();
        // What a run has told is counted already.
        let is_news = matches!(trouble, Trouble::Error(_)) && self.lasting.goes_on(&failure);
        if trouble::is_final(failure.exit_code, self.has_worked) {
            return Some(match trouble {
                Trouble::Error(error) => Err(error),
                Trouble::Run(failure) => Ok(failure.exit_code),
            });
        }
        if is_news {
            run::log_failure(failure.exit_code, &failure);
        }
        let seconds = self.lasting.pause(self.export.watch.every).as_secs();
        self.service.is_doing(&format!("{}; trying again in {seconds} seconds", failure.chain[0]));
        None
    }

    fn wait_for_the_next(&self) {
        let pause = self.lasting.pause(self.export.watch.every);
        match self.lasting.lasts() {
            true => self.wait(pause),
            false => self.wait_or_hear(pause),
        }
    }

    fn wait(&self, time: Duration) {
        let end = Instant::now() + time;
        while !self.order.stop.is_asked() && Instant::now() < end {
            self.service.promise(MARGIN);
            std::thread::sleep(LOOK.min(end.saturating_duration_since(Instant::now())));
        }
    }

    /// However often the webhook calls, nobody looks more often than once in a quiet time.
    fn wait_or_hear(&self, time: Duration) {
        let (start, bell) = (Instant::now(), Arc::clone(&self.bell));
        while !self.order.stop.is_asked() && start.elapsed() < time {
            self.service.promise(MARGIN);
            if bell.wait(LOOK) {
                return self.wait(self.export.watch.quiet.saturating_sub(start.elapsed()));
            }
        }
    }

    fn held(&self, job: &Job<'_>) -> Result<Vec<DeliveryId>, Error> {
        let all = job.state.held_sets()?;
        Ok(all.iter().filter(|held| held.first().exchange == self.exchange.name).map(Set::id).collect())
    }

    /// Has a run begun a delivery that it did not end?
    fn is_cut_off(&self, job: &Job<'_>) -> Result<bool, Error> {
        Ok(!job.state.unfinished_sets(&self.exchange.name)?.is_empty())
    }

    fn open_to_look(&self) -> Result<Job<'a>, Error> {
        let order = self.order_of_now();
        let look = || Job::open(order.site, true, order.now, order.progress, &order.stop);
        let job = match look() {
            // Another run was cut off in the midst of writing.
            Err(Error::State(behind)) if behind.kind == Kind::Behind => {
                self.open()?;
                look()
            }
            job => job,
        };
        Ok(self.prepared(job?))
    }

    /// To write, with the site's lock; waits for whoever has it. None when it was asked to stop meanwhile.
    fn open(&self) -> Result<Option<Job<'a>>, Error> {
        let mut is_told = false;
        while !self.order.stop.is_asked() {
            let order = self.order_of_now();
            match Job::open_briefly(order.site, order.now, order.progress, &order.stop) {
                Err(Error::State(locked)) if locked.later_may_help() => {
                    if !std::mem::replace(&mut is_told, true) {
                        tracing::info!("waiting: {}", Error::from(locked).failure().chain.join(": "));
                        self.service.is_doing("waiting for another run to end");
                    }
                    self.wait(FOR_THE_LOCK);
                }
                job => return job.map(|job| Some(self.prepared(job))),
            }
        }
        Ok(None)
    }

    fn prepared<'j>(&self, mut job: Job<'j>) -> Job<'j> {
        self.service.promise(self.exchange.within + MARGIN);
        self.eyes.lend(&mut job);
        job.begin(self.exchange);
        job
    }

    fn order_of_now(&self) -> Order<'a> {
        Order { now: Utc::now(), stop: self.order.stop.clone(), ..*self.order }
    }
}

/// Has a person said of one of them that it is not to leave?
fn is_given_up(job: &Job<'_>, held: &[DeliveryId]) -> Result<bool, Error> {
    for id in held {
        let decision = job.state.delivery(*id)?.and_then(|delivery| delivery.decision);
        if decision.is_some_and(|decision| decision.decided == Decided::Discarded) {
            return Ok(true);
        }
    }
    Ok(false)
}

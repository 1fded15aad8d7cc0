//! Runs exchanges and reports on them all; one that fails never stops the others.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::job::approve::{self, Moves};
use crate::job::held::{self, Held};
use crate::job::progress::Progress;
use crate::job::saved::Saved;
use crate::job::{Error, Job, abreast, discard, export, import, plan, undo};
use crate::model::Exit;
use crate::report::{self, Report};
use crate::site::{Direction, Exchange, Import, Site};
use crate::state::{Run, State};
use crate::text;
use crate::transport::Stop;

/// How a run is asked for.
pub struct Order<'a> {
    pub site: &'a Site,
    /// As it was named, for the report.
    pub site_file: &'a Path,
    pub dry_run: bool,
    pub now: DateTime<Utc>,
    pub progress: &'a dyn Progress,
    /// Asked for by a signal, for example.
    pub stop: Stop,
}

/// The night: all exchanges, those with the nearest deadline first; or those named, in the same order. They run side by
/// side, as far as they do not wait for one another.
pub fn night(order: &Order<'_>, names: &[String]) -> Result<Report, Error> {
    let named = names.iter().map(|name| order.exchange(name)).collect::<Result<Vec<_>, _>>()?;
    let mut exchanges = order.site.exchanges(order.now);
    exchanges.retain(|exchange| named.is_empty() || named.iter().any(|named| named.name == exchange.name));
    recorded(order.open()?, order, "run", &exchanges, |job| {
        abreast::all(job, &exchanges, |job, exchange| attend(job, exchange, |job| one(job, exchange, &[])))
    })
}

pub fn export(order: &Order<'_>, name: &str) -> Result<Report, Error> {
    let exchange = order.exchange(name)?;
    match exchange.direction {
        Direction::Export(_) => perform(order, "export", &[exchange], |job, exchange| one(job, exchange, &[])),
        Direction::Import(_) => Err(Error::Usage(format!("`{name}` is an import; write `passerelle import {name}`"))),
    }
}

/// Takes the files named, or what lies on the server.
pub fn import(order: &Order<'_>, name: &str, files: &[PathBuf]) -> Result<Report, Error> {
    let (exchange, _) = order.import(name)?;
    perform(order, "import", &[exchange], |job, exchange| one(job, exchange, files))
}

/// Says what a file would do. The second is what can be saved: nothing where there is nothing to apply.
pub fn plan(order: &Order<'_>, name: &str, file: &Path) -> Result<(Report, Option<Saved>), Error> {
    let (exchange, import) = order.import(name)?;
    let site = order.whole_site_file()?;
    let mut saved = None;
    let report = perform(order, "plan", &[exchange], |job, exchange| {
        match plan::foresee(job, exchange, import, file, site.clone()) {
            Ok((told, plan)) => {
                saved = plan;
                report::Exchange { imports: vec![told], ..blank(exchange) }
            }
            Err(error) => report::Exchange { failure: Some(error.failure()), ..blank(exchange) },
        }
    })?;
    Ok((report, saved))
}

/// Does what was saved, with the file where it lay, or where it lies now.
pub fn apply(order: &Order<'_>, plan: &Path, file: Option<&Path>) -> Result<Report, Error> {
    let saved = Saved::read(plan)?;
    let here = order.whole_site_file()?;
    if saved.site != here {
        let (plan, there) = (plan.display(), &saved.site);
        return Err(Error::Usage(format!("{plan} was made for the site {there}, and this one is {here}")));
    }
    let (exchange, import) = order.import(&saved.exchange)?;
    perform(order, "apply", &[exchange], |job, exchange| {
        of_import(exchange, plan::apply(job, exchange, import, &saved, file))
    })
}

/// Lets through what a run held back, all of it or one exchange.
pub fn approve(order: &Order<'_>, run: &str, exchange: Option<&str>) -> Result<Report, Error> {
    let mut moves = Moves::default();
    decide(order, "approve", run, exchange, |job, exchange, held, told| match held {
        Held::Plan(plan) => {
            told.imports.push(approve::plan(job, exchange, &plan, &mut moves)?);
            Ok(())
        }
        Held::Set(set) => {
            let (exports, error) = export::release(job, exchange, &set);
            told.exports.extend(exports);
            error.map_or(Ok(()), Err)
        }
    })
}

/// Gives up what a run held back, all of it or one exchange.
pub fn discard(order: &Order<'_>, run: &str, exchange: Option<&str>) -> Result<Report, Error> {
    decide(order, "discard", run, exchange, |job, exchange, held, told| {
        match held {
            Held::Plan(plan) => told.imports.push(discard::plan(job, exchange, &plan)?),
            Held::Set(set) => told.exports.extend(discard::set(job, &set)?),
        }
        Ok(())
    })
}

/// `each` does what was decided about one thing that is held, and tells of it.
fn decide(
    order: &Order<'_>,
    verb: &'static str,
    run: &str,
    exchange: Option<&str>,
    mut each: impl FnMut(&mut Job<'_>, &Exchange, Held, &mut report::Exchange) -> Result<(), Error>,
) -> Result<Report, Error> {
    let job = order.open()?;
    let mut held = held::of(&job.state, run, exchange)?;
    let mut exchanges = Vec::new();
    for held in &held {
        let exchange = order.exchange(held.exchange())?;
        if !exchanges.iter().any(|known: &&Exchange| known.name == exchange.name) {
            exchanges.push(exchange);
        }
    }
    perform_with(job, order, verb, &exchanges, |job, exchange| {
        let mut told = blank(exchange);
        for one in held.extract_if(.., |one| one.exchange() == exchange.name) {
            let error = each(job, exchange, one, &mut told).err();
            told.failure = told.failure.take().or(error.map(|error| error.failure()));
        }
        told
    })
}

/// Makes the plan that takes back what a run did to users. `run` may be the beginning of an id.
pub fn undo(order: &Order<'_>, run: &str, exchange: Option<&str>) -> Result<Report, Error> {
    let named = exchange.map(|name| order.exchange(name)).transpose()?;
    let job = order.open()?;
    let run = one_like(&job.state, run)?;
    let nothing = {
        let id = &run.id;
        text!("there is nothing to take back of run {id}", "il n'y a rien à annuler de l'exécution {id}")
    };
    let target = undo::target(&job.state, &run, named.map(|exchange| exchange.name.as_str()))?;
    let exchanges = match &target {
        Some(target) => vec![order.exchange(&target.exchange)?],
        None => run.exchanges.iter().filter_map(|name| order.site.exchange(name).ok()).collect(),
    };
    perform_with(job, order, "undo", &exchanges, |job, exchange| {
        let mut told = blank(exchange);
        match (&target, &exchange.direction) {
            (Some(target), Direction::Import(import)) => match undo::undo(job, exchange, import, target) {
                Ok(import) => told.imports.push(import),
                Err(error) => told.failure = Some(error.failure()),
            },
            (Some(_), Direction::Export(_)) => {
                let moved = Error::Moved(format!("`{}` was an import when it ran", exchange.name));
                told.failure = Some(moved.failure());
            }
            (None, _) => {}
        }
        if told.failure.is_none() && !told.holds() {
            told.remarks.push(nothing.clone());
        }
        told
    })
}

/// The run whose id starts so, if it is one.
pub fn one_like(state: &State, prefix: &str) -> Result<Run, Error> {
    let mut found = state.runs_like(prefix)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Error::Usage(format!("there was no run `{prefix}`; `passerelle history` lists them"))),
        _ => {
            let ids: Vec<String> = found.iter().take(5).map(|run| run.id.to_string()).collect();
            Err(Error::Usage(format!("`{prefix}` is the beginning of several runs: {}", ids.join(", "))))
        }
    }
}

impl<'a> Order<'a> {
    pub(super) fn exchange(&self, name: &str) -> Result<&'a Exchange, Error> {
        self.site.exchange(name).map_err(|unknown| Error::Usage(unknown.to_string()))
    }

    fn import(&self, name: &str) -> Result<(&'a Exchange, &'a Import), Error> {
        let exchange = self.exchange(name)?;
        match &exchange.direction {
            Direction::Import(import) => Ok((exchange, import)),
            Direction::Export(_) => {
                Err(Error::Usage(format!("`{name}` is an export; write `passerelle export {name}`")))
            }
        }
    }

    /// By which another process knows it again.
    fn whole_site_file(&self) -> Result<String, Error> {
        let whole = fs::canonicalize(self.site_file).map_err(|cause| Error::disk("find", self.site_file, cause))?;
        Ok(whole.display().to_string())
    }

    fn open(&self) -> Result<Job<'a>, Error> {
        Job::open(self.site, self.dry_run, self.now, self.progress, &self.stop)
    }
}

pub(super) fn perform<'a>(
    order: &Order<'a>,
    verb: &'static str,
    exchanges: &[&Exchange],
    each: impl FnMut(&mut Job<'a>, &Exchange) -> report::Exchange,
) -> Result<Report, Error> {
    perform_with(order.open()?, order, verb, exchanges, each)
}

/// One after another.
fn perform_with<'a>(
    job: Job<'a>,
    order: &Order<'a>,
    verb: &'static str,
    exchanges: &[&Exchange],
    mut each: impl FnMut(&mut Job<'a>, &Exchange) -> report::Exchange,
) -> Result<Report, Error> {
    recorded(job, order, verb, exchanges, |job| {
        exchanges.iter().map(|exchange| attend(job, exchange, |job| each(job, exchange))).collect()
    })
}

/// Does one exchange, and writes to the log what it came to.
fn attend<'a>(
    job: &mut Job<'a>,
    exchange: &Exchange,
    each: impl FnOnce(&mut Job<'a>) -> report::Exchange,
) -> report::Exchange {
    let _span = tracing::error_span!("of", exchange = exchange.name).entered();
    let told = in_its_time(job, exchange, each);
    log(&told);
    told
}

/// Does one exchange in its time, if it may begin at all. A defect of ours in one does not stop the others either.
pub(super) fn in_its_time<'a>(
    job: &mut Job<'a>,
    exchange: &Exchange,
    each: impl FnOnce(&mut Job<'a>) -> report::Exchange,
) -> report::Exchange {
    job.begin(exchange);
    let told = match job.context.may_begin("begin the exchange") {
        Ok(()) => catch_unwind(AssertUnwindSafe(|| each(job))).map_err(|_| defect()),
        Err(stopped) => Err(stopped.failure()),
    };
    told.unwrap_or_else(|failure| report::Exchange { failure: Some(failure), ..blank(exchange) })
}

/// The run is in the journal from its beginning to its end, with its report.
pub(super) fn recorded<'a>(
    mut job: Job<'a>,
    order: &Order<'a>,
    verb: &'static str,
    exchanges: &[&Exchange],
    perform: impl FnOnce(&mut Job<'a>) -> Vec<report::Exchange>,
) -> Result<Report, Error> {
    let _span = tracing::error_span!("run", id = %job.context.run).entered();
    let names: Vec<String> = exchanges.iter().map(|exchange| exchange.name.clone()).collect();
    job.write_down(|context, state, hands| {
        hands.spool.keep_only(&state.spooled()?)?;
        Ok(state.start_run(&context.run, verb, &names, context.started)?)
    })?;
    let told = perform(&mut job);
    let mut report = Report {
        run: job.context.run.to_string(),
        verb: verb.into(),
        site: order.site_file.display().to_string(),
        dry_run: job.is_dry_run(),
        started: job.context.started,
        finished: Utc::now(),
        exit_code: told.iter().map(report::Exchange::exit).max().unwrap_or_default(),
        exchanges: told,
    };
    let remembered = job.write_down(|context, state, _| {
        let document = serde_json::to_value(&report).expect("a report is made of plain values");
        Ok(state.finish_run(&context.run, report.exit_code.code(), &document, report.finished)?)
    });
    if let Err(error) = remembered {
        tracing::error!("the journal does not know the end of this run: {}", error.failure().chain.join(": "));
        report.exit_code = report.exit_code.max(error.exit());
    }
    Ok(report)
}

fn defect() -> report::Failure {
    let chain = vec!["this is a defect of Passerelle; the log has more".into()];
    report::Failure { exit_code: Exit::Defect, chain, later_may_help: false, known: None, quotes: false }
}

pub(super) fn one(job: &mut Job<'_>, exchange: &Exchange, files: &[PathBuf]) -> report::Exchange {
    match &exchange.direction {
        Direction::Export(export) => {
            let (exports, error) = export::export(job, exchange, export);
            report::Exchange { exports, failure: error.map(|error| error.failure()), ..blank(exchange) }
        }
        Direction::Import(import) => of_import(exchange, import::import(job, exchange, import, files)),
    }
}

fn of_import(exchange: &Exchange, told: import::Told) -> report::Exchange {
    let import::Told { imports, remarks, alerts, removed, error, .. } = told;
    let failure = error.map(|error| error.failure());
    let mut told = report::Exchange { imports, alerts, removed, failure, ..blank(exchange) };
    told.remarks.extend(remarks);
    told
}

fn blank(exchange: &Exchange) -> report::Exchange {
    report::Exchange {
        name: exchange.name.clone(),
        direction: match exchange.direction {
            Direction::Export(_) => report::Direction::Export,
            Direction::Import(_) => report::Direction::Import,
        },
        profile: exchange.profile.title.clone(),
        server: exchange.server.options.describe(),
        language: exchange.language,
        remarks: exchange.warnings(),
        alerts: Vec::new(),
        removed: Vec::new(),
        exports: Vec::new(),
        imports: Vec::new(),
        failure: None,
    }
}

/// Codes and counts only: values are for the report.
pub(super) fn log(told: &report::Exchange) {
    let exit = told.exit();
    match &told.failure {
        Some(failure) => log_failure(exit, failure),
        None => tracing::info!(exit = exit.code(), "{}", exit.meaning()),
    }
}

pub(super) fn log_failure(exit: Exit, failure: &report::Failure) {
    match failure.quotes {
        true => tracing::error!(exit = exit.code(), "{}", failure.chain[0]),
        false => tracing::error!(exit = exit.code(), "{}", failure.chain.join(": ")),
    }
}

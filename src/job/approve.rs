//! Lets through what a run held back: exactly what was held, unless something it was made from has moved since.

use chrono::Utc;

use crate::job::apply::{dropped_name, finish, settle};
use crate::job::content::Content;
use crate::job::decision::read_and_decide;
use crate::job::gathered::Gathered;
use crate::job::remembered::Remembered;
use crate::job::{Context, Error, Hands, Job, claim, gather, known, person};
use crate::model::Digest;
use crate::report;
use crate::site::{Direction, Exchange, Import};
use crate::state::{Decided, NewDecision, Plan, State};
use crate::transport::Kind;

/// How the plans that were approved in this run have moved the directory so far. Nobody else moves it meanwhile: the run
/// holds the lock.
#[derive(Default)]
pub struct Moves(Option<Move>);

struct Move {
    from: Digest,
    to: Digest,
}

pub fn plan(job: &mut Job<'_>, exchange: &Exchange, plan: &Plan, moves: &mut Moves) -> Result<report::Import, Error> {
    let Direction::Import(import) = &exchange.direction else {
        return Err(Error::Moved(format!("{} was an import when the plan was made", exchange.name)));
    };
    let is_moved_by_us = check_unmoved(job, exchange, import, plan, moves)?;
    let told = job.act(|context, state, hands| {
        if is_moved_by_us && !is_still_the_same(context, state, hands, exchange, import, plan)? {
            return Err(moved(plan, "another plan that this run approved changed what it builds on"));
        }
        state.decide_plan(plan.id, &approval(context, &person::name()))?;
        let told = finish(context, state, hands, exchange, import, plan.id)?;
        moves.extend(&plan.digests.snapshot, known::digest(context, state, import)?);
        Ok(told)
    })?;
    told.map_or_else(|| foretell(job, plan), Ok)
}

/// Of a plan or a delivery that is let through now.
pub fn approval<'a>(context: &'a Context<'_>, person: &'a str) -> NewDecision<'a> {
    NewDecision { run: &context.run, decided: Decided::Approved, person, at: Utc::now() }
}

/// What would be done, for a dry run.
fn foretell(job: &Job<'_>, plan: &Plan) -> Result<report::Import, Error> {
    let Remembered { mut told, .. } = Remembered::read(&plan.verdict);
    settle(&job.state, plan, &mut told)?;
    let recorded = job.state.operations(plan.id)?;
    Ok(report::Import { operations: recorded.into_iter().map(|recorded| recorded.operation).collect(), ..told })
}

/// What was approved is what is done: file, directory and profile must be those that the plan was made from. Was the
/// directory moved, but by nothing else than the plans that this run approved before?
fn check_unmoved(
    job: &Job<'_>,
    exchange: &Exchange,
    import: &Import,
    plan: &Plan,
    moves: &Moves,
) -> Result<bool, Error> {
    let now = known::digest(&job.context, &job.state, import)?;
    let is_moved = now != plan.digests.snapshot;
    if is_moved && !moves.lead(&plan.digests.snapshot, &now) {
        return Err(moved(plan, &format!("{} has changed", import.people.called())));
    }
    if exchange.profile.digest() != plan.digests.profile {
        return Err(moved(plan, "the profile has changed"));
    }
    if let Some(name) = dropped_name(&plan.path)
        && is_file_moved(job, exchange, import, name, plan)?
    {
        return Err(moved(plan, "the partner's file has changed or gone"));
    }
    Ok(is_moved)
}

fn moved(plan: &Plan, what: &str) -> Error {
    let again = match dropped_name(&plan.path) {
        Some(_) => "the next run makes a new plan",
        None => "make it anew",
    };
    Error::Moved(format!("{what} since the plan for {} was made; {again}", plan.path))
}

fn is_file_moved(job: &Job<'_>, exchange: &Exchange, import: &Import, name: &str, plan: &Plan) -> Result<bool, Error> {
    let place = claim::place(&job.context, exchange, import, name)?;
    match gather::digest(&job.context, &exchange.server, &place) {
        Ok(digest) => Ok(digest != plan.digests.file),
        Err(Error::Transport(missing)) if missing.kind == Kind::Missing => Ok(true),
        Err(error) => Err(error),
    }
}

/// Decides about the file once more, for the directory as it is now: what was approved is only done if it would be
/// decided again, operation by operation and row by row.
fn is_still_the_same(
    context: &Context<'_>,
    state: &State,
    hands: &Hands,
    exchange: &Exchange,
    import: &Import,
    plan: &Plan,
) -> Result<bool, Error> {
    let Some(spooled) = &plan.spooled else { return Ok(false) };
    let day = context.site.local(plan.created).date();
    let content = Content::spooled(&hands.spool, spooled)?;
    let gathered =
        Gathered { earlier: None, ..Gathered::of(context, state, exchange, import, plan.path.clone(), content)? };
    let anew = read_and_decide(state, &gathered, exchange, import, day)?;
    let recorded = state.operations(plan.id)?;
    let is_same = anew.operations.iter().eq(recorded.iter().map(|recorded| &recorded.operation));
    Ok(is_same && anew.corrections == plan.corrections)
}

impl Moves {
    /// Is it they, and nothing else, that led from one state of the directory to the other?
    fn lead(&self, from: &Digest, to: &Digest) -> bool {
        self.0.as_ref().is_some_and(|moved| (&moved.from, &moved.to) == (from, to))
    }

    /// A plan that was made for the directory as it was at `from` has been applied.
    fn extend(&mut self, from: &Digest, to: Digest) {
        match &mut self.0 {
            Some(moved) => moved.to = to,
            None => self.0 = Some(Move { from: from.clone(), to }),
        }
    }
}

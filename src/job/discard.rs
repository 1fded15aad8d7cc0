//! Gives up what a run held back: nothing of it is done, and the partner's file is set aside as refused.

use chrono::Utc;

use crate::job::apply::dropped_name;
use crate::job::remembered::Remembered;
use crate::job::tell::{self, Telling};
use crate::job::{Context, Error, Hands, Job, export, person};
use crate::model::Verdict;
use crate::report::{self, Delivered};
use crate::site::{Direction, Exchange, Import};
use crate::state::{Decided, NewDecision, Plan, Set, State};

/// The partner may drop the very same file again: it is then judged as a new one.
pub fn plan(job: &mut Job<'_>, exchange: &Exchange, plan: &Plan) -> Result<report::Import, Error> {
    let Remembered { mut told, .. } = Remembered::read(&plan.verdict);
    told.verdict = Verdict::Refused;
    told.discarded = true;
    job.act(|context, state, hands| {
        // The partner is told first: cut off behind it, the next run finds no file, and drops the plan by itself.
        if let (Some(name), Direction::Import(import)) = (dropped_name(&plan.path), &exchange.direction) {
            set_aside(context, exchange, import, name, plan, &mut told)?;
        }
        state.decide_plan(plan.id, &decision(context, &person::name()))?;
        plan.spooled.iter().try_for_each(|spooled| Ok(hands.spool.remove(spooled)?))
    })?;
    Ok(told)
}

fn set_aside(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &Import,
    name: &str,
    plan: &Plan,
    told: &mut report::Import,
) -> Result<(), Error> {
    tell::set_aside(
        context,
        exchange,
        import,
        Telling { told, name, digest: Some(&plan.digests.file), corrections: None },
    )?;
    tell::withdraw(context, exchange, import, name)
}

/// The next run makes the files anew, from the people as they are then.
pub fn set(job: &mut Job<'_>, set: &Set) -> Result<Vec<report::Export>, Error> {
    job.act(|context, state: &mut State, hands: &Hands| {
        state.decide_set(set.id(), &decision(context, &person::name()))?;
        set.files().iter().try_for_each(|delivery| Ok(hands.spool.remove(&delivery.spooled)?))
    })?;
    let told = export::earlier(set).into_iter();
    Ok(told.map(|told| report::Export { outcome: Delivered::Discarded, ..told }).collect())
}

fn decision<'a>(context: &'a Context<'_>, person: &'a str) -> NewDecision<'a> {
    NewDecision { run: &context.run, decided: Decided::Discarded, person, at: Utc::now() }
}

//! Lets through what a run held back: exactly what was held, unless something it was made from has moved since.

use crate::job::apply::{dropped_name, finish, settle};
use crate::job::kept::Kept;
use crate::job::{Error, Job, gather};
use crate::model::Digest;
use crate::report;
use crate::site::{Direction, Exchange};
use crate::state::{Delivery, Plan, PlanStatus};
use crate::transport::Kind;

/// What waits for approval.
pub enum Held {
    Plan(Plan),
    Delivery(Delivery),
}

impl Held {
    pub fn exchange(&self) -> &str {
        match self {
            Held::Plan(plan) => &plan.exchange,
            Held::Delivery(delivery) => &delivery.exchange,
        }
    }

    fn run(&self) -> String {
        match self {
            Held::Plan(plan) => plan.run.to_string(),
            Held::Delivery(delivery) => delivery.run.to_string(),
        }
    }
}

/// Everything that the run held, or what it held of one exchange. `run` may be the beginning of an id.
pub fn held(job: &Job<'_>, run: &str, exchange: Option<&str>) -> Result<Vec<Held>, Error> {
    let plans = job.state.held_plans()?.into_iter().map(Held::Plan);
    let deliveries = job.state.held_deliveries()?.into_iter().map(Held::Delivery);
    let all: Vec<Held> = plans.chain(deliveries).collect();
    let mut waiting: Vec<String> = all.iter().map(|held| format!("{} (run {})", held.exchange(), held.run())).collect();
    waiting.dedup();
    let asked = |held: &Held| held.run().starts_with(run) && exchange.is_none_or(|name| name == held.exchange());
    let found: Vec<Held> = all.into_iter().filter(asked).collect();
    let mut runs: Vec<String> = found.iter().map(Held::run).collect();
    runs.dedup();
    match (runs.as_slice(), waiting.as_slice()) {
        ([_], _) => Ok(found),
        ([], []) => Err(Error::Usage("nothing is held".into())),
        ([], _) => {
            let of = exchange.map(|exchange| format!(" for `{exchange}`")).unwrap_or_default();
            Err(Error::Usage(format!("nothing of run `{run}` is held{of}; held: {}", waiting.join(", "))))
        }
        _ => Err(Error::Usage(format!("`{run}` is the beginning of several runs; held: {}", waiting.join(", ")))),
    }
}

pub fn plan(job: &mut Job<'_>, exchange: &Exchange, plan: &Plan) -> Result<report::Import, Error> {
    let Direction::Import(import) = &exchange.direction else {
        return Err(Error::Moved(format!("{} was an import when the plan was made", exchange.name)));
    };
    check_unmoved(job, exchange, plan)?;
    let told = job.act(|context, state, hands| {
        state.set_plan_status(plan.id, PlanStatus::Applying, context.started)?;
        finish(context, state, hands, exchange, import, plan.id)
    })?;
    told.map_or_else(|| foretell(job, plan), Ok)
}

/// What would be done, for a dry run.
fn foretell(job: &Job<'_>, plan: &Plan) -> Result<report::Import, Error> {
    let Kept { mut told, .. } = Kept::read(&plan.verdict);
    settle(&job.state, plan, &mut told)?;
    let recorded = job.state.operations(plan.id)?;
    Ok(report::Import { operations: recorded.into_iter().map(|recorded| recorded.operation).collect(), ..told })
}

/// What was approved is what is done: file, directory and profile must be those that the plan was made from.
fn check_unmoved(job: &Job<'_>, exchange: &Exchange, plan: &Plan) -> Result<(), Error> {
    let moved = |what: &str| {
        let again = match dropped_name(&plan.path) {
            Some(_) => "the next run makes a new plan",
            None => "import the file again",
        };
        Err(Error::Moved(format!("{what} since the plan for {} was made; {again}", plan.path)))
    };
    if job.state.people()?.digest() != plan.digests.snapshot {
        return moved("the directory has changed");
    }
    if exchange.profile.digest() != plan.digests.profile {
        return moved("the profile has changed");
    }
    if dropped_name(&plan.path).is_some() && is_file_moved(job, exchange, plan)? {
        return moved("the partner's file has changed or gone");
    }
    Ok(())
}

fn is_file_moved(job: &Job<'_>, exchange: &Exchange, plan: &Plan) -> Result<bool, Error> {
    match gather::fetch(&job.context, &exchange.server, &plan.path) {
        Ok(bytes) => Ok(Digest::of(&bytes) != plan.digests.file),
        Err(Error::Transport(missing)) if missing.kind == Kind::Missing => Ok(true),
        Err(error) => Err(error),
    }
}

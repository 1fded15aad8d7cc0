//! Finishes a plan from wherever it stands: applies its operations, writes them down, tells the partner.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use chrono::Utc;

use crate::job::progress::Unit;
use crate::job::remembered::Remembered;
use crate::job::tell::{self, Telling};
use crate::job::{Context, Error, Hands, send};
use crate::report;
use crate::site::people::Changed;
use crate::site::{Exchange, Import};
use crate::state::{Decision, Plan, PlanId, PlanStatus, State};
use crate::text;

/// Operations of one transaction: a crash loses at most so many, and the next run does them again.
const BATCH: usize = 10_000;

/// The plan is applying, or applied and not told. What was confirmed is not repeated.
pub fn finish(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    import: &Import,
    id: PlanId,
) -> Result<report::Import, Error> {
    let plan = state.plan(id)?.expect("the plan was saved");
    if plan.status == PlanStatus::Applying {
        match &import.people {
            Changed::Directory(_) => apply(context, state, &plan)?,
            Changed::Lucca(lucca) => send::apply(context, state, lucca, &plan)?,
        }
    }
    let Remembered { mut told, followed } = Remembered::read(&plan.verdict);
    settle(state, &plan, &mut told)?;
    if told.created + told.updated > 0 {
        told.operations_file = Some(write_operations(state, hands, &plan)?.display().to_string());
    }
    if let Some(name) = dropped_name(&plan.path) {
        let corrections = plan.corrections.as_deref();
        let telling = Telling { told: &mut told, name, digest: Some(&plan.digests.file), corrections };
        tell::set_aside(context, exchange, import, telling)?;
    }
    state.follow_rows(&plan.exchange, &plan.path, &plan.digests.file, &followed, plan.created)?;
    state.set_plan_status(id, PlanStatus::Told, Utc::now())?;
    if let Some(spooled) = &plan.spooled {
        hands.spool.remove(spooled)?;
    }
    tracing::info!(
        file = plan.path,
        created = told.created,
        updated = told.updated,
        left_out = told.left_out,
        "applied"
    );
    Ok(told)
}

/// The name of a dropped file in its folder; a file that was named on the command line has none.
pub fn dropped_name(path: &str) -> Option<&str> {
    (!path.starts_with('/')).then(|| path.rsplit('/').next().expect("a split has a last part"))
}

fn apply(context: &Context<'_>, state: &mut State, plan: &Plan) -> Result<(), Error> {
    context.progress.begin(&format!("apply {}", plan.path), plan.operations.pending as u64, Unit::Rows);
    let mut remain = true;
    while remain {
        // The time of an exchange is no reason to leave the directory half changed, for whoever reads it next.
        if context.stop.is_asked() {
            context.progress.end();
            return Err(context.limit.overrun(format!("apply {} to the end", plan.path)).into());
        }
        let applied = state.apply_next(plan.id, BATCH, Utc::now())?;
        context.progress.advance((applied.done + applied.failures.len()) as u64);
        remain = applied.remain;
    }
    context.progress.end();
    Ok(())
}

/// What became of the operations decides what the partner is told.
pub fn settle(state: &State, plan: &Plan, told: &mut report::Import) -> Result<(), Error> {
    for failure in state.failures(plan.id)? {
        match failure.operation.is_creation() {
            true => told.created -= 1,
            false => told.updated -= 1,
        }
        let (row, reason) = (failure.operation.row, failure.reason);
        told.failed.push(text!("row {row}: {reason}", "ligne {row} : {reason}", reason));
    }
    told.let_through.append(&mut told.held);
    told.let_through.extend(
        plan.decision.as_ref().map(|Decision { person, .. }| text!("{person} approved it", "{person} l'a approuvé")),
    );
    told.verdict = told.judge(false);
    Ok(())
}

/// One line of JSON for each operation that was done, in a file that appears whole.
fn write_operations(state: &State, hands: &Hands, plan: &Plan) -> Result<PathBuf, Error> {
    let name = format!("{}-{}-{}.jsonl", plan.run, plan.exchange, plan.id);
    let path = hands.operations.join(&name);
    // The same name at every attempt: what a killed run left is written over.
    let temporary = hands.operations.join(format!(".{name}"));
    let failed = |cause| Error::disk("write", &path, cause);
    let create = || -> io::Result<_> {
        fs::create_dir_all(&hands.operations)?;
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        Ok(io::BufWriter::new(file))
    };
    let mut file = create().map_err(failed)?;
    let mut written = Ok(());
    state.each_done(plan.id, |operation| {
        if written.is_ok() {
            written = writeln!(file, "{operation}");
        }
    })?;
    let finish = || -> io::Result<()> {
        written?;
        file.into_inner()?.sync_all()?;
        fs::rename(&temporary, &path)
    };
    finish().map_err(failed)?;
    Ok(path)
}

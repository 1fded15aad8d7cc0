//! Says what a file would do, as a plan that can be saved; and does a saved plan: that, and nothing else.

use std::path::Path;

use crate::job::apply::finish;
use crate::job::approve::approval;
use crate::job::content::Content;
use crate::job::decision::{Decision, read_and_decide};
use crate::job::gathered::Gathered;
use crate::job::import::{self, Told};
use crate::job::saved::Saved;
use crate::job::{Error, Job, person};
use crate::model::Verdict;
use crate::report;
use crate::site::{Exchange, Import};
use crate::state::Plan;

/// What the file would do now. None: there is nothing to apply, because it is refused or was taken before.
pub fn foresee(
    job: &Job<'_>,
    exchange: &Exchange,
    import: &Import,
    file: &Path,
    site: String,
) -> Result<(report::Import, Option<Saved>), Error> {
    let gathered = Gathered::named(&job.context, &job.state, exchange, import, file)?;
    let day = job.context.local().date();
    let Decision { told, operations, digests, exceptions, .. } =
        read_and_decide(&job.state, &gathered, exchange, import, day)?;
    let saved = (!told.already_taken && told.verdict != Verdict::Refused).then(|| Saved {
        site,
        exchange: exchange.name.clone(),
        file: told.file.clone(),
        made: job.context.started,
        by: person::name(),
        digests,
        report: told.clone(),
        exceptions,
        operations: operations.clone(),
    });
    Ok((report::Import { operations, ..told }, saved))
}

/// Finishes what an interrupted run left, then does what was saved, unless the file, the directory or the profile has
/// moved since. That somebody applies it is their approval of what its brakes held. `file` is where the partner's file
/// lies now, if not where it lay.
pub fn apply(job: &mut Job<'_>, exchange: &Exchange, import: &Import, saved: &Saved, file: Option<&Path>) -> Told {
    let mut told = Told::default();
    told.error = apply_after_all(job, exchange, import, saved, file, &mut told).err();
    told
}

fn apply_after_all(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    saved: &Saved,
    file: Option<&Path>,
    told: &mut Told,
) -> Result<(), Error> {
    let of_this_file = |plan: &Plan| plan.path == saved.file && plan.digests.file == saved.digests.file;
    let is_begun = job.state.unfinished_plans(&exchange.name)?.iter().any(of_this_file);
    import::resume(job, exchange, import, told)?;
    if !is_begun || job.is_dry_run() {
        told.imports.push(apply_now(job, exchange, import, saved, file)?);
    }
    Ok(())
}

fn apply_now(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    saved: &Saved,
    file: Option<&Path>,
) -> Result<report::Import, Error> {
    let file = file.unwrap_or(Path::new(&saved.file));
    let content = Content::named(file, |cause| {
        Error::Moved(format!(
            "{} cannot be read: {cause}; where the file lies now can be named behind the plan",
            file.display()
        ))
    })?;
    let mut gathered = Gathered::of(&job.context, &job.state, exchange, import, saved.file.clone(), content)?;
    // On the day on which it was planned: only so can it be the same.
    let day = job.context.site.local(saved.made).date();
    let decision = read_and_decide(&job.state, &gathered, exchange, import, day)?;
    if decision.told.already_taken {
        return Ok(decision.told);
    }
    check_unmoved(import.people.called(), saved, &decision)?;
    let mut decision = decision.with_brakes_of(saved);
    let told = job.act(|context, state, hands| {
        import::discard_held(context, state, hands, exchange, &saved.file)?;
        let id = import::save(context, state, hands, (exchange, import), &mut gathered, &decision)?;
        if !decision.told.held.is_empty() {
            state.decide_plan(id, &approval(context, &person::name()))?;
        }
        finish(context, state, hands, exchange, import, id)
    })?;
    Ok(told.unwrap_or_else(|| {
        decision.told.let_through.append(&mut decision.told.held);
        decision.told.verdict = decision.told.judge(false);
        report::Import { operations: decision.operations, ..decision.told }
    }))
}

/// The digests say what has moved. What they do not cover, such as the defaults and lists of the site, shows in what
/// would be decided now.
fn check_unmoved(people: &str, saved: &Saved, now: &Decision) -> Result<(), Error> {
    let (before, after) = (&saved.digests, &now.digests);
    let moved: Vec<&str> = [
        ("the file", before.file != after.file),
        (people, before.snapshot != after.snapshot),
        ("the profile", before.profile != after.profile),
    ]
    .into_iter()
    .filter_map(|(what, is_moved)| is_moved.then_some(what))
    .collect();
    match moved.as_slice() {
        [] => {}
        [one] => return Err(Error::Moved(format!("{one} has changed since the plan was made; make it anew"))),
        several => {
            let all = several.join(" and ");
            return Err(Error::Moved(format!("{all} have changed since the plan was made; make it anew")));
        }
    }
    if now.operations != saved.operations || now.told.left_out != saved.report.left_out {
        return Err(Error::Moved(format!(
            "the plan is not what would be decided now, although the file, {people} and the profile are the same: the site \
             or Passerelle itself has changed, or the plan was; make it anew"
        )));
    }
    let is_known = |reason| saved.report.held.contains(reason) || saved.report.let_through.contains(reason);
    match now.told.held.iter().chain(&now.told.let_through).find(|reason| !is_known(reason)) {
        Some(reason) => {
            Err(Error::Moved(format!("there is a reason to hold it that the plan does not have: {reason}")))
        }
        None => Ok(()),
    }
}

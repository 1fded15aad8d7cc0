//! Takes in a partner's files: recognised, checked, compared with the directory, then held or applied, and told.

use std::path::PathBuf;

use crate::job::apply::{self, finish};
use crate::job::decision::{Decision, read_and_decide};
use crate::job::gather::fetch;
use crate::job::gathered::Gathered;
use crate::job::remembered::Remembered;
use crate::job::tell::{self, Telling};
use crate::job::{Context, Error, Hands, Job, pickup};
use crate::model::{Digest, People, Text, Verdict};
use crate::report;
use crate::site::{Exchange, Import};
use crate::state::{NewPickup, NewPlan, PickupStatus, Plan, PlanId, PlanStatus, State, StillOpen};
use crate::text;
use crate::transport::{Kind, inside};

/// What one import came to.
#[derive(Debug, Default)]
pub struct Told {
    pub imports: Vec<report::Import>,
    pub remarks: Vec<Text>,
    pub error: Option<Error>,
}

/// A partner's file: dropped on the server, or named on the command line.
enum Origin {
    Dropped(String),
    Named(PathBuf),
}

const TAKEN_AWAY: Text = Text::of(
    "a file was listed, and taken away before it could be read",
    "un fichier était présent, et a été repris avant d'être lu",
);
const EACH_BY_ITSELF: Text = Text::of(
    "each file is compared with the directory as it is, not as the files before would leave it",
    "chaque fichier est comparé à l'annuaire tel qu'il est, et non tel que les fichiers précédents le laisseraient",
);

/// Finishes what an interrupted run left, then takes the files named, or all that lie on the server.
pub fn import(job: &mut Job<'_>, exchange: &Exchange, import: &Import, named: &[PathBuf]) -> Told {
    let mut told = Told::default();
    told.error = take_all(job, exchange, import, named, &mut told).err();
    told
}

fn take_all(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    named: &[PathBuf],
    told: &mut Told,
) -> Result<(), Error> {
    resume(job, exchange, import, told)?;
    for origin in origins(job, exchange, import, named, told)? {
        job.context.may_begin("go on with the next file")?;
        match take(job, exchange, import, &origin)? {
            Some(import) => told.imports.push(import),
            None => told.remarks.push(TAKEN_AWAY),
        }
    }
    told.remarks.extend(job.state.still_open(&exchange.name, job.context.started)?.map(still_open));
    if job.is_dry_run() && told.imports.len() > 1 {
        told.remarks.push(EACH_BY_ITSELF);
    }
    Ok(())
}

/// Who never comes back would otherwise be forgotten.
fn still_open(open: StillOpen) -> Text {
    let StillOpen { rows, files, oldest: (path, since) } = open;
    let (rows_en, rows_fr) = (if rows == 1 { "row is" } else { "rows are" }, if rows < 2 { "ligne" } else { "lignes" });
    let (files_en, files_fr) = match files {
        1 => ("1 earlier file".to_string(), "d'un fichier antérieur".to_string()),
        _ => (format!("{files} earlier files"), format!("de {files} fichiers antérieurs")),
    };
    let (day, jour) = (since.format("%Y-%m-%d"), since.format("%d/%m/%Y"));
    text!(
        "{rows} {rows_en} still to be corrected of {files_en}, the oldest of them ({path}) since {day}",
        "encore à corriger : {rows} {rows_fr} {files_fr}, la plus ancienne ({path}) depuis le {jour}",
    )
}

fn left_half_applied(path: &str) -> Text {
    text!(
        "an interrupted run left {path} half applied; a run finishes it",
        "une exécution interrompue a laissé {path} à moitié appliqué ; la prochaine exécution le terminera",
    )
}

/// Finishes what an interrupted run left.
pub(super) fn resume(job: &mut Job<'_>, exchange: &Exchange, import: &Import, told: &mut Told) -> Result<(), Error> {
    for plan in job.state.unfinished_plans(&exchange.name)? {
        let resumed = job.act(|context, state, hands| finish(context, state, hands, exchange, import, plan.id))?;
        match resumed {
            Some(file) => told.imports.push(report::Import { resumed: true, ..file }),
            None => told.remarks.push(left_half_applied(&plan.path)),
        }
    }
    Ok(())
}

fn origins(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    named: &[PathBuf],
    told: &mut Told,
) -> Result<Vec<Origin>, Error> {
    if !named.is_empty() {
        return Ok(named.iter().cloned().map(Origin::Named).collect());
    }
    let drops = pickup::look(&job.context, exchange, import)?;
    told.remarks.extend(drops.remarks);
    let mut names = drops.names;
    for name in drops.unmarked {
        match is_known(job, exchange, import, &name)? {
            true => names.push(name),
            false => told.remarks.push(text!(
                "{name} is left for the next run: its marker is not there",
                "{name} attend la prochaine exécution : son fichier marqueur n'est pas là",
            )),
        }
    }
    for plan in job.state.held_plans()? {
        let is_there = |name: &str| drops.all.iter().any(|there| there == name);
        let is_ours = plan.exchange == exchange.name;
        if let Some(name) = apply::dropped_name(&plan.path).filter(|name| is_ours && !is_there(name)) {
            let path = &plan.path;
            told.remarks.push(text!(
                "{path} was held, and has been taken away; so its plan is dropped",
                "{path} était retenu, et a été repris depuis ; son plan est donc abandonné",
            ));
            job.act(|context, state, hands| {
                tell::withdraw(context, exchange, import, name)?;
                discard(context, state, hands, &plan)
            })?;
        }
    }
    Ok(names.into_iter().map(Origin::Dropped).collect())
}

/// An interrupted run may have taken the marker away already: what the journal knows was whole.
fn is_known(job: &Job<'_>, exchange: &Exchange, import: &Import, name: &str) -> Result<bool, Error> {
    let path = inside(import.files.folder(), name);
    let digest = Digest::of(&fetch(&job.context, &exchange.server, &path)?);
    Ok(job.state.pickup(&exchange.name, &path, &digest)?.is_some())
}

/// None: the partner took the file away in the meantime.
fn take(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    origin: &Origin,
) -> Result<Option<report::Import>, Error> {
    let gathered = match gather(job, exchange, import, origin) {
        Err(Error::Transport(gone)) if gone.kind == Kind::Missing => return Ok(None),
        gathered => gathered?,
    };
    // The check may take a while; that the file is here can be said before.
    job.act(|context, _, _| match origin {
        Origin::Dropped(name) => tell::receive(context, exchange, import, name, gathered.bytes.len(), &gathered.digest),
        Origin::Named(_) => Ok(()),
    })?;
    let decision = read_and_decide(&gathered, exchange, import, job.context.local().date())?;
    let acted = job.act(|context, state, hands| act(context, state, hands, exchange, import, &gathered, &decision))?;
    Ok(Some(acted.unwrap_or(report::Import { operations: decision.operations, ..decision.told })))
}

fn gather(job: &Job<'_>, exchange: &Exchange, import: &Import, origin: &Origin) -> Result<Gathered, Error> {
    let gathered = match origin {
        Origin::Named(file) => Gathered::named(&job.state, exchange, import, file),
        Origin::Dropped(name) => {
            let path = inside(import.files.folder(), name);
            let bytes = fetch(&job.context, &exchange.server, &path)?;
            Gathered::of(&job.state, exchange, import, path, bytes)
        }
    }?;
    Ok(match job.context.site.is_trial {
        true => Gathered { known: People::unknown(), ..gathered },
        false => gathered,
    })
}

fn act(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    import: &Import,
    gathered: &Gathered,
    decision: &Decision,
) -> Result<report::Import, Error> {
    discard_held(context, state, hands, exchange, &gathered.path)?;
    if decision.told.already_taken || decision.told.verdict == Verdict::Refused {
        return apply_nothing(context, state, exchange, import, gathered, decision);
    }
    let plan = save(context, state, hands, exchange, gathered, decision)?;
    if decision.told.verdict != Verdict::Held {
        return finish(context, state, hands, exchange, import, plan);
    }
    let mut told = decision.told.clone();
    if let Some(name) = apply::dropped_name(&gathered.path) {
        let telling = Telling { told: &mut told, name, digest: &gathered.digest, corrections: None };
        tell::hold(context, exchange, import, telling)?;
    }
    Ok(told)
}

/// The file is refused, or was taken before.
fn apply_nothing(
    context: &Context<'_>,
    state: &mut State,
    exchange: &Exchange,
    import: &Import,
    gathered: &Gathered,
    decision: &Decision,
) -> Result<report::Import, Error> {
    let mut told = decision.told.clone();
    if !told.already_taken {
        state.save_pickup(&NewPickup {
            run: &context.run,
            exchange: &exchange.name,
            path: &gathered.path,
            digest: &gathered.digest,
            facts: &decision.facts,
            status: PickupStatus::Refused,
            roll: Some(decision.roll()),
            at: context.started,
        })?;
    }
    state.follow_rows(&exchange.name, &gathered.path, &gathered.digest, &decision.followed, context.started)?;
    if let Some(name) = apply::dropped_name(&gathered.path) {
        let corrections = decision.corrections.as_deref();
        let telling = Telling { told: &mut told, name, digest: &gathered.digest, corrections };
        tell::set_aside(context, exchange, import, telling)?;
    }
    Ok(told)
}

/// Remembers what was decided, with the file; to be applied at once, unless it is held.
pub(super) fn save(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    gathered: &Gathered,
    decision: &Decision,
) -> Result<PlanId, Error> {
    let spooled = format!("{}-{}-{}.in", context.run, exchange.name, &gathered.digest.as_str()[..12]);
    hands.spool.put(&spooled, &gathered.bytes)?;
    Ok(state.save_plan(&NewPlan {
        run: &context.run,
        exchange: &exchange.name,
        path: &gathered.path,
        digests: &decision.digests,
        facts: &decision.facts,
        operations: &decision.operations,
        held: &decision.told.held,
        exceptions: &decision.exceptions,
        verdict: &Remembered { told: decision.told.clone(), followed: decision.followed.clone() }.write(),
        corrections: decision.corrections.as_deref(),
        spooled: Some(&spooled),
        roll: Some(decision.roll()),
        at: context.started,
    })?)
}

/// What is decided about a file now takes the place of what was held of it.
pub(super) fn discard_held(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    path: &str,
) -> Result<(), Error> {
    let mut held = state.held_plans()?;
    held.retain(|old| old.exchange == exchange.name && old.path == path);
    held.iter().try_for_each(|old| discard(context, state, hands, old))
}

/// Gives up a held plan: there is another one in its place, or no file any more.
fn discard(context: &Context<'_>, state: &mut State, hands: &Hands, old: &Plan) -> Result<(), Error> {
    state.set_plan_status(old.id, PlanStatus::Discarded, context.started)?;
    old.spooled.iter().try_for_each(|spooled| Ok(hands.spool.remove(spooled)?))
}

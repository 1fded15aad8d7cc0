//! Takes in a partner's files: recognised, checked, compared with the directory, then held or applied, and told.

use std::path::PathBuf;

use crate::job::apply::{self, finish};
use crate::job::content::Content;
use crate::job::decision::{Decision, read_and_decide};
use crate::job::gathered::Gathered;
use crate::job::pickup::{self, Dropped};
use crate::job::ready::{self, Left, Pledge};
use crate::job::remembered::Remembered;
use crate::job::tell::{self, Telling};
use crate::job::{Context, Error, Hands, Job, again, claim, expected, gather, keep, sift, too_large};
use crate::model::{Text, Verdict};
use crate::report;
use crate::site::{Exchange, Import, Ready};
use crate::state::{NewPickup, NewPlan, PickupStatus, Plan, PlanId, PlanStatus, State, StillOpen};
use crate::text;
use crate::transport::{Kind, inside};

/// What one import came to.
#[derive(Debug, Default)]
pub struct Told {
    pub imports: Vec<report::Import>,
    pub remarks: Vec<Text>,
    /// What a person must look at.
    pub alerts: Vec<Text>,
    pub removed: Vec<report::Removed>,
    /// Was there a file on the server that no earlier run had found?
    pub(super) came: bool,
    pub error: Option<Error>,
}

/// A partner's file: dropped on the server, or named on the command line.
enum Origin {
    Dropped(Dropped, Pledge),
    Named(PathBuf),
}

/// What came of one file.
pub(super) enum Taken {
    In(Box<report::Import>),
    /// Another run may take it.
    Left(Left),
    /// The partner took it back, or another host was first.
    Gone,
    /// It cannot be read; the others can.
    Unread(Error),
}

const TAKEN_AWAY: Text = Text::of(
    "a file was listed, and taken away before it could be read",
    "un fichier était présent, et a été repris avant d'être lu",
);
const EACH_BY_ITSELF: Text = Text::of(
    "each file is compared with the users as they are, not as the files before would leave them",
    "chaque fichier est comparé aux utilisateurs tels qu'ils sont, et non tels que les fichiers précédents les \
     laisseraient",
);
/// Finishes what an interrupted run left, then takes the files named, or all that lie on the server.
pub fn import(job: &mut Job<'_>, exchange: &Exchange, import: &Import, named: &[PathBuf]) -> Told {
    let mut told = Told::default();
    let done = take_all(job, exchange, import, named, &mut told);
    told.error = told.error.take().or(done.err());
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
    // A key that has expired is told before anything else is done.
    if let Some(openpgp) = &import.openpgp {
        openpgp.check_keys()?;
    }
    for origin in origins(job, exchange, import, named, told)? {
        job.context.may_begin("go on with the next file")?;
        match take(job, exchange, import, &origin, told)? {
            Taken::In(import) => told.imports.push(*import),
            // Where several hosts pick up, each misses what the others take.
            Taken::Gone if import.claim.is_none() => told.remarks.push(TAKEN_AWAY),
            Taken::Gone => {}
            Taken::Left(Left::Unfinished(remark)) => told.remarks.push(remark),
            Taken::Left(Left::Wrong(alert)) => told.alerts.push(alert),
            // The first is told as the failure of the exchange, and each as what it is.
            Taken::Unread(error) if told.error.is_none() => told.error = Some(error),
            Taken::Unread(error) => told.alerts.push(ready::unread(&error)),
        }
    }
    told.remarks.extend(job.state.still_open(&exchange.name, job.context.started)?.map(still_open));
    if job.is_dry_run() && told.imports.len() > 1 {
        told.remarks.push(EACH_BY_ITSELF);
    }
    if !named.is_empty() {
        return Ok(());
    }
    if let Some(expected) = &import.expected {
        expected::check(job, exchange, import, expected, told)?;
    }
    keep::tidy(job, exchange, import, &mut told.removed)
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
        told.came |= apply::dropped_name(&plan.path).is_some();
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
    told.alerts.extend(drops.alerts);
    if import.claim.is_none() {
        told.remarks.extend(std::iter::repeat_n(TAKEN_AWAY, drops.gone));
    }
    let mut origins: Vec<Origin> =
        drops.whole.into_iter().map(|(dropped, pledge)| Origin::Dropped(dropped, pledge)).collect();
    for dropped in drops.unmarked {
        match is_known(job, exchange, import, &dropped)? {
            true => origins.push(Origin::Dropped(dropped, Pledge::None)),
            false => told.remarks.push(unmarked(import, &dropped.name)),
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
    Ok(origins)
}

fn unmarked(import: &Import, name: &str) -> Text {
    match &import.ready {
        Ready::Manifest(manifest) => {
            let manifest = manifest.of(name);
            text!(
                "{name} is left for the next run: its manifest {manifest} is not there",
                "{name} attend la prochaine exécution : son manifeste {manifest} n'est pas là",
            )
        }
        Ready::StableFor(_) | Ready::Marker(_) => text!(
            "{name} is left for the next run: its marker is not there",
            "{name} attend la prochaine exécution : son fichier marqueur n'est pas là",
        ),
    }
}

/// An interrupted run may have taken the marker away already: what the journal knows was whole.
fn is_known(job: &Job<'_>, exchange: &Exchange, import: &Import, dropped: &Dropped) -> Result<bool, Error> {
    let digest = match gather::digest(&job.context, &exchange.server, &dropped.place) {
        Err(Error::Transport(error)) if ready::is_about_one_file(error.kind) => return Ok(false),
        digest => digest?,
    };
    Ok(job.state.pickup(&exchange.name, &inside(import.files.folder(), &dropped.name), &digest)?.is_some())
}

fn take(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    origin: &Origin,
    told: &mut Told,
) -> Result<Taken, Error> {
    let mut gathered = match origin {
        Origin::Named(file) => Gathered::named(&job.context, &job.state, exchange, import, file)?,
        Origin::Dropped(dropped, _) if dropped.size > import.largest.0 => {
            told.came = true;
            expected::came(job, exchange, import)?;
            return too_large::refuse(job, exchange, import, dropped);
        }
        Origin::Dropped(dropped, pledge) => match fetch_whole(job, exchange, import, dropped, pledge)? {
            Ok(content) => {
                let path = inside(import.files.folder(), &dropped.name);
                Gathered::of(&job.context, &job.state, exchange, import, path, content)?
            }
            Err(taken) => return Ok(taken),
        },
    };
    // The check may take a while; that the file is here can be said before.
    job.act(|context, _, _| match origin {
        Origin::Dropped(dropped, _) => tell::receive(context, exchange, import, &dropped.name, &gathered.content),
        Origin::Named(_) => Ok(()),
    })?;
    if matches!(origin, Origin::Dropped(..)) && !gathered.is_held(&job.state, exchange)? {
        told.came = true;
        expected::came(job, exchange, import)?;
    }
    told.remarks.extend(again::remark(&job.state, exchange, &gathered)?);
    let decision = read_and_decide(&job.state, &gathered, exchange, import, job.context.local().date())?;
    told.remarks.extend(decision.are_counted.then_some(sift::COUNTED));
    let acted = job.act(|context, state, hands| {
        let told = act(context, state, hands, exchange, import, &mut gathered, &decision)?;
        decision.shape.iter().try_for_each(|shape| state.keep_crowd(&exchange.name, shape))?;
        Ok(told)
    })?;
    let told = acted.unwrap_or(report::Import { operations: decision.operations, ..decision.told });
    Ok(Taken::In(Box::new(told)))
}

/// A file, as it should be, once it is ours alone; or what came of it instead.
fn fetch_whole(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    dropped: &Dropped,
    pledge: &Pledge,
) -> Result<Result<Content, Taken>, Error> {
    let taken = match gather::take(job, &exchange.server, &dropped.place) {
        Err(Error::Transport(missing)) if missing.kind == Kind::Missing => return Ok(Err(Taken::Gone)),
        Err(Error::Transport(error)) if ready::is_about_one_file(error.kind) => {
            return Ok(Err(Taken::Unread(error.into())));
        }
        taken => taken?,
    };
    // What is not right stays where the partner can put it right, so it is claimed no sooner.
    if let Err(left) = pledge.check(dropped, &taken) {
        return Ok(Err(Taken::Left(left)));
    }
    Ok(match claim_first(job, exchange, import, dropped)? {
        true => Ok(Content::taken(taken)),
        false => Err(Taken::Gone),
    })
}

/// From now on no other host can take the file. False: one has, or the partner took it back.
pub(super) fn claim_first(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    dropped: &Dropped,
) -> Result<bool, Error> {
    let Dropped { name, place, .. } = dropped;
    let claimed = job.act(|context, _, _| claim::claim(context, exchange, import, name, place))?;
    Ok(claimed.unwrap_or(true))
}

fn act(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    import: &Import,
    gathered: &mut Gathered,
    decision: &Decision,
) -> Result<report::Import, Error> {
    discard_held(context, state, hands, exchange, &gathered.path)?;
    if decision.told.already_taken || decision.told.verdict == Verdict::Refused {
        return apply_nothing(context, state, exchange, import, gathered, decision);
    }
    let plan = save(context, state, hands, (exchange, import), gathered, decision)?;
    if decision.told.verdict != Verdict::Held {
        return finish(context, state, hands, exchange, import, plan);
    }
    let mut told = decision.told.clone();
    if let Some(name) = apply::dropped_name(&gathered.path) {
        let telling = Telling { told: &mut told, name, digest: Some(&gathered.content.digest), corrections: None };
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
            digest: &gathered.content.digest,
            facts: &decision.facts,
            status: PickupStatus::Refused,
            roll: Some(decision.roll()),
            at: context.started,
        })?;
    }
    state.follow_rows(&exchange.name, &gathered.path, &gathered.content.digest, &decision.followed, context.started)?;
    if let Some(name) = apply::dropped_name(&gathered.path) {
        let corrections = decision.corrections.as_deref();
        let telling = Telling { told: &mut told, name, digest: Some(&gathered.content.digest), corrections };
        tell::set_aside(context, exchange, import, telling)?;
    }
    Ok(told)
}

/// Remembers what was decided, with the file; to be applied at once, unless it is held.
pub(super) fn save(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    (exchange, import): (&Exchange, &Import),
    gathered: &mut Gathered,
    decision: &Decision,
) -> Result<PlanId, Error> {
    let spooled = format!("{}-{}-{}.in", context.run, exchange.name, &gathered.content.digest.as_str()[..12]);
    gathered.content.keep(&hands.spool, &spooled)?;
    Ok(state.save_plan(&NewPlan {
        run: &context.run,
        exchange: &exchange.name,
        path: &gathered.path,
        digests: &decision.digests,
        facts: &decision.facts,
        operations: &decision.operations,
        is_elsewhere: import.people.are_elsewhere(),
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

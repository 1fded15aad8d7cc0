//! Writes the files of one export and delivers them all or none, or holds them.

mod accounts;
mod before;
mod brakes;
mod decision;
mod draft;
mod file;
mod giving;
mod made;
mod picture_names;
mod pictures;
mod place;
mod spooled;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};

use crate::format::Form;
use crate::job::deliver::{self, Handed, discard, hand_over};
use crate::job::everybody::Everybody;
use crate::job::export::before::Before;
use crate::job::export::decision::{Decision, Gathered, Nothing, decide};
use crate::job::export::file::File;
use crate::job::export::spooled::{Cover, Spooled};
use crate::job::export::table::Table;
use crate::job::provision::Provisioned;
use crate::job::{Context, Error, Hands, Job, approve, gather, person, subject};
use crate::model::{Content, Finding};
use crate::report::{self, Accounts, Delivered, Findings};
use crate::site::{self, Exchange, Export};
use crate::state::{Delivery, DeliveryId, DeliveryStatus, NewDelivery, NewSet, Set, State};
use crate::transport::openpgp::{Sealer, Sealing};
use crate::transport::{Replacement, inside};
use place::is_for;

/// What became of a set of deliveries.
struct Ended {
    outcome: Delivered,
    accounts: Option<Accounts>,
    /// Of its rows, where they are handed over one by one.
    findings: Vec<Finding>,
}

/// The files of this export, as far as they came, and why no further.
pub fn export(job: &mut Job<'_>, exchange: &Exchange, export: &Export) -> (Vec<report::Export>, Option<Error>) {
    let mut told = Vec::new();
    let error = export_all(job, exchange, export, &mut told).err();
    (told, error)
}

fn export_all(
    job: &mut Job<'_>,
    exchange: &Exchange,
    export: &Export,
    told: &mut Vec<report::Export>,
) -> Result<(), Error> {
    // First of all, for whoever is to change these people waits for it.
    let source = gather::people(job, &export.people);
    for earlier in to_be_finished(job, exchange)? {
        let (released, error) = finish(job, exchange, &earlier);
        // What an endpoint refused for good is made anew.
        if error.is_some() && !earlier.was_held() && is_given_up(job, &earlier)? {
            continue;
        }
        told.extend(released);
        error.map_or(Ok(()), Err)?;
    }
    // A key that has expired is told before anything else is done.
    let sealer = export.openpgp.as_ref().map(Sealing::read_keys).transpose()?;
    let gathered = gather(job, exchange, export, source?)?;
    let now = job.context.local();
    let tables = make(job, export, &gathered, now.date())?;
    job.context.people_are_read();
    let pictures = pictures::gather(job, export, &gathered.source, &tables[0].memos, &gathered.given)?;
    let mut decision = decide(job.context.site, exchange, export, &gathered, tables, pictures, now)?;
    let (ended, error) = match act(job, exchange, export, sealer.as_ref(), &mut decision) {
        Ok(ended) => (ended, Ok(())),
        Err(error) => (Delivered::Failed.into(), Err(error)),
    };
    told.extend(tell(decision, export, ended));
    error
}

fn is_given_up(job: &Job<'_>, set: &Set) -> Result<bool, Error> {
    Ok(job.state.delivery(set.id())?.is_some_and(|now| now.status == DeliveryStatus::Discarded))
}

/// What a person let through goes out, even though a brake would hold it again; and what was cut off when some of it had
/// its final name already, before anything newer is decided about.
fn to_be_finished(job: &mut Job<'_>, exchange: &Exchange) -> Result<Vec<Set>, Error> {
    let mut sets = job.state.unfinished_sets(&exchange.name)?;
    sets.retain(|set| set.first().server == exchange.server.options.describe());
    let begun = job.act(|context, _, _| {
        let stands = |set: &Set| Ok((set.id(), deliver::must_be_finished(context, &exchange.server, set)?));
        sets.iter().map(stands).collect::<Result<Vec<_>, Error>>()
    })?;
    let begun: Vec<DeliveryId> =
        begun.into_iter().flatten().filter(|(_, is_begun)| *is_begun).map(|(id, _)| id).collect();
    sets.retain(|set| begun.contains(&set.id()) || set.was_held() && is_for(exchange, set));
    Ok(sets)
}

fn gather<'s>(
    job: &Job<'_>,
    exchange: &Exchange,
    export: &Export,
    source: gather::Source<'s>,
) -> Result<Gathered<'s>, Error> {
    let source = match &*export.people {
        site::People::Directory(directory) if export.needs_organisation() => {
            gather::Source { organisation: Arc::new(directory.lists.organisation()?), ..source }
        }
        _ => source,
    };
    let mut open = job.state.unfinished_sets(&exchange.name)?;
    open.extend(job.state.held_sets()?.into_iter().filter(|held| held.first().exchange == exchange.name));
    let last = job.state.last_delivered(&exchange.name)?;
    let given = match export.remembers() {
        true => job.state.given(&exchange.name)?,
        false => BTreeMap::new(),
    };
    let accounts = accounts::gather(job, exchange)?;
    let names = job.state.names_since(&exchange.name, job.context.started - TimeDelta::days(1))?;
    Ok(Gathered { source, last, open, given, accounts, names })
}

/// Decides about the rows of each table, and writes them down where nobody finds them.
fn make(job: &Job<'_>, export: &Export, gathered: &Gathered<'_>, today: NaiveDate) -> Result<Vec<Table>, Error> {
    let before = Before { last: gathered.last.as_ref(), given: &gathered.given };
    let source = &gathered.source;
    if !export.needs_organisation() {
        return export.tables().map(|table| Table::make(job, table, &source.everybody, &before, today)).collect();
    }
    let (everybody, read) = source.everybody.whole(job)?;
    let table = |table: &Export| {
        let subjects = subject::of(table.rows, &everybody, &source.organisation);
        let mut made = Table::make(job, table, &Everybody::Here(subjects.people), &before, today)?;
        made.told.findings.splice(..0, subjects.findings);
        Ok(made)
    };
    let mut tables = export.tables().map(table).collect::<Result<Vec<Table>, Error>>()?;
    tables[0].read = read;
    Ok(tables)
}

fn act(
    job: &mut Job<'_>,
    exchange: &Exchange,
    export: &Export,
    sealer: Option<&Sealer>,
    decision: &mut Decision,
) -> Result<Ended, Error> {
    let acted = job.act(|context, state, hands| {
        for old in &decision.superseded {
            discard(context, &exchange.server, state, hands, old)?;
        }
        if let Some(nothing) = decision.nothing.filter(|_| decision.pictures.is_empty()) {
            return Ok(outcome_of(nothing).into());
        }
        let id = match decision.same {
            Some(id) => id,
            None => prepare(context, state, hands, exchange, export, sealer, decision)?,
        };
        match decision.is_held() {
            false => hand_over(context, &exchange.server, state, hands, id).map(Ended::of),
            true => Ok(Delivered::Held.into()),
        }
    })?;
    Ok(acted.unwrap_or_else(|| match decision.is_held() {
        false => Delivered::WouldBeDelivered.into(),
        true => Delivered::Held.into(),
    }))
}

/// Puts the files into the spool, and the set into the journal.
fn prepare(
    context: &Context<'_>,
    state: &mut State,
    hands: &Hands,
    exchange: &Exchange,
    export: &Export,
    sealer: Option<&Sealer>,
    decision: &mut Decision,
) -> Result<DeliveryId, Error> {
    let cover = match export.form {
        Form::Json => Some(Cover::Head { left_out: decision.left_out }),
        _ => sealer.map(Cover::Seal),
    };
    let spooled: Vec<Spooled> = (1..)
        .zip(decision.files_mut())
        .map(|(number, file)| Spooled::put(context, hands, exchange, cover, number, file))
        .collect::<Result<_, _>>()?;
    let files: Vec<NewDelivery<'_>> =
        decision.files().into_iter().zip(&spooled).map(|(file, spooled)| spooled.delivery(file)).collect();
    Ok(state.prepare_set(&NewSet {
        run: &context.run,
        exchange: &exchange.name,
        server: &exchange.server.options.describe(),
        profile: &exchange.profile.digest(),
        held: &decision.held,
        files: &files,
        giving: &decision.giving,
        at: context.started,
    })?)
}

/// Delivers files that a brake held, exactly as they were.
pub fn release(job: &mut Job<'_>, exchange: &Exchange, set: &Set) -> (Vec<report::Export>, Option<Error>) {
    match place::check(exchange, set) {
        Ok(()) => finish(job, exchange, set),
        Err(moved) => (told_alike(set, Delivered::Failed.into()), Some(moved)),
    }
}

/// Goes on with files of an earlier run from where they are.
fn finish(job: &mut Job<'_>, exchange: &Exchange, set: &Set) -> (Vec<report::Export>, Option<Error>) {
    let finished = job.act(|context, state, hands| {
        if set.is_held() {
            state.decide_set(set.id(), &approve::approval(context, &person::name()))?;
        }
        hand_over(context, &exchange.server, state, hands, set.id()).map(Ended::of)
    });
    match finished {
        Ok(ended) => (told_alike(set, ended.unwrap_or(Delivered::WouldBeDelivered.into())), None),
        Err(error) => (told_alike(set, Delivered::Failed.into()), Some(error)),
    }
}

fn told_alike(set: &Set, ended: Ended) -> Vec<report::Export> {
    let outcome = ended.outcome;
    let told = earlier(set).into_iter().map(|told| report::Export { outcome, held: Vec::new(), ..told });
    let mut told: Vec<report::Export> = told.collect();
    told[0].accounts = ended.accounts;
    told[0].findings = Findings(ended.findings);
    told
}

/// What is told of the files that an earlier run made; of pictures, in one line.
pub fn earlier(set: &Set) -> Vec<report::Export> {
    let (pictures, tables): (Vec<&Delivery>, Vec<&Delivery>) =
        set.files().iter().partition(|delivery| delivery.content == Content::Picture);
    let table = |delivery: &Delivery| report::Export {
        file: delivery.file_name.clone(),
        kind: delivery.content,
        establishment: Some(delivery.part.clone()).filter(|part| !part.is_empty()),
        rows: delivery.rows,
        size: delivery.size,
        held: delivery.held.clone(),
        ..report::Export::default()
    };
    let all = pictures.first().map(|first| report::Export {
        file: inside(&first.folder, if pictures.len() == 1 { &first.file_name } else { "*" }),
        kind: Content::Picture,
        rows: pictures.len(),
        size: pictures.iter().map(|picture| picture.size).sum(),
        ..report::Export::default()
    });
    tables.into_iter().map(table).chain(all).collect()
}

impl Ended {
    fn of(handed: Handed) -> Ended {
        match handed {
            Handed::Over(Replacement::Atomic) | Handed::Taken | Handed::Before => Delivered::Delivered.into(),
            Handed::Over(Replacement::InTwoSteps) => Delivered::DeliveredInTwoSteps.into(),
            Handed::Accounts(done) => {
                let Provisioned { accounts, findings } = *done;
                Ended { outcome: Delivered::Delivered, accounts: Some(accounts), findings }
            }
        }
    }
}

impl From<Delivered> for Ended {
    fn from(outcome: Delivered) -> Ended {
        Ended { outcome, accounts: None, findings: Vec::new() }
    }
}

fn outcome_of(nothing: Nothing) -> Delivered {
    match nothing {
        Nothing::Again => Delivered::AlreadyDelivered,
        Nothing::Unchanged => Delivered::Unchanged,
    }
}

/// What is about all files is told with the first.
fn tell(decision: Decision, export: &Export, ended: Ended) -> Vec<report::Export> {
    let Decision { tables, held, nothing, pictures, left_out, findings, .. } = decision;
    let Ended { outcome, accounts, findings: of_rows } = ended;
    let mut told: Vec<report::Export> = match tables.is_empty() {
        true => vec![told_of_nothing(export)],
        false => tables.into_iter().map(told_of).collect(),
    };
    let of_tables = nothing.map_or(outcome, outcome_of);
    told.iter_mut().for_each(|table| table.outcome = of_tables);
    told[0].left_out = left_out;
    told[0].held.extend(held);
    told[0].findings = Findings([findings, of_rows].concat());
    told[0].accounts = accounts;
    told.extend(told_of_pictures(export, &pictures).map(|told| report::Export { outcome, ..told }));
    told
}

fn told_of(file: File) -> report::Export {
    report::Export {
        file: file.name,
        kind: file.content,
        establishment: Some(file.part).filter(|part| !part.is_empty()),
        rows: file.rows,
        size: file.made.size(),
        left_out: file.left_out,
        held: file.held,
        findings: Findings(file.findings),
        ..report::Export::default()
    }
}

/// There is no name, only its pattern.
fn told_of_nothing(export: &Export) -> report::Export {
    report::Export { file: export.file_name.to_string(), kind: export.contents[0], ..report::Export::default() }
}

/// Thousands of them are told in one line.
fn told_of_pictures(export: &Export, pictures: &[File]) -> Option<report::Export> {
    let photos = export.photos.as_ref().filter(|_| !pictures.is_empty())?;
    Some(report::Export {
        file: photos.to_string(),
        kind: Content::Picture,
        rows: pictures.len(),
        size: pictures.iter().map(|picture| picture.made.size()).sum(),
        ..report::Export::default()
    })
}

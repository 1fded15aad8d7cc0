//! Writes the file of one export and delivers it, or holds it.

use chrono::NaiveDateTime;

use crate::job::approve::approval;
use crate::job::body::{self, Head};
use crate::job::deliver::{Handed, discard, hand_over};
use crate::job::rows::File;
use crate::job::{Context, Error, Job, gather, person, rows};
use crate::model::{Digest, Finding, People, Text};
use crate::plan::brake;
use crate::plan::heading::{Change, Heading};
use crate::report::{self, Delivered, Findings};
use crate::site::export::{EmptyRequired, Form};
use crate::site::{self, Direction, Exchange, Export, Site};
use crate::state::{Delivery, DeliveryId, DeliveryStatus, NewDelivery};
use crate::text;
use crate::transport::Replacement;
use crate::transport::openpgp::{Sealer, Sealing};

/// What deciding needs to know, all of it read before.
struct Gathered {
    source: gather::Source,
    last: Option<Delivery>,
    /// What an earlier run left behind, held back deliveries among them.
    open: Vec<Delivery>,
}

struct Decision {
    name: String,
    file: File,
    digest: Digest,
    held: Vec<Text>,
    /// The very same file was delivered last, on the same day and to the same folder: a partner that expects a file a day
    /// gets one, and a site whose server was corrected delivers again.
    is_delivered: bool,
    /// An earlier delivery of the very same file that only needs to be finished.
    same: Option<DeliveryId>,
    /// Earlier deliveries that this one takes the place of.
    superseded: Vec<Delivery>,
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
    // What a person let through goes out, even though a brake would hold it again.
    for approved in job.state.unfinished_deliveries(&exchange.name)?.iter().filter(|open| !open.held.is_empty()) {
        if is_for(exchange, approved) {
            let (released, error) = release(job, exchange, approved);
            told.push(released);
            error.map_or(Ok(()), Err)?;
        }
    }
    // A key that has expired is told before anything else is done.
    let sealer = export.openpgp.as_ref().map(Sealing::read_keys).transpose()?;
    let gathered = gather(job, exchange, source?)?;
    let decision = decide(job.context.site, exchange, gathered, export, job.context.local());
    let acted = act(job, exchange, export, sealer.as_ref(), &decision);
    told.push(tell(decision, *acted.as_ref().unwrap_or(&Delivered::Failed)));
    acted.map(drop)
}

fn gather(job: &Job<'_>, exchange: &Exchange, source: gather::Source) -> Result<Gathered, Error> {
    let mut open = job.state.unfinished_deliveries(&exchange.name)?;
    open.extend(job.state.held_deliveries()?.into_iter().filter(|held| held.exchange == exchange.name));
    Ok(Gathered { source, last: job.state.last_delivered(&exchange.name)?, open })
}

fn decide(site: &Site, exchange: &Exchange, gathered: Gathered, export: &Export, now: NaiveDateTime) -> Decision {
    let Gathered { source, last, open } = gathered;
    let mut file = rows::write(&source.people, export, now.date());
    file.left_out += source.left_out;
    file.findings.splice(0..0, source.findings);
    let name = export.file_name.write(now);
    let digest = Digest::of(&file.bytes);
    let mut held = reasons_to_hold(&file, last.as_ref(), export);
    held.extend(without_source(&source.people, export));
    let is_today = |last: &Delivery| site.local(last.changed).date() == now.date();
    // A renaming that was cut off may have put another file in its place.
    let may_be_replaced = open.iter().any(|earlier| earlier.status == DeliveryStatus::Renaming);
    let is_delivered = !may_be_replaced
        && last.is_some_and(|last| last.digest == digest && is_today(&last) && is_for(exchange, &last));
    // A file that is held again is held by this run, which is the one that its reader will approve.
    let is_same = |earlier: &Delivery| {
        let goes_on = held.is_empty() && earlier.status != DeliveryStatus::Held;
        goes_on && earlier.file_name == name && earlier.digest == digest && is_for(exchange, earlier)
    };
    let same = open.iter().rfind(|earlier| is_same(earlier)).map(|earlier| earlier.id);
    let superseded = open.into_iter().filter(|earlier| Some(earlier.id) != same).collect();
    Decision { name, file, digest, held, is_delivered, same, superseded }
}

fn reasons_to_hold(file: &File, last: Option<&Delivery>, export: &Export) -> Vec<Text> {
    let mut held = Vec::new();
    let last_rows = last.map(|last| last.rows);
    held.extend(brake::shrunk(export.brakes.shrink, file.rows, last_rows).map(|held| held.text()));
    if export.empty_required == EmptyRequired::Hold && file.findings.iter().any(Finding::is_error) {
        held.push(with_errors(file.left_out));
    }
    if file.findings.iter().any(Finding::refuses_the_file) {
        held.push(Text::of(
            "the heading line cannot be written as it is",
            "la ligne d'en-têtes ne peut pas être écrite telle quelle",
        ));
    }
    if let Some(last) = last.filter(|last| last.heading != file.heading) {
        let line =
            |line: &str| -> Vec<Heading> { line.split(export.dialect.separator).map(Heading::as_written).collect() };
        held.push(brake::changed(Change::between(&line(&last.heading), &line(&file.heading))).text());
    }
    held
}

/// Would it still go to the same place, and sealed or not as it is? A site may have been corrected since.
fn is_for(exchange: &Exchange, earlier: &Delivery) -> bool {
    let Direction::Export(export) = &exchange.direction else { return false };
    let leaves_otherwise = export.openpgp.is_some() || export.form == Form::Json;
    let is_sealed_alike = earlier.sealed.is_some() == leaves_otherwise;
    is_sealed_alike && earlier.server == exchange.server.options.describe() && earlier.folder == export.folder
}

/// A heading that the HR system renamed overnight would empty a column of the partner's for everybody.
fn without_source(people: &People, export: &Export) -> Option<Text> {
    let site::People::File(file) = &*export.people else { return None };
    let missing = export.columns.iter().filter(|chosen| chosen.source().is_some_and(|field| !people.has(field)));
    let missing: Vec<String> = missing.map(|chosen| format!("`{}`", chosen.heading)).collect();
    let (file, headings) = (&file.file, missing.join(", "));
    (!missing.is_empty()).then(|| {
        text!(
            "`{file}` has no column from which to fill {headings}",
            "`{file}` n'a aucune colonne pour remplir {headings}",
        )
    })
}

fn with_errors(rows: usize) -> Text {
    let have = if rows == 1 { "row has" } else { "rows have" };
    let comportent = if rows < 2 { "ligne comporte" } else { "lignes comportent" };
    text!(
        "{rows} {have} an error, and the site holds such a file",
        "{rows} {comportent} une erreur, et la configuration retient un tel fichier",
    )
}

fn act(
    job: &mut Job<'_>,
    exchange: &Exchange,
    export: &Export,
    sealer: Option<&Sealer>,
    decision: &Decision,
) -> Result<Delivered, Error> {
    let acted = job.act(|context, state, hands| {
        for old in &decision.superseded {
            discard(context, &exchange.server, state, hands, old)?;
        }
        if decision.is_delivered {
            return Ok(Delivered::AlreadyDelivered);
        }
        let id = match decision.same {
            Some(id) => id,
            None => {
                let spooled = format!("{}-{}.out", context.run, exchange.name);
                let sealed = match export.form {
                    Form::Text => sealer.map(|sealer| sealer.seal(&decision.file.bytes)).transpose()?,
                    Form::Json => Some(with_head(context, exchange, decision)),
                };
                let file = sealed.as_ref().unwrap_or(&decision.file.bytes);
                hands.spool.put(&spooled, file)?;
                state.prepare_delivery(&NewDelivery {
                    run: &context.run,
                    exchange: &exchange.name,
                    server: &exchange.server.options.describe(),
                    folder: &export.folder,
                    file_name: &decision.name,
                    digest: &decision.digest,
                    sealed: sealed.as_deref().map(Digest::of).as_ref(),
                    size: file.len() as u64,
                    rows: decision.file.rows,
                    heading: &decision.file.heading,
                    personal_fields: &decision.file.personal_fields,
                    people: &decision.file.people,
                    held: &decision.held,
                    spooled: &spooled,
                    at: context.started,
                })?
            }
        };
        match decision.held.is_empty() {
            true => hand_over(context, &exchange.server, state, hands, id).map(outcome),
            false => Ok(Delivered::Held),
        }
    })?;
    Ok(acted.unwrap_or(match decision.held.is_empty() {
        _ if decision.is_delivered => Delivered::AlreadyDelivered,
        true => Delivered::WouldBeDelivered,
        false => Delivered::Held,
    }))
}

/// As an endpoint is sent it. The time and the run in it are no part of what is compared with the last delivery.
fn with_head(context: &Context<'_>, exchange: &Exchange, decision: &Decision) -> Vec<u8> {
    let head = Head {
        delivery: body::key(&context.run, &exchange.name, &decision.name, &decision.digest),
        exchange: &exchange.name,
        run: &context.run,
        at: context.started,
        count: decision.file.rows,
        left_out: decision.file.left_out,
    };
    head.around(&decision.file.bytes)
}

/// Delivers a file that a brake held, exactly as it was; or goes on with that where it was cut off.
pub fn release(job: &mut Job<'_>, exchange: &Exchange, delivery: &Delivery) -> (report::Export, Option<Error>) {
    let released = check_place(exchange, delivery).and_then(|()| {
        job.act(|context, state, hands| {
            if delivery.status == DeliveryStatus::Held {
                state.decide_delivery(delivery.id, &approval(context, &person::name()))?;
            }
            hand_over(context, &exchange.server, state, hands, delivery.id).map(outcome)
        })
    });
    let (outcome, error) = match released {
        Ok(outcome) => (outcome.unwrap_or(Delivered::WouldBeDelivered), None),
        Err(error) => (Delivered::Failed, Some(error)),
    };
    let told = report::Export {
        file: delivery.file_name.clone(),
        outcome,
        rows: delivery.rows,
        left_out: 0,
        size: delivery.size,
        held: Vec::new(),
        findings: Findings::default(),
    };
    (told, error)
}

fn check_place(exchange: &Exchange, delivery: &Delivery) -> Result<(), Error> {
    match is_for(exchange, delivery) {
        true => Ok(()),
        false => Err(Error::Moved(format!(
            "the site sends `{0}` to another place now, or sealed otherwise; `passerelle run {0}` makes a file for it",
            exchange.name
        ))),
    }
}

fn outcome(handed: Handed) -> Delivered {
    match handed {
        Handed::Over(Replacement::Atomic) | Handed::Taken | Handed::Before => Delivered::Delivered,
        Handed::Over(Replacement::InTwoSteps) => Delivered::DeliveredInTwoSteps,
    }
}

fn tell(decision: Decision, outcome: Delivered) -> report::Export {
    let Decision { name, file, held, .. } = decision;
    report::Export {
        file: name,
        outcome,
        rows: file.rows,
        left_out: file.left_out,
        size: file.bytes.len() as u64,
        held: if outcome == Delivered::AlreadyDelivered { Vec::new() } else { held },
        findings: Findings(file.findings),
    }
}

//! Hands prepared files over: to an endpoint in its own way; to a place for files all of a set or none, which are first all
//! uploaded under temporary names, then all renamed, each step in the journal before it is taken.
//!
//! Whatever was cut off is found out and finished: before the first renaming the uploads start again; after it, the temporary
//! names tell which of the renamings happened, and the others follow.

use std::{io, mem};

use chrono::Utc;

use crate::job::progress::{Counted, Unit};
use crate::job::provision::{self, Provisioned};
use crate::job::{Context, Error, Hands, post};
use crate::model::bytes::Reader;
use crate::model::digest::Digester;
use crate::model::{Bytes, Digest};
use crate::site::Server;
use crate::state::{Delivery, DeliveryId, DeliveryStatus, OnDisk, Set, State};
use crate::transport::{self, Endpoint, Kind, Replacement, Session, handover, inside};

pub(super) const LOST: &str =
    "what was prepared is lost or damaged in the spool, and is given up; the next run makes the file anew";

/// How a set of deliveries ended well.
#[derive(Debug)]
pub enum Handed {
    Over(Replacement),
    /// An endpoint has taken it.
    Taken,
    /// A provider has given people accounts.
    Accounts(Box<Provisioned>),
    /// An interrupted run had handed all of it over already.
    Before,
}

/// Takes the set from wherever it stands to delivered.
pub fn hand_over(
    context: &Context<'_>,
    server: &Server,
    state: &mut State,
    hands: &Hands,
    set: DeliveryId,
) -> Result<Handed, Error> {
    let set = state.set(set)?;
    let handed = match server.options.endpoint() {
        None => hand_over_files(context, server, state, hands, &set)?,
        // A site asks for one list at a time there.
        Some(Endpoint::Https(options)) => post::hand_over(context, options, state, hands, set.first())?,
        Some(Endpoint::Scim(options)) => provision::hand_over(context, options, state, hands, set.first())?,
    };
    for delivery in set.files() {
        tracing::info!(file = delivery.file_name, rows = delivery.rows, "delivered");
    }
    Ok(handed)
}

fn hand_over_files(
    context: &Context<'_>,
    server: &Server,
    state: &mut State,
    hands: &Hands,
    set: &Set,
) -> Result<Handed, Error> {
    let there = standings(context, server, set)?;
    let missing: Vec<&Delivery> = set
        .files()
        .iter()
        .zip(&there)
        .filter(|(_, there)| **there == Standing::NotUploaded)
        .map(|(one, _)| one)
        .collect();
    if !missing.is_empty() {
        upload_all(context, server, state, hands, set, &missing)?;
    }
    let mut handed = Handed::Before;
    for (delivery, there) in set.files().iter().zip(there) {
        let renamed = rename(context, server, delivery, there != Standing::NotUploaded)?;
        handed = handed.and(renamed);
    }
    state.advance(&set.ids(), DeliveryStatus::Delivered, Utc::now())?;
    set.files().iter().try_for_each(|delivery| hands.spool.remove(&delivery.spooled))?;
    Ok(handed)
}

impl Handed {
    /// Both of them, told in one word: the one that a partner could notice.
    fn and(self, other: Handed) -> Handed {
        match (self, other) {
            (Handed::Before, other) => other,
            (one, Handed::Before) => one,
            (Handed::Over(Replacement::Atomic), other) => other,
            (one, _) => one,
        }
    }
}

/// Is the set so far that it must be finished before anything newer is decided about? One of its files has its final name
/// already, or an endpoint may have taken it.
pub fn must_be_finished(context: &Context<'_>, server: &Server, set: &Set) -> Result<bool, Error> {
    match server.options.endpoint() {
        None => Ok(standings(context, server, set)?.contains(&Standing::Delivered)),
        Some(Endpoint::Https(_)) => Ok(set.first().status == DeliveryStatus::Uploading),
        Some(Endpoint::Scim(_)) => Ok(false),
    }
}

/// Only what was about to be renamed can be anything but to be uploaded.
fn standings(context: &Context<'_>, server: &Server, set: &Set) -> Result<Vec<Standing>, Error> {
    let stands = |delivery: &Delivery| match delivery.status {
        DeliveryStatus::Renaming => context.with_server(server, |session| standing(session, delivery)),
        _ => Ok(Standing::NotUploaded),
    };
    set.files().iter().map(stands).collect()
}

/// All of them, before any gets its name.
fn upload_all(
    context: &Context<'_>,
    server: &Server,
    state: &mut State,
    hands: &Hands,
    set: &Set,
    missing: &[&Delivery],
) -> Result<(), Error> {
    check_spool(context, server, state, hands, set, missing)?;
    let ids: Vec<DeliveryId> = missing.iter().map(|delivery| delivery.id).collect();
    state.advance(&ids, DeliveryStatus::Uploading, Utc::now())?;
    for delivery in missing {
        upload(context, server, &hands.spool.open(&delivery.spooled)?, delivery)?;
    }
    state.advance(&ids, DeliveryStatus::Renaming, Utc::now())?;
    Ok(())
}

/// Gives up a set that another one takes the place of, and removes what it left on the server; unless its renaming was cut
/// off after it had happened: then it was delivered, and the journal must know. What an endpoint may have taken is sent
/// once more for the same reason.
pub fn discard(
    context: &Context<'_>,
    server: &Server,
    state: &mut State,
    hands: &Hands,
    old: &Set,
) -> Result<(), Error> {
    let end = match server.options.endpoint() {
        _ if !old.may_be_there() || old.first().server != server.options.describe() => DeliveryStatus::Discarded,
        None => clear_away(context, server, old)?,
        Some(Endpoint::Https(options)) => return post::settle(context, options, state, hands, old.first()),
        // What it did is found, and made what it is to be, by the one that takes its place.
        Some(Endpoint::Scim(_)) => DeliveryStatus::Discarded,
    };
    state.advance(&old.ids(), end, Utc::now())?;
    old.files().iter().try_for_each(|delivery| Ok(hands.spool.remove(&delivery.spooled)?))
}

fn clear_away(context: &Context<'_>, server: &Server, old: &Set) -> Result<DeliveryStatus, Error> {
    if standings(context, server, old)?.iter().all(|there| *there == Standing::Delivered) {
        return Ok(DeliveryStatus::Delivered);
    }
    for delivery in old.files() {
        if matches!(delivery.status, DeliveryStatus::Uploading | DeliveryStatus::Renaming) {
            let temporary = inside(&delivery.folder, &handover::temporary_name(&delivery.file_name));
            context.with_server(server, |session| session.remove(&temporary))?;
        }
    }
    Ok(DeliveryStatus::Discarded)
}

/// What is in the spool, if it is as it was prepared.
pub(super) fn as_prepared(hands: &Hands, delivery: &Delivery) -> Result<Option<OnDisk>, Error> {
    let Some(content) = hands.spool.find(&delivery.spooled)? else { return Ok(None) };
    let digest = Digest::of_all(&content).map_err(|cause| unread(hands, delivery, cause))?;
    Ok(Some(content).filter(|_| digest == *delivery.sent()))
}

pub(super) fn unread(hands: &Hands, delivery: &Delivery, cause: io::Error) -> Error {
    Error::disk("read", &hands.spool.path(&delivery.spooled), cause)
}

/// Are the files in the spool as they were prepared? Where one is lost, since an older state was restored for example, the
/// set is given up: it would stand in the way of all that come after it. What this run has put there is as it was.
fn check_spool(
    context: &Context<'_>,
    server: &Server,
    state: &mut State,
    hands: &Hands,
    set: &Set,
    needed: &[&Delivery],
) -> Result<(), Error> {
    for delivery in needed.iter().filter(|delivery| delivery.run != context.run) {
        if as_prepared(hands, delivery)?.is_none() {
            discard(context, server, state, hands, set)?;
            return Err(Error::data(&delivery.file_name, LOST));
        }
    }
    Ok(())
}

fn upload(context: &Context<'_>, server: &Server, content: &dyn Bytes, delivery: &Delivery) -> Result<(), Error> {
    let uploaded = context.with_server(server, |session| {
        context.progress.begin(&delivery.file_name, delivery.size, Unit::Bytes);
        let mut reader = Counted { inner: Reader::of(content), progress: context.progress };
        handover::upload(session, &delivery.folder, &delivery.file_name, &mut reader, delivery.size)
    });
    context.progress.end();
    uploaded
}

/// A renaming that timed out may have happened: where the temporary name is gone, the final one tells.
fn rename(context: &Context<'_>, server: &Server, delivery: &Delivery, is_resumed: bool) -> Result<Handed, Error> {
    let mut is_again = is_resumed;
    context.with_server(server, |session| {
        let is_again = mem::replace(&mut is_again, true);
        let standing_now = if is_again { standing(session, delivery)? } else { Standing::Uploaded };
        let handed = match standing_now {
            Standing::Delivered => Ok(Handed::Before),
            Standing::Uploaded => match handover::publish(session, &delivery.folder, &delivery.file_name) {
                // The server did, late, what it was asked for before.
                Err(missing) if is_again && missing.kind == Kind::Missing => match standing(session, delivery)? {
                    Standing::Delivered => Ok(Handed::Before),
                    _ => Err(missing),
                },
                published => published.map(Handed::Over),
            },
            Standing::NotUploaded => {
                Err(transport::Error::new(Kind::Damaged, format!("find the uploaded {} again", delivery.file_name)))
            }
        }?;
        if is_again {
            // Where the server cannot replace a file, the old one may still wait.
            session.remove(&handover::aside(&inside(&delivery.folder, &delivery.file_name)))?;
        }
        Ok(handed)
    })
}

/// What a cut-off renaming left on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    NotUploaded,
    Uploaded,
    Delivered,
}

/// With the temporary name gone, the renaming happened; the final name may be gone too, because the partner took it.
fn standing(session: &mut dyn Session, delivery: &Delivery) -> Result<Standing, transport::Error> {
    if let Some(size) = handover::leftover(session, &delivery.folder, &delivery.file_name)? {
        return Ok(if size == delivery.size { Standing::Uploaded } else { Standing::NotUploaded });
    }
    let path = inside(&delivery.folder, &delivery.file_name);
    match session.size(&path)? {
        None => Ok(Standing::Delivered),
        Some(size) if size == delivery.size && digest_of(session, &path)? == *delivery.sent() => {
            Ok(Standing::Delivered)
        }
        Some(_) => Ok(Standing::NotUploaded),
    }
}

fn digest_of(session: &mut dyn Session, path: &str) -> Result<Digest, transport::Error> {
    let mut digester = Digester::default();
    session.fetch(path, &mut digester)?;
    Ok(digester.finish())
}

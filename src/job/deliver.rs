//! Hands a prepared delivery over: to an endpoint in its own way; to a place for files as a file that is uploaded under a
//! temporary name, then renamed, each step in the journal before it is taken.
//!
//! Whatever was cut off is found out and finished: before the renaming the upload starts again; after it, the temporary
//! name tells whether it happened.

use std::io::Write;
use std::mem;

use chrono::Utc;

use crate::job::progress::{Counted, Unit};
use crate::job::{Context, Error, Hands, post};
use crate::model::Digest;
use crate::model::digest::Digester;
use crate::site::Server;
use crate::state::{Delivery, DeliveryId, DeliveryStatus, State};
use crate::transport::{self, Endpoint, Kind, Replacement, Session, handover, inside};

/// How a delivery ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    Over(Replacement),
    /// An endpoint has taken it.
    Taken,
    /// An interrupted run had handed it over already.
    Before,
}

/// Takes a delivery from wherever it stands to delivered.
pub fn hand_over(
    context: &Context<'_>,
    server: &Server,
    state: &mut State,
    hands: &Hands,
    id: DeliveryId,
) -> Result<Handed, Error> {
    let delivery = state.delivery(id)?.expect("the delivery was prepared");
    let handed = match server.options.endpoint() {
        None => hand_over_file(context, server, state, hands, &delivery)?,
        Some(Endpoint::Https(options)) => post::hand_over(context, options, state, hands, &delivery)?,
    };
    tracing::info!(file = delivery.file_name, rows = delivery.rows, "delivered");
    Ok(handed)
}

fn hand_over_file(
    context: &Context<'_>,
    server: &Server,
    state: &mut State,
    hands: &Hands,
    delivery: &Delivery,
) -> Result<Handed, Error> {
    let before = match delivery.status {
        DeliveryStatus::Renaming => context.with_server(server, |session| standing(session, delivery))?,
        _ => Standing::NotUploaded,
    };
    let handed = match before {
        Standing::Delivered | Standing::Uploaded => rename(context, server, delivery, true)?,
        Standing::NotUploaded => {
            let content = prepared(state, hands, delivery)?;
            state.advance(delivery.id, DeliveryStatus::Uploading, Utc::now())?;
            upload(context, server, &content, delivery)?;
            state.advance(delivery.id, DeliveryStatus::Renaming, Utc::now())?;
            rename(context, server, delivery, false)?
        }
    };
    state.advance(delivery.id, DeliveryStatus::Delivered, Utc::now())?;
    hands.spool.remove(&delivery.spooled)?;
    Ok(handed)
}

/// Gives up a delivery that another file takes the place of, and removes what it left on the server; unless its renaming
/// was cut off after it had happened: then it was delivered, and the journal must know. What an endpoint may have taken is
/// sent once more for the same reason.
pub fn discard(
    context: &Context<'_>,
    server: &Server,
    state: &mut State,
    hands: &Hands,
    old: &Delivery,
) -> Result<(), Error> {
    let may_be_there = matches!(old.status, DeliveryStatus::Uploading | DeliveryStatus::Renaming);
    let end = match server.options.endpoint() {
        _ if !may_be_there || old.server != server.options.describe() => DeliveryStatus::Discarded,
        None => context.with_server(server, |session| clear_away(session, old))?,
        Some(Endpoint::Https(options)) => return post::settle(context, options, state, hands, old),
    };
    state.advance(old.id, end, Utc::now())?;
    hands.spool.remove(&old.spooled)?;
    Ok(())
}

fn clear_away(session: &mut dyn Session, old: &Delivery) -> Result<DeliveryStatus, transport::Error> {
    if old.status == DeliveryStatus::Renaming && matches!(standing(session, old)?, Standing::Delivered) {
        return Ok(DeliveryStatus::Delivered);
    }
    session.remove(&inside(&old.folder, &handover::temporary_name(&old.file_name)))?;
    Ok(DeliveryStatus::Discarded)
}

/// The file as it was prepared. Where it is lost, since an older state was restored for example, its delivery is given up:
/// it would stand in the way of all that come after it.
pub(super) fn prepared(state: &mut State, hands: &Hands, delivery: &Delivery) -> Result<Vec<u8>, Error> {
    let content = hands.spool.find(&delivery.spooled)?;
    if let Some(content) = content.filter(|content| Digest::of(content) == *delivery.sent()) {
        return Ok(content);
    }
    state.advance(delivery.id, DeliveryStatus::Discarded, Utc::now())?;
    hands.spool.remove(&delivery.spooled)?;
    let lost = "what was prepared is lost or damaged in the spool, and is given up; the next run makes the file anew";
    Err(Error::data(&delivery.file_name, lost))
}

fn upload(context: &Context<'_>, server: &Server, content: &[u8], delivery: &Delivery) -> Result<(), Error> {
    let uploaded = context.with_server(server, |session| {
        context.progress.begin(&delivery.file_name, delivery.size, Unit::Bytes);
        let mut reader = Counted { inner: content, progress: context.progress };
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
    let mut digesting = Digesting::default();
    session.fetch(path, &mut digesting)?;
    Ok(digesting.0.finish())
}

#[derive(Default)]
struct Digesting(Digester);

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

//! Hands a delivery over to a partner's endpoint: the same bytes under the same key, until it says that it has them.

use chrono::Utc;

use crate::job::deliver::{Handed, LOST, as_prepared, unread};
use crate::job::{Context, Error, Hands, body};
use crate::model::Bytes;
use crate::net::Kind;
use crate::state::{Delivery, DeliveryStatus, State};
use crate::transport::endpoint::https::{Options, Posted, Taken};

/// What was sent once may have been taken, whatever came back: it stays [`DeliveryStatus::Uploading`] until the endpoint
/// says what became of it.
pub fn hand_over(
    context: &Context<'_>,
    options: &Options,
    state: &mut State,
    hands: &Hands,
    delivery: &Delivery,
) -> Result<Handed, Error> {
    let content = prepared(state, hands, delivery)?;
    let is_again = delivery.status == DeliveryStatus::Uploading;
    state.advance(&[delivery.id], DeliveryStatus::Uploading, Utc::now())?;
    let posted = Posted { key: &body::key_of(delivery), body: content, is_again };
    let error = match options.post(posted, &context.site.base, &context.limit) {
        Ok(taken) => {
            state.advance(&[delivery.id], DeliveryStatus::Delivered, Utc::now())?;
            hands.spool.remove(&delivery.spooled)?;
            return Ok(match taken {
                Taken::Now => Handed::Taken,
                Taken::Before => Handed::Before,
            });
        }
        Err(error) => error,
    };
    match error.kind {
        // An endpoint may answer a key as it did before: what is sent after the correction needs another one.
        Kind::Denied => {
            state.advance(&[delivery.id], DeliveryStatus::Discarded, Utc::now())?;
            hands.spool.remove(&delivery.spooled)?;
        }
        // It never got as far as what was sent.
        Kind::Login | Kind::Identity | Kind::Setup if !is_again => {
            state.advance(&[delivery.id], DeliveryStatus::Prepared, Utc::now())?;
        }
        _ => {}
    }
    Err(error.into())
}

/// What was prepared, in memory: an endpoint takes it in one request, of a size that the site bounds. Where it is lost, its delivery is given up: it would stand in the way of all that come after it.
pub(super) fn prepared(state: &mut State, hands: &Hands, delivery: &Delivery) -> Result<Vec<u8>, Error> {
    if let Some(content) = as_prepared(hands, delivery)? {
        return content.top(usize::MAX).map_err(|cause| unread(hands, delivery, cause));
    }
    state.advance(&[delivery.id], DeliveryStatus::Discarded, Utc::now())?;
    hands.spool.remove(&delivery.spooled)?;
    Err(Error::data(&delivery.file_name, LOST))
}

/// Before another delivery takes its place: what may have been taken is sent once more, so that the journal knows. What was
/// never sent is given up.
pub fn settle(
    context: &Context<'_>,
    options: &Options,
    state: &mut State,
    hands: &Hands,
    old: &Delivery,
) -> Result<(), Error> {
    if old.status != DeliveryStatus::Uploading {
        state.advance(&[old.id], DeliveryStatus::Discarded, Utc::now())?;
        return Ok(hands.spool.remove(&old.spooled)?);
    }
    match hand_over(context, options, state, hands, old) {
        Err(_) if state.delivery(old.id)?.is_some_and(|now| now.status == DeliveryStatus::Discarded) => Ok(()),
        settled => settled.map(drop),
    }
}

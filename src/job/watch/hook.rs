//! Listens for the calls of Lucca, and rings the bell for those that it signed.

use std::sync::Arc;

use chrono::Utc;

use super::bell::Bell;
use crate::job::Error;
use crate::lucca::webhook::{Call, Webhook};
use crate::net::listener::{Listener, Reply};
use crate::site::{Site, Watch};

/// A hint is safe as soon as it is in memory, so that it is answered at once: should we end before anybody looks, the next
/// watch begins by reading everything.
pub fn listen(site: &Site, watch: &Watch, bell: &Arc<Bell>) -> Result<Option<Listener>, Error> {
    let Some(options) = &watch.webhook else { return Ok(None) };
    let webhook = Webhook::open(options, &site.base)?;
    let bell = Arc::clone(bell);
    let span = tracing::Span::current();
    let listener = Listener::start(options.listen, move |call| {
        let _span = span.enter();
        match webhook.hear(&call, Utc::now()) {
            Call::Handshake(reply) => reply,
            Call::Hint => {
                bell.ring();
                Reply::new(200, "")
            }
            Call::Refused(why, reply) => {
                tracing::warn!(status = reply.status, "a call to the webhook is refused: {why}");
                reply
            }
        }
    })?;
    let address = listener.address();
    if !address.ip().is_loopback() {
        tracing::warn!("the webhook listens on {address}, where nothing protects what is sent on the way");
    }
    tracing::info!("the webhook listens on {address}");
    Ok(Some(listener))
}

//! A file that was there before, under the same name or another: what whoever dropped it may not have meant.

use crate::job::Error;
use crate::job::gathered::Gathered;
use crate::model::Text;
use crate::site::Exchange;
use crate::state::State;
use crate::text;

/// What is worth saying of where the same bytes were taken before.
pub fn remark(state: &State, exchange: &Exchange, gathered: &Gathered) -> Result<Option<Text>, Error> {
    let Gathered { path, content, earlier, .. } = gathered;
    let digest = &content.digest;
    if earlier.is_none() {
        let twin = state.taken_elsewhere(&exchange.name, path, digest)?;
        return Ok(twin.map(|twin| {
            let (other, day, jour) = (twin.path, twin.changed.format("%Y-%m-%d"), twin.changed.format("%d/%m/%Y"));
            text!(
                "{path} is, byte for byte, what was taken on {day} as {other}",
                "{path} est, à l'octet près, ce qui a été pris le {jour} sous {other}",
            )
        }));
    }
    let other = state.taken_since(&exchange.name, path, digest)?;
    Ok(other.map(|other| {
        let (day, jour) = (other.changed.format("%Y-%m-%d"), other.changed.format("%d/%m/%Y"));
        text!(
            "{path} was taken before, and another file of this name since, on {day}: nothing goes back to the older one; \
             if it is meant, it must be dropped under another name",
            "{path} avait déjà été pris, et un autre fichier du même nom depuis, le {jour} : on ne revient pas au plus \
             ancien ; si c'est voulu, il faut le déposer sous un autre nom",
        )
    }))
}

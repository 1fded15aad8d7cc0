//! Giving a file another name, in place of what had it: at one instant where the server can.

use super::conversation::Conversation;
use super::failure::Failure;
use super::request::Request;
use super::status::{OP_UNSUPPORTED, PERMISSION_DENIED, Status};
use crate::transport::{Kind, Replacement, handover};

/// After a timeout nobody knows whether it happened.
pub fn rename(server: &mut Conversation, from: &str, to: &str) -> Result<Replacement, Failure> {
    let (old_name, new_name) = (from.as_bytes(), to.as_bytes());
    if server.abilities.posix_rename {
        let renamed = server.ask(Request::PosixRename { from: old_name, to: new_name })?;
        match server.done(renamed) {
            Err(Failure::Refused(status)) if status.code == OP_UNSUPPORTED => server.abilities.posix_rename = false,
            outcome => return outcome.map(|()| Replacement::Atomic),
        }
    }
    let renamed = server.ask(Request::Rename { from: old_name, to: new_name })?;
    match server.done(renamed) {
        Err(Failure::Refused(status)) if may_be_taken(&status) => replace(server, from, to, status),
        outcome => outcome.map(|()| Replacement::Atomic),
    }
}

/// Whether a rename was refused because the new name is taken, for all that the status tells. Where it tells that there is
/// no renaming, moving the old file would gain nothing.
fn may_be_taken(status: &Status) -> bool {
    status.kind() == Kind::Denied && ![PERMISSION_DENIED, OP_UNSUPPORTED].contains(&status.code)
}

/// The old file goes aside, the new one takes its name, and the old one is removed; or it comes back.
fn replace(server: &mut Conversation, from: &str, to: &str, refused: Status) -> Result<Replacement, Failure> {
    let aside = handover::aside(to);
    let (from, to, aside) = (from.as_bytes(), to.as_bytes(), aside.as_bytes());
    // Before the old file is moved, the new one must be there.
    let (new, old) = (server.ask(Request::LookAt { path: from })?, server.ask(Request::LookAt { path: to })?);
    let (new, old) = (server.attributes(new)?, server.attributes(old)?);
    if new.is_none() {
        return Err(Failure::Absent);
    }
    if old.is_none_or(|old| old.is_folder()) {
        return Err(Failure::Refused(refused));
    }
    // What an attempt left that was cut off; there is none as a rule.
    let cleared = server.ask(Request::Remove { path: aside })?;
    server.forget(cleared);
    // One behind the other without waiting, so that the name is absent for as short as can be.
    let moved = server.ask(Request::Rename { from: to, to: aside })?;
    let renamed = server.ask(Request::Rename { from, to })?;
    server.done(moved)?;
    if let Err(failure) = server.done(renamed) {
        if failure.leaves_a_conversation() {
            let back = server.ask(Request::Rename { from: aside, to })?;
            server.done(back)?;
        }
        return Err(failure);
    }
    let removed = server.ask(Request::Remove { path: aside })?;
    match server.done(removed) {
        Err(Failure::Refused(status)) => {
            tracing::warn!("the old file stays on the server under a name of ours: {status}")
        }
        outcome => outcome?,
    }
    Ok(Replacement::InTwoSteps)
}

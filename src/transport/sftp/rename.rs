//! Giving a file another name, in place of what had it: at one instant where the server can.

use super::conversation::Conversation;
use super::failure::Failure;
use super::request::Request;
use super::status::{OP_UNSUPPORTED, PERMISSION_DENIED, Status};
use crate::transport::{Kind, Replacement};

/// After a timeout nobody knows whether it happened.
pub fn rename(server: &mut Conversation, from: &[u8], to: &[u8]) -> Result<Replacement, Failure> {
    if server.abilities.posix_rename {
        let renamed = server.ask(Request::PosixRename { from, to })?;
        match server.done(renamed) {
            Err(Failure::Refused(status)) if status.code == OP_UNSUPPORTED => server.abilities.posix_rename = false,
            outcome => return outcome.map(|()| Replacement::Atomic),
        }
    }
    let renamed = server.ask(Request::Rename { from, to })?;
    match server.done(renamed) {
        Err(Failure::Refused(status)) if may_be_taken(&status) => remove_and_rename(server, from, to, status),
        outcome => outcome.map(|()| Replacement::Atomic),
    }
}

/// Whether a rename was refused because the new name is taken, for all that the status tells. Where it tells that there is
/// no renaming, removing the old file would gain nothing.
fn may_be_taken(status: &Status) -> bool {
    status.kind() == Kind::Denied && ![PERMISSION_DENIED, OP_UNSUPPORTED].contains(&status.code)
}

fn remove_and_rename(
    server: &mut Conversation,
    from: &[u8],
    to: &[u8],
    refused: Status,
) -> Result<Replacement, Failure> {
    // Before the old file is removed, the new one must be there.
    let (new, old) = (server.ask(Request::LookAt { path: from })?, server.ask(Request::LookAt { path: to })?);
    let (new, old) = (server.attributes(new)?, server.attributes(old)?);
    if new.is_none() {
        return Err(Failure::Absent);
    }
    if old.is_none_or(|old| old.is_folder()) {
        return Err(Failure::Refused(refused));
    }
    // One behind the other without waiting, so that the name is absent for as short as can be.
    let removed = server.ask(Request::Remove { path: to })?;
    let renamed = server.ask(Request::Rename { from, to })?;
    server.done(removed)?;
    server.done(renamed)?;
    Ok(Replacement::RemovedFirst)
}

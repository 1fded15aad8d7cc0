//! What a folder holds: a link counts for the file it points to.

use super::attributes::Attributes;
use super::conversation::{Conversation, unexpected};
use super::failure::Failure;
use super::reply::{Name, Reply};
use super::request::{Handle, Request};
use super::status::EOF;
use crate::transport::Listing;

/// So many names are looked at in one round trip.
const LOOKS: usize = 64;

pub fn list(server: &mut Conversation, folder: &[u8]) -> Result<Listing, Failure> {
    let opened = server.ask(Request::OpenFolder { path: folder })?;
    let handle = server.handle(opened)?;
    let names = read(server, &handle);
    let names = server.let_go(&handle, names)?;

    let mut listing = Listing::default();
    let (told, untold): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.attributes.tell_all());
    for Name { bytes, attributes } in told {
        add(&mut listing, &bytes, Some(attributes));
    }
    // Links, and everything on a server that tells names only.
    for names in untold.chunks(LOOKS) {
        let looks: Vec<_> = names
            .iter()
            .map(|name| server.ask(Request::LookAt { path: &[folder, b"/", &name.bytes].concat() }))
            .collect::<Result<_, _>>()?;
        for (name, looked) in names.iter().zip(looks) {
            add(&mut listing, &name.bytes, server.attributes(looked)?);
        }
    }
    Ok(listing)
}

fn read(server: &mut Conversation, handle: &Handle) -> Result<Vec<Name>, Failure> {
    let mut all = Vec::new();
    loop {
        let asked = server.ask(Request::ReadFolder(handle))?;
        match server.answer(asked)? {
            Reply::Names(names) => all.extend(names),
            Reply::Status(status) if status.code == EOF => return Ok(all),
            reply => return Err(unexpected(reply)),
        }
    }
}

fn add(listing: &mut Listing, name: &[u8], attributes: Option<Attributes>) {
    if let Some(attributes) = attributes.filter(Attributes::is_file) {
        listing.add(name, attributes.size.unwrap_or_default(), attributes.modified());
    }
}

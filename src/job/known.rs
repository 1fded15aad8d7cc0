//! The people that an import changes, as they are known now: our directory, or an instance of Lucca.

use std::sync::Arc;

use crate::job::{Context, Error};
use crate::model::{Digest, Organisation, People};
use crate::site::Import;
use crate::site::people::Changed;
use crate::state::State;

/// Who is known when a file comes.
pub enum Known {
    /// The directory, of which only those are read whom the file may mean.
    Directory,
    Elsewhere(Arc<People>),
    /// A file is tried on, and nobody is known.
    Nobody,
}

pub fn known(context: &Context<'_>, state: &State, import: &Import) -> Result<Known, Error> {
    match &import.people {
        _ if context.site.is_trial => Ok(Known::Nobody),
        Changed::Directory(_) => Ok(Known::Directory),
        Changed::Lucca(_) => Ok(Known::Elsewhere(people(context, state, import)?)),
    }
}

fn people(context: &Context<'_>, state: &State, import: &Import) -> Result<Arc<People>, Error> {
    match &import.people {
        Changed::Directory(_) => Ok(Arc::new(state.people()?)),
        Changed::Lucca(lucca) => {
            let site = context.site;
            Ok(context.doors.known(lucca, &site.base, &site.written(&lucca.name), &context.limit)?)
        }
    }
}

/// Tells whether anybody has changed since a plan was made. Of the directory it is read without its people.
pub fn digest(context: &Context<'_>, state: &State, import: &Import) -> Result<Digest, Error> {
    match &import.people {
        Changed::Directory(_) => Ok(state.directory_digest()?),
        Changed::Lucca(_) => Ok(people(context, state, import)?.digest()),
    }
}

/// What the people bring along; the directory has reference lists of the site instead.
pub fn organisation(context: &Context<'_>, import: &Import) -> Result<Option<Arc<Organisation>>, Error> {
    match &import.people {
        Changed::Directory(_) => Ok(None),
        Changed::Lucca(lucca) => Ok(Some(context.doors.organisation(lucca, &context.site.base, &context.limit)?)),
    }
}

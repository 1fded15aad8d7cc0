//! What the verbs gather alike: files of servers, and people.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use crate::job::everybody::Everybody;
use crate::job::extract::Extract;
use crate::job::progress::{Counted, Unit};
use crate::job::{Context, Error, Job};
use crate::lucca::Snapshot;
use crate::model::digest::Digester;
use crate::model::{Digest, Organisation};
use crate::site::{self, Server, people};
use crate::state::{self, Borrowing, OnDisk, Taken};
use crate::transport::{self, Entry, Kind};

/// Where people come from, and what comes with them.
pub struct Source<'s> {
    pub everybody: Everybody<'s>,
    /// The id of a person's picture, by the person's number.
    pub pictures: Arc<BTreeMap<u32, String>>,
    /// As far as the exports of these people need it; that of a directory is in its lists.
    pub organisation: Arc<Organisation>,
}

pub fn people<'s>(job: &Job<'_>, people: &'s site::People) -> Result<Source<'s>, Error> {
    let only = |everybody| Source { everybody, pictures: Arc::default(), organisation: Arc::default() };
    let source = match people {
        // Read when its turn comes.
        site::People::Directory(_) => return Ok(only(Everybody::InDirectory)),
        site::People::File(file) => Extract::open(job, file).map(|extract| only(Everybody::InFile(Box::new(extract)))),
        site::People::Lucca(lucca) => from_lucca(&job.context, lucca),
    };
    job.context.people_are_read();
    source
}

fn from_lucca(context: &Context<'_>, lucca: &people::Lucca) -> Result<Source<'static>, Error> {
    let wanted = context.site.wanted(&lucca.name);
    let snapshot = context.doors.snapshot(lucca, &context.site.base, &wanted, &context.limit)?;
    let Snapshot { people, organisation, pictures, .. } = snapshot;
    Ok(Source { everybody: Everybody::Here(people), organisation, pictures })
}

/// The whole file, before anything is read from it: what is decided is decided about one state of it.
pub fn take(job: &Job<'_>, server: &Server, path: &str) -> Result<Taken, Error> {
    Ok(fetch(&job.context, server, path, || job.taking())?.finish()?)
}

/// The same, of a file that is only looked at, and leaves no trace in the spool.
pub fn borrow(context: &Context<'_>, server: &Server, path: &str) -> Result<OnDisk, Error> {
    Ok(fetch(context, server, path, Borrowing::unnamed)?.finish()?)
}

/// Of a file as it is now, whatever its size.
pub fn digest(context: &Context<'_>, server: &Server, path: &str) -> Result<Digest, Error> {
    fetch(context, server, path, || Ok(Digester::default())).map(Digester::finish)
}

/// In memory, for a file of which it is known that it is small.
pub fn small(context: &Context<'_>, server: &Server, path: &str) -> Result<Vec<u8>, Error> {
    fetch(context, server, path, || Ok(Vec::new()))
}

/// Each try begins anew, in what `begin` gives.
fn fetch<T: Write>(
    context: &Context<'_>,
    server: &Server,
    path: &str,
    begin: impl Fn() -> Result<T, state::Error>,
) -> Result<T, Error> {
    let fetched = context.with_server(server, |session| {
        let unready = |cause| transport::Error::new(Kind::Local, format!("fetch {path}")).caused_by(cause);
        let mut into = begin().map_err(unready)?;
        let size = session.size(path)?.unwrap_or_default();
        context.progress.begin(path, size, Unit::Bytes);
        session.fetch(path, &mut Counted { inner: &mut into, progress: context.progress })?;
        Ok(into)
    });
    context.progress.end();
    fetched
}

/// The files of a folder; none where there is no such folder yet.
pub fn files(context: &Context<'_>, server: &Server, folder: &str) -> Result<Vec<Entry>, Error> {
    match context.with_server(server, |session| session.list(folder)) {
        Err(Error::Transport(nothing)) if nothing.kind == Kind::Missing => Ok(Vec::new()),
        listed => Ok(listed?.files),
    }
}

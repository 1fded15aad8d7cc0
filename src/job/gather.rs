//! What the verbs gather alike: files of servers, and people.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use crate::job::progress::{Counted, Unit};
use crate::job::{Context, Error, Job, reading};
use crate::lucca::Snapshot;
use crate::model::digest::Digester;
use crate::model::{Digest, Finding, Organisation, People, Severity};
use crate::rule::{self, Additions, Contract, Surroundings};
use crate::site::{self, Server, people};
use crate::state::{self, Taken};
use crate::transport::{self, Entry, Kind};

/// People and what is to be said about where they come from.
pub struct Source {
    pub people: Arc<People>,
    /// The id of a person's picture, by the person's number.
    pub pictures: Arc<BTreeMap<u32, String>>,
    /// As far as the exports of these people need it; that of a directory is in its lists.
    pub organisation: Arc<Organisation>,
    /// About rows that could not be read; they are not among the people.
    pub findings: Vec<Finding>,
    pub left_out: usize,
}

impl Source {
    /// Nothing is to be said about them.
    fn of(people: People) -> Source {
        Source {
            people: Arc::new(people),
            pictures: Arc::default(),
            organisation: Arc::default(),
            findings: Vec::new(),
            left_out: 0,
        }
    }
}

pub fn people(job: &Job<'_>, people: &site::People) -> Result<Source, Error> {
    let source = match people {
        site::People::Directory(_) => {
            let known = |people| Source::of(people);
            job.state.people().map(known).map_err(Error::from)
        }
        site::People::File(file) => from_file(job, file),
        site::People::Lucca(lucca) => from_lucca(&job.context, lucca),
    };
    job.context.people_are_read();
    source
}

/// A file of HR data is read as a partner's file is, with a profile.
fn from_file(job: &Job<'_>, file: &people::File) -> Result<Source, Error> {
    let content = take(job, &file.server, &file.file)?;
    let columns = &file.contract.columns;
    let contract = Contract { columns, identify_by: &[], creates: false, twins: Severity::Remark };
    let read = reading::read(&content, file.encoding, &rule::knows(&contract))?;
    let reading = read.map_err(|finding| Error::data(&file.file, finding))?;
    let recognised = rule::recognise(&reading.heading, &contract, &[]);
    let around =
        Surroundings { known: &People::default(), others: None, additions: &Additions::default(), absent_on: None };
    let checked = rule::check(&recognised, &reading.table, &reading.findings, &contract, &around);
    let findings: Vec<Finding> = [reading.findings, recognised.findings, checked.findings].concat();
    if let Some(refused) = findings.iter().find(|finding| finding.refuses_the_file()) {
        return Err(Error::data(&file.file, refused));
    }
    let people = People::new(checked.delivered.fields, checked.delivered.table);
    Ok(Source { findings, left_out: checked.left_out.len(), ..Source::of(people) })
}

fn from_lucca(context: &Context<'_>, lucca: &people::Lucca) -> Result<Source, Error> {
    let wanted = context.site.wanted(&lucca.name);
    let snapshot = context.doors.snapshot(lucca, &context.site.base, &wanted, &context.limit)?;
    let Snapshot { people, organisation, pictures, .. } = snapshot;
    Ok(Source { people, organisation, pictures, findings: Vec::new(), left_out: 0 })
}

/// The whole file, before anything is read from it: what is decided is decided about one state of it.
pub fn take(job: &Job<'_>, server: &Server, path: &str) -> Result<Taken, Error> {
    Ok(fetch(&job.context, server, path, || job.taking())?.finish()?)
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

//! Finds out what a server is like, by trying: nothing is concluded from its name, and nothing stays on it.
//!
//! Each trait is tried for itself. What one of them fails at does not keep the others from being tried, in a new
//! conversation where the old one did not survive.

mod trial;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use chrono::Utc;

use super::scratch::{self, ACCENTS, BLANKS, LONG, ONE, Scratch};
use super::{Error, Identity, Kind, Limit, Listing, Options, Session};
use crate::model::sheet::{Found, Trait};
use crate::model::{Sheet, Text};

/// What is written to be read again; from its middle, too.
pub const CONTENT: &[u8] = b"Passerelle tries out what this server can do. This file goes at once.\n";
pub const MIDDLE: usize = 40;

/// What the protocol tells, and what needs no file of ours.
const TOLD: [Trait; 11] = [
    Trait::Protocol,
    Trait::Greeting,
    Trait::System,
    Trait::Authentication,
    Trait::Features,
    Trait::DataConnections,
    Trait::Listing,
    Trait::Tls,
    Trait::Cipher,
    Trait::SessionReuse,
    Trait::TimePrecision,
];

/// What needs a file that was written before. The last one is what the connections for files have taught.
const TRIED: [Trait; 13] = [
    Trait::FreeSpace,
    Trait::SizeCommand,
    Trait::TimeCommand,
    Trait::Resume,
    Trait::Clock,
    Trait::Accents,
    Trait::Blanks,
    Trait::LongNames,
    Trait::Replacing,
    Trait::RoundTrip,
    Trait::Upload,
    Trait::Download,
    Trait::NeedsOldTls,
];

/// For taking away what was written, however the trials ended.
const TO_CLEAR: Duration = Duration::from_secs(60);

const NOT_WRITTEN: Text = Text::of("nothing could be written", "rien n'a pu être écrit");
const NOT_REMOVED: Text = Text::of(
    "what is written cannot be removed again, so no more was tried",
    "ce qui est écrit ne peut plus être supprimé : rien d'autre n'a été essayé",
);
/// A server that is being examined.
pub struct Examiner<'a> {
    options: &'a Options,
    base: &'a Path,
    limit: &'a Limit,
    /// None once it is over.
    session: Option<Box<dyn Session>>,
    /// Why no other conversation could be had.
    gone: Option<String>,
    found: BTreeMap<Trait, Found>,
    left: Option<Error>,
}

/// What an examination came to.
pub struct Examined {
    pub sheet: Sheet,
    /// Why something that was written could not be taken away.
    pub left: Option<Error>,
}

impl<'a> Examiner<'a> {
    /// Connects, proves who the server is, and logs in.
    pub fn connect(options: &'a Options, base: &'a Path, limit: &'a Limit) -> Result<Examiner<'a>, Error> {
        let session = Some(options.connect(base, limit)?);
        Ok(Examiner { options, base, limit, session, gone: None, found: BTreeMap::new(), left: None })
    }

    /// Finds out what can be known without writing.
    pub fn look(&mut self) {
        if let Some(identity) = self.session.as_ref().and_then(|session| session.identity()) {
            self.found.extend(proof(identity));
        }
        for what in TOLD {
            let told = self.probe(what, "");
            self.note(what, told);
        }
        let told = self.round_trip(scratch::NAME);
        self.note(Trait::RoundTrip, told);
    }

    /// Finds out what can only be known by writing, in the first of these folders that allows it.
    pub fn try_out(&mut self, folders: &[&str]) {
        let mut refused = None;
        for folder in folders {
            match self.begin_in(folder) {
                Ok(scratch) => {
                    let shown = if folder.is_empty() { "." } else { folder };
                    self.found.insert(Trait::Folder, shown.into());
                    self.found.insert(Trait::Writing, true.into());
                    self.try_in(&scratch);
                    return self.clear(&scratch);
                }
                Err(error) => {
                    refused.get_or_insert(error);
                }
            }
        }
        if let Some(error) = refused {
            self.found.insert(Trait::Writing, refusal(&error));
            self.give_up(&NOT_WRITTEN);
        }
    }

    /// Writes a file into a folder, and takes it away again.
    pub fn try_to_write(&mut self, folder: &str) -> Result<(), Error> {
        let scratch = Scratch::beside(folder);
        let one = scratch.path(ONE);
        self.within(|session| session.remove(&one))?;
        let written = self.put(&one, CONTENT);
        let removed = self.within(|session| session.remove(&one));
        if removed.is_err() {
            self.clear(&scratch);
        }
        written.and(removed)
    }

    pub fn list(&mut self, folder: &str) -> Result<Listing, Error> {
        self.within(|session| session.list(folder))
    }

    pub fn size(&mut self, path: &str) -> Result<Option<u64>, Error> {
        self.within(|session| session.size(path))
    }

    pub fn finish(self) -> Examined {
        let sheet = Sheet { server: self.options.describe(), at: Utc::now(), traits: self.found };
        Examined { sheet, left: self.left }
    }

    /// Makes a place for trials and writes the first file there; what an earlier check left goes before.
    fn begin_in(&mut self, folder: &str) -> Result<Scratch, Error> {
        let own = Scratch::within(folder);
        self.within(|session| own.clear(session))?;
        let scratch = match self.within(|session| session.make_folder(own.folder())) {
            Ok(()) => own,
            Err(error) if error.later_may_help() => return Err(error),
            Err(_) => Scratch::beside(folder),
        };
        let begun = match scratch.is_own() {
            true => Ok(()),
            false => self.within(|session| scratch.clear(session)),
        };
        match begun.and_then(|()| self.put(&scratch.path(ONE), CONTENT)) {
            Ok(()) => Ok(scratch),
            Err(error) => {
                self.clear(&scratch);
                Err(error)
            }
        }
    }

    fn try_in(&mut self, scratch: &Scratch) {
        let one = scratch.path(ONE);
        let removed = self.within(|session| session.remove(&one)).map(|()| Some(true.into()));
        let can_go_on = removed.is_ok();
        self.note(Trait::Removing, removed);
        if !can_go_on {
            return self.give_up(&NOT_REMOVED);
        }
        if let Err(error) = self.put(&one, CONTENT) {
            return self.give_up(&reason(&error));
        }
        for what in TRIED {
            let found = self.try_one(what, scratch);
            self.note(what, found);
        }
    }

    /// None where servers of this kind do not differ in it.
    fn try_one(&mut self, what: Trait, scratch: &Scratch) -> Result<Option<Found>, Error> {
        match what {
            Trait::Clock => self.clock(scratch),
            Trait::Accents => self.name(ACCENTS, scratch),
            Trait::Blanks => self.name(BLANKS, scratch),
            Trait::LongNames => self.name(LONG, scratch),
            Trait::Replacing => self.replacing(scratch),
            Trait::RoundTrip => self.round_trip(&scratch.path(ONE)),
            Trait::Upload => self.upload(scratch),
            Trait::Download => self.download(scratch),
            _ => self.probe(what, &scratch.path(ONE)),
        }
    }

    /// What was not found out remains so, for this reason.
    fn give_up(&mut self, why: &Text) {
        const OF_SOME: [Trait; 4] = [Trait::SizeCommand, Trait::TimeCommand, Trait::FreeSpace, Trait::NeedsOldTls];
        let common = TRIED.into_iter().filter(|what| !OF_SOME.contains(what));
        for what in common.chain([Trait::Sizes]) {
            self.found.entry(what).or_insert(Found::Unknown(why.clone()));
        }
    }

    fn note(&mut self, what: Trait, found: Result<Option<Found>, Error>) {
        match found {
            Ok(Some(found)) => drop(self.found.insert(what, found)),
            Ok(None) => {}
            Err(error) => drop(self.found.insert(what, refusal(&error))),
        }
    }

    fn probe(&mut self, what: Trait, file: &str) -> Result<Option<Found>, Error> {
        self.within(|session| session.probe(what, file))
    }

    /// Writes a file. That its size is another one is worth knowing, and no reason to stop.
    fn put(&mut self, path: &str, content: &[u8]) -> Result<(), Error> {
        match self.within(|session| session.write(path, &mut &*content, content.len() as u64)) {
            Ok(()) => drop(self.found.entry(Trait::Sizes).or_insert(true.into())),
            Err(error) if error.kind == Kind::Damaged => match self.found.get(&Trait::Sizes) {
                Some(Found::No(_)) => {}
                _ => drop(self.found.insert(Trait::Sizes, refusal(&error))),
            },
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Asks in the conversation that there is, or in a new one.
    fn within<T>(&mut self, act: impl FnOnce(&mut dyn Session) -> Result<T, Error>) -> Result<T, Error> {
        if !self.limit.allows_more() {
            return Err(self.limit.overrun("go on"));
        }
        if let Some(gone) = &self.gone {
            return Err(Error::new(Kind::Unreachable, "connect again").caused_by(gone.as_str()));
        }
        let connected = self.session.take().map_or_else(|| self.options.connect(self.base, self.limit), Ok);
        let mut session = connected.inspect_err(|error| self.gone = Some(error.chain()))?;
        let done = act(&mut *session);
        if done.as_ref().err().is_none_or(|error| matches!(error.kind, Kind::Missing | Kind::Denied)) {
            self.session = Some(session);
        }
        done
    }

    /// Takes everything away, in a new conversation if the old one cannot.
    fn clear(&mut self, scratch: &Scratch) {
        let limit = self.limit.anew(TO_CLEAR);
        let attempt = |kept: Option<Box<dyn Session>>| {
            let mut session = kept.map_or_else(|| self.options.connect(self.base, &limit), Ok)?;
            session.bind(&limit);
            scratch.clear(&mut *session)?;
            session.bind(self.limit);
            Ok(session)
        };
        match attempt(self.session.take()).or_else(|_: Error| attempt(None)) {
            Ok(session) => self.session = Some(session),
            Err(error) => self.left = Some(error),
        }
    }
}

/// By what the server proved who it is.
fn proof(identity: Identity) -> Vec<(Trait, Found)> {
    match identity {
        Identity::HostKey { kind, fingerprint } => vec![(Trait::HostKey, format!("{kind} {fingerprint}").into())],
        Identity::Certificate(certificate) => {
            let subject = match certificate.subject.as_str() {
                "" => certificate.names.join(", "),
                subject => subject.to_owned(),
            };
            vec![
                (Trait::Certificate, certificate.pin.to_string().into()),
                (Trait::CertificateSubject, subject.into()),
                (Trait::CertificateIssuer, certificate.issuer.into()),
                (Trait::CertificateEnd, certificate.until.into()),
            ]
        }
    }
}

/// What a failure says about the trait that was tried.
fn refusal(error: &Error) -> Found {
    match error.kind {
        Kind::Missing | Kind::Denied | Kind::Login | Kind::Full | Kind::Damaged | Kind::Protocol => {
            Found::No(reason(error))
        }
        Kind::Unreachable
        | Kind::TimedOut
        | Kind::Busy
        | Kind::Stopped
        | Kind::Identity
        | Kind::Local
        | Kind::Setup => Found::Unknown(reason(error)),
    }
}

/// In the server's own words, which stay as they are.
fn reason(error: &Error) -> Text {
    let causes: Vec<String> =
        std::iter::successors(error.source(), |&cause| cause.source()).map(|cause| cause.to_string()).collect();
    Text::same(if causes.is_empty() { error.to_string() } else { causes.join(": ") })
}

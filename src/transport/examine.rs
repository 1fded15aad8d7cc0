//! Finds out what a server is like, by trying: nothing is concluded from its name, and nothing stays on it.
//!
//! Each trait is tried for itself. What one of them fails at does not keep the others from being tried, in a new
//! conversation where the old one did not survive.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use unicode_normalization::UnicodeNormalization;

use super::scratch::{self, ACCENTS, BLANKS, LARGE, LONG, ONE, OTHER, Scratch};
use super::{Error, Identity, Kind, Limit, Listing, Options, Replacement, Session};
use crate::model::sheet::{AT_ONCE, Found, IN_TWO_STEPS, Trait, Value};
use crate::model::{Sheet, Text};
use crate::text;

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

/// What is sent to and fro, in bytes.
const LOAD: usize = 1 << 20;

/// The median of so many.
const ROUND_TRIPS: usize = 5;

/// For taking away what was written, however the trials ended.
const TO_CLEAR: Duration = Duration::from_secs(60);

const NOT_WRITTEN: Text = Text::of("nothing could be written", "rien n'a pu être écrit");
const NOT_REMOVED: Text = Text::of(
    "what is written cannot be removed again, so no more was tried",
    "ce qui est écrit ne peut plus être supprimé : rien d'autre n'a été essayé",
);
const HIDDEN: Text = Text::of(
    "the server does not list names that begin with a dot, and let us make no folder",
    "le serveur ne liste pas les noms qui commencent par un point, et n'a pas permis de créer un dossier",
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
        self.clear(&scratch);
        written
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
        let common = TRIED.into_iter().filter(|what| {
            !matches!(what, Trait::SizeCommand | Trait::TimeCommand | Trait::FreeSpace | Trait::NeedsOldTls)
        });
        for what in common {
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
            Err(error) if error.kind == Kind::Damaged => {
                if !matches!(self.found.get(&Trait::Sizes), Some(Found::No(_))) {
                    self.found.insert(Trait::Sizes, refusal(&error));
                }
                Ok(())
            }
            written => {
                self.found.entry(Trait::Sizes).or_insert(match &written {
                    Ok(()) => true.into(),
                    Err(error) => refusal(error),
                });
                written
            }
        }
    }

    /// How far the time that the server gives to a new file is from ours.
    fn clock(&mut self, scratch: &Scratch) -> Result<Option<Found>, Error> {
        let (one, name) = (scratch.path(ONE), scratch.name(ONE));
        let before = Utc::now();
        self.put(&one, CONTENT)?;
        let after = Utc::now();
        let (told, precision) = match self.probe(Trait::Clock, &one)? {
            Some(Found::Value(Value::Moment(told))) => (Some(told), TimeDelta::seconds(1)),
            _ => {
                let listing = self.list(scratch.folder())?;
                let entry = listing.files.into_iter().find(|entry| entry.name == name);
                (entry.and_then(|entry| entry.modified), self.time_precision())
            }
        };
        Ok(Some(match told {
            Some(told) => ahead(told, before - precision, after).into(),
            None => Found::Unknown(Text::of(
                "the server tells no time of the file",
                "le serveur ne donne pas l'heure du fichier",
            )),
        }))
    }

    /// Of the times in a listing.
    fn time_precision(&self) -> TimeDelta {
        match self.found.get(&Trait::TimePrecision) {
            Some(Found::Value(Value::Number(seconds))) => TimeDelta::milliseconds((seconds * 1000.0) as i64),
            _ => TimeDelta::seconds(1),
        }
    }

    /// Whether a file is listed under the name that it was written under.
    fn name(&mut self, name: &str, scratch: &Scratch) -> Result<Option<Found>, Error> {
        let (path, wanted) = (scratch.path(name), scratch.name(name));
        self.put(&path, CONTENT)?;
        let listing = self.list(scratch.folder())?;
        let removed = self.within(|session| session.remove(&path));
        let found = match () {
            () if listing.files.iter().any(|entry| entry.name == wanted) => true.into(),
            () if scratch.is_own() => Found::No(came_back(&wanted, &scratch.name(ONE), &listing)),
            () => Found::Unknown(HIDDEN),
        };
        removed.map(|()| Some(found))
    }

    /// Whether a new file can take the name of an old one, and the old one is gone then.
    fn replacing(&mut self, scratch: &Scratch) -> Result<Option<Found>, Error> {
        let (one, other) = (scratch.path(ONE), scratch.path(OTHER));
        self.put(&other, b"old")?;
        let replacement = self.within(|session| session.rename(&one, &other))?;
        let size = self.size(&other)?;
        self.put(&one, CONTENT)?;
        Ok(Some(match replacement {
            _ if size == Some(3) => Found::No(Text::of(
                "the server said that it was done, and kept the old file",
                "le serveur a répondu que c'était fait, et a gardé l'ancien fichier",
            )),
            Replacement::Atomic => AT_ONCE.into(),
            Replacement::RemovedFirst => IN_TWO_STEPS.into(),
        }))
    }

    /// The median of several cheap requests, in milliseconds.
    fn round_trip(&mut self, path: &str) -> Result<Option<Found>, Error> {
        let mut times = Vec::new();
        for _ in 0..ROUND_TRIPS {
            let start = Instant::now();
            self.size(path)?;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        Ok(Some((times[ROUND_TRIPS / 2].as_secs_f64() * 1000.0).into()))
    }

    fn upload(&mut self, scratch: &Scratch) -> Result<Option<Found>, Error> {
        let (path, load) = (scratch.path(LARGE), load());
        let start = Instant::now();
        self.put(&path, &load)?;
        Ok(Some(per_second(start.elapsed())))
    }

    fn download(&mut self, scratch: &Scratch) -> Result<Option<Found>, Error> {
        let (path, mut back) = (scratch.path(LARGE), Vec::with_capacity(LOAD));
        let start = Instant::now();
        self.within(|session| session.fetch(&path, &mut back))?;
        let took = start.elapsed();
        Ok(Some(match back == load() {
            true => per_second(took),
            false => Found::No(Text::of(
                "what came back is not what was sent",
                "ce qui est revenu n'est pas ce qui a été envoyé",
            )),
        }))
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
        for _ in 0..2 {
            let connected = self.session.take().map_or_else(|| self.options.connect(self.base, &limit), Ok);
            let cleared = connected.and_then(|mut session| {
                session.bind(&limit);
                scratch.clear(&mut *session)?;
                session.bind(self.limit);
                Ok(session)
            });
            match cleared {
                Ok(session) => {
                    self.session = Some(session);
                    self.left = None;
                    return;
                }
                Err(error) => self.left = Some(error),
            }
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

/// Seconds; 0 between the two moments.
fn ahead(told: DateTime<Utc>, earliest: DateTime<Utc>, latest: DateTime<Utc>) -> f64 {
    let seconds = |difference: TimeDelta| difference.num_milliseconds() as f64 / 1000.0;
    match told {
        _ if told < earliest => seconds(told - earliest),
        _ if told > latest => seconds(told - latest),
        _ => 0.0,
    }
}

/// What became of a name that is not listed, by what is listed beside the file that was there before.
fn came_back(wanted: &str, known: &str, listing: &Listing) -> Text {
    let decomposed = |name: &str| name.nfc().eq(wanted.nfc());
    let other = listing.files.iter().map(|entry| entry.name.as_str()).find(|name| *name != known);
    match (other, listing.unusable.first()) {
        (Some(other), _) if decomposed(other) => Text::of(
            "it came back with its accents as letters of their own (Unicode NFD)",
            "il est revenu avec ses accents à part (Unicode NFD)",
        ),
        (Some(other), _) => text!("it came back as `{other}`", "il est revenu sous la forme `{other}`"),
        (None, Some(unusable)) => {
            let (shown, reason) = (&unusable.shown, unusable.reason);
            text!("it came back as `{shown}`, which {reason}", "il est revenu sous la forme `{shown}` ({reason})")
        }
        (None, None) => Text::of("the server does not list it", "le serveur ne le liste pas"),
    }
}

fn per_second(took: Duration) -> Found {
    (LOAD as f64 / took.as_secs_f64().max(1e-6)).into()
}

/// Bytes of every value, line ends included, that no server can pack.
fn load() -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..LOAD).map(|_| next()).collect()
}

/// What a failure says about the trait that was tried.
fn refusal(error: &Error) -> Found {
    match error.kind {
        Kind::Missing | Kind::Denied | Kind::Login | Kind::Full | Kind::Damaged | Kind::Protocol => {
            Found::No(reason(error))
        }
        Kind::Unreachable | Kind::TimedOut | Kind::Stopped | Kind::Identity | Kind::Local | Kind::Setup => {
            Found::Unknown(reason(error))
        }
    }
}

/// In the server's own words, which stay as they are.
fn reason(error: &Error) -> Text {
    let causes: Vec<String> =
        std::iter::successors(error.source(), |&cause| cause.source()).map(|cause| cause.to_string()).collect();
    Text::same(if causes.is_empty() { error.to_string() } else { causes.join(": ") })
}

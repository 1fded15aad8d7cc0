//! What is tried on a server with files of our own, and what its outcome says.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use unicode_normalization::UnicodeNormalization;

use super::{CONTENT, Examiner};
use crate::model::Text;
use crate::model::sheet::{AT_ONCE, Found, IN_TWO_STEPS, Trait, Value};
use crate::text;
use crate::transport::scratch::{LARGE, ONE, OTHER, Scratch};
use crate::transport::{Error, Listing, Replacement};

/// What is sent to and fro, in bytes.
const LOAD: usize = 1 << 20;

/// The median of so many.
const ROUND_TRIPS: usize = 5;

const HIDDEN: Text = Text::of(
    "the server does not list names that begin with a dot, and let us make no folder",
    "le serveur ne liste pas les noms qui commencent par un point, et n'a pas permis de créer un dossier",
);

impl Examiner<'_> {
    /// How far the time that the server gives to a new file is from ours.
    pub(super) fn clock(&mut self, scratch: &Scratch) -> Result<Option<Found>, Error> {
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
    pub(super) fn name(&mut self, name: &str, scratch: &Scratch) -> Result<Option<Found>, Error> {
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
    pub(super) fn replacing(&mut self, scratch: &Scratch) -> Result<Option<Found>, Error> {
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
            Replacement::InTwoSteps => IN_TWO_STEPS.into(),
        }))
    }

    /// The median of several cheap requests, in milliseconds.
    pub(super) fn round_trip(&mut self, path: &str) -> Result<Option<Found>, Error> {
        let mut times = Vec::new();
        for _ in 0..ROUND_TRIPS {
            let start = Instant::now();
            self.size(path)?;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        Ok(Some((times[ROUND_TRIPS / 2].as_secs_f64() * 1000.0).into()))
    }

    pub(super) fn upload(&mut self, scratch: &Scratch) -> Result<Option<Found>, Error> {
        let (path, load) = (scratch.path(LARGE), load());
        let start = Instant::now();
        self.put(&path, &load)?;
        Ok(Some(per_second(start.elapsed())))
    }

    pub(super) fn download(&mut self, scratch: &Scratch) -> Result<Option<Found>, Error> {
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

//! `[export.NAME.watch]`: how an export follows its people through the day, for `passerelle watch NAME`.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use super::{Deadline, People};
use crate::lucca::webhook;
use crate::profile::TimeOfDay;

/// How an export is watched; by these defaults where the site says nothing.
#[derive(Debug, Clone)]
pub struct Watch {
    /// How often somebody looks whether anything has changed.
    pub every: Duration,
    /// As long as there is no calm of this length, changes are gathered to leave together.
    pub quiet: Duration,
    /// When everything is read anew each day; without it, a day after the last time.
    pub reconcile: Option<Deadline>,
    pub webhook: Option<webhook::Options>,
}

/// As a site writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Section {
    every_seconds: Option<Spanned<u64>>,
    quiet_seconds: Option<Spanned<u64>>,
    reconcile: Option<Spanned<TimeOfDay>>,
    webhook: Option<Spanned<webhook::Options>>,
}

/// With the longest quiet time and a delivery, a change leaves within the minute.
const EVERY: u64 = 30;

/// Where a webhook tells at once, looking is what finds hints that were lost; and where a look means to read everybody, it
/// would use up what Lucca allows.
const SELDOM: u64 = 300;

const QUIET: u64 = 5;

impl Watch {
    /// However much changes, the first change waits no longer for others.
    pub const LONGEST_QUIET: Duration = Duration::from_secs(20);

    /// What of this machine it needs, relative to the folder of the site file.
    pub(super) fn needs(&self) -> Option<&Path> {
        self.webhook.as_ref().and_then(|webhook| webhook.secret.file())
    }
}

impl Default for Watch {
    fn default() -> Watch {
        let (every, quiet) = (Duration::from_secs(EVERY), Duration::from_secs(QUIET));
        Watch { every, quiet, reconcile: None, webhook: None }
    }
}

impl Section {
    pub(super) fn read(self, people: &People, reader: &mut Reader) -> Watch {
        if let Some(webhook) = self.webhook.as_ref().filter(|_| !matches!(people, People::Lucca(_))) {
            let complaint = reader
                .at(webhook.span(), format!("there is no webhook that tells of the people `{}`", people.name()))
                .help("only Lucca calls; the others are looked at every so many seconds");
            reader.complain(complaint);
        }
        let is_costly = matches!(people, People::Lucca(lucca) if !lucca.options.tells_changes());
        let every = if self.webhook.is_some() || is_costly { SELDOM } else { EVERY };
        let reconcile = self.reconcile.map(|time| {
            let zone = reader.check_timezone(&time.span(), &format!("a time of day, {}", time.get_ref()));
            Deadline { time: time.into_inner(), zone }
        });
        Watch {
            every: seconds(self.every_seconds, every, 1, 3600, reader),
            quiet: seconds(self.quiet_seconds, QUIET, 0, Watch::LONGEST_QUIET.as_secs(), reader),
            reconcile,
            webhook: self.webhook.map(Spanned::into_inner),
        }
    }
}

/// What is written, or what holds otherwise; complained about unless it is between the two.
fn seconds(written: Option<Spanned<u64>>, usual: u64, least: u64, most: u64, reader: &mut Reader) -> Duration {
    if let Some(wrong) = written.as_ref().filter(|written| !(least..=most).contains(written.get_ref())) {
        let complaint = reader
            .at(wrong.span(), format!("{} seconds are not possible here", wrong.get_ref()))
            .help(format!("write a number from {least} to {most}"));
        reader.complain(complaint);
    }
    Duration::from_secs(written.map_or(usual, Spanned::into_inner))
}

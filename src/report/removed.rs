//! Removed: what had been kept for long enough.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::Text;
use crate::report::count::{self, counted};
use crate::text;

/// Files that were set aside on a server, with what was written beside them, or files of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Removed {
    /// A folder of the server, or of this machine.
    pub folder: String,
    /// The days for which they are kept there.
    pub after_days: u32,
    /// In the folder, the oldest first.
    pub files: Vec<String>,
    /// Since when the oldest one was there.
    pub oldest: DateTime<Utc>,
}

impl Removed {
    /// `removed from in/done after 90 days: 12 files, the oldest of 2026-02-01`
    pub fn sentence(&self, is_dry_run: bool) -> Text {
        let Removed { folder, after_days, files, oldest } = self;
        let files = counted(files.len(), &count::FILES);
        let (day, jour) = (oldest.format("%Y-%m-%d"), oldest.format("%d/%m/%Y"));
        let what = match is_dry_run {
            false => text!("removed from {folder}", "supprimé de {folder}"),
            true => text!("would be removed from {folder}", "serait supprimé de {folder}"),
        };
        text!(
            "{what} after {after_days} days: {files}, the oldest of {day}",
            "{what} après {after_days} jours : {files}, le plus ancien du {jour}",
            what,
            files,
        )
    }
}

//! `claim` of an import: several hosts pick up from one folder, and each takes a file for itself by renaming it.

use std::fmt;
use std::fs;
use std::num::NonZeroU32;

use chrono::TimeDelta;
use serde::Deserialize;

/// `claim = { again-after-hours = 24 }`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "`{ again-after-hours = 24 }`")]
pub struct Claim {
    /// A file that another host claimed so long ago, and has not set aside, is taken over: that host is gone.
    again_after_hours: NonZeroU32,
}

impl Claim {
    pub fn again_after(self) -> TimeDelta {
        TimeDelta::hours(self.again_after_hours.get().into())
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "claimed by rename, again after {} h", self.again_after_hours)
    }
}

/// The name of this machine in small letters, digits, `-` and `.`, as claims carry it.
pub fn host() -> String {
    let told = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let plain = |letter: char| match letter.to_ascii_lowercase() {
        letter if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.') => letter,
        _ => '-',
    };
    let name: String = told.trim().chars().map(plain).collect();
    if name.is_empty() { "localhost".into() } else { name }
}

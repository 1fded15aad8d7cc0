//! `keep-days`: how long what is done with is kept. Without it, for ever.

use std::fmt;
use std::num::NonZeroU32;

use chrono::TimeDelta;
use serde::Deserialize;

/// In days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Days(NonZeroU32);

/// `keep-days = { done = 90, refused = 30 }` of an import: what is kept in the partner's folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "`{ done = 90, refused = 30 }`")]
pub struct Kept {
    pub done: Option<Days>,
    pub refused: Option<Days>,
}

/// `keep-days = { operations = 400 }` of the state: what is kept beside the journal, which stays whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, expecting = "`{ operations = 400 }`")]
pub struct KeptHere {
    pub operations: Option<Days>,
}

impl Days {
    pub fn count(self) -> u32 {
        self.0.get()
    }
}

impl From<Days> for TimeDelta {
    fn from(days: Days) -> TimeDelta {
        TimeDelta::days(days.0.get().into())
    }
}

/// `done for 90 days, refused for 30 days`; empty where all is kept.
impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = [("done", self.done), ("refused", self.refused)];
        let told = told.iter().filter_map(|(folder, days)| Some(format!("{folder} for {} days", (*days)?.0)));
        f.write_str(&told.collect::<Vec<_>>().join(", "))
    }
}

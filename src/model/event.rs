//! What a partner may ask to be told of a person beyond the data: that an arrival or a departure is to be prepared.

use serde::Deserialize;

/// Told in place of "new" or "changed", by the site's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    Onboarding,
    Offboarding,
}

impl Event {
    /// As a column of a file says it.
    pub fn name(self) -> &'static str {
        match self {
            Event::Onboarding => "onboarding",
            Event::Offboarding => "offboarding",
        }
    }
}

//! How long an exchange may take, so that no partner's server holds the night up.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;

/// `within-minutes`, at least 1.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct Within(NonZeroU32);

impl Default for Within {
    fn default() -> Within {
        Within(NonZeroU32::new(30).expect("30 is not 0"))
    }
}

impl From<Within> for Duration {
    fn from(within: Within) -> Duration {
        Duration::from_secs(60 * u64::from(within.0.get()))
    }
}

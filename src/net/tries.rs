//! How often a piece of work with another machine is tried in one run.

use std::num::NonZeroU32;

use serde::Deserialize;

/// `tries`, at least 1. Some servers shut out who comes back too often; to others the way is so bad that more is needed.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct Tries(NonZeroU32);

impl Default for Tries {
    fn default() -> Tries {
        Tries(NonZeroU32::new(6).expect("6 is not 0"))
    }
}

impl Tries {
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

//! What the journal keeps with a plan until it is applied: what will then be told, and which rows are followed further.

use serde::{Deserialize, Serialize};

use crate::report;
use crate::state::RowsFollowed;

/// An older Passerelle kept what is told, and nothing else.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    #[serde(flatten)]
    pub told: report::Import,
    #[serde(default)]
    pub followed: RowsFollowed,
}

impl Kept {
    pub fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a report is made of plain values")
    }

    /// `kept` is what a plan was saved with.
    pub fn read(kept: &[u8]) -> Kept {
        serde_json::from_slice(kept).expect("the plan was saved with its report")
    }
}

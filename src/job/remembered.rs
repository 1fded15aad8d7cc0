//! What the journal remembers with a plan until it is applied: what will then be told, and which rows are followed further.

use serde::{Deserialize, Serialize};

use crate::report;
use crate::state::RowsFollowed;

/// An older Passerelle kept what is told, and nothing else.
#[derive(Serialize, Deserialize)]
pub struct Remembered {
    #[serde(flatten)]
    pub told: report::Import,
    #[serde(default)]
    pub followed: RowsFollowed,
}

impl Remembered {
    pub fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a report is made of plain values")
    }

    /// `remembered` is what a plan was saved with.
    pub fn read(remembered: &[u8]) -> Remembered {
        serde_json::from_slice(remembered).expect("the plan was saved with its report")
    }
}

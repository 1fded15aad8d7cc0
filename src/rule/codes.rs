//! Correspondence codes: what a partner writes in place of a value of ours.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Field, Otherwise};

/// `{ field = "profile-figgo", establishment = "Paris", values = { CP1 = "25CP + 12RTT" } }`
///
/// Holds for that establishment, and for that department and those below it; without them, for everybody.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Codes {
    pub field: Field,
    pub establishment: Option<String>,
    pub department: Option<String>,
    /// Their codes (left), whatever the case, and what they mean (right).
    pub values: BTreeMap<String, String>,
    /// Passed on, a value that is not in `values` goes to the next table that holds, and in the end stands for itself.
    #[serde(default)]
    pub otherwise: Otherwise,
}

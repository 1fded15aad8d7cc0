//! An approval: that a person has taken it upon them that a sensitive datum leaves.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// `{ because = "diplomas show it", approved-by = "M. Diallo, DPO", on = "2026-11-01" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Approval {
    /// What the partner needs it for.
    pub because: String,
    pub approved_by: String,
    /// The day of the approval.
    pub on: NaiveDate,
}

//! A verdict: what the partner is told about a file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// From best to gravest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    #[default]
    Accepted,
    AcceptedWithRemarks,
    /// At least one row was left out.
    TakenInPart,
    /// Nothing was applied, because a brake waits for approval.
    Held,
    Refused,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::AcceptedWithRemarks => "accepted with remarks",
            Verdict::TakenInPart => "taken in part",
            Verdict::Held => "held",
            Verdict::Refused => "refused",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

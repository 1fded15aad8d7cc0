//! A verdict: what the partner is told about a file.

use serde::{Deserialize, Serialize};

use crate::model::Text;

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
    /// From 0, accepted, to 4, refused; the number is as stable as the word.
    pub fn number(self) -> u8 {
        match self {
            Verdict::Accepted => 0,
            Verdict::AcceptedWithRemarks => 1,
            Verdict::TakenInPart => 2,
            Verdict::Held => 3,
            Verdict::Refused => 4,
        }
    }

    pub fn name(self) -> Text {
        match self {
            Verdict::Accepted => Text::of("accepted", "accepté"),
            Verdict::AcceptedWithRemarks => Text::of("accepted with remarks", "accepté avec remarques"),
            Verdict::TakenInPart => Text::of("taken in part", "pris en partie"),
            Verdict::Held => Text::of("held", "retenu"),
            Verdict::Refused => Text::of("refused", "refusé"),
        }
    }
}

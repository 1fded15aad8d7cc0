//! What a file for a partner tells, and what happened to a person since the partner was last told.

use serde::{Deserialize, Serialize};

/// What is in a file for a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// Everybody of the population.
    #[default]
    Full,
    /// Who was not in what the partner was last given.
    New,
    /// Whose row is another one than the one that was last given.
    Changed,
    /// Who is no longer of the population.
    Left,
    /// No table: the picture of one person.
    Picture,
}

/// What happened to a person since the partner was last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    New,
    Changed,
    Left,
}

impl Content {
    pub const ALL: [Content; 5] = [Content::Full, Content::New, Content::Changed, Content::Left, Content::Picture];

    pub fn name(self) -> &'static str {
        match self {
            Content::Full => "full",
            Content::New => "new",
            Content::Changed => "changed",
            Content::Left => "left",
            Content::Picture => "picture",
        }
    }

    pub fn named(name: &str) -> Option<Content> {
        Content::ALL.into_iter().find(|content| content.name() == name)
    }

    /// Is it a table of what happened, which only makes sense to who read the one before?
    pub fn is_of_changes(self) -> bool {
        matches!(self, Content::New | Content::Changed | Content::Left)
    }
}

impl Change {
    /// As a column of a file says it.
    pub fn name(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Changed => "changed",
            Change::Left => "left",
        }
    }
}

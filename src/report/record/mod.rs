//! The record of processing: which data of people leave and come in, to and from whom, for what, since when and under whose
//! approval, as article 30 of the GDPR asks for it. It never shows a value.

pub mod table;
pub mod text;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::model::field::Sensitivity;
use crate::model::{Approval, Field, Text};
use crate::report::Direction;

/// Of one company. Its JSON is stable; its schema is in `tests/record.schema.json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Record {
    pub site: String,
    pub as_of: DateTime<Utc>,
    /// Exports first, each kind by name.
    pub exchanges: Vec<Processing>,
}

/// What one exchange does with data.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Processing {
    pub exchange: String,
    pub direction: Direction,
    /// The partner's or the format's title.
    pub partner: String,
    /// What the data are for; null where nobody says it.
    pub purpose: Option<Text>,
    /// Where the data go to or come from, without secrets.
    pub server: String,
    /// Whose data they are, in a clause.
    pub whom: Text,
    /// How many people the partner was last given; of an import, how many rows the last file had.
    pub people: Option<usize>,
    /// When the first file was delivered, or taken in; null: none ever was.
    pub since: Option<DateTime<Utc>>,
    pub last: Option<DateTime<Utc>>,
    /// Of an import, those of the last file; before the first one, those that its format can have.
    pub data: Vec<Datum>,
}

/// One column of a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Datum {
    pub heading: String,
    pub field: Field,
    pub sensitivity: Sensitivity,
    /// That it leaves; only what is sensitive needs one.
    pub approval: Option<Approval>,
}

/// As a reader of the record calls it.
fn named(sensitivity: Sensitivity) -> Text {
    match sensitivity {
        Sensitivity::Professional => Text::of("professional", "professionnelle"),
        Sensitivity::Personal => Text::of("personal", "personnelle"),
        Sensitivity::Sensitive => Text::of("sensitive", "sensible"),
    }
}

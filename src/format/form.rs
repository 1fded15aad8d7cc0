//! The form of a table that we write: text in the partner's dialect, a workbook, JSON Lines, or a list in JSON.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::format::Dialect;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Text, in the dialect of the partner.
    #[default]
    Csv,
    Xlsx,
    /// One object a row, in UTF-8.
    JsonLines,
    /// A list of such objects: what an endpoint is sent, which no site chooses.
    #[serde(skip)]
    Json,
}

/// A cell on its way out. Text is written as it stands; a date and an amount only stand here where the form has such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    Text(Cow<'a, str>),
    Date(NaiveDate),
    /// With a decimal point, as [`crate::model::field::Kind::Amount`].
    Amount(Cow<'a, str>),
}

impl Form {
    /// Has it dates and amounts of its own? Then the dialect says nothing about them.
    pub fn is_typed(self) -> bool {
        self != Form::Csv
    }

    /// What the name of such a file ends in; text files end as partner and site say.
    pub fn ending(self) -> Option<&'static str> {
        match self {
            Form::Csv => None,
            Form::Xlsx => Some(".xlsx"),
            Form::JsonLines => Some(".jsonl"),
            Form::Json => Some(".json"),
        }
    }

    /// A character that it cannot hold.
    pub fn lacks(self, text: &str, dialect: &Dialect) -> Option<char> {
        match self {
            Form::Csv => dialect.encoding.lacks(text),
            Form::Xlsx | Form::JsonLines | Form::Json => None,
        }
    }
}

impl Cell<'_> {
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Cell::Text(text) | Cell::Amount(text) => Cow::Borrowed(text),
            Cell::Date(date) => date.to_string().into(),
        }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Cell::Text(text) if text.is_empty())
    }
}

impl Default for Cell<'_> {
    fn default() -> Self {
        Cell::Text("".into())
    }
}

//! A dialect: how a partner wants its text files written.

use serde::Deserialize;

use crate::model::date;

/// Every key is required: what a partner takes is stated, never assumed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dialect {
    /// One ASCII character, such as `;`.
    pub separator: char,
    pub quoting: Quoting,
    pub line_ending: LineEnding,
    pub encoding: Encoding,
    /// A byte order mark in front; for UTF-8 only.
    pub byte_order_mark: bool,
    /// Such as `DD/MM/YYYY`.
    pub date: date::Format,
    /// Between whole and part of an amount: `,` or `.`.
    pub decimal: char,
    pub formulas: Formulas,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quoting {
    /// Only a cell that would be misread without.
    WhereNeeded,
    Always,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineEnding {
    Lf,
    Crlf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Windows1252 => "Windows-1252",
        }
    }
}

/// What to do with a cell that a spreadsheet would run as a formula (one that starts with `=`, `+`, `-`, `@`, a tab).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Formulas {
    AsTheyAre,
    /// An apostrophe in front, except of phones and amounts.
    MadeSafe,
}

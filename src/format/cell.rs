//! A cell on its way out: how one value of ours is written in a partner's column.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::date;

/// What an export profile may say about the form of a column's cells.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Options {
    /// In place of the dialect's.
    pub date: Option<date::Format>,
    /// The same for everybody, whatever is known.
    pub constant: Option<String>,
    /// Where the value is empty.
    pub default: Option<String>,
    pub correspondence: Option<Correspondence>,
    pub length: Option<Length>,
}

/// Our values (left) and what the partner calls them (right).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Correspondence {
    pub values: BTreeMap<String, String>,
    pub otherwise: Otherwise,
}

/// What becomes of a value that the correspondence table does not have.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    PassOn,
    Refuse,
    Default(String),
}

/// A column of a fixed or bounded width, in characters.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Length {
    pub at_most: usize,
    /// Fill up to the length; without it, shorter cells stay short.
    pub fill: Option<Fill>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Fill {
    pub with: char,
    pub align: Align,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    Left,
    Right,
}

//! Defaults: what a site gives where the file says nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Field;

/// Holds for that establishment, and for that department and those below it; without them, for everybody.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Default {
    pub establishment: Option<String>,
    pub department: Option<String>,
    pub set: BTreeMap<Field, String>,
    #[serde(default)]
    pub fills: Fills,
}

/// Whose empty cells are filled. For known users the column must be in the file: one that is absent changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, std::default::Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fills {
    /// Only of users whom the file creates; the column may be absent.
    #[default]
    NewUsers,
    /// Of everybody of whom nothing is known there either.
    WhatIsNotKnown,
    /// Of everybody, and what is known there is overwritten.
    OverWhatIsKnown,
}

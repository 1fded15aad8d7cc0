//! Defaults: what a site gives a new user where the file says nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Field;

/// Applies to a new user of that establishment and department; without them, to every new user. The first one that has
/// the field wins.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Default {
    pub establishment: Option<String>,
    pub department: Option<String>,
    pub set: BTreeMap<Field, String>,
}

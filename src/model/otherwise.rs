//! Otherwise: what becomes of a value that a correspondence table does not have.

use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    #[default]
    PassOn,
    Refuse,
    Default(String),
}

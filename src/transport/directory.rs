//! Stub.
use super::{Error, Session};
use serde::Deserialize;
use std::path::Path;
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Options {}
impl Options {
    pub fn describe(&self) -> String {
        String::new()
    }
    pub fn remarks(&self) -> Vec<String> {
        Vec::new()
    }
}
pub fn connect(_options: &Options, _base: &Path) -> Result<super::sftp::Never, Error> {
    panic!("stub")
}

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
pub fn connect(_options: &Options, _base: &Path) -> Result<Never, Error> {
    panic!("stub")
}
pub enum Never {}
impl Session for Never {
    fn list(&mut self, _: &str) -> Result<super::Listing, Error> {
        match *self {}
    }
    fn fetch(&mut self, _: &str, _: &mut dyn std::io::Write) -> Result<u64, Error> {
        match *self {}
    }
    fn write(&mut self, _: &str, _: &mut dyn std::io::Read, _: u64) -> Result<(), Error> {
        match *self {}
    }
    fn size(&mut self, _: &str) -> Result<Option<u64>, Error> {
        match *self {}
    }
    fn rename(&mut self, _: &str, _: &str) -> Result<super::Replacement, Error> {
        match *self {}
    }
    fn remove(&mut self, _: &str) -> Result<(), Error> {
        match *self {}
    }
    fn make_folder(&mut self, _: &str) -> Result<(), Error> {
        match *self {}
    }
}

//! Clear: the word with which a cell empties a field, where the site names one.

use super::column::{Column, Creation};
use super::{Contract, spreadsheet_error};
use crate::model::Field;

/// The word, for one column.
#[derive(Debug, Clone, Copy)]
pub struct Clear<'a> {
    pub word: &'a str,
    /// Not what tells people apart, nor what every user needs.
    pub is_allowed: bool,
}

/// Shorter words are written by chance.
const SHORTEST: usize = 3;

impl<'a> Clear<'a> {
    pub fn of(word: &'a str, field: &Field, column: &Column, contract: &Contract<'_>) -> Clear<'a> {
        let is_key = field.is("login") || contract.identify_by.contains(field);
        let is_needed = column.creation == Creation::Required || field.is("contract-start");
        Clear { word, is_allowed: !is_key && !is_needed }
    }
}

/// Why a word cannot be the one that empties: a clause that follows it.
pub fn unfit(word: &str) -> Option<&'static str> {
    if word.chars().count() < SHORTEST {
        return Some("is so short that somebody may write it by chance");
    }
    if word.trim() != word || word.contains(char::is_control) {
        return Some("has a space or a line break around it or in it, and no cell would be the same");
    }
    spreadsheet_error::check(word).is_err().then_some("is what a spreadsheet writes where a formula fails")
}

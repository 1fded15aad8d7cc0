//! Others: the people of the directory whom no row means that is looked at cell by cell.
//!
//! Of a night's file, most rows are settled, and most people are not read. What a check has to ask of them all the same is
//! here, or is asked for: then everything is checked once more with it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::settled::Settled;
use crate::model::shape::Way;
use crate::model::{Crowd, Field, People};

/// Beside the people that a check knows one by one.
#[derive(Debug)]
pub struct Others<'a> {
    /// Everybody.
    pub crowd: &'a Crowd,
    pub settled: &'a Settled,
    /// Everybody again, with [`Others::FIELDS`]; None until a check asks for it.
    pub everybody: Option<&'a People>,
    lacking: RefCell<Lacking>,
}

/// What was asked for and is not there. What was checked without it says nothing.
#[derive(Debug, Default)]
pub struct Lacking {
    /// Everybody, with [`Others::FIELDS`].
    pub everybody: bool,
    /// Users, by their numbers, whom and whose rows a check has to look at.
    pub users: BTreeSet<u32>,
}

impl<'a> Others<'a> {
    /// By which people are named in sentences, and who is absent is told from who has left.
    pub const FIELDS: [&'static str; 4] = ["login", "first-name", "last-name", "contract-end"];

    pub fn new(crowd: &'a Crowd, settled: &'a Settled, everybody: Option<&'a People>) -> Others<'a> {
        Others { crowd, settled, everybody, lacking: RefCell::default() }
    }

    pub fn lacking(self) -> Lacking {
        self.lacking.into_inner()
    }

    pub(super) fn everybody(&self) -> Option<&'a People> {
        self.lacking.borrow_mut().everybody |= self.everybody.is_none();
        self.everybody
    }

    pub(super) fn ask_for(&self, user: u32) {
        self.lacking.borrow_mut().users.insert(user);
    }

    pub(super) fn is_settled(&self, user: u32) -> bool {
        self.settled.rows.iter().any(|row| row.user == user)
    }

    /// The forms of a number by which people are told apart, as [`Way::Form`] tells them, each with the hash of the
    /// establishment.
    pub(super) fn forms(&self, number: &Field) -> impl Iterator<Item = (u32, u32)> {
        let homes = self.crowd.hashes(&Way::by(&["establishment"]));
        let forms = self.crowd.hashes(&Way::Form(number.clone()));
        homes.iter().copied().zip(forms.iter().copied())
    }
}

//! Others: the people of the directory whom no row means that is looked at cell by cell.
//!
//! Of a night's file, most rows are settled, and most people are not read. What a check has to ask of them all the same is
//! here, or is asked for.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

use super::settled::Settled;
use crate::model::shape::Way;
use crate::model::{Crowd, Field, People};

/// Beside the people that a check knows one by one.
pub struct Others<'a> {
    /// Everybody.
    pub crowd: &'a Crowd,
    pub settled: &'a Settled,
    read: &'a dyn Fn() -> Option<People>,
    everybody: OnceCell<Option<People>>,
    lacking: RefCell<BTreeSet<u32>>,
}

impl<'a> Others<'a> {
    /// By which people are named in sentences, and who is absent is told from who has left.
    pub const FIELDS: [&'static str; 4] = ["login", "first-name", "last-name", "contract-end"];

    /// `read` gives everybody again, with [`Others::FIELDS`], when a check first asks for it: few files need that. None
    /// where it fails; then nothing counts of what was checked.
    pub fn new(crowd: &'a Crowd, settled: &'a Settled, read: &'a dyn Fn() -> Option<People>) -> Others<'a> {
        Others { crowd, settled, read, everybody: OnceCell::new(), lacking: RefCell::default() }
    }

    /// Users, by their numbers, whom and whose rows a check has to look at. What was checked without them says nothing.
    pub fn lacking(self) -> BTreeSet<u32> {
        self.lacking.into_inner()
    }

    pub(super) fn everybody(&self) -> Option<&People> {
        self.everybody.get_or_init(self.read).as_ref()
    }

    pub(super) fn ask_for(&self, user: u32) {
        self.lacking.borrow_mut().insert(user);
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

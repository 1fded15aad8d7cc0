//! A suspect: something that no cell should hold, looked for where it costs next to nothing.

use std::ops::Range;

use memchr::memmem;

/// Something that no cell should hold; asked of the whole text once, and of a cell only where it was found.
pub(super) struct Suspect<'a> {
    bytes: &'a [u8],
    finder: memmem::Finder<'static>,
    next: Option<usize>,
}

impl<'a> Suspect<'a> {
    pub fn new(text: &'a str, what: &str) -> Suspect<'a> {
        let finder = memmem::Finder::new(what).into_owned();
        Suspect { bytes: text.as_bytes(), next: finder.find(text.as_bytes()), finder }
    }

    /// In a text of which it is known that it is not there.
    pub fn nowhere() -> Suspect<'a> {
        Suspect { bytes: &[], finder: memmem::Finder::new(""), next: None }
    }

    /// To be asked in the order of the text.
    pub fn is_in(&mut self, row: Range<usize>) -> bool {
        if self.next.is_some_and(|next| next < row.start) {
            self.next = self.finder.find(&self.bytes[row.start..]).map(|found| row.start + found);
        }
        self.next.is_some_and(|next| next < row.end)
    }
}

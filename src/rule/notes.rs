//! Notes: what is worth a remark in a cell that is in order, as a few flags.

use std::ops::BitOr;

/// A set of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Notes(u8);

impl Notes {
    pub const NONE: Notes = Notes(0);
    /// Spaces were taken off.
    pub const BLANKS: Notes = Notes(1);
    /// A day is written year first.
    pub const YEAR_FIRST: Notes = Notes(2);
    /// Programs write the value for nothing.
    pub const PLACEHOLDER: Notes = Notes(4);
    /// A day that is written day first, and cannot be read month first.
    pub const DAY_FIRST: Notes = Notes(8);
    /// A day that would be another one if it were read month first.
    pub const BOTH_ORDERS: Notes = Notes(16);
    /// Such a day, but not the first of a month.
    pub const OPEN: Notes = Notes(32);
    /// The cell is worth a second look, once it is known whom its row is about.
    pub const SUSPECT: Notes = Notes(64);
    /// The cell asks to empty the field.
    pub const CLEARS: Notes = Notes(128);

    pub fn has(self, note: Notes) -> bool {
        self.0 & note.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set itself, if the condition holds.
    pub fn when(self, holds: bool) -> Notes {
        Notes(self.0 * u8::from(holds))
    }

    /// What a day tells that is written day first; `day` and `month` count from 1.
    pub fn day_first(day: u32, month: u32) -> Notes {
        let fits_both = day <= 12 && day != month;
        Notes::DAY_FIRST.when(day > 12) | Notes::BOTH_ORDERS.when(fits_both) | Notes::OPEN.when(fits_both && day > 1)
    }
}

impl BitOr for Notes {
    type Output = Notes;

    fn bitor(self, other: Notes) -> Notes {
        Notes(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_tells_its_order_unless_it_is_the_same_in_both() {
        for (day, month, notes) in [
            (25, 3, Notes::DAY_FIRST),
            (4, 7, Notes::BOTH_ORDERS | Notes::OPEN),
            (1, 9, Notes::BOTH_ORDERS),
            (7, 7, Notes::NONE),
            (1, 1, Notes::NONE),
        ] {
            assert_eq!(Notes::day_first(day, month), notes, "{day}/{month}");
        }
        assert!(Notes::day_first(4, 7).has(Notes::OPEN) && !Notes::day_first(1, 9).has(Notes::OPEN));
    }
}

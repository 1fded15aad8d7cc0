//! An unlisted finding: one of so many that only its code and its place are kept.

/// Takes a few bytes, so that a file of a million mistakes fits in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unlisted {
    pub code: &'static str,
    /// As a spreadsheet counts it.
    pub row: u32,
    /// Counted from 0; None: the whole row is meant.
    pub column: Option<u32>,
}

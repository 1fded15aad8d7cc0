//! Settled: the rows of a file that say nothing but what is known of their people, and need no second look.

/// What remains of them.
#[derive(Debug, Default)]
pub struct Settled {
    /// In file order.
    pub rows: Vec<SettledRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettledRow {
    /// As a spreadsheet counts it.
    pub number: u32,
    /// The number of the person.
    pub user: u32,
}

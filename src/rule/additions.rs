//! Additions: what a company's site says about the files of an import, beyond the format itself.

use super::{Codes, Default, Lists};

/// Nothing is added unless the site says so.
#[derive(Debug, Clone, std::default::Default)]
pub struct Additions {
    pub lists: Lists,
    /// The first one that has the field and holds for the row wins.
    pub defaults: Vec<Default>,
    /// The first table that has the field, holds for the row and knows the code wins.
    pub codes: Vec<Codes>,
    /// What a cell holds, and nothing else, to empty a field.
    pub clear: Option<String>,
}

//! One check per file, named after its finding code, with its options and its tests.

pub mod column;
pub mod defaults;
pub mod lists;

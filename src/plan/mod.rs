//! What is known and what was delivered become operations, in order, under brakes.

pub mod brake;
mod diff;
mod order;

pub use brake::{Brakes, Facts, Held, Limit, held, shrunk};
pub use diff::diff;
pub use order::order;

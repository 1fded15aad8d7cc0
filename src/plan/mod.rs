//! What is known and what was delivered become operations, in order, under brakes; and what takes them back.

pub mod brake;
mod diff;
pub mod exception;
pub mod heading;
pub mod limit;
mod order;
mod reason;
pub mod undo;

pub use brake::{Brakes, Facts, Held};
pub use diff::diff;
pub use exception::Exception;
pub use limit::Limit;
pub use order::order;
pub use undo::undo;

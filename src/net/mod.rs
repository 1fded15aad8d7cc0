//! What every door to another machine needs: its failures, the limit of its work, the names of secrets, and
//! HTTP, asked and answered.

mod error;
pub mod http;
mod limit;
pub mod listener;
pub mod secret;
mod side_by_side;
mod tries;

pub use error::{Error, Kind};
pub use limit::{LOOK, Limit, Stop};
pub use secret::SecretName;
pub use side_by_side::side_by_side;
pub use tries::Tries;

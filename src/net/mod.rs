//! What every door to another machine needs: its failures, the limit of its work, the names of secrets, and HTTP.

mod error;
pub mod http;
mod limit;
pub mod secret;

pub use error::{Error, Kind};
pub use limit::{LOOK, Limit, Stop};
pub use secret::SecretName;

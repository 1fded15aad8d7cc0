//! A SCIM 2.0 service provider (RFC 7643, RFC 7644): accounts of people are found, created, changed and switched off, and
//! never deleted.

mod account;
mod options;
mod path;
mod provider;

pub use account::{Account, Change, User};
pub use options::Options;
pub use path::Path;
pub use provider::{Provider, Refused, Trouble};

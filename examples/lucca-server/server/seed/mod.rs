//! An invented company: an organisation, and as many people as asked for; the same for the same seed and day.

mod chance;
mod names;
mod organisation;
mod people;
mod picture;

pub use organisation::organisation;
pub use people::people;

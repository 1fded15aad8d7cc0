//! OpenPGP: a file is sealed, encrypted and signed, before it is handed over, and opened, decrypted and verified, once it
//! was fetched. Bytes in, bytes out; keys are read from files and secrets each time.
//!
//! rPGP has the cryptography; `rpgpie` knows which keys of a certificate are valid on which day, and for what.

mod fault;
mod opening;
mod partner;
mod private_key;
mod sealing;

pub use fault::Fault;
pub use opening::Opening;
pub use sealing::{Sealer, Sealing};

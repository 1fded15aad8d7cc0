//! A fault: why a partner's file was not opened, which is for the partner to put right.

use crate::model::Text;

/// A clause for people, about the file: "is not encrypted". It shows nothing of what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not encrypted to our key, or damaged.
    NotDecrypted(Text),
    /// It is not signed by the partner's key, as that key is valid.
    BadSignature(Text),
}

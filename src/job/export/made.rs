//! The bytes of a file that was made: in memory where they are few, else on the disk, under no name of their own. Dropped,
//! they leave nothing.

use crate::job::{Error, Hands};
use crate::model::{Bytes, Digest};
use crate::state::Taken;

pub enum Made {
    InMemory(Vec<u8>),
    OnDisk(Taken),
}

impl Made {
    pub fn size(&self) -> u64 {
        match self {
            Made::InMemory(bytes) => bytes.len() as u64,
            Made::OnDisk(taken) => taken.len(),
        }
    }

    pub fn digest(&self) -> Digest {
        match self {
            Made::InMemory(bytes) => Digest::of(bytes),
            Made::OnDisk(taken) => taken.digest().clone(),
        }
    }

    /// All of them, for what must have them at once.
    pub fn whole(&self) -> Result<Vec<u8>, Error> {
        match self {
            Made::InMemory(bytes) => Ok(bytes.clone()),
            Made::OnDisk(taken) => taken.top(usize::MAX).map_err(failed("read")),
        }
    }

    /// Gives them a name in the spool.
    pub fn keep(&mut self, hands: &Hands, name: &str) -> Result<(), Error> {
        match self {
            Made::InMemory(bytes) => hands.spool.put(name, bytes).map(drop)?,
            Made::OnDisk(taken) => {
                let is_kept = taken.keep(name)?;
                assert!(is_kept, "what hands make is in the spool");
            }
        }
        Ok(())
    }
}

pub fn failed(verb: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |cause| Error::Disk { tried: format!("{verb} a file that is being made"), cause }
}

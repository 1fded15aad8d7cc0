//! The instances of Lucca that a run speaks with: each is opened once, and read once until something of it is changed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::lucca::{Door, Snapshot, Wanted};
use crate::net::{Error, Limit};
use crate::site::people::Lucca;

/// By the names of people in the site. Whoever asks for one that is being read waits for it.
#[derive(Default)]
pub struct Doors(Mutex<BTreeMap<String, Arc<Mutex<Kept>>>>);

#[derive(Default)]
struct Kept {
    door: Option<Arc<Door>>,
    snapshot: Option<Snapshot>,
}

impl Doors {
    /// The people and the organisation as this run first read them, with all that the site wants of them.
    pub fn snapshot(&self, lucca: &Lucca, base: &Path, wanted: &Wanted, limit: &Limit) -> Result<Snapshot, Error> {
        let kept = self.kept(lucca);
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = &kept.snapshot {
            return Ok(snapshot.clone());
        }
        let snapshot = kept.door(lucca, base)?.read(wanted, limit)?;
        kept.snapshot = Some(snapshot.clone());
        Ok(snapshot)
    }

    fn kept(&self, lucca: &Lucca) -> Arc<Mutex<Kept>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(lucca.name.clone()).or_default())
    }
}

impl Kept {
    fn door(&mut self, lucca: &Lucca, base: &Path) -> Result<Arc<Door>, Error> {
        if let Some(door) = &self.door {
            return Ok(Arc::clone(door));
        }
        let door = Arc::new(Door::open(&lucca.options, base)?);
        self.door = Some(Arc::clone(&door));
        Ok(door)
    }
}

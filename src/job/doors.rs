//! The instances of Lucca that a run speaks with: each is opened once, and read once until something of it is changed.

mod follow;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::lucca::{Door, Snapshot, Wanted};
use crate::model::{Field, Organisation, People};
use crate::net::{Error, Limit};
use crate::site::people::Lucca;
use follow::Followed;

/// By the names of people in the site. Whoever asks for one that is being read waits for it.
#[derive(Default)]
pub struct Doors(Mutex<BTreeMap<String, Arc<Mutex<Kept>>>>);

#[derive(Default)]
struct Kept {
    door: Option<Arc<Door>>,
    snapshot: Option<Snapshot>,
    /// For whoever follows the people for long.
    followed: Option<Followed>,
    /// As imports see it.
    organisation: Option<Arc<Organisation>>,
    /// As imports see them.
    known: Option<Arc<People>>,
}

impl Doors {
    /// The people and the organisation as this run first read them, with all that the site wants of them.
    pub fn snapshot(&self, lucca: &Lucca, base: &Path, wanted: &Wanted, limit: &Limit) -> Result<Snapshot, Error> {
        let kept = self.kept(lucca);
        let mut kept = lock(&kept);
        if let Some(snapshot) = &kept.snapshot {
            return Ok(snapshot.clone());
        }
        let snapshot = kept.door(lucca, base)?.read(wanted, limit)?;
        kept.snapshot = Some(snapshot.clone());
        Ok(snapshot)
    }

    /// Brings the people up to date: reads whoever may have changed since the last time, or everybody where that cannot be
    /// asked, and the first time. Is anything not as before?
    pub fn refresh(&self, lucca: &Lucca, base: &Path, wanted: &Wanted, limit: &Limit) -> Result<bool, Error> {
        let kept = self.kept(lucca);
        let mut kept = lock(&kept);
        let door = kept.door(lucca, base)?;
        let before = kept.snapshot.clone();
        let known = before.as_ref().zip(kept.followed.as_ref()).filter(|_| lucca.options.tells_changes());
        let (snapshot, followed) = match known {
            Some((snapshot, followed)) => followed.read_changes(&door, snapshot, wanted, limit)?,
            None => Followed::read_whole(&door, lucca, wanted, limit)?,
        };
        let is_same = before.is_some_and(|before| {
            before.people.digest() == snapshot.people.digest() && before.pictures == snapshot.pictures
        });
        (kept.snapshot, kept.followed) = (Some(snapshot), Some(followed));
        Ok(!is_same)
    }

    /// The people as imports see them, with all that imports of the site may write.
    pub fn known(
        &self,
        lucca: &Lucca,
        base: &Path,
        written: &BTreeSet<Field>,
        limit: &Limit,
    ) -> Result<Arc<People>, Error> {
        let kept = self.kept(lucca);
        let mut kept = lock(&kept);
        if let Some(known) = &kept.known {
            return Ok(Arc::clone(known));
        }
        let (door, organisation) = (kept.door(lucca, base)?, kept.organisation(lucca, base, limit)?);
        let known = Arc::new(door.known(written, &organisation, limit)?);
        kept.known = Some(Arc::clone(&known));
        Ok(known)
    }

    pub fn organisation(&self, lucca: &Lucca, base: &Path, limit: &Limit) -> Result<Arc<Organisation>, Error> {
        lock(&self.kept(lucca)).organisation(lucca, base, limit)
    }

    pub fn door(&self, lucca: &Lucca, base: &Path) -> Result<Arc<Door>, Error> {
        lock(&self.kept(lucca)).door(lucca, base)
    }

    /// Somebody was changed: whoever asks for the people now is told how they are now.
    pub fn forget(&self, lucca: &Lucca) {
        let kept = self.kept(lucca);
        let mut kept = lock(&kept);
        kept.snapshot = None;
        kept.known = None;
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

    fn organisation(&mut self, lucca: &Lucca, base: &Path, limit: &Limit) -> Result<Arc<Organisation>, Error> {
        if let Some(organisation) = &self.organisation {
            return Ok(Arc::clone(organisation));
        }
        let organisation = Arc::new(self.door(lucca, base)?.named(limit)?);
        self.organisation = Some(Arc::clone(&organisation));
        Ok(organisation)
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

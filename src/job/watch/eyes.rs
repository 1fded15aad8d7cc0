//! Looks whether the people of an export have changed, as cheaply as the place they come from allows.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::job::doors::Doors;
use crate::job::{Error, Job, gather};
use crate::model::Digest;
use crate::site::{Export, People};

pub struct Eyes {
    /// With all people of Lucca in memory: what is derived from other people, such as a manager's mail, needs them all.
    doors: Arc<Doors>,
    /// Of the file, or of the directory, at the last look.
    seen: Option<Digest>,
    /// When everything was last read; None: it never was.
    whole: Option<DateTime<Utc>>,
}

impl Eyes {
    pub fn new() -> Eyes {
        Eyes { doors: Arc::default(), seen: None, whole: None }
    }

    /// For a job that is to work with the people as they were seen last.
    pub fn lend(&self, job: &mut Job<'_>) {
        job.context.doors = Arc::clone(&self.doors);
    }

    /// Is anybody not as at the last look? At the first look, everybody is new.
    pub fn look(&mut self, job: &Job<'_>, export: &Export) -> Result<bool, Error> {
        let now = job.context.started;
        match &*export.people {
            // Whole each time: neither size nor time tells surely that a file is the same.
            People::File(file) => Ok(self.see(gather::digest(&job.context, &file.server, &file.file)?)),
            People::Directory(_) => Ok(self.see(job.state.directory_digest()?)),
            People::Lucca(lucca) => {
                if self.is_whole_due(export, now) {
                    self.whole = None;
                    self.doors.forget(lucca);
                }
                let wanted = job.context.site.wanted(&lucca.name);
                let has_changed = self.doors.refresh(lucca, &job.context.site.base, &wanted, &job.context.limit)?;
                self.whole = self.whole.or(Some(now));
                Ok(has_changed)
            }
        }
    }

    fn see(&mut self, digest: Digest) -> bool {
        let has_changed = self.seen.as_ref() != Some(&digest);
        self.seen = Some(digest);
        has_changed
    }

    fn is_whole_due(&self, export: &Export, now: DateTime<Utc>) -> bool {
        let Some(last) = self.whole else { return true };
        match export.watch.reconcile {
            Some(time) => time.after(last) <= now,
            None => now - last >= TimeDelta::days(1),
        }
    }
}

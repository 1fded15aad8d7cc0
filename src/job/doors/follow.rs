//! Follows the people of one instance: who has changed is asked, and only they are read.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{NaiveDateTime, TimeDelta, Utc};

use crate::lucca::{Changes, Door, Snapshot, Wanted};
use crate::net::{Error, Limit};
use crate::site::people::Lucca;

/// How far people were followed.
#[derive(Clone)]
pub struct Followed {
    /// On the clock of the instance: changes at that moment and later may not be known yet.
    since: NaiveDateTime,
    last: Option<Last>,
}

/// What was told last. Those who changed at the latest moment are told again each time.
#[derive(Clone)]
struct Last {
    changes: Changes,
    told: Instant,
    /// They were read when nobody could change at that moment any more.
    is_settled: bool,
}

/// Nobody knows which clock an instance shows: with that, the whole world is between.
const CLOCKS: TimeDelta = TimeDelta::days(1);

/// A moment may be told in whole seconds: as long as it lasts, and a little more.
const MOMENT: Duration = Duration::from_secs(2);

impl Followed {
    /// Everybody. What changes while they are read is told afterwards: how far the changes are known is asked before.
    pub fn read_whole(
        door: &Door,
        lucca: &Lucca,
        wanted: &Wanted,
        limit: &Limit,
    ) -> Result<(Snapshot, Followed), Error> {
        let mut since = Utc::now().naive_utc() - CLOCKS;
        if lucca.options.tells_changes() {
            since = door.changed_since(since, limit)?.latest.unwrap_or(since);
        }
        Ok((door.read(wanted, limit)?, Followed { since, last: None }))
    }

    /// Those who changed, among all the others. Where the organisation is another one, everybody may be concerned.
    pub fn read_changes(
        &self,
        door: &Door,
        snapshot: &Snapshot,
        wanted: &Wanted,
        limit: &Limit,
    ) -> Result<(Snapshot, Followed), Error> {
        let told = Instant::now();
        let changes = door.changed_since(self.since, limit)?;
        let same = self.last.as_ref().filter(|last| last.changes == changes);
        if changes.ids.is_empty() || same.is_some_and(|last| last.is_settled) {
            return Ok((snapshot.clone(), self.clone()));
        }
        let since = changes.latest.unwrap_or(self.since);
        let first_told = same.map_or(told, |last| last.told);
        let last = Last { is_settled: told - first_told >= MOMENT, told: first_told, changes };
        let numbers: BTreeSet<u32> = last.changes.ids.iter().copied().collect();
        let followed = Followed { since, last: Some(last) };
        if door.read_organisation(wanted, &snapshot.people, limit)? != *snapshot.organisation {
            return Ok((door.read(wanted, limit)?, followed));
        }
        let ids: Vec<u32> = numbers.iter().copied().collect();
        let some = door.read_some(&ids, wanted, Arc::clone(&snapshot.organisation), limit)?;
        Ok((with(snapshot, &numbers, &some), followed))
    }
}

/// What is untold of a few says nothing about everybody; what is told of one is told.
fn with(snapshot: &Snapshot, numbers: &BTreeSet<u32>, some: &Snapshot) -> Snapshot {
    let mut pictures = (*snapshot.pictures).clone();
    pictures.retain(|number, _| !numbers.contains(number));
    pictures.extend(some.pictures.iter().map(|(number, id)| (*number, id.clone())));
    Snapshot {
        untold: Arc::new(snapshot.untold.intersection(&some.untold).cloned().collect()),
        people: Arc::new(snapshot.people.with(numbers, &some.people)),
        organisation: Arc::clone(&snapshot.organisation),
        pictures: Arc::new(pictures),
    }
}

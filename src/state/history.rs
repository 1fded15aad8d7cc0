//! The history of a run: what it took in, decided and handed over.

use serde::Serialize;

use crate::state::{Delivery, Error, Pickup, Plan, Run, RunId, State, deliveries, pickups, plans, runs};

/// One run with all that it did, for people and for machines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    pub run: Run,
    pub pickups: Vec<Pickup>,
    pub plans: Vec<Plan>,
    pub deliveries: Vec<Delivery>,
}

impl State {
    /// None: there was no such run.
    pub fn history(&self, id: &RunId) -> Result<Option<History>, Error> {
        self.read("the history", |db| {
            let Some(run) = runs::run(db, id)? else { return Ok(None) };
            Ok(Some(History {
                run,
                pickups: pickups::of_run(db, id)?,
                plans: plans::of_run(db, id)?,
                deliveries: deliveries::of_run(db, id)?,
            }))
        })
    }
}

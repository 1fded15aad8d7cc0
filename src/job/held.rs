//! What waits for a person: the plans and sets of deliveries that a brake held.

use chrono::{DateTime, Utc};

use crate::job::Error;
use crate::model::Text;
use crate::state::{Plan, Set, State};

/// One of them.
pub enum Held {
    Plan(Box<Plan>),
    Set(Set),
}

/// All of them, plans first, each kind from the oldest to the newest.
pub fn all(state: &State) -> Result<Vec<Held>, Error> {
    let plans = state.held_plans()?.into_iter().map(|plan| Held::Plan(Box::new(plan)));
    let deliveries = state.held_sets()?.into_iter().map(Held::Set);
    Ok(plans.chain(deliveries).collect())
}

/// Everything that the run held, or what it held of one exchange. `run` may be the beginning of an id.
pub fn of(state: &State, run: &str, exchange: Option<&str>) -> Result<Vec<Held>, Error> {
    let all = all(state)?;
    let mut waiting: Vec<String> = all.iter().map(|held| format!("{} (run {})", held.exchange(), held.run())).collect();
    waiting.dedup();
    let asked = |held: &Held| held.run().starts_with(run) && exchange.is_none_or(|name| name == held.exchange());
    let found: Vec<Held> = all.into_iter().filter(asked).collect();
    let mut runs: Vec<String> = found.iter().map(Held::run).collect();
    runs.dedup();
    match (runs.as_slice(), waiting.as_slice()) {
        ([_], _) => Ok(found),
        ([], []) => Err(Error::Usage("nothing is held".into())),
        ([], _) => {
            let of = exchange.map(|exchange| format!(" for `{exchange}`")).unwrap_or_default();
            Err(Error::Usage(format!("nothing of run `{run}` is held{of}; held: {}", waiting.join(", "))))
        }
        _ => Err(Error::Usage(format!("`{run}` is the beginning of several runs; held: {}", waiting.join(", ")))),
    }
}

impl Held {
    pub fn exchange(&self) -> &str {
        match self {
            Held::Plan(plan) => &plan.exchange,
            Held::Set(set) => &set.first().exchange,
        }
    }

    pub fn run(&self) -> String {
        match self {
            Held::Plan(plan) => plan.run.to_string(),
            Held::Set(set) => set.first().run.to_string(),
        }
    }

    /// The partner's file, or those for the partner.
    pub fn files(&self) -> Vec<&str> {
        match self {
            Held::Plan(plan) => vec![&plan.path],
            Held::Set(set) => set.files().iter().map(|delivery| delivery.file_name.as_str()).collect(),
        }
    }

    pub fn since(&self) -> DateTime<Utc> {
        match self {
            Held::Plan(plan) => plan.created,
            Held::Set(set) => set.first().created,
        }
    }

    pub fn reasons(&self) -> Vec<Text> {
        match self {
            Held::Plan(plan) => plan.held.clone(),
            Held::Set(set) => set.held(),
        }
    }
}

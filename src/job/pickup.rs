//! What a partner has dropped: which files are whole and ours to take, oldest first.

use std::time::Duration;

use crate::job::{Context, Error};
use crate::model::Text;
use crate::site::files::Marker;
use crate::site::{Exchange, Import, Ready};
use crate::text;
use crate::transport::{Entry, handover};

/// What we write lies where partners look for it, and is never taken for a drop, whatever pattern the site has. Rows to
/// correct are not among it: they are there to be dropped.
pub const RECEIPT: &str = ".receipt.txt";
pub const VERDICT: &str = ".verdict.txt";
pub const VERDICT_FOR_MACHINES: &str = ".verdict.json";

/// Files to take, and what is to be said about those that are not taken.
#[derive(Debug, Default)]
pub struct Drops {
    /// Names in the folder that the import watches.
    pub names: Vec<String>,
    /// Names of those whose marker is not there.
    pub unmarked: Vec<String>,
    /// Every name in the folder.
    pub all: Vec<String>,
    pub remarks: Vec<Text>,
}

pub fn look(context: &Context<'_>, exchange: &Exchange, import: &Import) -> Result<Drops, Error> {
    let list = || context.with_server(&exchange.server, |session| session.list(import.files.folder()));
    let first = list()?;
    let mut drops = Drops::default();
    for name in &first.unusable {
        let (shown, reason) = (&name.shown, &name.reason);
        drops.remarks.push(text!(
            "`{shown}` cannot be taken: its name {reason}",
            "`{shown}` ne peut être pris à cause de son nom ({reason})"
        ));
    }
    let mut candidates: Vec<&Entry> = first.files.iter().filter(|entry| is_candidate(import, &entry.name)).collect();
    candidates.sort_by_key(|entry| (entry.modified, &entry.name));
    let second = match &import.ready {
        Ready::StableFor(seconds) if !candidates.is_empty() && *seconds > 0 => {
            if !context.limit.pause(Duration::from_secs(u64::from(*seconds))) {
                return Err(context.limit.overrun(format!("wait until {} is whole", import.files)).into());
            }
            Some(list()?)
        }
        _ => None,
    };
    for entry in candidates {
        let is_marked = |marker: &Marker| first.files.iter().any(|other| other.name == marker.of(&entry.name));
        match &import.ready {
            Ready::Marker(marker) if !is_marked(marker) => drops.unmarked.push(entry.name.clone()),
            Ready::StableFor(_) if second.as_ref().is_some_and(|second| !second.files.contains(entry)) => {
                let name = &entry.name;
                drops.remarks.push(text!(
                    "{name} is left for the next run: it is still being written",
                    "{name} attend la prochaine exécution : il est encore en cours d'écriture",
                ));
            }
            _ => drops.names.push(entry.name.clone()),
        }
    }
    drops.all = first.files.into_iter().map(|entry| entry.name).collect();
    Ok(drops)
}

/// Is it a partner's file, as far as its name tells?
pub fn is_candidate(import: &Import, name: &str) -> bool {
    let is_ours = [RECEIPT, VERDICT, VERDICT_FOR_MACHINES].iter().any(|ending| name.ends_with(ending));
    import.takes(name) && !handover::is_partial(name) && !is_ours
}

//! What a partner has dropped: which files are ours to take, oldest first, and what is said about the others.

use chrono::{DateTime, Utc};

use crate::job::ready::{self, Pledge};
use crate::job::{Context, Error, claim};
use crate::model::Text;
use crate::site::{Exchange, Import, Ready};
use crate::text;
use crate::transport::{Entry, handover, inside};

/// What we write lies where partners look for it, and is never taken for a drop, whatever pattern the site has. Rows to
/// correct are not among it: they are there to be dropped.
pub const RECEIPT: &str = ".receipt.txt";
pub const VERDICT: &str = ".verdict.txt";
pub const VERDICT_FOR_MACHINES: &str = ".verdict.json";

/// A file that a partner dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Its name in the folder that the import watches.
    pub name: String,
    /// Where it lies: in that folder, or where a host claimed it.
    pub place: String,
    /// In bytes.
    pub size: u64,
    pub modified: Option<DateTime<Utc>>,
    /// It was whole when a host claimed it; a marker or a manifest that is there now may be a newer one's.
    pub is_claimed: bool,
}

impl Dropped {
    /// By this, the oldest comes first.
    fn age(&self) -> (Option<DateTime<Utc>>, &str) {
        (self.modified, &self.name)
    }
}

/// Files to take, and what is to be said about those that are not taken.
#[derive(Debug, Default)]
pub struct Drops {
    /// The oldest first, each with what its bytes must be.
    pub whole: Vec<(Dropped, Pledge)>,
    /// Those whose marker or manifest is not there.
    pub unmarked: Vec<Dropped>,
    /// How many were taken away between two looks.
    pub gone: usize,
    /// The names of all files of the folder, and of those that we claimed.
    pub all: Vec<String>,
    pub remarks: Vec<Text>,
    pub alerts: Vec<Text>,
}

/// What lies in the folder.
pub struct Sight {
    /// Everything in the folder.
    pub files: Vec<Entry>,
    /// What could be taken, the oldest first.
    pub candidates: Vec<Dropped>,
    all: Vec<String>,
    remarks: Vec<Text>,
}

pub fn look(context: &Context<'_>, exchange: &Exchange, import: &Import) -> Result<Drops, Error> {
    let mut sight = see(context, exchange, import)?;
    let mut drops =
        Drops { all: std::mem::take(&mut sight.all), remarks: std::mem::take(&mut sight.remarks), ..Drops::default() };
    let claimed = sight.candidates.extract_if(.., |dropped| dropped.is_claimed);
    drops.whole.extend(claimed.map(|dropped| (dropped, Pledge::None)));
    // Each of them is read twice.
    let waiting = match &import.ready {
        Ready::StableFor(_) => sight.candidates.split_off(import.at_most.min(sight.candidates.len())).len(),
        Ready::Marker(_) | Ready::Manifest(_) => 0,
    };
    ready::sort(context, exchange, import, &sight, &mut drops)?;
    drops.whole.sort_by(|(one, _), (other, _)| one.age().cmp(&other.age()));
    let waiting = waiting + drops.whole.len().saturating_sub(import.at_most);
    drops.whole.truncate(import.at_most);
    if waiting > 0 {
        drops.remarks.push(waits(waiting, import.at_most));
    }
    Ok(drops)
}

/// One look at the folder.
pub fn see(context: &Context<'_>, exchange: &Exchange, import: &Import) -> Result<Sight, Error> {
    let folder = import.files.folder();
    let listing = context.with_server(&exchange.server, |session| session.list(folder))?;
    let claims = claim::list(context, exchange, import)?;
    let mut sight = Sight { files: listing.files, candidates: Vec::new(), all: Vec::new(), remarks: Vec::new() };
    for name in &listing.unusable {
        let (shown, reason) = (&name.shown, &name.reason);
        sight.remarks.push(text!(
            "`{shown}` cannot be taken: its name {reason}",
            "`{shown}` ne peut être pris à cause de son nom ({reason})"
        ));
    }
    sight.all = sight.files.iter().map(|entry| entry.name.clone()).collect();
    for Entry { name, size, modified } in sight.files.iter().filter(|entry| is_candidate(import, &entry.name)) {
        // One after the other: the earlier one may be held, or under way on another host.
        match claims.iter().any(|(claimed, _)| claimed.name == *name) {
            true => sight.remarks.push(text!(
                "{name} is left for the next run: an earlier file of this name is claimed, and not done with",
                "{name} attend la prochaine exécution : un fichier antérieur du même nom est déjà réservé, et pas encore \
                 traité",
            )),
            false => {
                let place = inside(folder, name);
                let (name, size, modified) = (name.clone(), *size, *modified);
                sight.candidates.push(Dropped { name, place, size, modified, is_claimed: false });
            }
        }
    }
    for (claimed, Entry { name, size, modified }) in claims {
        let is_forsaken = import.claim.is_some_and(|claim| claimed.is_forsaken(claim, context.started));
        if !claimed.is_ours() && !is_forsaken {
            continue;
        }
        if !claimed.is_ours() {
            let (host, since, name) = (&claimed.host, claimed.since.format("%Y-%m-%d %H:%M UTC"), &claimed.name);
            sight.remarks.push(text!(
                "{name} was claimed by the host {host} at {since}, which never finished it; it is taken over",
                "{name} a été réservé par la machine {host} ({since}), qui ne l'a jamais traité ; il est repris",
            ));
        }
        let place = inside(&claim::folder(import), &name);
        sight.all.push(claimed.name.clone());
        sight.candidates.push(Dropped { name: claimed.name, place, size, modified, is_claimed: true });
    }
    sight.candidates.sort_by(|one, other| one.age().cmp(&other.age()));
    Ok(sight)
}

fn waits(waiting: usize, at_most: usize) -> Text {
    let (more_en, more_fr) = match waiting {
        1 => ("1 more file waits".to_string(), "1 autre fichier attend".to_string()),
        _ => (format!("{waiting} more files wait"), format!("{waiting} autres fichiers attendent")),
    };
    text!(
        "{more_en} for the next run: one run takes {at_most} at most, the oldest first",
        "{more_fr} la prochaine exécution : chacune en prend {at_most} au plus, les plus anciens d'abord",
    )
}

/// Is it a partner's file, as far as its name tells?
pub fn is_candidate(import: &Import, name: &str) -> bool {
    let is_ours = [RECEIPT, VERDICT, VERDICT_FOR_MACHINES].iter().any(|ending| name.ends_with(ending));
    import.takes(name) && !handover::is_partial(name) && !is_ours
}

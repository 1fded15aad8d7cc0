//! Claims: where several hosts pick up, each takes a file for itself by renaming it, and only one of them can.
//!
//! `in/users.csv` becomes `in/taken/HOST~20261122-220001~users.csv`, from which any host can tell whose it is and since
//! when. All that is told and remembered keeps the name that the partner gave.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::job::pickup::VERDICT;
use crate::job::tell::SET_ASIDE;
use crate::job::{Context, Error, gather};
use crate::site::claim::{Claim, host};
use crate::site::{Exchange, Import};
use crate::transport::{Entry, Kind, inside};

const FOLDER: &str = "taken";
const TIME: &str = "%Y%m%d-%H%M%S";

/// The name of a claimed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub host: String,
    pub since: DateTime<Utc>,
    /// As the partner named the file.
    pub name: String,
}

impl Claimed {
    fn parse(name: &str) -> Option<Claimed> {
        // No host has a `~` in its name; a partner's file may have several.
        let (host, rest) = name.split_once('~')?;
        let (since, name) = rest.split_once('~')?;
        let since = NaiveDateTime::parse_from_str(since, TIME).ok()?.and_utc();
        Some(Claimed { host: host.into(), since, name: name.into() })
    }

    pub fn is_ours(&self) -> bool {
        self.host == host()
    }

    /// Was it claimed so long ago that its host must be gone?
    pub fn is_forsaken(&self, claim: Claim, now: DateTime<Utc>) -> bool {
        now - self.since > claim.again_after()
    }
}

impl fmt::Display for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}", self.host, self.since.format(TIME), self.name)
    }
}

/// What lies claimed, whoever claimed it; nothing where the site has one host.
pub fn list(context: &Context<'_>, exchange: &Exchange, import: &Import) -> Result<Vec<(Claimed, Entry)>, Error> {
    if import.claim.is_none() {
        return Ok(Vec::new());
    }
    let files = gather::files(context, &exchange.server, &folder(import))?;
    Ok(files.into_iter().filter_map(|entry| Some((Claimed::parse(&entry.name)?, entry))).collect())
}

/// Where a dropped file lies: in the folder, or where we claimed it.
pub fn place(context: &Context<'_>, exchange: &Exchange, import: &Import, name: &str) -> Result<String, Error> {
    let claimed = list(context, exchange, import)?;
    let ours = claimed.iter().find(|(claimed, _)| claimed.is_ours() && claimed.name == name);
    Ok(match ours {
        Some((_, entry)) => inside(&folder(import), &entry.name),
        None => inside(import.files.folder(), name),
    })
}

/// Claims the file that lies there, unless it is ours. False: another host was first, or the partner took it back.
pub fn claim(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &Import,
    name: &str,
    place: &str,
) -> Result<bool, Error> {
    let is_ours = |place: &str| {
        let claimed = place.strip_prefix(&inside(&folder(import), "")).and_then(Claimed::parse);
        claimed.is_some_and(|claimed| claimed.is_ours())
    };
    if import.claim.is_none() || is_ours(place) {
        return Ok(true);
    }
    let claimed = Claimed { host: host(), since: context.started, name: name.into() };
    let ours = inside(&folder(import), &claimed.to_string());
    context.with_server(&exchange.server, |session| {
        session.make_folder(&folder(import))?;
        // A try whose answer was lost may have done it.
        if session.size(&ours)?.is_some() {
            return Ok(true);
        }
        match session.rename(place, &ours) {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.kind, Kind::Missing | Kind::Denied) && session.size(place)?.is_none() => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    })
}

/// When any host last told the partner about a file, by the server's clock. None where the site has one host: it knows by
/// its journal.
pub fn last_told(context: &Context<'_>, exchange: &Exchange, import: &Import) -> Result<Option<DateTime<Utc>>, Error> {
    let mut last = None;
    for name in SET_ASIDE.iter().filter(|_| import.claim.is_some()) {
        let folder = inside(import.files.folder(), name);
        let files = gather::files(context, &exchange.server, &folder)?;
        let verdicts = files.iter().filter(|entry| entry.name.ends_with(VERDICT));
        last = verdicts.map(|entry| entry.modified).max().flatten().max(last);
    }
    Ok(last)
}

pub fn folder(import: &Import) -> String {
    inside(import.files.folder(), FOLDER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_tells_whose_it_is_since_when_and_of_which_file() {
        let claimed = Claimed {
            host: "night-1.acme".into(),
            since: "2026-11-22T22:00:01Z".parse().expect("a time"),
            name: "a~b.csv".into(),
        };
        assert_eq!(claimed.to_string(), "night-1.acme~20261122-220001~a~b.csv");
        assert_eq!(Claimed::parse(&claimed.to_string()), Some(claimed));
        for other in ["users.csv", "a~users.csv", "a~2026~users.csv"] {
            assert_eq!(Claimed::parse(other), None, "{other}");
        }
    }
}

//! Removes what has been kept for long enough: of what was set aside on a server, and of what lies beside the state.
//!
//! On a server, only what has a verdict of ours beside it is ours to remove: the file, its rows to correct and the verdict,
//! which goes last, so that a run that is cut off leaves nothing that is not known any more. What is held stays.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::job::pickup::{VERDICT, VERDICT_FOR_MACHINES};
use crate::job::{Error, Job, gather};
use crate::report::Removed;
use crate::site::import::{CORRECTIONS, SEALED_CORRECTIONS};
use crate::site::{Days, Exchange, Import};
use crate::state::RunId;
use crate::transport::{Entry, inside};

/// What was set aside together.
struct Group {
    since: DateTime<Utc>,
    /// The verdict last.
    names: Vec<String>,
}

pub fn tidy(job: &mut Job<'_>, exchange: &Exchange, import: &Import, removed: &mut Vec<Removed>) -> Result<(), Error> {
    for (name, days) in [("done", import.keep.done), ("refused", import.keep.refused)] {
        if let Some(days) = days {
            let folder = inside(import.files.folder(), name);
            removed.extend(tidy_server(job, exchange, folder, days)?);
        }
    }
    if let Some(days) = job.context.site.keep.operations {
        removed.extend(tidy_operations(job, exchange, days)?);
    }
    Ok(())
}

fn tidy_server(job: &mut Job<'_>, exchange: &Exchange, folder: String, days: Days) -> Result<Option<Removed>, Error> {
    let files = gather::files(&job.context, &exchange.server, &folder)?;
    let mut old = groups(&files);
    old.retain(|group| job.context.started - group.since > TimeDelta::from(days));
    old.sort_by_key(|group| group.since);
    let Some(oldest) = old.first().map(|group| group.since) else { return Ok(None) };
    let files: Vec<String> = old.into_iter().flat_map(|group| group.names).collect();
    job.act(|context, _, _| {
        context.with_server(&exchange.server, |session| {
            files.iter().try_for_each(|name| session.remove(&inside(&folder, name)))
        })
    })?;
    Ok(Some(Removed { folder, after_days: days.count(), files, oldest }))
}

/// The time of a file is its partner's; when it was set aside is told by what we wrote then. Where the server tells no times,
/// nothing is old.
fn groups(files: &[Entry]) -> Vec<Group> {
    let names: BTreeSet<&str> = files.iter().map(|entry| entry.name.as_str()).collect();
    let is_judged = |name: &str| names.contains(format!("{name}{VERDICT}").as_str());
    let group = |name: &str| {
        let ours =
            [CORRECTIONS, SEALED_CORRECTIONS, VERDICT_FOR_MACHINES, VERDICT].map(|ending| format!("{name}{ending}"));
        // Rows to correct that came back have a verdict of their own.
        let is_of_it = |other: &String| names.contains(other.as_str()) && !is_judged(other);
        let ours: Vec<String> = ours.into_iter().filter(is_of_it).collect();
        let times = files.iter().filter(|entry| ours.contains(&entry.name)).map(|entry| entry.modified);
        let since = times.max().flatten()?;
        let file = Some(name.to_owned()).filter(|name| names.contains(name.as_str()));
        Some(Group { since, names: file.into_iter().chain(ours).collect() })
    };
    names.iter().filter_map(|name| name.strip_suffix(VERDICT)).filter_map(group).collect()
}

/// The journal has the same operations.
fn tidy_operations(job: &mut Job<'_>, exchange: &Exchange, days: Days) -> Result<Option<Removed>, Error> {
    let folder = job.context.site.operations();
    let failed = |cause| Error::disk("list", &folder, cause);
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(None) };
    let mut old: Vec<(DateTime<Utc>, String)> = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let Some(name) = name.to_str() else { continue };
        let since = written(name, &exchange.name);
        old.extend(
            since.filter(|since| job.context.started - *since > TimeDelta::from(days)).map(|at| (at, name.into())),
        );
    }
    old.sort();
    let Some((oldest, _)) = old.first().cloned() else { return Ok(None) };
    let files: Vec<String> = old.into_iter().map(|(_, name)| name).collect();
    job.act(|_, _, _| {
        let paths: Vec<PathBuf> = files.iter().map(|name| folder.join(name)).collect();
        paths.iter().try_for_each(|path| fs::remove_file(path).map_err(|cause| Error::disk("remove", path, cause)))
    })?;
    Ok(Some(Removed { folder: folder.display().to_string(), after_days: days.count(), files, oldest }))
}

/// When the file of operations of that name was begun, if it is one of this exchange: `RUN-EXCHANGE-PLAN.jsonl`.
fn written(name: &str, exchange: &str) -> Option<DateTime<Utc>> {
    const RUN: usize = "20261122-220001-ab12".len();
    let run = RunId::parse(name.get(..RUN)?)?.to_string();
    let plan = name[RUN..].strip_prefix('-')?.strip_prefix(exchange)?.strip_prefix('-')?.strip_suffix(".jsonl")?;
    let is_plan = !plan.is_empty() && plan.bytes().all(|byte| byte.is_ascii_digit());
    let since = NaiveDateTime::parse_from_str(&run[..RUN - "-ab12".len()], "%Y%m%d-%H%M%S").ok()?;
    is_plan.then(|| since.and_utc())
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::*;

    fn entry(name: &str, day: Option<u32>) -> Entry {
        let modified = day.map(|day| format!("2026-11-{day:02}T22:00:00Z").parse().expect("a time"));
        Entry { name: name.into(), size: 1, modified }
    }

    #[test]
    fn what_was_set_aside_goes_together_and_the_verdict_last() {
        let files = [
            entry("users.csv", Some(1)),
            entry("users.csv.to-correct.csv", Some(7)),
            entry("users.csv.verdict.json", Some(6)),
            entry("users.csv.verdict.txt", Some(6)),
            entry("gone.csv.verdict.txt", Some(5)),
            entry("timeless.csv", None),
            entry("timeless.csv.verdict.txt", None),
            entry("the partner's own.csv", Some(1)),
            entry("own.csv.to-correct.csv", Some(1)),
        ];
        let groups: Vec<(u32, String)> =
            groups(&files).into_iter().map(|group| (group.since.day(), group.names.join(", "))).collect();
        let users = "users.csv, users.csv.to-correct.csv, users.csv.verdict.json, users.csv.verdict.txt";
        assert_eq!(groups, [(5, "gone.csv.verdict.txt".into()), (7, users.into())]);
    }

    #[test]
    fn rows_to_correct_that_came_back_are_a_file_of_their_own() {
        let files = [
            entry("users.csv", Some(1)),
            entry("users.csv.verdict.txt", Some(1)),
            entry("users.csv.to-correct.csv", Some(1)),
            entry("users.csv.to-correct.csv.verdict.txt", Some(9)),
        ];
        let counts: Vec<usize> = groups(&files).into_iter().map(|group| group.names.len()).collect();
        assert_eq!(counts, [2, 2]);
    }

    #[test]
    fn only_the_operations_of_this_exchange_are_known_by_their_name() {
        assert!(written("20261122-220001-ab12-in-7.jsonl", "in").is_some());
        for other in [
            "20261122-220001-ab12-in-2-7.jsonl",
            "20261122-220001-ab12-out-7.jsonl",
            ".20261122-220001-ab12-in-7.jsonl",
            "20261122-220001-ab12-in-7.json",
            "notes.txt",
            "é0261122-220001-ab12-in-7.jsonl",
        ] {
            assert_eq!(written(other, "in"), None, "{other}");
        }
    }
}

//! An expected file that has not come by its hour, or came after it: said once, by the first run that finds out.

use chrono::{DateTime, TimeDelta, Utc};

use crate::job::import::Told;
use crate::job::{Error, Job, claim};
use crate::site::{Exchange, Expected, Import};
use crate::state::Expectation;
use crate::text;

/// What is to be said about the file that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    /// It has not come; this is the first run that finds out.
    Missing,
    /// It has not come, as an earlier run said.
    StillMissing,
    Late,
}

/// A file is here, which the journal knows before anything becomes of it: whatever cuts this run off, it has come.
pub fn came(job: &mut Job<'_>, exchange: &Exchange, import: &Import) -> Result<(), Error> {
    if import.expected.is_some() {
        job.act(|context, state, _| Ok(state.expected_came(&exchange.name, context.started)?))?;
    }
    Ok(())
}

pub fn check(
    job: &mut Job<'_>,
    exchange: &Exchange,
    import: &Import,
    expected: &Expected,
    told: &mut Told,
) -> Result<(), Error> {
    let now = job.context.started;
    let mut known = job.state.expectation(&exchange.name)?;
    if let Some(known) = &mut known {
        // Another host's journal has what it took.
        known.came = known.came.max(claim::last_told(&job.context, exchange, import)?);
    }
    let (expectation, said) = judge(expected, now, known, told.came);
    let due = expected.last(now).with_timezone(&expected.zone());
    let (day, jour) = (due.format("%Y-%m-%d at %H:%M"), due.format("%d/%m/%Y à %H:%M"));
    match said {
        Said::Nothing => {}
        Said::Missing => told.alerts.push(text!(
            "no file has come: one was expected by {day}",
            "aucun fichier n'est arrivé : il en était attendu un au plus tard le {jour}",
        )),
        Said::StillMissing => told.remarks.push(text!(
            "no file has come yet: one was expected by {day}",
            "aucun fichier n'est encore arrivé : il en était attendu un au plus tard le {jour}",
        )),
        Said::Late => told.remarks.push(text!(
            "the file that was expected by {day} came late",
            "le fichier attendu au plus tard le {jour} est arrivé en retard",
        )),
    }
    job.act(|_, state, _| Ok(state.save_expectation(&exchange.name, &expectation)?))?;
    Ok(())
}

/// `came`: this run found a file that no earlier one had.
fn judge(expected: &Expected, now: DateTime<Utc>, known: Option<Expectation>, came: bool) -> (Expectation, Said) {
    let (due, next) = (expected.last(now), expected.next(now));
    let Some(known) = known else {
        return (Expectation { since: now, came: came.then_some(now), missed: None }, Said::Nothing);
    };
    let was_missed = known.missed == Some(due);
    if came && was_missed {
        // Which one it is, nobody says: the one that is nearer. It is late, and another one is still to come; or it is
        // early, and the one before never came.
        let counts_for = if now - due < next - now { due } else { now };
        return (Expectation { came: Some(counts_for), missed: None, ..known }, Said::Late);
    }
    if came {
        return (Expectation { came: Some(now), ..known }, Said::Nothing);
    }
    let before = expected.last(due - TimeDelta::seconds(1));
    let has_come = known.came.is_some_and(|came| came > before);
    match () {
        () if has_come || due <= known.since => (known, Said::Nothing),
        () if was_missed => (known, Said::StillMissing),
        () => (Expectation { missed: Some(due), ..known }, Said::Missing),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::profile::Document;
    use crate::site::{Direction, Site};

    /// By 06:00 in Paris, from Monday to Friday.
    fn expected() -> Expected {
        let text = r#"
            timezone = "Europe/Paris"
            state.path = "state.db"
            server.here.directory.path = "."
            people.users.directory = {}
            [import.in]
            profile = "lucca-users"
            people = "users"
            server = "here"
            files = "*.csv"
            identify-by = "login"
            brakes = { creations = "10%", updates = "10%", shrink = "50%" }
            expected = { by = "06:00", on = "mon-fri" }
        "#;
        let site = Site::read(Document::new("site", text), Path::new("")).expect("a site");
        match &site.exchange("in").expect("an import").direction {
            Direction::Import(import) => import.expected.clone().expect("it is there"),
            Direction::Export(_) => panic!("it is an import"),
        }
    }

    /// What is said in runs at these times, of which some find a file. The first one is the first that expects any.
    fn said(runs: &[(&str, bool)]) -> Vec<Said> {
        let expected = expected();
        let mut known = None;
        let each = runs.iter().map(|(at, came)| {
            let (expectation, said) = judge(&expected, at.parse().expect(at), known.take(), *came);
            known = Some(expectation);
            said
        });
        each.collect()
    }

    use Said::{Late, Missing, Nothing, StillMissing};

    #[test]
    fn a_file_that_comes_each_night_is_not_spoken_of() {
        let runs = [
            ("2026-11-20T22:00:00Z", true),
            // A weekend: what came on Friday evening is Monday's.
            ("2026-11-21T22:00:00Z", false),
            ("2026-11-23T08:00:00Z", false),
            ("2026-11-23T22:00:00Z", true),
            ("2026-11-24T05:00:00Z", false),
            ("2026-11-25T04:59:59Z", true),
        ];
        assert_eq!(said(&runs), [Nothing; 6]);
    }

    #[test]
    fn one_that_is_missing_is_told_once_a_day_and_when_it_comes_after_all() {
        let runs = [
            ("2026-11-20T22:00:00Z", true, Nothing),
            ("2026-11-24T04:59:59Z", false, Nothing),
            ("2026-11-24T05:00:00Z", false, Missing),
            ("2026-11-24T06:00:00Z", false, StillMissing),
            ("2026-11-24T07:00:00Z", true, Late),
            ("2026-11-24T08:00:00Z", false, Nothing),
            // What came late on Tuesday was not Wednesday's.
            ("2026-11-25T05:30:00Z", false, Missing),
            // What comes an hour before the next one is due is the next one.
            ("2026-11-26T04:00:00Z", true, Late),
            ("2026-11-26T05:30:00Z", false, Nothing),
            ("2026-11-27T05:30:00Z", false, Missing),
        ];
        assert_eq!(said(&runs.map(|(at, came, _)| (at, came))), runs.map(|(_, _, said)| said));
    }

    #[test]
    fn what_was_due_before_anybody_expected_it_is_not_missing() {
        let runs = [("2026-11-24T08:00:00Z", false), ("2026-11-24T09:00:00Z", false), ("2026-11-25T05:00:00Z", false)];
        assert_eq!(said(&runs), [Nothing, Nothing, Missing]);
    }
}

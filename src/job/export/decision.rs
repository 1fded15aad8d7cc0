//! What an export comes to, before anything is done. Pure: the clock is an argument.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;

use crate::job::Error;
use crate::job::export::before::Before;
use crate::job::export::file::{self, File};
use crate::job::export::place::is_for;
use crate::job::export::{brakes, giving};
use crate::job::{gather, rows};
use crate::model::{Content, Field, Finding, Text};
use crate::site::{Exchange, Export, Site};
use crate::state::{DeliveryId, Given, Giving, Set};

/// What deciding needs to know, all of it read before.
pub struct Gathered {
    pub source: gather::Source,
    /// The tables that were last delivered.
    pub last: Option<Set>,
    /// What an earlier run left behind, held back sets among them.
    pub open: Vec<Set>,
    /// What the partner was last given, by the keys of the people.
    pub given: BTreeMap<String, Given>,
}

pub struct Decision {
    /// Those that are to be delivered all or none.
    pub files: Vec<File>,
    /// Why they are held, beside the reasons of each.
    pub held: Vec<Text>,
    /// Why there is nothing to deliver, if so.
    pub nothing: Option<Nothing>,
    pub heading: String,
    pub personal_fields: Vec<Field>,
    pub left_out: usize,
    pub findings: Vec<Finding>,
    /// What the partner will have been given.
    pub giving: Vec<Giving>,
    /// An earlier set of the very same files that only needs to be finished.
    pub same: Option<DeliveryId>,
    /// Earlier sets that this one takes the place of.
    pub superseded: Vec<Set>,
}

/// Why there is nothing to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nothing {
    /// The very same files were delivered last, on the same day and to the same folder: a partner that expects a file a
    /// day gets one, and a site whose server was corrected delivers again.
    Again,
    /// Nothing has happened since the partner was last given anything.
    Unchanged,
}

impl Decision {
    pub fn is_held(&self) -> bool {
        !self.held.is_empty() || self.files.iter().any(|file| !file.held.is_empty())
    }
}

/// # Errors
/// Two establishments would have one file name.
pub fn decide(
    site: &Site,
    exchange: &Exchange,
    gathered: Gathered,
    export: &Export,
    now: NaiveDateTime,
) -> Result<Decision, Error> {
    let Gathered { source, last, open, given } = gathered;
    let mut rows = rows::decide(&source.people, export, &given, now.date(), source.left_out == 0);
    rows.findings.splice(0..0, source.findings);
    let before = Before { last: last.as_ref(), given: &given };
    let mut files = file::all(&rows, export, &before, now)?;
    let held = brakes::apply(&mut files, &rows, &source.people, exchange, export, &before);
    let nothing = nothing(site, exchange, &files, last.as_ref(), &open, now);
    let giving = giving::all(&rows, export, &given, &HashMap::new());
    let is_held = !held.is_empty() || files.iter().any(|file| !file.held.is_empty());
    // A file that is held again is held by this run, which is the one that its reader will approve.
    let goes_on =
        |earlier: &Set| !is_held && !earlier.is_held() && is_same(earlier, &files) && is_for(exchange, earlier);
    let same = open.iter().rfind(|earlier| goes_on(earlier)).map(Set::id);
    Ok(Decision {
        heading: brakes::line(&rows, export),
        held: if nothing == Some(Nothing::Unchanged) { Vec::new() } else { held },
        nothing,
        personal_fields: rows.personal_fields,
        left_out: rows.left_out + source.left_out,
        findings: rows.findings,
        giving,
        same,
        superseded: open.into_iter().filter(|earlier| Some(earlier.id()) != same).collect(),
        files,
    })
}

fn nothing(
    site: &Site,
    exchange: &Exchange,
    files: &[File],
    last: Option<&Set>,
    open: &[Set],
    now: NaiveDateTime,
) -> Option<Nothing> {
    if files.is_empty() {
        return Some(Nothing::Unchanged);
    }
    // A renaming that was cut off may have put another file in its place.
    if open.iter().any(Set::may_be_in_place) {
        return None;
    }
    let last = last.filter(|last| site.local(last.first().changed).date() == now.date() && is_for(exchange, last))?;
    let is_there = |file: &File| match file.content {
        Content::Full => last.files().iter().any(|there| (&there.digest, &there.part) == (&file.digest, &file.part)),
        // An empty file of changes would take the place of one that tells some.
        _ => file.rows == 0,
    };
    let kind = if files.iter().any(|file| file.content == Content::Full) { Nothing::Again } else { Nothing::Unchanged };
    files.iter().all(is_there).then_some(kind)
}

fn is_same(earlier: &Set, files: &[File]) -> bool {
    let is_one = |(there, file): (&crate::state::Delivery, &File)| {
        there.file_name == file.name && there.digest == file.digest && there.content == file.content
    };
    earlier.files().len() == files.len() && earlier.files().iter().zip(files).all(is_one)
}

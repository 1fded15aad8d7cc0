//! What an export comes to, before anything is done. Pure: the clock is an argument.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, TimeDelta};

use crate::job::Error;
use crate::job::export::before::Before;
use crate::job::export::file::{self, File};
use crate::job::export::pictures::Pictures;
use crate::job::export::place::is_for;
use crate::job::export::table::Table;
use crate::job::export::{accounts, brakes, giving};
use crate::job::gather;
use crate::model::{Content, Finding, Text};
use crate::site::{Exchange, Export, Site};
use crate::state::{Account, Delivery, DeliveryId, Given, Giving, Set};

/// What deciding needs to know, all of it read before.
pub struct Gathered<'s> {
    pub source: gather::Source<'s>,
    /// The tables that were last delivered.
    pub last: Option<Set>,
    /// What an earlier run left behind, held back sets among them.
    pub open: Vec<Set>,
    /// What the partner was last given, by the keys of the people; nothing where nobody remembers it.
    pub given: BTreeMap<String, Given>,
    /// Those that the export keeps at a provider.
    pub accounts: BTreeMap<String, Account>,
    /// The names of files of the last day.
    pub names: BTreeSet<String>,
}

pub struct Decision {
    pub tables: Vec<File>,
    /// Why they are held, beside the reasons of each.
    pub held: Vec<Text>,
    /// Why none of the tables is to be delivered, if so.
    pub nothing: Option<Nothing>,
    pub pictures: Vec<File>,
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
    /// What is to be delivered all or none.
    pub fn files(&self) -> Vec<&File> {
        let tables = self.tables.iter().filter(|_| self.nothing.is_none());
        tables.chain(&self.pictures).collect()
    }

    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut File> {
        let tables = self.tables.iter_mut().filter(|_| self.nothing.is_none());
        tables.chain(&mut self.pictures)
    }

    /// What is there already is not held any more.
    fn release_what_is_there(&mut self) {
        if self.nothing.is_some() {
            self.held.clear();
            self.tables.iter_mut().for_each(|file| file.held.clear());
        }
    }

    pub fn is_held(&self) -> bool {
        !self.held.is_empty() || self.tables.iter().any(|file| !file.held.is_empty())
    }
}

/// # Errors
/// Two establishments would have one file name.
pub fn decide(
    site: &Site,
    exchange: &Exchange,
    export: &Export,
    gathered: &Gathered<'_>,
    tables: Vec<Table>,
    pictures: Pictures,
    now: NaiveDateTime,
) -> Result<Decision, Error> {
    let Gathered { last, open, given, accounts, names, .. } = gathered;
    let before = Before { last: last.as_ref(), given };
    let mut others = tables.into_iter();
    let Table { files: mut tables, told, memos, like, read } = others.next().expect("an export has a table");
    name(&mut tables, export, names, now)?;
    let mut held = brakes::apply(&mut tables, &told, &like, exchange, export, &before);
    let left_out = told.left_out + read.left_out;
    held.extend(accounts::too_many_switched_off(&tables, left_out, accounts, export, now.date())?);
    for (table, made) in export.beside.iter().zip(others) {
        tables.extend(beside(exchange, table, made, &before, now)?);
    }
    // What was refused is tried again.
    let is_refused = accounts.values().any(|account| account.is_refused);
    let last = last.as_ref().filter(|_| !is_refused);
    let nothing = nothing(site, exchange, export, &tables, last, open, now);
    let giving = match export.remembers() {
        true => giving::all(&memos, export, given, &pictures),
        false => Vec::new(),
    };
    let mut decision = Decision {
        tables,
        held,
        nothing,
        pictures: pictures.files,
        left_out,
        findings: [read.findings, told.findings, pictures.findings].concat(),
        giving,
        same: None,
        superseded: Vec::new(),
    };
    decision.release_what_is_there();
    decision.same = same(exchange, &decision, open);
    decision.superseded = open.iter().filter(|earlier| Some(earlier.id()) != decision.same).cloned().collect();
    Ok(decision)
}

/// The files of a table beside the first one. What there is to say about it is said of its first file.
fn beside(
    exchange: &Exchange,
    table: &Export,
    made: Table,
    before: &Before<'_>,
    now: NaiveDateTime,
) -> Result<Vec<File>, Error> {
    let Table { mut files, told, like, .. } = made;
    file::name(&mut files, table, now)?;
    let held = brakes::apply(&mut files, &told, &like, exchange, table, before);
    if let Some(first) = files.first_mut() {
        first.held.extend(held);
        first.left_out = told.left_out;
        first.findings = told.findings;
    }
    Ok(files)
}

/// An earlier set that goes on. A file that is held again is held by this run, which is the one that its reader will approve.
fn same(exchange: &Exchange, decision: &Decision, open: &[Set]) -> Option<DeliveryId> {
    let files = decision.files();
    let goes_on = |earlier: &&Set| !earlier.is_held() && is_same(earlier, &files) && is_for(exchange, earlier);
    open.iter().rfind(goes_on).filter(|_| !decision.is_held()).map(Set::id)
}

/// A run in the same second, or in the hour that comes twice in autumn, would put its changes in the place of others that
/// nobody has read yet: it takes the next name that is free.
fn name(files: &mut [File], export: &Export, names: &BTreeSet<String>, now: NaiveDateTime) -> Result<(), Error> {
    let mut at = now;
    loop {
        file::name(files, export, at)?;
        let is_taken = |file: &File| export.file_name.is_of_one_instant() && names.contains(&file.name);
        if !files.iter().any(is_taken) {
            return Ok(());
        }
        at += TimeDelta::seconds(1);
    }
}

fn nothing(
    site: &Site,
    exchange: &Exchange,
    export: &Export,
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
    // A name that tells seconds is another one each time.
    let is_name = |there: &Delivery, file: &File| there.file_name == file.name || export.file_name.has("{time}");
    let is_one = |there: &Delivery, file: &File| {
        is_name(there, file) && (&there.digest, &there.part, &there.table) == (&file.digest, &file.part, &file.table)
    };
    let is_there = |file: &File| match file.content {
        Content::Full => last.files().iter().any(|there| is_one(there, file)),
        // An empty file of changes would take the place of one that tells some.
        _ => file.rows == 0,
    };
    let kind = if files.iter().any(|file| file.content == Content::Full) { Nothing::Again } else { Nothing::Unchanged };
    files.iter().all(is_there).then_some(kind)
}

fn is_same(earlier: &Set, files: &[&File]) -> bool {
    let is_one = |(there, file): (&Delivery, &&File)| {
        there.file_name == file.name && there.digest == file.digest && there.content == file.content
    };
    earlier.files().len() == files.len() && earlier.files().iter().zip(files).all(is_one)
}

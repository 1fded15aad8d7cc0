//! The files of one instant: rows sorted into what each file tells, and into establishments.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;

use crate::job::export::before::Before;
use crate::job::export::brakes;
use crate::job::export::draft::Draft;
use crate::job::export::made::Made;
use crate::job::rows::{self, Row};
use crate::job::{Error, Hands};
use crate::model::{Change, Content, Digest, Field, Finding, Text};
use crate::site::Export;
use crate::site::export::WhenNothing;
use crate::state::Roster;

/// A file as it would be delivered.
pub struct File {
    /// Of the server; empty for the server's own.
    pub folder: String,
    pub name: String,
    pub content: Content,
    /// The establishment that it is about, where each has its file.
    pub part: String,
    /// The profile's name of the table that it is, where there are several; else empty.
    pub table: String,
    /// The heading line.
    pub heading: String,
    /// Personal and sensitive fields that leave.
    pub personal_fields: Vec<Field>,
    pub made: Made,
    pub digest: Digest,
    /// Without the heading; of a picture, one.
    pub rows: usize,
    /// Of those, the rows of people who left.
    pub left: usize,
    /// Whom the file is about, as the journal speaks of them; nobody, where rows are no people.
    pub people: Roster,
    /// Why it is held.
    pub held: Vec<Text>,
    /// Rows of its table that are in no file because of an error, where there are several tables.
    pub left_out: usize,
    pub findings: Vec<Finding>,
}

/// The files of a table while its rows come.
pub struct Files<'a> {
    export: &'a Export,
    /// None in a dry run.
    hands: Option<&'a Hands>,
    headings: Vec<Cow<'a, str>>,
    /// By what each tells, and the establishment, in the order in which they are delivered.
    drafts: BTreeMap<(usize, String), Draft>,
}

impl<'a> Files<'a> {
    pub fn of(export: &'a Export, hands: Option<&'a Hands>) -> Files<'a> {
        Files { export, hands, headings: headings(export), drafts: BTreeMap::new() }
    }

    pub fn take(&mut self, row: &Row<'_>) -> Result<(), Error> {
        let (export, hands) = (self.export, self.hands);
        for (place, _) in export.contents.iter().enumerate().filter(|it| tells(export, *it.1, row.change)) {
            self.draft(place, row.part)?.take(row, export.rows.is_of_people(), hands)?;
        }
        Ok(())
    }

    fn draft(&mut self, place: usize, part: &str) -> Result<&mut Draft, Error> {
        match self.drafts.entry((place, part.into())) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(Draft::new(self.export, &self.headings)?)),
        }
    }

    /// Each file of the table; of changes, those that hold any, unless the site wants empty ones. They have no names yet.
    pub fn finish(mut self, before: &Before<'_>) -> Result<Vec<File>, Error> {
        let export = self.export;
        for (place, content) in export.contents.iter().enumerate().filter(|it| is_wanted_empty(*it.1, export)) {
            for part in parts_before(export, *content, before) {
                self.draft(place, part)?;
            }
        }
        let (heading, personal_fields) = (brakes::line(export), rows::personal_fields(export));
        let file = |((place, part), mut draft): ((usize, String), Draft)| {
            let (rows, left, people) = (draft.rows, draft.left, std::mem::take(&mut draft.people));
            let made = draft.finish()?;
            Ok(File {
                folder: export.folder.clone(),
                name: String::new(),
                content: export.contents[place],
                part,
                table: export.table.clone(),
                heading: heading.clone(),
                personal_fields: personal_fields.clone(),
                digest: made.digest(),
                made,
                rows,
                left,
                people,
                held: Vec::new(),
                left_out: 0,
                findings: Vec::new(),
            })
        };
        self.drafts.into_iter().map(file).collect()
    }
}

/// Gives each the name that it has at that moment.
///
/// # Errors
/// Two establishments would have one file name.
pub fn name(files: &mut [File], export: &Export, now: NaiveDateTime) -> Result<(), Error> {
    for file in files.iter_mut() {
        file.name = export.file_name.write(now, file.content, &file.part);
    }
    check_apart(files)
}

/// Is a row of whom this happened to in the file? Who is new is among the changes where no file is for the new ones, and
/// so is who left, where a column says it.
pub fn tells(export: &Export, content: Content, change: Option<Change>) -> bool {
    match (content, change) {
        (Content::Full, change) => change != Some(Change::Left),
        (Content::New, change) => change == Some(Change::New),
        (Content::Left, change) => change == Some(Change::Left),
        (Content::Changed, Some(Change::Changed)) => true,
        (Content::Changed, Some(Change::New)) => !export.contents.contains(&Content::New),
        (Content::Changed, Some(Change::Left)) => export.tells_who_left() && !export.contents.contains(&Content::Left),
        (Content::Changed | Content::Picture, _) => false,
    }
}

/// The establishments that have a file even if nobody is in it: one that stands for all where they share it; else those
/// that had one before, and have nobody any more.
fn parts_before<'b>(export: &Export, content: Content, before: &Before<'b>) -> Vec<&'b str> {
    match content.is_of_changes() {
        _ if !export.per_establishment => vec![""],
        true => before.given.values().map(|given| given.part.as_str()).collect(),
        false => before.full().filter(|file| file.rows > 0).map(|file| file.part.as_str()).collect(),
    }
}

/// A file of everybody is written even if it is empty, so that its brake speaks.
fn is_wanted_empty(content: Content, export: &Export) -> bool {
    !content.is_of_changes() || export.when_nothing == WhenNothing::EmptyFile
}

/// A file whose heading line cannot be written is held, to be looked at as far as it goes.
fn headings(export: &Export) -> Vec<Cow<'_, str>> {
    let written = |heading: &str| {
        let lacks = export.form.lacks(heading, &export.dialect);
        lacks.map(|_| heading.replace(|letter: char| !letter.is_ascii(), "?"))
    };
    rows::headings(export)
        .into_iter()
        .map(|heading| written(heading).map_or(Cow::Borrowed(heading), Cow::Owned))
        .collect()
}

/// A server may hold `A.csv` and `a.csv` for the same name.
fn check_apart(files: &[File]) -> Result<(), Error> {
    let mut seen: HashMap<String, &File> = HashMap::new();
    for file in files {
        if let Some(other) = seen.insert(file.name.to_lowercase(), file) {
            let cause = format!(
                "the establishments `{}` and `{}` would have one file: give one of them another name",
                other.part, file.part
            );
            return Err(Error::data(&file.name, cause));
        }
    }
    Ok(())
}

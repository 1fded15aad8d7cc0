//! The files of one instant: rows sorted into what each file tells, and into establishments.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;

use crate::format::Cell;
use crate::job::Error;
use crate::job::export::before::Before;
use crate::job::export::brakes;
use crate::job::rows::{Row, Rows};
use crate::model::{Change, Content, Digest, Field, Finding, Text};
use crate::site::Export;
use crate::site::export::WhenNothing;

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
    pub bytes: Vec<u8>,
    pub digest: Digest,
    /// Without the heading; of a picture, one.
    pub rows: usize,
    /// Whom the file is about, as the journal speaks of them; nobody, where rows are no people.
    pub people: Vec<String>,
    /// Why it is held.
    pub held: Vec<Text>,
    /// Rows of its table that are in no file because of an error, where there are several tables.
    pub left_out: usize,
    pub findings: Vec<Finding>,
}

/// Each file of the export; of changes, those that hold any, unless the site wants empty ones.
///
/// # Errors
/// Two establishments would have one file name.
pub fn all(rows: &Rows<'_>, export: &Export, before: &Before<'_>, now: NaiveDateTime) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for content in &export.contents {
        for part in parts(rows, export, *content, before) {
            let told: Vec<&Row<'_>> =
                rows.rows.iter().filter(|row| row.part == part && tells(export, *content, row.change)).collect();
            if !told.is_empty() || is_wanted_empty(*content, export) {
                files.push(file(&told, rows, export, *content, part, now));
            }
        }
    }
    check_apart(&files)?;
    Ok(files)
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

/// The establishments that have a file; one that stands for all where they share it. One that had a file, and has nobody
/// any more, has an empty one once.
fn parts<'r>(rows: &'r Rows<'_>, export: &Export, content: Content, before: &Before<'r>) -> BTreeSet<&'r str> {
    if !export.per_establishment {
        return [""].into();
    }
    let now = rows.rows.iter().filter(|row| tells(export, content, row.change)).map(|row| row.part);
    match content.is_of_changes() {
        true => now.chain(before.given.values().map(|given| given.part.as_str())).collect(),
        false => now.chain(before.full().filter(|file| file.rows > 0).map(|file| file.part.as_str())).collect(),
    }
}

/// A file of everybody is written even if it is empty, so that its brake speaks.
fn is_wanted_empty(content: Content, export: &Export) -> bool {
    !content.is_of_changes() || export.when_nothing == WhenNothing::EmptyFile
}

fn file(told: &[&Row<'_>], rows: &Rows<'_>, export: &Export, content: Content, part: &str, now: NaiveDateTime) -> File {
    let cells = told.iter().map(|row| &row.cells[..]).collect::<Vec<&[Cell<'_>]>>();
    let bytes = export.form.write(&export.dialect, &headings(rows, export), cells.into_iter());
    File {
        folder: export.folder.clone(),
        name: export.file_name.write(now, content, part),
        content,
        part: part.into(),
        table: export.table.clone(),
        heading: brakes::line(rows, export),
        personal_fields: rows.personal_fields.clone(),
        digest: Digest::of(&bytes),
        bytes,
        rows: told.len(),
        people: match export.rows.is_of_people() {
            true => told.iter().map(|row| row.who.clone()).collect(),
            false => Vec::new(),
        },
        held: Vec::new(),
        left_out: 0,
        findings: Vec::new(),
    }
}

/// A file whose heading line cannot be written is held, to be looked at as far as it goes.
fn headings<'r>(rows: &Rows<'r>, export: &Export) -> Vec<Cow<'r, str>> {
    let written = |heading: &&'r str| match export.form.lacks(heading, &export.dialect) {
        None => Cow::Borrowed(*heading),
        Some(_) => heading.replace(|letter: char| !letter.is_ascii(), "?").into(),
    };
    rows.headings.iter().map(written).collect()
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

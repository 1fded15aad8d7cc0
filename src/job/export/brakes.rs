//! Why the files of one instant are held: each for itself, and all of them together.

use std::slice;

use crate::job::export::before::Before;
use crate::job::export::file::File;
use crate::job::rows::{self, Told};
use crate::model::{Content, Finding, People, Text};
use crate::plan::Limit;
use crate::plan::brake::{self, Brake};
use crate::plan::heading::{self, Heading};
use crate::site::content::Brakes;
use crate::site::export::EmptyRequired;
use crate::site::{self, Exchange, Export};
use crate::state::{Delivery, Set};
use crate::text;

/// Writes the reasons to each file, and returns those that are about all of them.
pub fn apply(
    files: &mut [File],
    told: &Told,
    people: &People,
    exchange: &Exchange,
    export: &Export,
    before: &Before<'_>,
) -> Vec<Text> {
    let is_one = files.len() == 1;
    for file in files.iter_mut() {
        file.held = of_file(file, export, before);
    }
    let mut held = Vec::new();
    if !is_one {
        held.extend(shrunk_as_a_whole(files, export, before));
    }
    held.extend(changes(files, export, before, None));
    held.extend(with_errors(told, export));
    held.extend(unwritable_heading(told));
    held.extend(other_heading(export, before));
    held.extend(other_profile(told, exchange, export, before));
    held.extend(without_source(people, export));
    held
}

/// A file of everybody must not shrink, and one of an establishment must not tell of too much; of all establishments
/// together, changes are measured once.
fn of_file(file: &File, export: &Export, before: &Before<'_>) -> Vec<Text> {
    match (file.content, export.brakes.shrink) {
        (Content::Full, Some(shrink)) => {
            let last = before.last.and_then(|last| rows_of(last, file));
            brake::shrunk(shrink, file.rows, last).map(|held| held.text()).into_iter().collect()
        }
        (Content::New | Content::Changed | Content::Left, _) if export.per_establishment => {
            changes(slice::from_ref(file), export, before, Some(&file.part))
        }
        _ => Vec::new(),
    }
}

/// How many rows a file had.
fn rows_of(last: &Set, file: &File) -> Option<usize> {
    let is_same = |last: &&Delivery| (last.content, &last.part, &last.table) == (file.content, &file.part, &file.table);
    last.files().iter().find(is_same).map(|last| last.rows)
}

fn shrunk_as_a_whole(files: &[File], export: &Export, before: &Before<'_>) -> Option<Text> {
    let full = |content: Content| content == Content::Full;
    let now: usize = files.iter().filter(|file| full(file.content)).map(|file| file.rows).sum();
    let last = before.last?.files().iter().filter(|file| full(file.content));
    let was: usize = last.map(|file| file.rows).sum();
    let held = brake::shrunk(export.brakes.shrink?, now, (was > 0).then_some(was))?;
    Some(Text::of("of all files together: ", "tous fichiers confondus : ").then(&held.text()))
}

/// Too many new and changed rows, or too many who left: of everybody, or of what the file of one establishment tells. Each
/// of them is in one file.
fn changes(files: &[File], export: &Export, before: &Before<'_>, part: Option<&str>) -> Vec<Text> {
    let is_here = |one: &str| part.is_none_or(|part| part == one);
    let told = || files.iter().filter(|file| file.content.is_of_changes());
    let left: usize = told().map(|file| file.left).sum();
    let news = told().map(|file| file.rows).sum::<usize>() - left;
    let known = before.given.values().filter(|given| given.digest.is_some() && is_here(&given.part)).count();
    let Brakes { changes, left: leaving, floor, .. } = &export.brakes;
    let passed = |brake: Brake, limit: &Option<Limit>, count: usize| {
        let held = brake::news(brake, (*limit)?, *floor, count, known)?;
        Some(held.text())
    };
    let everybody_left = left == known && known > 0;
    [
        passed(Brake::NewsForPartner, changes, news),
        passed(Brake::LeftForPartner, leaving, left).or_else(|| everybody_left.then(nobody_is_left)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// No limit allows that: more likely the people could not be read.
fn nobody_is_left() -> Text {
    Text::of(
        "nobody whom the partner was last given is there any more",
        "aucune des personnes dernièrement données au partenaire n'est plus là",
    )
}

fn with_errors(told: &Told, export: &Export) -> Option<Text> {
    let is_held = export.empty_required == EmptyRequired::Hold && told.findings.iter().any(Finding::is_error);
    let rows = told.left_out;
    let have = if rows == 1 { "row has" } else { "rows have" };
    let comportent = if rows < 2 { "ligne comporte" } else { "lignes comportent" };
    is_held.then(|| {
        text!(
            "{rows} {have} an error, and the site holds such a file",
            "{rows} {comportent} une erreur, et la configuration retient un tel fichier",
        )
    })
}

fn unwritable_heading(told: &Told) -> Option<Text> {
    told.findings.iter().any(Finding::refuses_the_file).then(|| {
        Text::of(
            "the heading line cannot be written as it is",
            "la ligne d'en-têtes ne peut pas être écrite telle quelle",
        )
    })
}

fn other_heading(export: &Export, before: &Before<'_>) -> Option<Text> {
    let now = line(export);
    let last = before.last.and_then(|last| last.files().iter().find(|file| file.table == export.table));
    let last = last.map(|last| &last.heading).filter(|last| **last != now)?;
    let headings =
        |line: &str| -> Vec<Heading> { line.split(export.dialect.separator).map(Heading::as_written).collect() };
    Some(brake::changed(heading::Change::between(&headings(last), &headings(&now))).text())
}

/// The heading line, as a text file has it.
pub fn line(export: &Export) -> String {
    rows::headings(export).join(&export.dialect.separator.to_string())
}

/// What changed may be how rows are written, and not the people.
fn other_profile(told: &Told, exchange: &Exchange, export: &Export, before: &Before<'_>) -> Option<Text> {
    let last = before.last.map(|last| &last.first().profile).filter(|profile| !profile.is_empty())?;
    let changed = told.changed;
    let is_held = export.tells_changes() && changed > 0 && *last != exchange.profile.digest().as_str();
    is_held.then(|| {
        let profile = &exchange.profile.name;
        text!(
            "the profile `{profile}` is another one than at the last delivery, and {changed} rows differ: people may have \
             changed, or only how they are written",
            "le profil `{profile}` n'est plus celui de la dernière livraison, et {changed} lignes diffèrent : les personnes \
             ont pu changer, ou seulement la façon de les écrire"
        )
    })
}

/// A heading that the HR system renamed overnight would empty a column of the partner's for everybody; so would a right
/// that the key has lost.
fn without_source(people: &People, export: &Export) -> Option<Text> {
    let missing = export.columns.iter().filter(|chosen| chosen.source().is_some_and(|field| !people.has(field)));
    let missing: Vec<String> = missing.map(|chosen| format!("`{}`", chosen.heading)).collect();
    let headings = missing.join(", ");
    if missing.is_empty() {
        return None;
    }
    match &*export.people {
        site::People::File(file) => {
            let file = &file.file;
            Some(text!(
                "`{file}` has no column from which to fill {headings}",
                "`{file}` n'a aucune colonne pour remplir {headings}",
            ))
        }
        site::People::Lucca(lucca) => {
            let name = &lucca.name;
            Some(text!(
                "Lucca (`{name}`) says of nobody what {headings} would be filled with; perhaps the key may not see it: \
                 `passerelle check --online` tells",
                "Lucca (`{name}`) ne dit de personne ce qui remplirait {headings} ; la clé n'y a peut-être pas droit : \
                 `passerelle check --online` le dit",
            ))
        }
        site::People::Directory(_) => None,
    }
}

//! The tables of an export: what their files are called, and what rows that are no people need.

use std::collections::BTreeMap;

use toml::Spanned;

use super::People;
use super::reader::Reader;
use crate::format::Form;
use crate::model::{Content, RowsOf};
use crate::profile::complaint::quoted;
use crate::profile::{self, FileName};

/// The lists of a directory that tell of its organisation.
pub const DEPARTMENTS: &str = "departments";
pub const COST_CENTERS: &str = "cost-centers";

/// Where a site says what a partner's files are called, and what they are made of.
pub struct Asked<'a> {
    pub file_name: &'a Option<Spanned<FileName>>,
    pub file_names: &'a BTreeMap<Spanned<String>, Spanned<FileName>>,
    pub people: &'a Spanned<String>,
    pub profile: &'a Spanned<String>,
    pub has_photos: bool,
}

impl Asked<'_> {
    /// What each file of the profile is called.
    pub fn names(&self, contract: &profile::Export, form: Form) -> Vec<FileName> {
        let name = |file: &profile::export::File| {
            let own = self.file_names.iter().find(|(name, _)| *name.get_ref() == file.name);
            let own = own.map(|(_, own)| own).or(self.file_name.as_ref());
            let pattern = own.map_or(&file.file_name, Spanned::get_ref).clone();
            match form {
                Form::Json => pattern.of_kind("json"),
                _ => pattern.following(form),
            }
        };
        contract.files.iter().map(name).collect()
    }
}

/// Complains about names for files that the profile does not have, about files of changes of what is no people, and about
/// people who do not tell of the organisation.
pub fn check(
    asked: &Asked<'_>,
    contract: &profile::Export,
    contents: &[Content],
    per_establishment: bool,
    people: &People,
    reader: &mut Reader,
) {
    check_names(asked, contract, reader);
    let rows: Vec<RowsOf> = contract.files.iter().map(|file| file.rows).collect();
    if let [RowsOf::People] = rows[..] {
        return;
    }
    if contents != [Content::Full] || per_establishment {
        let problem = "only a profile of one file of people can have files of changes, or one for each establishment";
        let help = "leave out `content`, `files` and `per-establishment`";
        reader.complain(reader.at(asked.profile.span(), problem).help(help));
    }
    if asked.has_photos {
        let problem = "only a profile of one file of people can have `photos` beside it";
        reader.complain(reader.at(asked.profile.span(), problem).help("take `photos` out"));
    }
    let needs = |wanted: &[RowsOf]| rows.iter().any(|rows| wanted.contains(rows));
    for (is_needed, missing) in [
        (needs(&[RowsOf::Departments, RowsOf::Memberships]), departments_missing(people)),
        (needs(&[RowsOf::CostCenters]), cost_centers_missing(people)),
    ] {
        let Some((problem, help)) = missing.filter(|_| is_needed) else { continue };
        let problem = format!("the people `{}` {problem}", people.name());
        reader.complain(reader.at(asked.people.span(), problem).help(help));
    }
}

fn check_names(asked: &Asked<'_>, contract: &profile::Export, reader: &mut Reader) {
    let known: Vec<&str> =
        contract.files.iter().map(|file| file.name.as_str()).filter(|name| !name.is_empty()).collect();
    if let Some(name) = asked.file_name.as_ref().filter(|_| !known.is_empty()) {
        let problem = format!("the profile has {} files: {}", known.len(), quoted(known.iter().copied()));
        let help = format!("name them apart: `file-names = {{ {} = \"{}\" }}`", known[0], name.get_ref());
        reader.complain(reader.at(name.span(), problem).help(help));
    }
    for name in asked.file_names.keys().filter(|name| !known.contains(&name.get_ref().as_str())) {
        let complaint = reader.at(name.span(), format!("the profile has no file `{}`", name.get_ref()));
        reader.complain(match known.is_empty() {
            true => complaint.help("it has one file; write `file-name = \"…\"`"),
            false => complaint.nearest(name.get_ref(), known.iter().copied()),
        });
    }
}

/// What is missing to tell of departments, and what would help.
fn departments_missing(people: &People) -> Option<(&'static str, &'static str)> {
    match people {
        People::Lucca(_) => None,
        People::File(_) => Some(A_FILE),
        People::Directory(directory) if directory.lists.has(DEPARTMENTS) => None,
        People::Directory(_) => Some((
            "have no list of departments",
            "add `lists = { departments = \"departments.csv\" }`: a file with the headings `code`, `name` and `parent`",
        )),
    }
}

fn cost_centers_missing(people: &People) -> Option<(&'static str, &'static str)> {
    match people {
        People::Lucca(lucca) if lucca.options.cost_center_axis.is_some() => None,
        People::Lucca(_) => Some((
            "do not say which analytical axis of Lucca has the cost centres",
            "write `cost-center-axis = 1` there, with the id of the axis",
        )),
        People::File(_) => Some(A_FILE),
        People::Directory(directory) if directory.lists.has(COST_CENTERS) => None,
        People::Directory(_) => Some((
            "have no list of cost centres",
            "add `lists = { cost-centers = \"cost-centers.csv\" }`: a file with the headings `code`, `name` and \
             `parent`",
        )),
    }
}

const A_FILE: (&str, &str) = (
    "come from a file, which does not tell of the organisation",
    "name people of Lucca, or the directory with its lists, as in \
     `[people.users.directory]` with `lists = { departments = \"departments.csv\" }`",
);

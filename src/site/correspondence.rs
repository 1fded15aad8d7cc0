//! `correspondence` of an export: what the partner calls our values, where the site has matched them.

use std::collections::BTreeMap;

use toml::Spanned;

use super::reader::Reader;
use crate::format::cell::Correspondence;
use crate::model::field::Kind;
use crate::profile::{Chosen, Complaint};

/// `correspondence."Department" = { values = { "R&D" = "Recherche" }, otherwise = "refuse" }`, by the profile's headings.
pub type Correspondences = BTreeMap<Spanned<String>, Spanned<Correspondence>>;

/// The columns of each file with these tables, each in the place of the one that the profile may have. `title` is the
/// partner's name.
pub fn matched(
    tables: &Correspondences,
    files: Vec<Vec<Chosen>>,
    title: &str,
    reader: &mut Reader,
) -> Vec<Vec<Chosen>> {
    let columns: Vec<&Chosen> = files.iter().flatten().collect();
    for (heading, table) in tables {
        let complaint = needless(heading, table, &columns, title, reader);
        complaint.into_iter().for_each(|complaint| reader.complain(complaint));
    }
    let with_its_table = |mut chosen: Chosen| {
        let table = tables.iter().find(|(heading, _)| *heading.get_ref() == chosen.column.heading);
        chosen.column.form.correspondence =
            table.map(|(_, table)| table.get_ref().clone()).or(chosen.column.form.correspondence);
        chosen
    };
    files.into_iter().map(|columns| columns.into_iter().map(with_its_table).collect()).collect()
}

/// A table that could never matter is a slip of the pen.
fn needless(
    heading: &Spanned<String>,
    table: &Spanned<Correspondence>,
    columns: &[&Chosen],
    title: &str,
    reader: &Reader,
) -> Option<Complaint> {
    let name = heading.get_ref();
    let Some(chosen) = columns.iter().find(|chosen| chosen.column.heading == *name) else {
        let problem = format!("there is no column `{name}` in the file for {title}");
        let headings = columns.iter().map(|chosen| chosen.column.heading.as_str());
        return Some(reader.at(heading.span(), problem).nearest(name, headings));
    };
    let (problem, help) = if chosen.column.field.as_ref().is_some_and(|field| field.kind() == Kind::Date) {
        (format!("`{name}` is a day, which is not matched, only written in a form"), "take it out; see `dialect`")
    } else if chosen.column.form.constant.is_some() {
        (format!("`{name}` is the same for everybody, so there is nothing to match"), "take it out")
    } else if table.get_ref().values.is_empty() {
        (format!("no value of `{name}` is matched"), "write `values = { \"ours\" = \"theirs\" }`, or take it out")
    } else {
        return None;
    };
    Some(reader.at(heading.span(), problem).help(help))
}

//! `lists = { departments = "departments.csv", … }`: the reference lists of a site, each a CSV or XLSX file; or those that
//! an instance of Lucca has by itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use toml::Spanned;

use super::tables::{COST_CENTERS, DEPARTMENTS};
use crate::format;
use crate::model::Organisation;
use crate::model::fold::fold;
use crate::model::organisation::{Axis, Unit};
use crate::model::table::Row;
use crate::profile::{Complaint, Complaints, Document};
use crate::rule;
use crate::rule::lists::{Entry, List};

/// The headings of a list: `code` and `name`, of which one may be missing, and `parent` where the list is a tree.
const HEADINGS: [&str; 3] = ["code", "name", "parent"];

/// Where the reference lists are, by their names.
#[derive(Debug)]
pub struct Lists {
    document: Arc<Document>,
    files: BTreeMap<String, Spanned<PathBuf>>,
}

/// The lists of an organisation, by the names that the columns of the profile for imports give them. Of what it does not
/// know it has no list.
pub(super) fn of(organisation: &Organisation) -> rule::Lists {
    let Organisation { departments, establishments, roles, calendars, professional_categories, .. } = organisation;
    let named = [
        ("departments", departments),
        ("establishments", establishments),
        ("roles", roles),
        ("calendars", calendars),
        ("professional-categories", professional_categories),
    ];
    let named = named.map(|(name, units)| (name.to_string(), units));
    let axes = organisation.axes.iter().map(|axis| (format!("axis-{}", axis.id), &axis.sections));
    let mut lists = rule::Lists::default();
    let known = |(_, units): &(String, &Vec<Unit>)| !units.is_empty();
    named.into_iter().chain(axes).filter(known).for_each(|(name, units)| lists.insert(name, List::of(units)));
    lists
}

impl Lists {
    /// The paths of the files are complete.
    pub(super) fn new(document: Arc<Document>, files: BTreeMap<String, Spanned<PathBuf>>) -> Lists {
        Lists { document, files }
    }

    /// The lists as they are now; refused with all that is wrong with them.
    pub fn read(&self) -> Result<rule::Lists, Complaints> {
        let mut lists = rule::Lists::default();
        let mut complaints = Complaints::default();
        for (name, path) in &self.files {
            match self.list(path) {
                Ok(list) => lists.insert(name, list),
                Err(wrong) => wrong.into_iter().for_each(|complaint| complaints.push(complaint)),
            }
        }
        complaints.or(lists)
    }

    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// What the lists tell of the organisation, whose cost centres are of one axis without a name.
    pub fn organisation(&self) -> Result<Organisation, Complaints> {
        let lists = self.read()?;
        let units = |name: &str| lists.get(name).map(List::units).unwrap_or_default();
        let axis = Axis { sections: units(COST_CENTERS), ..Axis::default() };
        Ok(Organisation { departments: units(DEPARTMENTS), axes: vec![axis], ..Organisation::default() })
    }

    fn list(&self, path: &Spanned<PathBuf>) -> Result<List, Vec<Complaint>> {
        let file = path.get_ref().file_name().unwrap_or_default().display();
        let wrong = |problem: String| {
            let message = format!("the reference list {file} {problem}");
            vec![self.document.complaint(path.span(), message)]
        };
        let bytes = fs::read(path.get_ref()).map_err(|cause| {
            let help = format!("it was looked for at {}", path.get_ref().display());
            wrong(format!("cannot be read: {cause}"))
                .into_iter()
                .map(|complaint| complaint.help(&help))
                .collect::<Vec<_>>()
        })?;
        let reading = format::read(&bytes, &|heading| HEADINGS.contains(&fold(heading).as_str()))
            .map_err(|finding| wrong(format!("cannot be used: {finding}")))?;
        let errors = reading.findings.iter().filter(|finding| finding.is_error());
        let errors: Vec<Complaint> = errors.flat_map(|finding| wrong(format!("has an error: {finding}"))).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let columns = HEADINGS.map(|name| reading.heading.iter().position(|heading| fold(heading) == name));
        if let [None, None, _] = columns {
            return Err(wrong("has neither the heading `code` nor `name`".into()));
        }
        let cell = |row: Row<'_>, column: Option<usize>| {
            column.map(|column| row.cell(column).trim().to_string()).unwrap_or_default()
        };
        let entry = |row: Row<'_>| {
            let [code, name, parent] = columns.map(|column| cell(row, column));
            Entry { row: row.number(), code, name, parent }
        };
        let entries = reading.table.rows().map(entry).collect();
        List::new(entries)
            .map_err(|all| all.into_iter().flat_map(|one| wrong(format!("cannot be used: {one}"))).collect())
    }
}

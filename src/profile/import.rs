//! An import profile: the file that a partner may drop, and that creates and updates users.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::columns;
use super::complaint::{Complaints, Document};
use crate::model::Field;
use crate::rule::column::Column;

/// What a dropped file may hold.
#[derive(Debug, Clone)]
pub struct Import {
    /// Expected between the cells of a CSV file; another one is a remark.
    pub separator: char,
    /// Families are among them, with `{key}` in heading and field.
    pub columns: Vec<Column>,
    /// The ways to say which user a row is about, by name.
    pub identify_by: BTreeMap<String, Identification>,
}

/// One way to say which user a row is about.
#[derive(Debug, Clone)]
pub struct Identification {
    /// Their canonical headings, in the order that the file must have.
    pub columns: Vec<String>,
    /// The fields of these columns, which make the key.
    pub fields: Vec<Field>,
    /// Where the first of them must stand in the file, counted from 1.
    pub position: usize,
}

/// `[import]` as a profile writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Section {
    separator: char,
    columns: Vec<Spanned<Column>>,
    identify_by: BTreeMap<String, Way>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Way {
    columns: Vec<Spanned<String>>,
    position: usize,
}

impl Section {
    pub(super) fn check(self, document: &Arc<Document>, complaints: &mut Complaints) -> Import {
        let columns = columns::check(self.columns, document, complaints);
        let identify_by =
            self.identify_by.into_iter().map(|(name, way)| (name, way.check(&columns, document, complaints))).collect();
        Import { separator: self.separator, columns, identify_by }
    }
}

impl Way {
    fn check(self, columns: &[Column], document: &Arc<Document>, complaints: &mut Complaints) -> Identification {
        let mut fields = Vec::new();
        for name in &self.columns {
            let column = columns.iter().find(|column| column.heading == *name.get_ref());
            match column.and_then(|column| Field::parse(&column.field).ok()) {
                Some(field) => fields.push(field),
                None => complaints.push(
                    document
                        .complaint(
                            name.span(),
                            format!("there is no column `{}` to identify a user by", name.get_ref()),
                        )
                        .nearest(name.get_ref(), columns.iter().map(|column| column.heading.as_str())),
                ),
            }
        }
        Identification {
            columns: self.columns.into_iter().map(Spanned::into_inner).collect(),
            fields,
            position: self.position,
        }
    }
}

//! A people profile: a file of HR data, its headings mapped to fields.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::columns;
use super::complaint::{Complaints, Document};
use crate::model::{self, Field, Table};
use crate::rule::column::{Column, Creation, KEY};

/// What a file of HR data may hold.
#[derive(Debug, Clone)]
pub struct People {
    /// Families are among them, with `{key}` in heading and field.
    pub columns: Vec<Column>,
}

/// `[people]` as a profile writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Section {
    columns: Vec<Spanned<Column>>,
}

impl Section {
    pub(super) fn check(self, document: &Arc<Document>, complaints: &mut Complaints) -> People {
        let creates = |column: &Column| column.creation == Creation::Required || column.default;
        for column in self.columns.iter().filter(|column| creates(column.get_ref())) {
            complaints.push(
                document
                    .complaint(
                        column.span(),
                        "`creation` and `default` mean nothing for HR data, which creates no user",
                    )
                    .help("take them out"),
            );
        }
        People { columns: columns::check(self.columns, document, complaints) }
    }
}

impl People {
    /// Can a file with all these columns give the field, be it through another person?
    pub fn can_have(&self, field: &Field) -> bool {
        let fields = self.columns.iter().filter_map(|column| member(&column.field, field)).collect();
        model::People::new(fields, Table::default()).has(field)
    }
}

/// The field of a column; of a family, the member that is asked for.
fn member(column: &str, asked: &Field) -> Option<Field> {
    let Some(family) = column.strip_suffix(KEY) else {
        return Field::parse(column).ok();
    };
    let own = asked.own();
    own.name().starts_with(family).then_some(own)
}

//! The columns of a file that we read: checks that concern several of their keys at once.

use std::collections::HashMap;
use std::sync::Arc;

use toml::Spanned;

use super::complaint::{Complaints, Document};
use crate::model::field::{Bearer, Field, Kind};
use crate::model::fold::fold;
use crate::rule::column::{Column, KEY};

pub fn check(columns: Vec<Spanned<Column>>, document: &Arc<Document>, complaints: &mut Complaints) -> Vec<Column> {
    let mut headings = HashMap::new();
    let mut fields = HashMap::new();
    for column in &columns {
        check_headings(column, &mut headings, document, complaints);
        check_field(column, &mut fields, document, complaints);
    }
    check_examples(&columns, document, complaints);
    columns.into_iter().map(Spanned::into_inner).collect()
}

/// Each person of the sample has something in every column, if only nothing.
fn check_examples(columns: &[Spanned<Column>], document: &Arc<Document>, complaints: &mut Complaints) {
    let mut given = columns.iter().filter(|column| !column.get_ref().examples.is_empty());
    let Some(first) = given.next().map(Spanned::get_ref) else { return };
    for column in given {
        let (Column { heading, examples, .. }, wanted) = (column.get_ref(), first.examples.len());
        if examples.len() != wanted {
            let problem = format!("`{heading}` has not as many examples as `{}`, which has {wanted}", first.heading);
            let complaint = document.complaint(document.find(&column.span(), "examples"), problem);
            complaints.push(complaint.help("give one for each person of the sample, `\"\"` for an empty cell"));
        }
        if column.get_ref().field.contains(KEY) {
            let problem = format!("the family `{heading}` has no heading of its own for its examples");
            complaints.push(document.complaint(document.find(&column.span(), "examples"), problem));
        }
    }
}

fn check_headings<'a>(
    column: &'a Spanned<Column>,
    seen: &mut HashMap<String, &'a str>,
    document: &Arc<Document>,
    complaints: &mut Complaints,
) {
    let Column { heading, aliases, field, .. } = column.get_ref();
    for name in std::iter::once(heading).chain(aliases) {
        let spot = document.find(&column.span(), name);
        if name.contains(KEY) != field.contains(KEY) {
            complaints.push(
                document
                    .complaint(spot.clone(), format!("`{name}` and its field `{field}` do not go together"))
                    .help("a family has `{key}` in both, a plain column in neither"),
            );
        }
        if let Some(other) = seen.insert(fold(name), heading) {
            complaints.push(
                document
                    .complaint(spot, format!("`{name}` would be read as the column `{other}` too"))
                    .help("headings and aliases must differ in more than case, spaces, accents and punctuation"),
            );
        }
    }
}

fn check_field<'a>(
    column: &'a Spanned<Column>,
    seen: &mut HashMap<&'a str, &'a str>,
    document: &Arc<Document>,
    complaints: &mut Complaints,
) {
    let Column { heading, field: name, .. } = column.get_ref();
    let spot = document.find(&column.span(), name);
    match Field::parse_of(&name.replace(KEY, "0"), &[Bearer::Person]) {
        Ok(field) => check_kind(column, &field, document, complaints),
        Err(unknown) => {
            let complaint = document.complaint(spot.clone(), format!("`{name}` is not a field"));
            complaints.push(match unknown.nearest {
                Some(near) => complaint.help(format!("did you mean `{near}`?")),
                None => complaint,
            });
        }
    }
    let list = column.get_ref().check.list.as_deref().unwrap_or_default();
    if list.contains(KEY) && !name.contains(KEY) {
        complaints.push(
            document
                .complaint(
                    document.find(&column.span(), list),
                    format!("`{list}` has a key, and `{name}` is of no family"),
                )
                .help("a list has `{key}` only where heading and field have it"),
        );
    }
    if let Some(other) = seen.insert(name, heading) {
        complaints.push(
            document
                .complaint(spot, format!("the column `{other}` holds `{name}` already"))
                .help("one column for a field; other headings for it are `aliases`"),
        );
    }
}

/// Without its check, such a value would be kept as the file writes it, and never as we compare it.
fn check_kind(column: &Spanned<Column>, field: &Field, document: &Arc<Document>, complaints: &mut Complaints) {
    let check = &column.get_ref().check;
    let needed = match field.kind() {
        Kind::Date if !check.date => "date",
        Kind::Amount if !check.amount => "amount",
        Kind::Person if !check.person => "person",
        _ => return,
    };
    complaints.push(
        document
            .complaint(
                document.find(&column.span(), &column.get_ref().field),
                format!("nothing checks that `{}` holds a {needed}", column.get_ref().heading)
                    .replace("a amount", "an amount"),
            )
            .help(format!("add `check = {{ {needed} = true }}`")),
    );
}

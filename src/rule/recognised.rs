//! Recognised: which column of the file is which of the profile's, and in which field it is held.

use std::collections::HashMap;
use std::sync::Arc;

use unicode_normalization::char::is_combining_mark;

use super::column::KEY;
use super::{
    Column, Contract, Default, duplicate_heading, misplaced_heading, missing_heading, number_gap, unknown_heading,
};
use crate::model::fold::fold;
use crate::model::{Field, Finding};

/// A heading line, understood.
#[derive(Debug)]
pub struct Recognised {
    /// As the partner wrote them.
    pub headings: Vec<Arc<str>>,
    /// For each column of the file; None: it is not known, and not used.
    pub columns: Vec<Option<Found>>,
    /// In the order of the columns, those about the whole file at the end. An error refuses the file.
    pub findings: Vec<Finding>,
}

/// A column of the file that the profile has.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its index in the contract's columns.
    pub column: usize,
    /// With the key, where the column is of a family.
    pub field: Field,
}

impl Recognised {
    /// The column of the file that holds a field.
    pub fn position(&self, field: &Field) -> Option<usize> {
        self.columns.iter().position(|found| found.as_ref().is_some_and(|found| found.field == *field))
    }

    /// No heading is known: the first row may be anything, and says nothing about the form of the others.
    pub fn knows_nothing(&self) -> bool {
        self.columns.iter().all(Option::is_none)
    }

    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}

/// Understands a heading line. Case, spaces, accents and punctuation make no difference.
pub fn recognise(heading: &[String], contract: &Contract<'_>, defaults: &[Default]) -> Recognised {
    let headings = Headings::new(contract.columns);
    let columns = heading.iter().map(|heading| headings.find(heading)).collect();
    let mut recognised = Recognised {
        headings: heading.iter().map(|heading| Arc::from(heading.as_str())).collect(),
        columns,
        findings: Vec::new(),
    };
    if recognised.knows_nothing() {
        recognised.findings = vec![missing_heading::none_known(contract)];
        return recognised;
    }
    let mut findings = unknown_heading::findings(&recognised, contract);
    findings.extend(duplicate_heading::drop_repeated(&mut recognised));
    findings.extend(number_gap::findings(&recognised, contract));
    findings.extend(misplaced_heading::findings(&recognised, contract));
    findings.sort_by_key(|finding| finding.place.column);
    findings.extend(missing_heading::findings(&recognised, contract, defaults));
    recognised.findings = findings;
    recognised
}

/// Tells a heading of the contract from any other text.
pub fn knows<'a>(contract: &Contract<'a>) -> impl Fn(&str) -> bool + use<'a> {
    let headings = Headings::new(contract.columns);
    move |heading| headings.find(heading).is_some()
}

/// The column of the profile that holds a field, a family's included.
pub fn column_of<'a>(columns: &'a [Column], field: &Field) -> Option<&'a Column> {
    columns.iter().find(|column| column.key(field).is_some())
}

/// All headings that a profile knows.
struct Headings<'a> {
    columns: &'a [Column],
    plain: HashMap<String, usize>,
    /// What stands before and after the key.
    families: Vec<(&'a str, &'a str, usize)>,
}

impl<'a> Headings<'a> {
    fn new(columns: &'a [Column]) -> Headings<'a> {
        let mut headings = Headings { columns, plain: HashMap::new(), families: Vec::new() };
        for (index, column) in columns.iter().enumerate() {
            for heading in std::iter::once(&column.heading).chain(&column.aliases) {
                match (heading.split_once(KEY), column.field.contains(KEY)) {
                    (Some((before, after)), true) => headings.families.push((before, after, index)),
                    (None, false) => drop(headings.plain.entry(fold(heading)).or_insert(index)),
                    // A family's heading without a key leads to no field.
                    _ => {}
                }
            }
        }
        headings
    }

    fn find(&self, heading: &str) -> Option<Found> {
        let folded = fold(heading);
        if let Some(column) = self.plain.get(&folded) {
            return Some(Found { column: *column, field: Field::parse(&self.columns[*column].field).ok()? });
        }
        self.families.iter().find_map(|(before, after, column)| {
            let key = strip(heading.trim(), &folded, before)?.strip_suffix(after)?.trim();
            let key = match self.columns[*column].numbered {
                true => key.parse::<u32>().ok()?.to_string(),
                false => key.into(),
            };
            let field = self.columns[*column].field.replace(KEY, &key);
            (!key.is_empty()).then(|| Field::parse(&field).ok())?.map(|field| Found { column: *column, field })
        })
    }
}

/// What follows `start` in `text`, once both are folded. A sign at the end of `start` must be there, whichever it is.
fn strip<'t>(text: &'t str, folded: &str, start: &str) -> Option<&'t str> {
    let wanted = fold(start);
    // Nearly every text ends here, before it is folded letter by letter.
    if !folded.starts_with(&wanted) {
        return None;
    }
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let end = ends.take(2 * start.len()).find(|end| fold(&text[..*end]) == wanted)?;
    let rest = text[end..].trim_start_matches(|sign: char| sign.is_whitespace() || is_combining_mark(sign));
    match start.ends_with(char::is_alphanumeric) || rest.len() < text[end..].len() && !rest.starts_with(is_sign) {
        true => Some(rest),
        false => rest.strip_prefix(is_sign),
    }
}

fn is_sign(letter: char) -> bool {
    !letter.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn headings_are_known_through_dress_aliases_and_families() {
        let columns = sample::columns();
        let login = [Field::of("login")];
        let contract = sample::contract(&columns, &login);
        for (heading, field) in [
            ("Login", Some("login")),
            ("first name", Some("first-name")),
            ("Last-Name ", Some("last-name")),
            ("e-mail", Some("mail")),
            ("habilitedRoles_0", Some("secondary-role-0")),
            ("HABILITEDROLES 12", Some("secondary-role-12")),
            ("hàbilitedroles-01 ", Some("secondary-role-1")),
            ("habilitedRoles_x", None),
            ("email2", None),
            ("e bloodType", Some("custom-bloodType")),
            ("e__x", Some("custom-_x")),
            ("e_bloodType", Some("custom-bloodType")),
            ("e_", None),
            ("shoe size", None),
            ("", None),
        ] {
            let recognised = recognise(&[heading.into()], &contract, &[]);
            let found = recognised.columns[0].as_ref().map(|found| found.field.name());
            assert_eq!(found, field, "{heading}");
        }
    }

    #[test]
    fn a_field_leads_back_to_its_column() {
        let columns = sample::columns();
        for (field, heading) in
            [("mail", Some("mail")), ("secondary-role-3", Some("habilitedRoles_{key}")), ("title", None)]
        {
            assert_eq!(column_of(&columns, &Field::of(field)).map(|column| &*column.heading), heading);
        }
    }
}

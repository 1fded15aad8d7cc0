//! One check per file, named after its finding code, with its options and its tests.
//!
//! To add a check: a file here with its `RULE`, a line in its group of [`RULES`], and a call from `reader` for a cell, from
//! `recognised` for a heading, or from `checked` for rows and the whole file.

pub mod additions;
pub mod checked;
pub mod clear;
pub mod codes;
pub mod column;
pub mod fault;
pub mod form;
pub mod lists;
pub mod muster;
pub mod notes;
pub mod others;
pub mod recognised;
pub mod remarks;
pub mod settled;
pub mod sieve;
pub mod stated;

mod added;
mod damage;
mod filled;
mod identity;
mod inspection;
mod known;
mod labels;
mod letters;
mod memo;
mod near;
mod reader;
mod reference;
mod roll;
mod row_list;
mod same_person;
mod scope;
mod sheet;
mod tally;
mod translated;
mod wanted;
mod ways;
mod written_day;

mod absent_person;
mod ambiguous_key;
mod ambiguous_label;
mod ambiguous_manager;
mod bad_amount;
mod bad_date;
mod bad_mail;
pub mod bad_signature;
mod clear_not_allowed;
mod code_translated;
mod control_character;
mod cut_cell;
mod cut_text;
mod date_order;
mod date_serial;
mod default_used;
mod duplicate_heading;
mod duplicate_key;
mod end_before_start;
mod example_row;
mod in_two_rows;
mod iso_date;
mod lost_zeros;
mod manager_circle;
mod manager_left_out;
mod misplaced_heading;
mod missing_heading;
mod missing_key;
mod missing_value;
mod mojibake;
pub mod more_findings;
mod moved_mail;
mod not_allowed;
pub mod not_decrypted;
mod number_gap;
mod outer_blanks;
mod phone_without_plus;
mod placeholder;
mod possible_twin;
mod repeated_value;
mod scientific_number;
mod spreadsheet_error;
mod taken;
mod too_long;
mod two_digit_year;
mod unknown_code;
mod unknown_heading;
mod unknown_label;
mod unknown_manager;
pub mod unused_column;

#[cfg(test)]
mod sample;

use chrono::NaiveDate;

use crate::model::{Field, People, Rule, Severity, Text};

pub use crate::model::defaults::{Default, Fills};
pub use additions::Additions;
pub use checked::{Checked, check};
pub use codes::Codes;
pub use column::Column;
pub use inspection::{Inspected, Inspection};
pub use lists::Lists;
pub use others::Others;
pub use recognised::{Recognised, knows, recognise};
pub use settled::Settled;

/// What a file must be: a profile's columns, and how a site tells people apart.
#[derive(Debug, Clone, Copy)]
pub struct Contract<'a> {
    pub columns: &'a [Column],
    /// The login, the mail, or establishment and employee number.
    pub identify_by: &'a [Field],
    /// An import into a directory: what a new user needs, and people, are checked. Without it only cells are.
    pub creates: bool,
    /// What it is when two people may be one, under two logins or numbers.
    pub twins: Severity,
}

/// What a file is checked against.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Who is in the directory, or those of them whom a row may mean.
    pub known: &'a People,
    /// The others; None where all are known.
    pub others: Option<&'a Others<'a>>,
    pub additions: &'a Additions,
    /// The day on which people who have not left are remarked if the file says nothing of them; None: nobody is.
    pub absent_on: Option<NaiveDate>,
}

impl<'a> Surroundings<'a> {
    /// None where they cannot be read.
    fn everybody(&self) -> Option<&'a People> {
        match self.others {
            Some(others) => others.everybody(),
            None => Some(self.known),
        }
    }
}

/// Every finding that a check can give, by what it is about.
pub static RULES: &[(Text, &[&Rule])] = &[
    (
        Text::of("The heading line", "La ligne d'en-têtes"),
        &[
            &missing_heading::RULE,
            &misplaced_heading::RULE,
            &duplicate_heading::RULE,
            &number_gap::RULE,
            &unknown_heading::RULE,
            &unused_column::RULE,
        ],
    ),
    (
        Text::of("A cell", "Une cellule"),
        &[
            &bad_amount::RULE,
            &bad_date::RULE,
            &bad_mail::RULE,
            &clear_not_allowed::RULE,
            &control_character::RULE,
            &cut_cell::RULE,
            &cut_text::RULE,
            &date_order::MONTH_FIRST,
            &date_order::MIXED,
            &date_order::UNPROVEN,
            &date_serial::RULE,
            &iso_date::RULE,
            &lost_zeros::RULE,
            &mojibake::RULE,
            &not_allowed::RULE,
            &outer_blanks::RULE,
            &phone_without_plus::RULE,
            &placeholder::RULE,
            &scientific_number::RULE,
            &spreadsheet_error::RULE,
            &too_long::RULE,
            &two_digit_year::RULE,
            &unknown_code::RULE,
            &code_translated::RULE,
            &unknown_label::CALENDAR,
            &unknown_label::DEPARTMENT,
            &unknown_label::ESTABLISHMENT,
            &unknown_label::OTHER,
            &unknown_label::ROLE,
            &ambiguous_label::RULE,
        ],
    ),
    (
        Text::of("The person of a row", "La personne d'une ligne"),
        &[
            &example_row::RULE,
            &missing_key::RULE,
            &ambiguous_key::RULE,
            &duplicate_key::RULE,
            &missing_value::RULE,
            &default_used::RULE,
            &in_two_rows::RULE,
            &taken::LOGIN,
            &taken::MAIL,
            &taken::NUMBER,
            &taken::VALUE,
            &possible_twin::RULE,
            &moved_mail::RULE,
            &end_before_start::RULE,
            &repeated_value::RULE,
        ],
    ),
    (
        Text::of("Managers", "Les managers"),
        &[&unknown_manager::RULE, &ambiguous_manager::RULE, &manager_circle::RULE, &manager_left_out::RULE],
    ),
    (
        Text::of("The file as a whole", "Le fichier dans son ensemble"),
        &[&not_decrypted::RULE, &bad_signature::RULE, &absent_person::RULE, &more_findings::RULE],
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_rule_is_listed_once_and_its_file_is_named_after_it() {
        let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rule");
        let mut written = BTreeSet::new();
        for file in std::fs::read_dir(room).expect("the room is there") {
            let path = file.expect("it can be listed").path();
            let text = std::fs::read_to_string(&path).expect("it can be read");
            let codes: Vec<String> = text
                .split(": Rule = Rule {\n")
                .skip(1)
                .filter_map(|rule| Some(rule.split('"').nth(1)?.into()))
                .collect();
            if let [code] = &codes[..] {
                assert_eq!(path.file_stem(), Some(code.replace('-', "_").as_ref()));
            }
            let named = codes.iter().all(|code| text.lines().next().is_some_and(|line| line.contains(code)));
            assert!(named, "{} does not name {codes:?} in its first line", path.display());
            written.extend(codes);
        }
        let listed: Vec<String> = RULES.iter().flat_map(|(_, rules)| *rules).map(|rule| rule.code.into()).collect();
        assert_eq!(listed.len(), written.len());
        assert_eq!(listed.into_iter().collect::<BTreeSet<String>>(), written);
    }
}

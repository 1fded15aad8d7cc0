//! `month-first`: a column whose days only make sense with the month in front, so that none of them can be trusted.

use chrono::{Datelike, NaiveDate};

use super::bad_date;
use crate::model::{Example, Finding, Place, Rule, Severity, Text, date};

pub static RULE: Rule = Rule {
    code: "month-first",
    severity: Severity::Error,
    meaning: Text::of(
        "The days of the column are written month first; export it again day first, such as `31/12/2026`.",
        "",
    ),
    correction: Text::of("", ""),
    example: Example { wrong: "", right: "" },
};

/// So many rows are named as proof.
const NAMED: usize = 5;

/// What the days of a column tell about their order.
#[derive(Default)]
pub struct Order {
    day_first: usize,
    month_first: usize,
    /// The first rows whose day exists only month first, and what the very first holds.
    rows: Vec<u32>,
    read: String,
}

impl Order {
    pub fn note_day(&mut self, text: &str, day: NaiveDate) {
        let tells = day.day() > 12 && date::iso(text).is_none();
        self.day_first += usize::from(tells);
    }

    pub fn note_fault(&mut self, fault: &Finding) {
        let (true, Some(row), Some(read)) = (is_month_first(fault), fault.place.row, &fault.read) else { return };
        if self.month_first == 0 {
            self.read.clone_from(read);
        }
        if self.month_first < NAMED {
            self.rows.push(row);
        }
        self.month_first += 1;
    }

    /// None where a single day can only be read day first, or all can be read either way.
    pub fn finding(&self, place: Place) -> Option<Finding> {
        if self.month_first == 0 || self.day_first > 0 {
            return None;
        }
        let rows: Vec<String> = self.rows.iter().map(u32::to_string).collect();
        let (noun, rows) = (if self.month_first == 1 { "row" } else { "rows" }, rows.join(", "));
        let more = match self.month_first - self.rows.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let problem = format!(
            "holds days that only exist month first (`{}`, {noun} {rows}{more}) and none that only exists day first, \
             so no day of this column can be trusted",
            self.read
        );
        Some(RULE.at(place, problem).expected(bad_date::EXPECTED))
    }
}

/// Would the cell be a day, if the month came first?
pub fn is_month_first(fault: &Finding) -> bool {
    let read = fault.read.as_deref().unwrap_or_default();
    fault.code == bad_date::RULE.code && date::month_first(read.trim()).is_some()
}

#[cfg(test)]
mod tests {
    use super::super::sample::Trial;

    #[test]
    fn a_column_that_only_makes_sense_month_first_is_refused_with_proof() {
        let trial = Trial::default();
        let rows = ["ada;03/25/1985", "bo;01/02/1990", "cy;12/31/1970", "kim1;1990-05-17"];
        let checked = trial.check("login;dtBirth", &rows);
        let errors: Vec<String> =
            checked.findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect();
        assert_eq!(
            errors,
            ["B dtBirth: holds days that only exist month first (`03/25/1985`, rows 2, 4) and none that only exists \
              day first, so no day of this column can be trusted; expected a day as `DD/MM/YYYY`, for example \
              `31/12/2026`"]
        );
        assert!(checked.delivered.table.is_empty(), "the file is refused");
    }

    #[test]
    fn one_day_that_proves_day_first_makes_the_others_mistakes_of_their_rows() {
        let codes = Trial::default().findings("login;dtBirth", &["ada;03/25/1985", "bo;25/03/1985"]);
        assert_eq!(codes.iter().map(|(code, _)| &**code).collect::<Vec<_>>(), ["bad-date"]);
    }

    #[test]
    fn the_rows_that_are_named_stay_few() {
        let rows: Vec<String> = (0..20).map(|row| format!("p{row};03/25/1985")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let (_, sentence) = Trial { creates: false, ..Trial::default() }.findings("login;dtBirth", &rows).remove(0);
        assert!(sentence.contains("rows 2, 3, 4, 5, 6 and 15 more)"), "{sentence}");
    }
}

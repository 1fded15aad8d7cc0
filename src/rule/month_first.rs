//! `month-first`: a column whose days only make sense with the month in front, so that none of them can be trusted.

use chrono::{Datelike, NaiveDate};

use super::bad_date;
use super::fault::Rule;
use crate::model::{Finding, Place, Severity, date};

pub static RULE: Rule = Rule {
    code: "month-first",
    severity: Severity::Error,
    meaning: "The days of the column are written month first; export it again day first, such as `31/12/2026`.",
};

/// So many rows are named as proof.
const NAMED: usize = 5;

/// What the days of a column tell about their order.
#[derive(Default)]
pub struct Order {
    day_first: usize,
    /// Rows whose day exists only month first, and what they hold.
    month_first: Vec<(u32, String)>,
}

impl Order {
    pub fn note_day(&mut self, text: &str, day: NaiveDate) {
        let tells = day.day() > 12 && date::iso(text).is_none();
        self.day_first += usize::from(tells);
    }

    pub fn note_fault(&mut self, fault: &Finding) {
        if let (true, Some(row), Some(read)) = (is_month_first(fault), fault.place.row, &fault.read) {
            self.month_first.push((row, read.clone()));
        }
    }

    /// None where a single day can only be read day first, or all can be read either way.
    pub fn finding(&self, place: Place) -> Option<Finding> {
        let (_, read) = self.month_first.first().filter(|_| self.day_first == 0)?;
        let rows: Vec<String> = self.month_first.iter().take(NAMED).map(|(row, _)| row.to_string()).collect();
        let more = match self.month_first.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let noun = if self.month_first.len() == 1 { "row" } else { "rows" };
        let problem = format!(
            "holds days that only exist month first (`{read}`, {noun} {}{more}) and none that only exists day first, \
             so no day of this column can be trusted",
            rows.join(", ")
        );
        Some(RULE.at(place, problem).expected(bad_date::EXPECTED))
    }
}

/// Would the cell be a day, if the month came first?
pub fn is_month_first(fault: &Finding) -> bool {
    let read = fault.read.as_deref().unwrap_or_default();
    fault.code == bad_date::RULE.code && date::month_first(read.trim()).is_some()
}

//! `bad-date`: a cell that is no day, day first.

use chrono::{Datelike, NaiveDate};

use super::fault::Fault;
use super::written_day::{WrittenDay, YEARS};
use super::{date_serial, two_digit_year};
use crate::model::{Example, Rule, Severity, Text, date};
use crate::text;

pub static RULE: Rule = Rule {
    code: "bad-date",
    severity: Severity::Error,
    meaning: Text::of(
        "The cell does not hold a day of the calendar.",
        "La cellule ne contient pas un jour du calendrier.",
    ),
    correction: Text::of(
        "Write the day first and the year with four digits, such as `31/12/2026`.",
        "Écrivez le jour en premier et l'année sur quatre chiffres, par exemple `31/12/2026`.",
    ),
    example: Example { wrong: "login;dtContractEnd\nada;31/02/2027", right: "login;dtContractEnd\nada;28/02/2027" },
};

pub const EXPECTED: Text = Text::of(
    "a day as `DD/MM/YYYY`, for example `31/12/2026`",
    "un jour au format `JJ/MM/AAAA`, par exemple `31/12/2026`",
);

/// Reads `31/12/2026`; also understands `2026-12-31`.
pub fn read(text: &str) -> Result<NaiveDate, Fault> {
    if let Some(day) = day(text) {
        return Ok(day);
    }
    let Some(mistyped) = any_day(text) else { return Err(why(text)) };
    let year = mistyped.year();
    let problem = text!(
        "is in the year {year}, which cannot be meant",
        "est en l'an {year}, ce qui doit être une faute de frappe"
    );
    Err(RULE.fault(problem).expected(EXPECTED))
}

/// As [`read`], without the reason where it finds no day.
pub fn day(text: &str) -> Option<NaiveDate> {
    let written = WrittenDay::of(text).and_then(|written| written.date());
    written.or_else(|| any_day(text).filter(|day| YEARS.contains(&day.year())))
}

/// The rule that [`read`] has against a text; None where the text proves that its column is month first.
pub fn rule_against(text: &str) -> Option<&'static Rule> {
    if date_serial::is(text) {
        return Some(&date_serial::RULE);
    }
    let short_year = two_digit_year::fault(text).map(|fault| fault.rule);
    short_year.or_else(|| date::month_first(text).is_none().then_some(&RULE))
}

fn any_day(text: &str) -> Option<NaiveDate> {
    date::day_first(text).or_else(|| date::iso(text))
}

fn why(text: &str) -> Fault {
    if let Some(fault) = date_serial::fault(text).or_else(|| two_digit_year::fault(text)) {
        return fault;
    }
    if let Some(day) = date::month_first(text) {
        let day = day.format("%d/%m/%Y");
        let problem = Text::of(
            "is not a date: there is no such month; it looks as if the month came first",
            "n'est pas une date : ce mois n'existe pas ; le mois semble écrit en premier",
        );
        let expected = text!("the day first, for example `{day}`", "le jour en premier, par exemple `{day}`");
        return RULE.fault(problem).expected(expected);
    }
    let first = text.split([' ', 'T']).next().unwrap_or_default();
    if first.len() < text.len()
        && let Some(day) = date::day_first(first).or_else(|| date::iso(first))
    {
        let day = day.format("%d/%m/%Y");
        return RULE
            .fault(Text::of("is a date with a time", "est une date avec une heure"))
            .expected(text!("the day alone: `{day}`", "le jour seul : `{day}`"));
    }
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let is_number = |part: &&str| part.parse::<u16>().is_ok();
    let problem = match parts.len() == 3 && parts[2].len() == 4 && parts.iter().all(is_number) {
        true => Text::of("is not a day of the calendar", "n'est pas un jour du calendrier"),
        false => Text::of("is not a date", "n'est pas une date"),
    };
    RULE.fault(problem).expected(EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_day_first_and_iso() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        for text in ["01/03/2026", "1/3/2026", "01.03.2026", "01-03-2026", "2026-03-01"] {
            assert_eq!(read(text), Ok(day), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_told_apart() {
        let cases = [
            ("31/02/2026", "`31/02/2026` is not a day of the calendar; expected a day as"),
            ("03/25/2026", "looks as if the month came first; expected the day first, for example `25/03/2026`"),
            ("01/03/2026 00:00", "is a date with a time; expected the day alone: `01/03/2026`"),
            ("2026-03-01T00:00:00", "is a date with a time; expected the day alone: `01/03/2026`"),
            ("2026/03/01", "`2026/03/01` is not a date; expected a day as `DD/MM/YYYY`"),
            ("tomorrow", "`tomorrow` is not a date; expected a day as `DD/MM/YYYY`"),
            ("31/12/9999", "is in the year 9999, which cannot be meant"),
            ("01/03/0026", "is in the year 26, which cannot be meant"),
            ("46082", "is the number by which a spreadsheet counts days"),
            ("01/03/26", "has a year of two digits"),
        ];
        for (text, expected) in cases {
            let sentence = read(text).expect_err(text).sentence(text);
            assert!(sentence.contains(expected), "{sentence}");
        }
    }
}

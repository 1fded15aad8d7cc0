//! `date-serial`: a day as the number by which a spreadsheet counts it, such as 46082.

use chrono::{Days, NaiveDate};

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text, date};
use crate::text;

pub static RULE: Rule = Rule {
    code: "date-serial",
    severity: Severity::Error,
    meaning: Text::of(
        "The cell holds the number by which a spreadsheet counts days, instead of the day.",
        "La cellule contient le nombre par lequel un tableur compte les jours, au lieu du jour.",
    ),
    correction: Text::of(
        "Format the column as a date (day, month, year with four digits) and save the file again.",
        "Mettez la colonne au format date (jour, mois, année sur quatre chiffres), puis enregistrez de nouveau le \
         fichier.",
    ),
    example: Example { wrong: "login;dtContractEnd\nada;46387", right: "login;dtContractEnd\nada;31/12/2026" },
};

/// 1900-03-01 to 2078: before, the count of spreadsheets is off by one; after, nobody is employed yet.
const SERIALS: std::ops::Range<u64> = 61..65_536;

pub fn fault(text: &str) -> Option<Fault> {
    let day = day(text)?.format("%d/%m/%Y");
    let problem = Text::of(
        "is the number by which a spreadsheet counts days, not a date",
        "est le nombre par lequel un tableur compte les jours, et non une date",
    );
    let expected = text!(
        "the day itself, `{day}` if the number is right",
        "le jour lui-même, soit `{day}` si le nombre est juste"
    );
    Some(RULE.fault(problem).expected(expected))
}

/// As [`fault`], without the words.
pub fn is(text: &str) -> bool {
    day(text).is_some()
}

/// In a column of any text: the directory has the day that the number counts.
pub fn certain(text: &str, known: &str) -> Option<Fault> {
    let known = date::day_first(known).or_else(|| date::iso(known))?;
    (day(text) == Some(known)).then(|| fault(text))?
}

fn day(text: &str) -> Option<NaiveDate> {
    let whole = text.split_once(['.', ',']).map_or(text, |(whole, _)| whole);
    let serial: u64 = whole.parse().ok().filter(|serial| SERIALS.contains(serial))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(serial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_translated() {
        for text in ["46082", "46082,5"] {
            let sentence = fault(text).expect("a serial").sentence(text);
            assert!(sentence.contains("`01/03/2026`"), "{sentence}");
        }
        for other in ["01/03/2026", "20260301", "12", "x", ""] {
            assert_eq!(fault(other), None, "{other}");
        }
    }

    #[test]
    fn in_a_text_it_is_certain_where_the_directory_has_that_day() {
        for (text, known, is_certain) in [
            ("46082", "01/03/2026", true),
            ("46082", "2026-03-01", true),
            ("46082", "46081", false),
            ("46082", "", false),
        ] {
            assert_eq!(certain(text, known).is_some(), is_certain, "{text} {known}");
        }
    }
}

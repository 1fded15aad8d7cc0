//! `iso-date`: a day written year first, which is understood.

use crate::model::{Example, Rule, Severity, Text, date};

pub static RULE: Rule = Rule {
    code: "iso-date",
    severity: Severity::Remark,
    meaning: Text::of(
        "The day is written year first; it is understood, but the format asks for the day first, such as \
              `31/12/2026`.",
        "",
    ),
    correction: Text::of("", ""),
    example: Example { wrong: "", right: "" },
};

pub fn is(text: &str) -> bool {
    date::iso(text).is_some()
}

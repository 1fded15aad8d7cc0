//! `iso-date`: a day written year first, which is understood.

use crate::model::{Example, Rule, Severity, Text, date};

pub static RULE: Rule = Rule {
    code: "iso-date",
    severity: Severity::Remark,
    meaning: Text::of(
        "The date is written year first; it is understood, but the format asks for the day first.",
        "La date commence par l'année ; elle est comprise, mais le format demande le jour en premier.",
    ),
    correction: Text::of(
        "Write the day first, such as `31/12/2026`.",
        "Écrivez le jour en premier, par exemple `31/12/2026`.",
    ),
    example: Example { wrong: "login;dtContractEnd\nada;2026-12-31", right: "login;dtContractEnd\nada;31/12/2026" },
};

pub fn is(text: &str) -> bool {
    date::iso(text).is_some()
}

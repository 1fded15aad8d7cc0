//! TOML to values; what serde and the TOML parser have against it becomes a complaint in plain words.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::complaint::{Complaint, Document, quoted};
use crate::model::fold;

/// What is wrong, and what would be right.
type Words = (String, Option<String>);

/// Reads the whole document. The parser stops at the first thing that it cannot take.
pub fn parse<T: DeserializeOwned>(document: &Arc<Document>) -> Result<T, Complaint> {
    toml::from_str(&document.text).map_err(|error| {
        let span = error.span().filter(|span| !is_whole(span, document));
        let place = span.as_ref().map_or("", |span| &document.text[span.start..]);
        let (message, help) = wrong_brackets(place, error.message()).unwrap_or_else(|| in_plain_words(error.message()));
        Complaint { document: document.clone(), span, message, help }
    })
}

fn is_whole(span: &Range<usize>, document: &Document) -> bool {
    span.is_empty() && span.start == 0 || span.len() >= document.text.trim_end().len()
}

fn in_plain_words(message: &str) -> Words {
    let rules =
        [unknown_key, unknown_choice, missing_key, out_of_range, not_a_day, wrong_type, not_one_choice, not_toml];
    rules.iter().find_map(|rule| rule(message)).unwrap_or_else(|| in_its_own_words(message))
}

/// Of the headings of tables: the parser names what it found in them, or what it wanted in their place.
fn wrong_brackets(place: &str, message: &str) -> Option<Words> {
    let (problem, help) = match message.strip_prefix("invalid type: ")? {
        _ if place.starts_with("[[") => ("a list of tables does not belong here", "write single brackets"),
        "map, expected a sequence" if place.starts_with('[') => {
            ("a list of tables is expected here", "write double brackets")
        }
        _ => return None,
    };
    Some((problem.into(), Some(help.into())))
}

fn unknown_key(message: &str) -> Option<Words> {
    let (wrong, known) = message.strip_prefix("unknown field `")?.split_once('`')?;
    Some((format!("there is no key `{wrong}` here"), Some(meant(wrong, known, "the keys here are"))))
}

fn unknown_choice(message: &str) -> Option<Words> {
    let (wrong, known) = message.strip_prefix("unknown variant `")?.split_once('`')?;
    Some((format!("`{wrong}` is none of the choices here"), Some(meant(wrong, known, "the choices are"))))
}

/// Serde lists what it knows in backticks.
fn meant(wrong: &str, known: &str, introduction: &str) -> String {
    let names: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    match fold::nearest(wrong, names.iter().copied()) {
        _ if names.is_empty() => "nothing belongs here".into(),
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{introduction} {}", quoted(names)),
    }
}

fn missing_key(message: &str) -> Option<Words> {
    let name = message.strip_prefix("missing field `")?.strip_suffix('`')?;
    Some((format!("the key `{name}` is missing"), Some(format!("add `{name} = …`"))))
}

fn out_of_range(message: &str) -> Option<Words> {
    let (_, expected) = message.strip_prefix("invalid value: integer ")?.split_once(", expected ")?;
    let range = match expected {
        "u8" => "from 0 to 255",
        "u16" => "from 0 to 65535",
        _ if expected.starts_with("a nonzero ") => "from 1 on",
        _ if expected.starts_with('u') => "from 0 to 4294967295",
        _ => return None,
    };
    Some(("this number is too small or too large".into(), Some(format!("write a whole number {range}"))))
}

fn wrong_type(message: &str) -> Option<Words> {
    let told = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, expected) = told.split_once(", expected ")?;
    Some((format!("{} does not belong here", kind(found)), Some(format!("write {}", wanted(expected)))))
}

/// What was found, without its value: it may be a secret, and stands in the line that is shown.
fn kind(found: &str) -> &str {
    match found.split(' ').next() {
        Some("map") => "a table",
        Some("sequence") => "a list",
        Some("string") => "this text",
        Some("integer" | "floating") => "a number",
        Some("boolean") => "`true` or `false`",
        _ => "this",
    }
}

fn wanted(expected: &str) -> &str {
    match expected {
        "a string" => "a text in quotes",
        "a character" | "a char" => "one character in quotes",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list: `[…, …]`",
        "a map" => "a table: `{ … }`",
        _ if expected.starts_with("struct ") => "a table: `{ … }`",
        _ if expected.starts_with(['u', 'i']) || expected.starts_with("a nonzero ") => "a whole number, without quotes",
        other => other,
    }
}

/// The words are chrono's. TOML's own dates are maps to it.
fn not_a_day(message: &str) -> Option<Words> {
    if message.starts_with("invalid type: map, expected a formatted date string") {
        return Some(("this day has no quotes".into(), Some("write `\"2026-12-31\"`".into())));
    }
    let is_about_days =
        ["input contains invalid characters", "input is out of range", "premature end of input", "trailing input"]
            .iter()
            .any(|words| message.starts_with(words));
    is_about_days.then(|| ("this is not a day".into(), Some("write year, month and day: `2026-12-31`".into())))
}

fn not_one_choice(message: &str) -> Option<Words> {
    if message == "wanted string or table" {
        return Some(("this does not belong here".into(), Some("write one of the choices as a text in quotes".into())));
    }
    let problem = match message {
        "wanted exactly 1 element, found 0 elements" => "nothing is chosen here",
        "wanted exactly 1 element, more than 1 element" => "more than one thing is chosen here",
        _ => return None,
    };
    Some((problem.into(), Some("write exactly one of the keys that belong here".into())))
}

/// What the parser says about the most frequent slips of the pen.
fn not_toml(message: &str) -> Option<Words> {
    let problem = message.lines().next()?.split(", expected ").next()?;
    let (problem, help) = match problem {
        "string values must be quoted" | "invalid float" | "invalid integer" | "invalid boolean" => {
            ("this value is not understood", "write a text in quotes; a number, `true` or `false` without")
        }
        "invalid basic string" | "invalid literal string" => ("this text has no end", "end it with a quote"),
        "missing escaped value" => ("a backslash is not plain text", "write it twice, or use `'` in place of `\"`"),
        "unclosed table" | "unclosed array" => ("this has no end", "end it with `]`"),
        "duplicate key" => ("this is written twice", "take one of the two out"),
        _ => return None,
    };
    Some((problem.into(), Some(help.into())))
}

/// Ours are like ``what is wrong; what would be right``; the parser's are like `what is wrong, expected …`.
fn in_its_own_words(message: &str) -> Words {
    let first = message.lines().next().unwrap_or_default();
    if let Some((wrong, right)) = first.split_once("; ").or_else(|| first.split_once(": ")) {
        return (wrong.into(), Some(right.into()));
    }
    match first.split_once(", expected ") {
        Some((wrong, right)) => (wrong.into(), Some(format!("expected {right}"))),
        None => (first.into(), None),
    }
}

//! TOML to values; what serde and the TOML parser have against it becomes a complaint in plain words.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::complaint::{Complaint, Document, quoted};
use crate::model::fold;

/// Reads the whole document. The parser stops at the first thing that it cannot take.
pub fn parse<T: DeserializeOwned>(document: &Arc<Document>) -> Result<T, Complaint> {
    toml::from_str(&document.text).map_err(|error| {
        let (message, help) = in_plain_words(error.message());
        let span = error.span().filter(|span| !is_whole(span, document));
        Complaint { document: document.clone(), span, message, help }
    })
}

fn is_whole(span: &std::ops::Range<usize>, document: &Document) -> bool {
    span.is_empty() && span.start == 0 || span.len() >= document.text.trim_end().len()
}

/// What is wrong, and what would be right.
fn in_plain_words(message: &str) -> (String, Option<String>) {
    let rules = [unknown_key, unknown_choice, missing_key, wrong_type, not_one_choice];
    rules.iter().find_map(|rule| rule(message)).unwrap_or_else(|| in_its_own_words(message))
}

type Words = (String, Option<String>);

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
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{introduction} {}", quoted(names)),
    }
}

fn missing_key(message: &str) -> Option<Words> {
    let name = message.strip_prefix("missing field ")?;
    Some((format!("the key {name} is missing"), None))
}

fn wrong_type(message: &str) -> Option<Words> {
    let told = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    let (found, expected) = told.split_once(", expected ")?;
    Some((format!("{} does not belong here", found_in_plain_words(found)), Some(expected_in_plain_words(expected))))
}

fn found_in_plain_words(found: &str) -> String {
    match found {
        "map" => "a table".into(),
        "sequence" => "a list".into(),
        _ => match found.split_once(' ') {
            Some(("string", text)) => format!("the text {text}"),
            Some(("integer", number)) => format!("the number {number}"),
            Some(("floating", point)) => format!("the number {}", point.trim_start_matches("point ")),
            Some(("boolean", value)) => value.into(),
            _ => found.into(),
        },
    }
}

fn expected_in_plain_words(expected: &str) -> String {
    let expected = match expected {
        "a string" => "a text in quotes",
        "a character" | "a char" => "one character in quotes",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list: `[…, …]`",
        "a map" => "a table: `{ … }`",
        _ if expected.starts_with("struct ") => "a table: `{ … }`",
        _ if expected.starts_with(['u', 'i']) && expected[1..].parse::<u8>().is_ok() => "a whole number",
        "usize" => "a whole number",
        other => other,
    };
    format!("expected: {expected}")
}

fn not_one_choice(message: &str) -> Option<Words> {
    match message {
        "wanted exactly 1 element, found 0 elements" => {
            Some(("nothing is chosen here".into(), Some("expected: exactly one key".into())))
        }
        "wanted exactly 1 element, more than 1 element" => {
            Some(("more than one thing is chosen here".into(), Some("expected: exactly one key".into())))
        }
        _ => None,
    }
}

/// Ours are like ``what is wrong; what would be right``; the parser's are like `what is wrong, expected …`.
fn in_its_own_words(message: &str) -> Words {
    let first = message.lines().next().unwrap_or_default();
    match (first.split_once("; "), first.split_once(", expected ")) {
        (Some((wrong, right)), _) => (wrong.into(), Some(right.into())),
        (None, Some((wrong, right))) => (wrong.into(), Some(format!("expected: {right}"))),
        (None, None) => (first.into(), None),
    }
}

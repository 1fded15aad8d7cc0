//! The properties of a user of Lucca, and the fields of ours that they are.

use serde_json::Value;

use crate::model::Field;

/// Where a field is in a user: names from the user down. Names and ids of other resources are nested.
///
/// Source: `list users` and `user` of the directory pages (v3), and the list of native user properties.
const PROPERTIES: &[(&str, &[&str])] = &[
    ("login", &["login"]),
    ("employee-number", &["employeeNumber"]),
    ("last-name", &["lastName"]),
    ("first-name", &["firstName"]),
    ("mail", &["mail"]),
    ("personal-mail", &["personalEmail"]),
    ("phone", &["professionalMobile"]),
    ("gender", &["gender"]),
    ("birth-date", &["birthDate"]),
    ("contract-start", &["dtContractStart"]),
    ("contract-end", &["dtContractEnd"]),
    ("establishment", &["legalEntity", "name"]),
    ("department", &["department", "name"]),
    ("job-title", &["jobTitle"]),
    ("manager", &["manager", "login"]),
    ("role", &["rolePrincipal", "name"]),
    ("culture", &["culture", "code"]),
];

/// Where a field of ours is; None where Lucca has no such thing.
pub fn of(field: &Field) -> Option<&'static [&'static str]> {
    PROPERTIES.iter().find(|(name, _)| field.is(name)).map(|(_, path)| *path)
}

/// As the parameter `fields` asks for it: `department[name]`.
pub fn asked(path: &[&str]) -> String {
    match path {
        [own] => own.to_string(),
        [own, nested @ ..] => format!("{own}[{}]", asked(nested)),
        [] => String::new(),
    }
}

/// What a user has there, in canonical form; empty where there is nothing.
pub fn value(user: &Value, path: &[&str]) -> String {
    let found = path.iter().try_fold(user, |at, name| at.get(name));
    match found {
        Some(Value::String(text)) => day(text).unwrap_or(text.trim()).to_string(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Days are moments at midnight: `2026-11-23T00:00:00`.
fn day(text: &str) -> Option<&str> {
    let (day, time) = text.split_once('T')?;
    (day.len() == 10 && time.starts_with("00:00:00")).then_some(day)
}

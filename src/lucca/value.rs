//! A value of Lucca in our canonical form.

use serde_json::Value;

/// Days without their midnight, objects by their names, several values behind one another; empty where there is nothing.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::String(text) => day(text.trim()).unwrap_or(text.trim()).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is_so) => is_so.to_string(),
        Value::Object(object) => object.get("name").map(canonical).unwrap_or_default(),
        Value::Array(list) => {
            let all: Vec<String> = list.iter().map(canonical).filter(|one| !one.is_empty()).collect();
            all.join(", ")
        }
        Value::Null => String::new(),
    }
}

/// Ids are numbers, and texts in the newest generation.
pub fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// Days are moments at midnight: `2026-11-23T00:00:00`.
fn day(text: &str) -> Option<&str> {
    let (day, time) = text.split_once('T')?;
    (day.len() == 10 && time.starts_with("00:00:00")).then_some(day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_as_we_hold_them() {
        for (value, read) in [
            (json!("2026-11-23T00:00:00"), "2026-11-23"),
            (json!("2026-11-23T08:15:00"), "2026-11-23T08:15:00"),
            (json!(" Ada "), "Ada"),
            (json!(12.5), "12.5"),
            (json!(true), "true"),
            (json!({"id": 3, "name": "Sales"}), "Sales"),
            (json!(["a", null, {"name": "b"}]), "a, b"),
            (json!(null), ""),
        ] {
            assert_eq!(canonical(&value), read, "{value}");
        }
    }
}

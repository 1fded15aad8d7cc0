//! A list of v4: everything about each item, pages counted from 1, equality as the one filter.

use rusqlite::{Connection, params_from_iter};
use serde_json::{Value, json};

use super::super::exchange::{Answer, Asked, Refusal};
use super::super::store::{Record, columns, records};

const WORDS: [&str; 3] = ["limit", "page", "fields.root"];

/// Assumed: 100 items where `limit` is absent, 1000 at most.
const USUAL_PAGE: usize = 100;
const LARGEST_PAGE: usize = 1000;

/// `{"items": […]}`, with `count` where `fields.root=count` asks for it; this shape is assumed.
pub fn answer(connection: &Connection, table: &str, asked: &Asked) -> Result<Answer, Refusal> {
    let limit = number(asked, "limit", USUAL_PAGE)?;
    let page = number(asked, "page", 1)?;
    if limit > LARGEST_PAGE {
        return Err(Refusal::field("limit", format!("at most {LARGEST_PAGE}")));
    }
    let (wanted, values) = filters(connection, table, asked)?;
    let offset = (page - 1) * limit;
    let sql = format!("SELECT * FROM {table} WHERE {wanted} ORDER BY id LIMIT {limit} OFFSET {offset}");
    let rows = records(connection, &sql, params_from_iter(&values))?;
    let mut body = json!({ "items": rows.into_iter().map(Record::into).collect::<Vec<Value>>() });
    if asked.parameter("fields.root").is_some_and(|fields| fields.split(',').any(|field| field == "count")) {
        let sql = format!("SELECT count(*) FROM {table} WHERE {wanted}");
        let count: i64 = connection.query_row(&sql, params_from_iter(&values), |row| row.get(0))?;
        body["count"] = json!(count);
    }
    Ok(Answer::json(200, &body))
}

fn filters(connection: &Connection, table: &str, asked: &Asked) -> Result<(String, Vec<String>), Refusal> {
    let columns = columns(connection, table)?;
    let mut conditions = vec!["1".to_string()];
    let mut values = Vec::new();
    for (name, filter) in asked.query.iter().filter(|(name, _)| !WORDS.contains(&name.as_str())) {
        if !columns.contains(name) {
            return Err(Refusal::field(name, "this filter is not known"));
        }
        let marks: Vec<String> = filter
            .split(',')
            .map(|value| {
                values.push(flag(value));
                format!("?{}", values.len())
            })
            .collect();
        conditions.push(format!("{name} IN ({})", marks.join(", ")));
    }
    Ok((conditions.join(" AND "), values))
}

fn flag(value: &str) -> String {
    match value {
        "true" => "1".to_string(),
        "false" => "0".to_string(),
        other => other.to_string(),
    }
}

fn number(asked: &Asked, name: &str, usual: usize) -> Result<usize, Refusal> {
    match asked.parameter(name).map(str::parse) {
        None => Ok(usual),
        Some(Ok(number)) if number > 0 => Ok(number),
        Some(_) => Err(Refusal::field(name, "a number from 1 is expected")),
    }
}

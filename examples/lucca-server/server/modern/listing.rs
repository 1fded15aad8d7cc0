//! A list of v5: a cursor that stays right while the list changes, and parts that are only there when asked for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Value, json};

use super::super::exchange::{Answer, Asked, Refusal};
use super::super::store::records;
use super::resource::{Resource, View};

/// Documented for employees; assumed for the others.
const USUAL_PAGE: usize = 25;
const LARGEST_PAGE: usize = 100;

/// What `include` asks for. Assumed: what it does not name is null, the link to the next page too.
pub struct Include {
    links: bool,
    total_count: bool,
    pub embedded: bool,
}

impl Include {
    pub fn read(asked: &Asked) -> Result<Include, Refusal> {
        let mut include = Include { links: false, total_count: false, embedded: false };
        for word in asked.parameter("include").unwrap_or_default().split(',').filter(|word| !word.is_empty()) {
            match word {
                "links" => include.links = true,
                "totalCount" => include.total_count = true,
                "embedded" => include.embedded = true,
                other => {
                    return Err(Refusal::field("include", format!("`{other}` is not links, totalCount or embedded")));
                }
            }
        }
        Ok(include)
    }

    pub fn trim(&self, item: &mut Value) {
        if !self.links {
            item["links"] = Value::Null;
        }
    }
}

/// `earlier` serves the first page, whatever the cursor.
pub fn answer(
    store: &Connection,
    view: &View<'_>,
    resource: &Resource,
    asked: &Asked,
    earlier: bool,
) -> Result<Answer, Refusal> {
    let include = Include::read(asked)?;
    let limit = limit(asked)?;
    let after = if earlier { 0 } else { asked.parameter("page").map_or(Ok(0), position)? };
    let (wanted, values) = filters(resource, asked)?;
    let from = (resource.from)(view.today);
    let sql = format!("SELECT * FROM ({from}) WHERE id > {after} AND {wanted} ORDER BY id LIMIT {}", limit + 1);
    let mut rows = records(store, &sql, params_from_iter(&values))?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().and_then(|row| row["id"].as_i64());
    let mut items: Vec<Value> = rows.iter().map(|row| (resource.shape)(view, row)).collect();
    let embedded = include.embedded.then(|| view.embedded(store, resource, &items)).transpose()?;
    items.iter_mut().for_each(|item| include.trim(item));
    let url = format!("{}/lucca-api/{}", view.base, resource.plural);
    let next = last.filter(|_| has_more).map(|id| json!({ "href": format!("{url}?{}", following(asked, id, limit)) }));
    let mut total = Value::Null;
    if include.total_count {
        let sql = format!("SELECT count(*) FROM ({from}) WHERE {wanted}");
        total = json!(store.query_row(&sql, params_from_iter(&values), |row| row.get::<_, i64>(0))?);
    }
    // Assumed: `prev` is always null; nobody goes back.
    let links = if include.links { json!({ "prev": null, "next": next }) } else { Value::Null };
    let body = json!({
        "type": resource.plural, "url": url, "totalCount": total, "items": items, "links": links,
        "embedded": embedded.unwrap_or_default(),
    });
    Ok(Answer::json(200, &body))
}

fn limit(asked: &Asked) -> Result<usize, Refusal> {
    match asked.parameter("limit").map(str::parse) {
        None => Ok(USUAL_PAGE),
        Some(Ok(limit)) if (1..=LARGEST_PAGE).contains(&limit) => Ok(limit),
        Some(_) => Err(Refusal::field("limit", format!("a number from 1 to {LARGEST_PAGE} is expected"))),
    }
}

/// Cursors begin with `!` and are not to be understood.
fn cursor(id: i64) -> String {
    format!("!{}", URL_SAFE_NO_PAD.encode(format!("after {id}")))
}

fn position(cursor: &str) -> Result<i64, Refusal> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(cursor.strip_prefix('!')?).ok()?;
        String::from_utf8(bytes).ok()?.strip_prefix("after ")?.parse().ok()
    };
    read().ok_or_else(|| Refusal::field("page", format!("`{cursor}` is not a cursor of this server")))
}

/// The query of the next page: the same, but for the cursor.
fn following(asked: &Asked, id: i64, limit: usize) -> String {
    let kept = asked.query.iter().filter(|(name, _)| name != "page" && name != "limit");
    let kept: String = kept.map(|(name, value)| format!("&{name}={}", value.replace('&', "%26"))).collect();
    format!("page={}&limit={limit}{kept}", cursor(id))
}

fn filters(resource: &Resource, asked: &Asked) -> Result<(String, Vec<String>), Refusal> {
    let mut conditions = vec!["1".to_string()];
    let mut values = Vec::new();
    for (name, filter) in asked.query.iter().filter(|(name, _)| !["page", "limit", "include"].contains(&name.as_str()))
    {
        let known = resource.filters.iter().find(|(parameter, _)| parameter == name);
        let (_, column) = known.ok_or_else(|| Refusal::field(name, "this parameter is not known"))?;
        let marks: Vec<String> = filter
            .split(',')
            .map(|value| {
                let value = match value {
                    "true" => "1",
                    "false" => "0",
                    other => other,
                };
                values.push(value.to_string());
                format!("?{}", values.len())
            })
            .collect();
        conditions.push(format!("{column} IN ({})", marks.join(", ")));
    }
    Ok((conditions.join(" AND "), values))
}

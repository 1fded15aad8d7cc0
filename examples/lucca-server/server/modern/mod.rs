//! The "Lucca API" (v5): `/lucca-api/…` and its tokens. To add a resource, describe it in `resource.rs`.
//!
//! Shapes, parameters and scopes: OpenAPI 2024-11-01, published in LuccaSA/n8n-nodes-lucca.

mod endpoints;
mod listing;
pub mod resource;
mod token;

use super::desk::Desk;
use super::exchange::{Answer, Asked, Refusal};
use resource::{RESOURCES, Resource, View};

pub use token::answer as token;

/// The version that clients must name.
pub const VERSION: &str = "2024-11-01";

/// Everything below `/lucca-api/`. Assumed: a version that is missing or not known is a 400.
pub fn answer(desk: &Desk, asked: &Asked, rest: &str, earlier: bool) -> Result<Answer, Refusal> {
    let scopes = token::scopes(desk, asked)?;
    if asked.version.as_deref() != Some(VERSION) {
        return Err(Refusal::field("Api-Version", format!("this header must be {VERSION}")));
    }
    let (name, id) = rest.split_once('/').map_or((rest, None), |(name, id)| (name, Some(id)));
    let allowed = |scope: &str, writing: bool| {
        let (reads, writes) = (format!("{scope}.readonly"), format!("{scope}.readwrite"));
        match scopes.iter().any(|own| *own == writes || (!writing && *own == reads)) {
            true => Ok(()),
            false => Err(Refusal::of(403, format!("The scope {} is missing", if writing { writes } else { reads }))),
        }
    };
    if name == "webhook-endpoints" {
        allowed(name, asked.method != "GET")?;
        return endpoints::answer(desk, asked, id);
    }
    if name == "portraits" {
        allowed("employees", false)?;
        return portrait(desk, asked, id.unwrap_or_default());
    }
    let resource = RESOURCES.into_iter().find(|known| known.plural == name);
    let resource = resource.ok_or_else(|| Refusal::absent(format!("Nothing at {}", asked.path)))?;
    allowed(resource.plural, false)?;
    let view = View { base: desk.url(), today: &desk.today() };
    match (asked.method.as_str(), id) {
        ("GET", None) => listing::answer(&desk.store(), &view, resource, asked, earlier),
        ("GET", Some(id)) => one(desk, &view, resource, asked, id),
        _ => Err(Refusal::of(405, format!("{} is not possible on {}", asked.method, asked.path))),
    }
}

fn one(desk: &Desk, view: &View<'_>, resource: &Resource, asked: &Asked, id: &str) -> Result<Answer, Refusal> {
    let include = listing::Include::read(asked)?;
    let store = desk.store();
    let found = view.one(&store, resource, id)?;
    let mut item = found.ok_or_else(|| Refusal::absent(format!("No {} with the id {id}", resource.singular)))?;
    let embedded =
        include.embedded.then(|| view.embedded(&store, resource, std::slice::from_ref(&item))).transpose()?;
    include.trim(&mut item);
    item["embedded"] = embedded.unwrap_or_default();
    Ok(Answer::json(200, &item))
}

/// The picture itself for `Accept: image/*`, else what is known of it.
fn portrait(desk: &Desk, asked: &Asked, id: &str) -> Result<Answer, Refusal> {
    let sql = "SELECT name, type, bytes FROM pictures WHERE id = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?));
    let found = desk.store().query_row(sql, [id], read);
    let (name, media, bytes): (_, _, Vec<u8>) = match found {
        Err(rusqlite::Error::QueryReturnedNoRows) => {
            return Err(Refusal::absent(format!("No portrait with the id {id}")));
        }
        other => other?,
    };
    if asked.accept.as_deref().is_some_and(|accept| accept.starts_with("image/")) {
        return Ok(Answer::bytes(&media, bytes));
    }
    let url = format!("{}/lucca-api/portraits/{id}", desk.url());
    let body = serde_json::json!({
        "id": id, "type": "portrait", "url": url, "fileName": name, "contentType": media, "links": null, "embedded": null,
    });
    Ok(Answer::json(200, &body))
}

//! The "Lucca API" (v5): `/lucca-api/…` and its tokens. To add a resource, describe it in `resource.rs`.
//!
//! Shapes, parameters and scopes: OpenAPI 2024-11-01, published in LuccaSA/n8n-nodes-lucca.

mod endpoints;
mod listing;
pub mod resource;
mod token;

use serde_json::json;

use super::desk::Desk;
use super::exchange::{Answer, Asked, Refusal};
use super::store::{first, picture};
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
    let store = desk.store();
    if asked.accept.as_deref().is_some_and(|accept| accept.starts_with("image/")) {
        return picture(&store, id);
    }
    let sql = "SELECT name, type, users.id AS userId
               FROM pictures JOIN users ON pictureId = pictures.id WHERE pictures.id = ?1";
    let found = first(&store, sql, [id])?;
    let row = found.ok_or_else(|| Refusal::absent(format!("No portrait with the id {id}")))?;
    let view = View { base: desk.url(), today: &desk.today() };
    let mut portrait = view.reference("portrait", "portraits", &json!(id));
    portrait["employee"] = view.reference("employee", "employees", &row["userId"]);
    portrait["fileName"] = row["name"].clone();
    portrait["contentType"] = row["type"].clone();
    Ok(Answer::json(200, &portrait))
}

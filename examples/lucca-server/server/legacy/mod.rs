//! The generations v3 and v4 of the API. To add a resource, describe it in `resource.rs`.

mod draft;
mod fields;
mod listing;
mod projection;
mod property;
mod resource;
mod writing;

use serde_json::{Value, json};

use super::caller::Caller;
use super::desk::Desk;
use super::exchange::{Answer, Asked, Refusal};
use super::right::Right;
use super::store::{first, now, picture};
use fields::Fields;
use listing::Listing;
use projection::View;
use resource::{AXES, AXIS_SECTIONS, DEPARTMENTS, EXTENSIONS, LEGAL_ENTITIES, ROLES, Resource, SERVED, USERS};

/// Everything below `/api/v3/`.
pub fn answer(desk: &Desk, caller: &Caller, asked: &Asked, earlier: bool) -> Result<Answer, Refusal> {
    let rest = asked.path.strip_prefix("/api/v3/").unwrap_or_default();
    let (name, id) = rest.split_once('/').map_or((rest, None), |(name, id)| (name, Some(id)));
    if name == "files" {
        caller.needs(Some(Right::ReadUsers))?;
        return picture(&desk.store(), id.unwrap_or_default());
    }
    let path = format!("/api/v3/{name}");
    let resource = SERVED.into_iter().find(|known| known.path.eq_ignore_ascii_case(&path));
    let resource = resource.ok_or_else(|| Refusal::absent(format!("No resource {path}")))?;
    caller.needs(right_for(resource))?;
    let is_users = std::ptr::eq(resource, &USERS);
    match (asked.method.as_str(), id) {
        // Assumed: the answer shows the user as a GET does.
        ("POST", None) if is_users => {
            let id = writing::create(desk, caller, asked)?;
            one(desk, caller, resource, asked, &id.to_string())
        }
        ("PUT", Some(id)) if is_users => {
            let id = writing::update(desk, caller, asked, id)?;
            one(desk, caller, resource, asked, &id.to_string())
        }
        ("GET", None) => list(desk, caller, resource, asked, earlier),
        ("GET", Some(id)) => one(desk, caller, resource, asked, id),
        _ => Err(Refusal::of(405, format!("{} is not possible on {}", asked.method, asked.path))),
    }
}

/// Cultures, calendars, CSPs and profiles are assumed to be open to every key.
fn right_for(resource: &Resource) -> Option<Right> {
    [
        (&USERS, Right::ReadUsers),
        (&DEPARTMENTS, Right::Departments),
        (&LEGAL_ENTITIES, Right::Establishments),
        (&ROLES, Right::Roles),
        (&AXES, Right::Axes),
        (&AXIS_SECTIONS, Right::Axes),
        (&EXTENSIONS, Right::ReadUsers),
    ]
    .into_iter()
    .find(|(known, _)| std::ptr::eq(*known, resource))
    .map(|(_, right)| right)
}

fn list(desk: &Desk, caller: &Caller, resource: &Resource, asked: &Asked, earlier: bool) -> Result<Answer, Refusal> {
    let store = desk.store();
    let mut listing = Listing::read(&store, resource, asked, &desk.today(), caller)?;
    if earlier {
        listing.one_page_earlier();
    }
    allowed(caller, resource, &listing.fields)?;
    let sections = caller.sections();
    let view = View { connection: &store, base: desk.url(), sections: &sections };
    Ok(Answer::json(200, &envelope(caller, listing.data(&view, resource)?)))
}

fn one(desk: &Desk, caller: &Caller, resource: &Resource, asked: &Asked, id: &str) -> Result<Answer, Refusal> {
    let fields = asked.parameter("fields").map_or(Ok(Fields::default()), Fields::read)?.or_usual();
    allowed(caller, resource, &fields)?;
    let store = desk.store();
    let sections = caller.sections();
    let view = View { connection: &store, base: desk.url(), sections: &sections };
    Ok(Answer::json(200, &envelope(caller, view.one(resource, id, &fields)?)))
}

/// Assumed: without any section of the HR files, asking for extended data is refused, not answered with nothing.
fn allowed(caller: &Caller, resource: &Resource, fields: &Fields) -> Result<(), Refusal> {
    let extended = std::ptr::eq(resource, &USERS) && fields.0.iter().any(|(name, _)| name == "extendedData");
    if extended && caller.sections().is_empty() {
        return Err(Refusal::of(403, "The permission \"View HR files\" is missing"));
    }
    Ok(())
}

fn envelope(caller: &Caller, data: Value) -> Value {
    let now = now();
    json!({
        "header": { "generated": now, "serverTime": now, "queryTime": 0, "principal": caller.name },
        "data": data,
    })
}

impl View<'_> {
    pub fn one(&self, resource: &Resource, id: &str, fields: &Fields) -> Result<Value, Refusal> {
        let sql = format!("SELECT {} FROM {} WHERE id = ?1", resource.columns(), resource.table);
        let row = first(self.connection, &sql, [id])?;
        let row = row.ok_or_else(|| Refusal::absent(format!("No {} with id {id}", resource.table)))?;
        Ok(self.project(resource, &[row], fields)?.remove(0))
    }
}

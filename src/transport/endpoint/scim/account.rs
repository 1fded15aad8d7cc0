//! What an account is to be, and by what it differs from what the provider has.

use serde_json::{Map, Value, json};

use super::Path;

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// An account as it is to be. What it does not speak of stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What we call the person: `externalId`.
    pub who: String,
    pub user_name: String,
    pub is_active: bool,
    /// All others; None for one that is to be empty.
    pub attributes: Vec<(Path, Option<Value>)>,
}

/// A user as the provider has it.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub id: String,
    pub(super) resource: Value,
}

/// One attribute that is to be another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    path: Path,
    value: Option<Value>,
}

impl User {
    /// None when it has no `id`, by which it could be spoken of.
    pub(super) fn of(resource: Value) -> Option<User> {
        let id = resource.get("id")?.as_str()?.to_owned();
        Some(User { id, resource })
    }

    pub fn who(&self) -> Option<&str> {
        self.text("externalId")
    }

    pub fn user_name(&self) -> Option<&str> {
        self.text("userName")
    }

    /// A provider that does not say so has no accounts that are not.
    pub fn is_active(&self) -> bool {
        self.resource.get("active").and_then(Value::as_bool).unwrap_or(true)
    }

    pub fn value(&self, path: &Path) -> Option<&Value> {
        path.value(&self.resource)
    }

    /// The same user, as it is called now.
    pub fn known_as(mut self, account: &Account) -> User {
        self.resource["externalId"] = json!(account.who);
        self.resource["userName"] = json!(account.user_name);
        self
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.resource.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }
}

impl Account {
    /// A user to be created.
    pub(super) fn resource(&self) -> Value {
        let mut resource = json!({ "externalId": self.who, "userName": self.user_name, "active": self.is_active });
        for (path, value) in self.attributes.iter().filter(|(_, value)| value.is_some()) {
            path.set(&mut resource, value.as_ref());
        }
        with_schemas(resource)
    }

    /// What the user has otherwise. Names to sign in by are the same in any case (RFC 7643, 4.1.1).
    pub fn differences(&self, user: &User) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut differs = |name: &str, value: Value| {
            let path = Path::parse(name).expect("an attribute of the core");
            changes.push(Change { path, value: Some(value) });
        };
        if user.who() != Some(&self.who) {
            differs("externalId", json!(self.who));
        }
        if user.user_name().is_none_or(|name| name.to_lowercase() != self.user_name.to_lowercase()) {
            differs("userName", json!(self.user_name));
        }
        if user.is_active() != self.is_active {
            differs("active", json!(self.is_active));
        }
        let others = self.attributes.iter().filter(|(path, value)| path.value(&user.resource) != value.as_ref());
        changes.extend(others.map(|(path, value)| Change { path: path.clone(), value: value.clone() }));
        changes
    }
}

impl Change {
    pub fn active(is_active: bool) -> Change {
        Change { path: Path::parse("active").expect("an attribute of the core"), value: Some(json!(is_active)) }
    }

    pub fn set(path: Path, value: Option<Value>) -> Change {
        Change { path, value }
    }
}

/// The body of a `PATCH` (RFC 7644, 3.5.2). An element that is not there cannot be replaced: it is added, with all that is
/// said of it.
pub(super) fn patch(user: &User, changes: &[Change]) -> Value {
    let mut operations = Vec::new();
    let mut added: Vec<(Path, Value)> = Vec::new();
    for Change { path, value } in changes {
        match value {
            None => operations.push(json!({ "op": "remove", "path": path.removed().to_string() })),
            Some(value) if path.has_place(&user.resource) => {
                operations.push(json!({ "op": "replace", "path": path.to_string(), "value": value }));
            }
            Some(value) => {
                let whole = path.whole();
                let at = added.iter().position(|(other, _)| *other == whole).unwrap_or_else(|| {
                    added.push((whole, json!({})));
                    added.len() - 1
                });
                path.set(&mut added[at].1, Some(value));
            }
        }
    }
    let added = added.iter().filter_map(|(path, fresh)| Some((path, path.value(fresh)?)));
    operations.extend(added.map(|(path, value)| json!({ "op": "add", "path": path.to_string(), "value": value })));
    json!({ "schemas": [PATCH], "Operations": operations })
}

/// The body of a `PUT`: the whole user, with the changes. `meta` is the provider's.
pub(super) fn put(user: &User, changes: &[Change]) -> Value {
    let mut resource = user.resource.clone();
    resource.as_object_mut().map(|members| members.remove("meta"));
    for Change { path, value } in changes {
        match value {
            Some(value) => path.set(&mut resource, Some(value)),
            None => path.removed().set(&mut resource, None),
        }
    }
    with_schemas(resource)
}

/// A user names the schemas of what it has.
fn with_schemas(resource: Value) -> Value {
    let members = resource.as_object().cloned().unwrap_or_default();
    let extensions = members.keys().filter(|name| name.starts_with("urn:")).map(|name| json!(name));
    let schemas: Vec<Value> = std::iter::once(json!(CORE)).chain(extensions).collect();
    let mut whole = Map::from_iter([("schemas".to_owned(), Value::Array(schemas))]);
    whole.extend(members.into_iter().filter(|(name, _)| name != "schemas"));
    Value::Object(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path {
        Path::parse(text).expect("a path")
    }

    #[test]
    fn only_what_differs_is_patched_and_an_element_that_is_not_there_is_added() {
        let user = json!({ "id": "7", "externalId": "0001", "userName": "Ada", "active": true,
            "name": { "familyName": "Byron" }, "title": "Analyst", "emails": [{ "type": "home", "value": "a@home.example" }] });
        let user = User::of(user).expect("it has an id");
        let account = Account {
            who: "0001".into(),
            user_name: "ada".into(),
            is_active: true,
            attributes: vec![
                (path("name.familyName"), Some(json!("Lovelace"))),
                (path("title"), None),
                (path(r#"emails[type eq "work"].value"#), Some(json!("a@acme.example"))),
                (path("nickName"), None),
            ],
        };
        let body = patch(&user, &account.differences(&user));
        assert_eq!(
            body["Operations"],
            json!([
                { "op": "replace", "path": "name.familyName", "value": "Lovelace" },
                { "op": "remove", "path": "title" },
                { "op": "add", "path": "emails", "value": [{ "type": "work", "value": "a@acme.example" }] },
            ])
        );
        let after = User::of(put(&user, &account.differences(&user))).expect("it has an id");
        assert_eq!(account.differences(&after), []);
        assert_eq!(after.resource["emails"].as_array().map(Vec::len), Some(2));
    }
}

//! The path of an attribute of SCIM, as a heading of a profile has it (RFC 7644, figure 7).
//!
//! `userName`, `name.familyName`, `emails[type eq "work"].value`,
//! `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`.

use std::fmt;

use serde_json::{Map, Value, json};

/// Leads to one value of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The extension it belongs to; None for the core.
    schema: Option<String>,
    attribute: String,
    /// The type of the element that is meant, where there are several: `work`.
    kind: Option<String>,
    /// Below that: `familyName`, `value`.
    part: Option<String>,
}

impl Path {
    /// None when it is no such path.
    pub fn parse(text: &str) -> Option<Path> {
        let (schema, rest) = match text.rsplit_once(':') {
            Some((schema, rest)) if schema.starts_with("urn:") => (Some(schema.to_owned()), rest),
            Some(_) => return None,
            None => (None, text),
        };
        let (attribute, kind, behind) = match rest.split_once("[type eq \"") {
            Some((attribute, rest)) => {
                let (kind, behind) = rest.split_once("\"]")?;
                (attribute, Some(kind), behind)
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                (&rest[..end], None, &rest[end..])
            }
        };
        let part = match behind {
            "" => None,
            behind => Some(behind.strip_prefix('.')?),
        };
        let is_name = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_$".contains(letter))
        };
        let names = [Some(attribute), kind, part];
        // One of several is an object: what of it is meant must be said.
        let is_whole = kind.is_none() || part.is_some();
        (is_whole && names.into_iter().flatten().all(is_name)).then(|| Path {
            schema,
            attribute: attribute.into(),
            kind: kind.map(Into::into),
            part: part.map(Into::into),
        })
    }

    pub fn is(&self, text: &str) -> bool {
        self.to_string().eq_ignore_ascii_case(text)
    }

    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// The value in a user, as the provider has it. An empty text is none.
    pub fn value<'u>(&self, user: &'u Value) -> Option<&'u Value> {
        let place = match &self.schema {
            Some(schema) => member(user, schema)?,
            None => user,
        };
        let attribute = member(place, &self.attribute)?;
        let element = match &self.kind {
            Some(kind) => attribute.as_array()?.iter().find(|element| is_of(element, kind))?,
            None => attribute,
        };
        let value = match &self.part {
            Some(part) => member(element, part)?,
            None => element,
        };
        Some(value).filter(|value| !value.is_null() && *value != "")
    }

    /// Is there an element of this type, or is none meant?
    pub(super) fn has_place(&self, user: &Value) -> bool {
        let Some(kind) = &self.kind else { return true };
        let all = Path { kind: None, part: None, ..self.clone() };
        let elements = all.value(user).and_then(Value::as_array);
        elements.is_some_and(|elements| elements.iter().any(|element| is_of(element, kind)))
    }

    /// Puts a value into a user, or takes it out.
    pub(super) fn set(&self, user: &mut Value, value: Option<&Value>) {
        let place = match &self.schema {
            Some(schema) => entry(user, schema, json!({})),
            None => user,
        };
        let place = match (&self.kind, &self.part) {
            (Some(kind), _) => {
                let Value::Array(elements) = entry(place, &self.attribute, json!([])) else { return };
                let at = elements.iter().position(|element| is_of(element, kind)).unwrap_or_else(|| {
                    elements.push(json!({ "type": kind }));
                    elements.len() - 1
                });
                if value.is_none() {
                    elements.remove(at);
                    return;
                }
                &mut elements[at]
            }
            (None, Some(_)) => entry(place, &self.attribute, json!({})),
            (None, None) => place,
        };
        let name = self.part.as_ref().unwrap_or(&self.attribute);
        match (value, place) {
            (Some(value), place) => *entry(place, name, Value::Null) = value.clone(),
            (None, Value::Object(members)) => {
                members.retain(|member, _| !member.eq_ignore_ascii_case(name));
            }
            (None, _) => {}
        }
    }

    /// What goes when the value goes: of an object that is nothing without it, the whole.
    pub(super) fn removed(&self) -> Path {
        match self.part.as_deref() {
            Some("value") => Path { part: None, ..self.clone() },
            _ => self.clone(),
        }
    }

    /// The attribute that holds the element.
    pub(super) fn whole(&self) -> Path {
        Path { kind: None, part: None, ..self.clone() }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}:")?;
        }
        f.write_str(&self.attribute)?;
        if let Some(kind) = &self.kind {
            write!(f, "[type eq \"{kind}\"]")?;
        }
        self.part.as_ref().map_or(Ok(()), |part| write!(f, ".{part}"))
    }
}

fn is_of(element: &Value, kind: &str) -> bool {
    member(element, "type").and_then(Value::as_str).is_some_and(|other| other.eq_ignore_ascii_case(kind))
}

/// Names of attributes are the same in any case (RFC 7643, 2.1).
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(member, _)| member.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The member of that name, made if there is none.
fn entry<'v>(value: &'v mut Value, name: &str, made: Value) -> &'v mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let members = value.as_object_mut().expect("it was made one");
    let known = members.keys().find(|member| member.eq_ignore_ascii_case(name)).cloned();
    members.entry(known.unwrap_or_else(|| name.to_owned())).or_insert(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    const WORK: &str = r#"emails[type eq "work"].value"#;

    #[test]
    fn a_path_is_read_and_written_alike_and_anything_else_is_none() {
        for text in ["userName", "name.familyName", WORK, DEPARTMENT] {
            assert_eq!(Path::parse(text).map(|path| path.to_string()).as_deref(), Some(text));
        }
        for text in
            ["", "Last name", "name.", ".name", "emails[primary eq true].value", r#"emails[type eq "work"]"#, "a:b"]
        {
            assert_eq!(Path::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_value_is_found_where_it_was_put_whatever_the_case() {
        let mut user = json!({ "USERNAME": "ada", "emails": [{ "type": "home", "value": "ada@home.example" }] });
        let path = |text| Path::parse(text).expect("a path");
        assert_eq!(path("userName").value(&user), Some(&json!("ada")));
        assert_eq!(path(WORK).value(&user), None);
        for (text, value) in
            [("userName", "lovelace"), ("name.familyName", "Byron"), (WORK, "a@b.example"), (DEPARTMENT, "HR")]
        {
            path(text).set(&mut user, Some(&json!(value)));
            assert_eq!(path(text).value(&user), Some(&json!(value)), "{text}");
        }
        assert_eq!(user["emails"].as_array().map(Vec::len), Some(2));
        for text in ["name.familyName", WORK, DEPARTMENT] {
            path(text).set(&mut user, None);
            assert_eq!(path(text).value(&user), None, "{text}");
        }
        assert_eq!(user["emails"].as_array().map(Vec::len), Some(1));
    }
}

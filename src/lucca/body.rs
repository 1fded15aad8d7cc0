//! The body of a request: every label and every login as the id that Lucca has for it, found before anything is sent.

use serde_json::{Map, Value, json};

use super::person::{By, id_of, is_same_login};
use super::writer::{Setback, Writer};
use super::written::{Form, Written, moment};
use crate::net::Limit;
use crate::text;

impl Writer<'_> {
    /// `user` is how they are now; null of one who is new.
    pub(super) fn body(
        &mut self,
        login: &str,
        user: &Value,
        fields: &[(Written, &String)],
        limit: &Limit,
    ) -> Result<Map<String, Value>, Setback> {
        let mut body = Map::new();
        for (written, value) in fields {
            let field = written.field.name();
            let sent = match written.form {
                Form::Day => moment(value),
                Form::Custom => self.datum(written, user, value)?,
                Form::Person if is_same_login(value, login) => Value::Null,
                Form::Text | Form::Unit | Form::Reference | Form::Person if value.is_empty() => Value::Null,
                Form::Text => json!(value),
                Form::Unit => self.unit(field, value)?,
                Form::Reference => json!({ "id": self.unit(field, value)? }),
                Form::Person => self.person(field, value, limit)?,
            };
            body.insert(written.key.clone(), sent);
        }
        Ok(body)
    }

    pub(super) fn unit(&self, field: &str, label: &str) -> Result<Value, Setback> {
        let id = self.labels.id(field, label);
        id.ok_or_else(|| {
            Setback::Refused(text!(
                "Lucca has no {field} `{label}`",
                "Lucca n'a pas de valeur `{label}` pour le champ {field}"
            ))
        })
    }

    fn person(&mut self, field: &str, login: &str, limit: &Limit) -> Result<Value, Setback> {
        let key = login.to_lowercase();
        if let Some(id) = self.people.get(&key) {
            return Ok(json!(id));
        }
        let id = self.door.person(By::Login(login), &[], limit)?.as_ref().and_then(id_of);
        let id = id.ok_or_else(|| {
            Setback::Refused(text!(
                "no user has the login `{login}`, the {field}",
                "aucun utilisateur n'a le login `{login}` (champ {field})"
            ))
        })?;
        self.people.insert(key, id);
        Ok(json!(id))
    }

    /// One that is there is changed or emptied by its id; without one, it is new.
    fn datum(&self, written: &Written, user: &Value, value: &str) -> Result<Value, Setback> {
        let field = written.field.name();
        let held = match value {
            "" => Value::Null,
            label if self.labels.are_of(field) => self.unit(field, label)?,
            text => json!(text),
        };
        Ok(match written.datum(user) {
            Some(id) => json!({ "id": id, "value": held }),
            None => json!({ "value": held }),
        })
    }
}

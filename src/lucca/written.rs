//! What of a user can be written, under which key, and where it is read to compare it before.

use serde_json::{Value, json};

use super::labels::Labels;
use super::options::Options;
use crate::model::Field;

/// A field of ours that Lucca takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub field: Field,
    /// In the body of a request.
    pub key: String,
    /// The property of a user that is read.
    property: String,
    pub form: Form,
}

/// What stands in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    /// `2026-12-31T00:00:00`
    Day,
    /// The id of what is called by our value.
    Unit,
    /// `{"id": …}` of what is called by our value.
    Reference,
    /// The id of who has our value as a login; null for who is their own manager.
    Person,
    /// Extended data: `{"id": …, "value": …}`; of a list, the value is the id of an entry.
    Custom,
}

use Form::{Custom, Day, Person, Reference, Text, Unit};

/// Source: the pages `create a user` and `update a user` (v3) of the directory. The culture is written `cultureID` there,
/// and `cultureId` in one example; the former is assumed.
const WRITTEN: &[(&str, &str, &str, Form)] = &[
    ("login", "login", "login", Text),
    ("first-name", "firstName", "firstName", Text),
    ("last-name", "lastName", "lastName", Text),
    ("mail", "mail", "mail", Text),
    ("employee-number", "employeeNumber", "employeeNumber", Text),
    ("personal-mail", "personalEmail", "personalEmail", Text),
    ("phone", "professionalMobile", "professionalMobile", Text),
    ("gender", "gender", "gender", Text),
    ("nationality", "nationality", "nationality", Text),
    ("job-title", "jobTitle", "jobTitle", Text),
    ("birth-date", "birthDate", "birthDate", Day),
    ("contract-start", "dtContractStart", "dtContractStart", Day),
    ("contract-end", "dtContractEnd", "dtContractEnd", Day),
    ("establishment", "legalEntityId", "legalEntity", Unit),
    ("department", "departmentId", "department", Unit),
    ("role", "rolePrincipalId", "rolePrincipal", Unit),
    ("culture", "cultureID", "culture", Unit),
    ("calendar", "calendarId", "calendar", Unit),
    ("professional-category", "cspId", "csp", Unit),
    ("manager", "managerId", "manager", Person),
];

/// None where Lucca takes no such thing, as far as its pages say, or where it is not shown how it can be read; and where
/// the site does not say that imports may set it.
pub fn of(field: &Field, options: &Options) -> Option<Written> {
    if options.imports_also().contains(field) {
        return of_family(field);
    }
    let (_, key, property, form) = WRITTEN.iter().find(|(name, ..)| field.is(name))?;
    Some(Written { field: field.clone(), key: key.to_string(), property: property.to_string(), form: *form })
}

/// Extended data and sections of analytical axes: which of them there are differs from company to company.
pub fn of_family(field: &Field) -> Option<Written> {
    let (family, key) = field.name().split_once('-')?;
    let (key, property, form) = match family {
        "custom" => (format!("e_{key}"), "extendedData".into(), Custom),
        "axis" if key.parse::<u32>().is_ok() => {
            let name = format!("userAxisValues_{key}");
            (name.clone(), name, Reference)
        }
        _ => return None,
    };
    Some(Written { field: field.clone(), key, property, form })
}

impl Written {
    /// As the parameter `fields` asks for it: `department[id]`.
    pub fn asked(&self) -> String {
        let property = &self.property;
        match self.form {
            Text | Day | Custom => property.clone(),
            Unit | Reference => format!("{property}[id]"),
            Person => format!("{property}[id,login]"),
        }
    }

    /// What a user has there, as our people have it; empty where there is nothing. Who has no manager is their own.
    pub fn read(&self, user: &Value, labels: &Labels) -> String {
        let found = &user[&self.property];
        match self.form {
            Text => found.as_str().unwrap_or_default().trim().into(),
            Day => found.as_str().map(|day| day.split('T').next().unwrap_or_default().into()).unwrap_or_default(),
            Unit | Reference => labels.label(self.field.name(), &found["id"]),
            Person => found["login"].as_str().or_else(|| user["login"].as_str()).unwrap_or_default().into(),
            Custom => labels.label(self.field.name(), &found[&self.key]["value"]),
        }
    }

    /// The id of the extended datum that a user has, which a change of it has to name.
    pub fn datum<'u>(&self, user: &'u Value) -> Option<&'u Value> {
        user[&self.property][&self.key].get("id").filter(|id| !id.is_null())
    }
}

/// A day as Lucca writes it; what is no day is for Lucca to refuse.
pub fn moment(day: &str) -> Value {
    match day {
        "" => Value::Null,
        day => json!(format!("{day}T00:00:00")),
    }
}

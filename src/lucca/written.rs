//! What of a user can be written, under which key, and where it is read to compare it before.

use serde_json::{Value, json};

use crate::lucca::labels::{Kind, Labels};
use crate::model::Field;

/// A field of ours that Lucca takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    field: &'static str,
    /// In the body of a request.
    pub key: &'static str,
    /// The property of a user that is read.
    pub property: &'static str,
    pub form: Form,
}

/// What stands in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    /// `2026-12-31T00:00:00`
    Day,
    /// The id of what is called by our value.
    Unit(Kind),
    /// The id of who has our value as a login; null for who is their own manager.
    Person,
}

use Form::{Day, Person, Text, Unit};

const fn written(field: &'static str, key: &'static str, property: &'static str, form: Form) -> Written {
    Written { field, key, property, form }
}

/// Source: the pages `create a user` and `update a user` (v3) of the directory. The culture is written `cultureID` there,
/// and `cultureId` in one example; the former is assumed.
static WRITTEN: &[Written] = &[
    written("login", "login", "login", Text),
    written("first-name", "firstName", "firstName", Text),
    written("last-name", "lastName", "lastName", Text),
    written("mail", "mail", "mail", Text),
    written("employee-number", "employeeNumber", "employeeNumber", Text),
    written("personal-mail", "personalEmail", "personalEmail", Text),
    written("phone", "professionalMobile", "professionalMobile", Text),
    written("gender", "gender", "gender", Text),
    written("nationality", "nationality", "nationality", Text),
    written("job-title", "jobTitle", "jobTitle", Text),
    written("birth-date", "birthDate", "birthDate", Day),
    written("contract-start", "dtContractStart", "dtContractStart", Day),
    written("contract-end", "dtContractEnd", "dtContractEnd", Day),
    written("establishment", "legalEntityId", "legalEntity", Unit(Kind::Establishment)),
    written("department", "departmentId", "department", Unit(Kind::Department)),
    written("role", "rolePrincipalId", "rolePrincipal", Unit(Kind::Role)),
    written("culture", "cultureID", "culture", Unit(Kind::Culture)),
    written("calendar", "calendarId", "calendar", Unit(Kind::Calendar)),
    written("professional-category", "cspId", "csp", Unit(Kind::ProfessionalCategory)),
    written("manager", "managerId", "manager", Person),
];

/// None where Lucca takes no such thing, as far as its pages say, or where it is not shown how it can be read.
pub fn of(field: &Field) -> Option<&'static Written> {
    WRITTEN.iter().find(|written| field.is(written.field))
}

impl Written {
    pub fn field(&self) -> &'static str {
        self.field
    }

    pub fn is_login(&self) -> bool {
        self.field == "login"
    }

    /// As the parameter `fields` asks for it: `department[id,name]`.
    pub fn asked(&self) -> String {
        let property = self.property;
        match self.form {
            Text | Day => property.into(),
            Unit(_) => format!("{property}[id]"),
            Person => format!("{property}[id,login]"),
        }
    }

    /// What a user has there, as our people have it; empty where there is nothing. Who has no manager is their own.
    pub fn read(&self, user: &Value, labels: &Labels) -> String {
        let found = &user[self.property];
        match self.form {
            Text => found.as_str().unwrap_or_default().trim().into(),
            Day => found.as_str().map(|day| day.split('T').next().unwrap_or_default().into()).unwrap_or_default(),
            Unit(kind) => labels.label(kind, &found["id"]),
            Person => found["login"].as_str().or_else(|| user["login"].as_str()).unwrap_or_default().into(),
        }
    }
}

/// A day as Lucca writes it; what is no day is for Lucca to refuse.
pub fn moment(day: &str) -> Value {
    match day {
        "" => Value::Null,
        day => json!(format!("{day}T00:00:00")),
    }
}

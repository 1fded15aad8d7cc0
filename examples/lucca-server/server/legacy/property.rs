//! The properties of a user that can be written, and what each may hold.

use chrono::NaiveDate;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::super::exchange::Refusal;

pub struct Property {
    name: &'static str,
    pub column: &'static str,
    holds: Holds,
    /// Without it nobody is created, and it cannot be taken away.
    pub is_required: bool,
}

enum Holds {
    Text,
    /// `YYYY-MM-DDT00:00:00`
    Day,
    Number,
    Flag,
    Gender,
    /// ISO 3166-1 alpha-2.
    Country,
    /// The id of a row of this table.
    Id(&'static str),
    /// `{"id": …}` of a row of this table.
    Reference(&'static str),
    /// `[{id, startsOn, endsOn, workCycleID}]`, which may not overlap.
    Cycles,
}

use Holds::{Country, Cycles, Day, Flag, Gender, Id, Number, Reference, Text};

const fn required(name: &'static str, column: &'static str, holds: Holds) -> Property {
    Property { name, column, holds, is_required: true }
}

const fn optional(name: &'static str, column: &'static str, holds: Holds) -> Property {
    Property { name, column, holds, is_required: false }
}

/// The keys of `lucca.md` 6.1; `mail` and the like are not looked at more closely, as nothing is known about that.
pub static PROPERTIES: [Property; 38] = [
    required("firstName", "firstName", Text),
    required("lastName", "lastName", Text),
    required("mail", "mail", Text),
    required("login", "login", Text),
    required("legalEntityId", "legalEntityId", Id("establishments")),
    required("dtContractStart", "dtContractStart", Day),
    required("departmentId", "departmentId", Id("departments")),
    required("rolePrincipalId", "rolePrincipalId", Id("roles")),
    optional("dtContractEnd", "dtContractEnd", Day),
    optional("cspId", "cspId", Id("csps")),
    optional("calendarId", "calendarId", Id("calendars")),
    optional("employeeNumber", "employeeNumber", Text),
    optional("birthDate", "birthDate", Day),
    optional("seniorityDate", "seniorityDate", Day),
    optional("userWorkCycles", "userWorkCycles", Cycles),
    optional("managerId", "managerId", Id("users")),
    optional("cultureId", "cultureId", Id("cultures")),
    optional("cultureID", "cultureId", Id("cultures")),
    optional("address", "address", Text),
    optional("bankName", "bankName", Text),
    optional("directLine", "directLine", Text),
    optional("jobTitle", "jobTitle", Text),
    optional("gender", "gender", Gender),
    optional("civilTitle", "civilTitle", Text),
    optional("nationality", "nationality", Country),
    optional("nationalityId", "nationality", Country),
    optional("personalEmail", "personalEmail", Text),
    optional("personalMobile", "personalMobile", Text),
    optional("professionalMobile", "professionalMobile", Text),
    optional("quote", "quote", Text),
    optional("profile_figgo", "profile_figgoId", Reference("profiles")),
    optional("allowsElectronicPayslip", "allowsElectronicPayslip", Flag),
    optional("rib", "rib", Text),
    optional("iban", "iban", Text),
    optional("bic", "bic", Text),
    optional("insuranceNumber", "insuranceNumber", Text),
    optional("frenchCarTaxHorsePower", "frenchCarTaxHorsePower", Number),
    optional("frenchMotocyclesTaxHorsePower", "frenchMotocyclesTaxHorsePower", Number),
];

impl Property {
    /// Letters count: `LastName` is not known.
    pub fn of(name: &str) -> Result<&'static Property, Refusal> {
        let found = PROPERTIES.iter().find(|property| property.name == name);
        found.ok_or_else(|| Refusal::bad(format!("Unknown property `{name}`, or one that cannot be written")))
    }

    /// The value as the table holds it.
    pub fn read(&self, connection: &Connection, value: &Value) -> Result<Value, Refusal> {
        if value.is_null() {
            return if self.is_required { Err(self.refused("it is required")) } else { Ok(self.nothing()) };
        }
        match self.holds {
            Text if self.is_required && value.as_str().is_some_and(|text| text.trim().is_empty()) => {
                Err(self.refused("it is required"))
            }
            Text => self.want(value.is_string(), value, "a text"),
            Day => self.want(value.as_str().is_some_and(is_midnight), value, "a date of the form YYYY-MM-DDT00:00:00"),
            Number => self.want(value.is_i64(), value, "a whole number"),
            Flag => self.want(value.is_boolean(), value, "true or false"),
            Gender => {
                let known = ["Undefined", "Male", "Female", "Misc"];
                self.want(value.as_str().is_some_and(|text| known.contains(&text)), value, &known.join(" or "))
            }
            Country => self.want(value.as_str().is_some_and(is_country), value, "two capital letters of ISO 3166"),
            Id(table) => self.existing(connection, table, value),
            Reference(table) => self.existing(connection, table, &value["id"]),
            Cycles => self.cycles(value),
        }
    }

    /// What stands for null.
    fn nothing(&self) -> Value {
        if matches!(self.holds, Cycles) { json!([]) } else { Value::Null }
    }

    fn want(&self, is_right: bool, value: &Value, expected: &str) -> Result<Value, Refusal> {
        if is_right { Ok(value.clone()) } else { Err(self.refused(&format!("`{value}` is not {expected}"))) }
    }

    fn existing(&self, connection: &Connection, table: &str, id: &Value) -> Result<Value, Refusal> {
        let number = id.as_i64().ok_or_else(|| self.refused(&format!("`{id}` is not an id")))?;
        if exists(connection, table, number)? {
            return Ok(json!(number));
        }
        Err(self.refused(&format!("there is nothing with the id {number}")))
    }

    fn cycles(&self, value: &Value) -> Result<Value, Refusal> {
        let list = value.as_array().ok_or_else(|| self.refused("a list is expected"))?;
        let mut spans = Vec::new();
        for cycle in list {
            let start = cycle["startsOn"].as_str().ok_or_else(|| self.refused("a cycle needs startsOn"))?;
            spans.push((start, cycle["endsOn"].as_str().unwrap_or("9999")));
        }
        spans.sort_unstable();
        if spans.windows(2).any(|two| two[1].0 <= two[0].1) {
            return Err(self.refused("work cycles overlap"));
        }
        Ok(value.clone())
    }

    fn refused(&self, why: &str) -> Refusal {
        Refusal::field(self.name, why)
    }
}

pub fn exists(connection: &Connection, table: &str, id: i64) -> Result<bool, Refusal> {
    Ok(connection.prepare_cached(&format!("SELECT 1 FROM {table} WHERE id = ?1"))?.exists([id])?)
}

fn is_midnight(text: &str) -> bool {
    let day = text.strip_suffix("T00:00:00");
    day.is_some_and(|day| day.len() == 10 && NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok())
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

//! Personal records of the newest generation: `/lucca-api/employee-personal-records`, read only where they are wanted.

use std::collections::HashMap;

use serde_json::Value;

use super::resource::Resource;
use super::value::{canonical, id};
use super::{Door, list};
use crate::model::Field;
use crate::net::{Error, Limit};

const PATH: &str = "/lucca-api/employee-personal-records";

/// The fields that they tell, and where. A bank account is documented in two ways.
const FIELDS: [(&str, &[&str]); 6] = [
    ("birth-date", &["/birthDate"]),
    ("personal-mail", &["/email"]),
    ("gender", &["/legalGender"]),
    ("social-security-number", &["/insuranceNumber/value"]),
    ("iban", &["/bankAccount/accountIdentifier", "/bankAccount/iban"]),
    ("bic", &["/bankAccount/bankIdentifier", "/bankAccount/bic"]),
];

/// What they tell, by the id of the employee.
#[derive(Default)]
pub struct Records {
    fields: Vec<Field>,
    by_employee: HashMap<String, Vec<String>>,
}

/// Do they tell this datum of a person's own?
pub fn have(field: &Field) -> bool {
    FIELDS.iter().any(|(name, _)| field.is(name))
}

impl Records {
    /// Of everybody, or of those whom `filter` names; nothing is asked where none of the fields is told by them.
    pub fn read(door: &Door, fields: &[Field], filter: &str, limit: &Limit) -> Result<Records, Error> {
        let fields: Vec<Field> = fields.iter().filter(|field| have(field)).cloned().collect();
        let mut records = Records { fields, by_employee: HashMap::new() };
        if records.fields.is_empty() {
            return Ok(records);
        }
        door.cursor(Resource::PersonalRecords, PATH, filter, limit, |answer| {
            for record in list::items(answer, Resource::PersonalRecords)? {
                let values = records.fields.iter().map(|field| value(record, field)).collect();
                records.by_employee.extend(id(&record["employee"]["id"]).map(|employee| (employee, values)));
            }
            Ok(())
        })?;
        Ok(records)
    }

    /// None where they do not tell this field; empty where there is no value.
    pub fn value(&self, employee: &str, field: &Field) -> Option<&str> {
        let column = self.fields.iter().position(|known| known == field)?;
        Some(self.by_employee.get(employee).map_or("", |values| &values[column]))
    }
}

/// Is the client allowed to see them?
pub fn look(door: &Door, limit: &Limit) -> Result<(), Error> {
    door.get_signed(&format!("{PATH}?limit=1"), Resource::PersonalRecords, limit).map(drop)
}

/// A gender is written as v3 writes it: `Female`; one that is unknown is none.
fn value(record: &Value, field: &Field) -> String {
    let places = FIELDS.iter().find(|(name, _)| field.is(name)).map_or(&[][..], |(_, places)| *places);
    let found = places.iter().filter_map(|place| record.pointer(place)).map(canonical).find(|value| !value.is_empty());
    match found {
        Some(gender) if field.is("gender") && gender == "unknown" => String::new(),
        Some(gender) if field.is("gender") => capitalised(&gender),
        other => other.unwrap_or_default(),
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

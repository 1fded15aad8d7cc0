//! Work contracts: who comes back gets a new one, beside the one that ended.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::lucca::Door;
use crate::net::http::Request;
use crate::net::{Error, Limit};

const PATH: &str = "/directory/api/4.0/work-contracts";

pub const RIGHT: &str = "to manage work contracts";

/// Of a person, as far as another one is made after it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    /// `2026-12-31`, perhaps with a time behind it.
    starts_on: String,
    #[serde(default)]
    type_id: Value,
    #[serde(default)]
    spc_id: Value,
    #[serde(default)]
    establishment_id: Value,
}

#[derive(Deserialize)]
struct Items {
    items: Vec<Contract>,
}

impl Contract {
    pub fn starts_on(&self, day: &str) -> bool {
        self.starts_on.split('T').next() == Some(day)
    }
}

impl Door {
    /// All contracts of a person, the one that began last at the end.
    pub(super) fn contracts(&self, owner: u32, limit: &Limit) -> Result<Vec<Contract>, Error> {
        let request = self.keyed(Request::get(format!("{PATH}?ownerId={owner}&limit=1000")));
        let answer = self.client.ask(&request, limit)?;
        let answer = self.accepted(&request, answer, "read the work contracts of a user", RIGHT)?;
        let mut found = answer.json::<Items>("work contracts")?.items;
        found.sort_by(|one, other| one.starts_on.cmp(&other.starts_on));
        Ok(found)
    }

    /// Of the kind of the last one, unless the person comes back to another establishment. Which of these Lucca insists on
    /// is not known, so it is given what the last contract has.
    pub(super) fn new_contract(
        &self,
        owner: u32,
        last: Option<&Contract>,
        establishment: Option<Value>,
        (start, end): (&str, &str),
    ) -> Request {
        let mut body = json!({
            "ownerId": owner,
            "startsOn": start,
            "endsOn": if end.is_empty() { Value::Null } else { json!(end) },
        });
        let of_last = |value: fn(&Contract) -> &Value| last.map(value).filter(|value| !value.is_null()).cloned();
        let given = [
            ("establishmentId", establishment.or_else(|| of_last(|last| &last.establishment_id))),
            ("typeId", of_last(|last| &last.type_id)),
            ("spcId", of_last(|last| &last.spc_id)),
        ];
        for (key, value) in given {
            if let Some(value) = value {
                body[key] = value;
            }
        }
        self.keyed(Request::new("POST", PATH)).json(&body)
    }
}

//! An operation: create one user, or update one user. There is no third kind: nobody is ever deleted.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::model::Field;

/// What is done to whom, and which row of the file asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    #[serde(flatten)]
    pub act: Act,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    pub file: String,
    /// As a spreadsheet counts it.
    pub row: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Act {
    Create { user: Identity, fields: Values },
    Update { user: Identity, changes: Changes },
}

/// Who is meant: the login, which every user has, and the number by which people speak of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Identity {
    pub login: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub employee_number: String,
}

/// What is more than a change of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    Arrival,
    Departure,
    Return,
}

/// Fields of a new user, in the order of the file; no value is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values(pub Vec<(Field, String)>);

/// Changed fields, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes(pub Vec<(Field, Change)>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub from: String,
    pub to: String,
}

impl Operation {
    pub fn user(&self) -> &Identity {
        match &self.act {
            Act::Create { user, .. } | Act::Update { user, .. } => user,
        }
    }

    pub fn is_creation(&self) -> bool {
        matches!(self.act, Act::Create { .. })
    }

    /// The value that the field has afterwards, where this operation sets it.
    pub fn sets(&self, field: &str) -> Option<&str> {
        match &self.act {
            Act::Create { fields, .. } => fields.0.iter().find(|(known, _)| known.is(field)).map(|(_, value)| &**value),
            Act::Update { changes, .. } => {
                changes.0.iter().find(|(known, _)| known.is(field)).map(|(_, change)| &*change.to)
            }
        }
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        in_order(&self.0, serializer)
    }
}

impl Serialize for Changes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        in_order(&self.0, serializer)
    }
}

fn in_order<S: Serializer, V: Serialize>(pairs: &[(Field, V)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (field, value) in pairs {
        map.serialize_entry(field, value)?;
    }
    map.end()
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Values, D::Error> {
        deserializer.deserialize_map(Pairs::new()).map(Values)
    }
}

impl<'de> Deserialize<'de> for Changes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Changes, D::Error> {
        deserializer.deserialize_map(Pairs::new()).map(Changes)
    }
}

/// Reads a map as pairs in their order.
struct Pairs<V>(std::marker::PhantomData<V>);

impl<V> Pairs<V> {
    fn new() -> Pairs<V> {
        Pairs(std::marker::PhantomData)
    }
}

impl<'de, V: Deserialize<'de>> serde::de::Visitor<'de> for Pairs<V> {
    type Value = Vec<(Field, V)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a map from field to value")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_one_line_of_json_and_reads_back() {
        let operation = Operation {
            act: Act::Update {
                user: Identity { login: "nils".into(), employee_number: "0042".into() },
                changes: Changes(vec![(
                    Field::of("department"),
                    Change { from: "Sales".into(), to: "Support".into() },
                )]),
            },
            mark: None,
            file: "users.csv".into(),
            row: 17,
        };
        let line = serde_json::to_string(&operation).expect("it serialises");
        assert_eq!(
            line,
            r#"{"op":"update","user":{"login":"nils","employee-number":"0042"},"changes":{"department":{"from":"Sales","to":"Support"}},"file":"users.csv","row":17}"#
        );
        assert_eq!(serde_json::from_str::<Operation>(&line).expect("it reads back"), operation);
    }
}

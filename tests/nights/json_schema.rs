//! The part of JSON Schema that the schemas in `tests/` use, which is small; a word that is not known fails the test.

use std::fs;

use serde_json::{Map, Value};

pub struct Schema(Value);

impl Schema {
    /// The one in `tests/WHAT.schema.json`.
    pub fn of(what: &str) -> Schema {
        let path = format!("{}/tests/{what}.schema.json", env!("CARGO_MANIFEST_DIR"));
        Schema(serde_json::from_str(&fs::read_to_string(path).expect("a schema")).expect("JSON"))
    }

    /// Everything in the document that is not as the schema says.
    pub fn all_faults(&self, document: &Value) -> Vec<String> {
        self.faults(document, &self.0, "the document")
    }

    /// Everything in `value`, which is at `place`, that is not as `rules` say.
    fn faults(&self, value: &Value, rules: &Value, place: &str) -> Vec<String> {
        let fault = |is_right: bool, expected: String| match is_right {
            true => Vec::new(),
            false => vec![format!("{place} is {value}, not {expected}")],
        };
        let rules = rules.as_object().expect("rules are an object");
        let one = |(word, rule): (&String, &Value)| match word.as_str() {
            "$schema" | "$defs" | "title" | "description" => Vec::new(),
            "$ref" => {
                let name = rule.as_str().and_then(|path| path.strip_prefix("#/$defs/")).expect("a definition");
                self.faults(value, &self.0["$defs"][name], place)
            }
            "type" => {
                let types = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                fault(types.iter().any(|name| is_of_type(value, name)), format!("a {rule}"))
            }
            "enum" => fault(list(rule).contains(value), format!("one of {rule}")),
            "const" => fault(value == rule, rule.to_string()),
            "minimum" => fault(value.is_null() || value.as_i64() >= rule.as_i64(), format!("at least {rule}")),
            "oneOf" => {
                let fitting = list(rule).iter().filter(|rules| self.faults(value, rules, place).is_empty());
                fault(fitting.count() == 1, "exactly one of its choices".into())
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                items.flat_map(|(number, item)| self.faults(item, rule, &format!("{place}[{number}]"))).collect()
            }
            "required" => {
                let missing = list(rule).iter().filter(|name| value.get(name.as_str().expect("a name")).is_none());
                missing.map(|name| format!("{place} has no {name}")).collect()
            }
            "properties" => {
                let members = members(value).filter_map(|(name, value)| Some((name, value, rule.get(name)?)));
                members.flat_map(|(name, value, rules)| self.faults(value, rules, &format!("{place}.{name}"))).collect()
            }
            "additionalProperties" => {
                let named = |name: &String| rules.get("properties").is_some_and(|known| known.get(name).is_some());
                let others = members(value).filter(|(name, _)| !named(name));
                others
                    .flat_map(|(name, value)| match rule {
                        Value::Bool(false) => vec![format!("{place} has {name}, which is not known")],
                        rules => self.faults(value, rules, &format!("{place}.{name}")),
                    })
                    .collect()
            }
            word => panic!("this test does not know `{word}`"),
        };
        rules.iter().flat_map(one).collect()
    }
}

fn list(rule: &Value) -> &Vec<Value> {
    rule.as_array().expect("a list")
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        other => panic!("this test does not know the type `{other}`"),
    }
}

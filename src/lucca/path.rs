//! The way from a user of Lucca down to one of its properties: `department.name`, `habilitedRoles.0.name`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// Names of properties from the user down; a number is a place in a list, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Path(Vec<String>);

/// Objects whose properties differ from company to company: they are asked for whole, as the documentation does.
const OPEN: [&str; 2] = ["extendedData", "applicationData"];

/// Extended data and data of applications.
const CUSTOM: &str = "extendedData";

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Path, String> {
        let steps: Vec<String> = text.split('.').map(str::to_owned).collect();
        let is_name = |step: &String| {
            !step.is_empty() && step.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'))
        };
        let begins_well = steps.first().is_some_and(|first| first.parse::<usize>().is_err());
        match begins_well && steps.iter().all(is_name) {
            true => Ok(Path(steps)),
            false => Err(format!("`{text}` cannot be a property of a user of Lucca; write one such as `directLine`")),
        }
    }
}

/// What is asked for, by names; each with what is asked for below it.
#[derive(Default)]
struct Asked<'a>(BTreeMap<&'a str, Asked<'a>>);

/// As the parameter `fields` asks for all of them: `department[code,name],mail`.
pub fn asked(paths: &[Path]) -> String {
    let mut all = Asked::default();
    for Path(steps) in paths {
        let depth = if OPEN.contains(&steps[0].as_str()) { 1 } else { steps.len() };
        let names = steps[..depth].iter().filter(|step| step.parse::<usize>().is_err());
        names.fold(&mut all, |at, name| at.0.entry(name).or_default());
    }
    all.to_string()
}

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, below)) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "," })?;
            match below.0.is_empty() {
                true => f.write_str(name)?,
                false => write!(f, "{name}[{below}]")?,
            }
        }
        Ok(())
    }
}

impl Path {
    /// A path that the program itself speaks of.
    pub fn of(steps: &[&str]) -> Path {
        Path(steps.iter().map(|step| step.to_string()).collect())
    }

    pub fn is_custom(&self) -> bool {
        self.0[0] == CUSTOM
    }

    /// The code of the extended data that it leads to as a whole.
    pub fn custom_code(&self) -> Option<&str> {
        match &self.0[..] {
            [first, code] if first == CUSTOM => Some(code),
            _ => None,
        }
    }

    /// What a user has there; None where there is nothing, not even an empty value.
    pub fn find<'a>(&self, user: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(user, |at, step| match at {
            Value::Array(list) => list.get(step.parse::<usize>().ok()?),
            other => other.get(step.as_str()),
        })
    }

    /// Does Lucca speak of it at all, be it to say that there is nothing? What a key may not see, it may keep back.
    pub fn is_told(&self, user: &Value) -> bool {
        match self.is_custom() {
            true => self.find(user).is_some(),
            false => user.get(self.0[0].as_str()).is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> Path {
        Path::try_from(text.to_string()).unwrap()
    }

    #[test]
    fn paths_are_asked_for_as_lucca_takes_them() {
        for (texts, expected) in [
            (&["mail"][..], "mail"),
            (&["department.name", "mail", "department.id"], "department[id,name],mail"),
            (&["department.head.login"], "department[head[login]]"),
            (&["habilitedRoles.0.name", "habilitedRoles.1.name"], "habilitedRoles[name]"),
            (&["extendedData.e_badge", "extendedData.e_way"], "extendedData"),
        ] {
            let paths: Vec<Path> = texts.iter().map(|text| path(text)).collect();
            assert_eq!(asked(&paths), expected, "{texts:?}");
        }
        for wrong in ["", ".", "a..b", "0.name", "a[b]", "mail,login", "a b", "mail&x=1"] {
            assert!(Path::try_from(wrong.to_string()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_path_leads_into_objects_and_lists() {
        let user = json!({"mail": null, "habilitedRoles": [{"name": "HR"}], "extendedData": {"e_a": {"value": 1}}});
        assert_eq!(path("habilitedRoles.0.name").find(&user), Some(&json!("HR")));
        assert_eq!(path("habilitedRoles.1.name").find(&user), None);
        assert!(path("habilitedRoles.1.name").is_told(&user) && path("mail").is_told(&user));
        assert!(path("extendedData.e_a").is_told(&user) && !path("extendedData.e_b").is_told(&user));
        assert!(!path("iban").is_told(&user));
    }
}

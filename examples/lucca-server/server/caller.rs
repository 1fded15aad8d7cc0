//! Who asks by the older generations, and what they may.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::exchange::{Asked, Refusal};
use super::right::Right;

pub struct Caller {
    pub name: String,
    pub rights: BTreeSet<Right>,
}

impl Caller {
    /// Recognised by the key; a 401 if there is none, or a wrong one.
    pub fn of(asked: &Asked, store: &Connection) -> Result<Caller, Refusal> {
        let header = asked.authorization.as_deref().unwrap_or_default();
        let Some(key) = header.strip_prefix("lucca application=") else {
            return Err(Refusal::of(401, "No key: send `Authorization: lucca application=KEY`"));
        };
        let sql = "SELECT name, rights FROM keys WHERE key = ?1";
        let found = store.query_row(sql, [key], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        match found {
            Ok((name, rights)) => {
                let rights = rights.split_whitespace().filter_map(|right| right.parse().ok()).collect();
                Ok(Caller { name, rights })
            }
            Err(rusqlite::Error::QueryReturnedNoRows) => Err(Refusal::of(401, "The key is not known")),
            Err(error) => Err(error.into()),
        }
    }

    /// A 403 that names the permission, unless it is there.
    pub fn needs(&self, right: Option<Right>) -> Result<(), Refusal> {
        match right {
            Some(right) if !self.rights.contains(&right) => {
                Err(Refusal::of(403, format!("The permission \"{}\" is missing", right.permission())))
            }
            _ => Ok(()),
        }
    }

    /// The sections of the HR files that are open to the caller.
    pub fn sections(&self) -> Vec<String> {
        let section = |right: &Right| match right {
            Right::HrFile(section) => Some(section.clone()),
            _ => None,
        };
        self.rights.iter().filter_map(section).collect()
    }
}

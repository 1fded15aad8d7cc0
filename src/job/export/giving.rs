//! What the partner will have been given, once the files of one instant are delivered.

use std::collections::BTreeMap;

use crate::job::export::file::tells;
use crate::job::export::pictures::Pictures;
use crate::job::rows::Memo;
use crate::model::Change;
use crate::site::Export;
use crate::state::{Given, GivenPicture, Giving};

/// What differs from what was given before.
pub fn all(memos: &[Memo], export: &Export, given: &BTreeMap<String, Given>, pictures: &Pictures) -> Vec<Giving> {
    let of_row = |row: &Memo| {
        let before = given.get(&row.key);
        let after = after(row, export, before, pictures.given(&row.key, before));
        (before != after.as_ref()).then(|| Giving { key: row.key.clone(), given: after })
    };
    memos.iter().filter_map(of_row).collect()
}

/// Whoever is not told of as new or changed is known to the partner as before; who left is known no longer, told or not:
/// who comes back is new.
fn after(row: &Memo, export: &Export, before: Option<&Given>, picture: Option<GivenPicture>) -> Option<Given> {
    if row.change == Some(Change::Left) {
        return None;
    }
    let is_told = row.change.is_none() || export.contents.iter().any(|content| tells(export, *content, row.change));
    match is_told {
        true => Some(Given {
            who: row.who.clone(),
            digest: Some(row.digest.clone()),
            part: row.part.clone(),
            contract_start: row.contract.start,
            contract_end: row.contract.end,
            picture,
            values: row.values.clone(),
        }),
        false => match before {
            Some(before) => Some(Given { picture, ..before.clone() }),
            None => picture.map(|picture| Given {
                who: row.who.clone(),
                digest: None,
                part: row.part.clone(),
                contract_start: None,
                contract_end: None,
                picture: Some(picture),
                values: Vec::new(),
            }),
        },
    }
}

//! Users: `GET /api/v3/users`, page by page.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::lucca::{Door, property};
use crate::model::table::{Chunk, Table};
use crate::model::{Field, People};
use crate::net::http::Request;
use crate::net::{Error, Limit};

/// The most that a page may have.
const PAGE: usize = 1000;

const RIGHT: &str = "to see users";

#[derive(Deserialize)]
struct Envelope {
    data: Items,
}

#[derive(Deserialize)]
struct Items {
    items: Vec<Value>,
}

pub fn read(door: &Door, wanted: &BTreeSet<Field>, limit: &Limit) -> Result<People, Error> {
    let own: BTreeSet<Field> = wanted.iter().map(Field::own).chain([Field::of("login")]).collect();
    let fields: Vec<(Field, &[&str])> =
        own.into_iter().filter_map(|field| property::of(&field).map(|path| (field, path))).collect();
    let asked: Vec<String> = fields.iter().map(|(_, path)| property::asked(path)).collect();
    let (mut table, mut chunk, mut offset) = (Table::default(), Chunk::default(), 0);
    loop {
        let users = page(door, &asked, offset, limit)?;
        for user in &users {
            fields.iter().for_each(|(_, path)| chunk.cell(&property::value(user, path)));
            let id = user.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()).unwrap_or_default();
            chunk.end_row(id, id);
        }
        if users.len() < PAGE {
            break;
        }
        offset += PAGE;
    }
    table.push(chunk);
    Ok(People::new(fields.into_iter().map(|(field, _)| field).collect(), table))
}

fn page(door: &Door, asked: &[String], offset: usize, limit: &Limit) -> Result<Vec<Value>, Error> {
    let fields = asked.join(",");
    let path = format!("/api/v3/users?formerEmployees=true&orderBy=id,asc&paging={offset},{PAGE}&fields=id,{fields}");
    let request = door.keyed(Request::get(path));
    let answer = door.client.ask(&request, limit)?;
    let answer = door.accepted(&request, answer, "read the users", RIGHT)?;
    let envelope: Envelope = answer.json("a page of users")?;
    Ok(envelope.data.items)
}

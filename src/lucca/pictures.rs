//! Pictures of users: `/api/v3/files/{guid}` of v3, `/lucca-api/portraits/{id}` of the newest generation.

use super::Door;
use super::generation::OfPeople;
use super::resource::Resource;
use crate::net::http::Request;
use crate::net::{Error, Limit};

/// The bytes as they are; None where there is no such picture any more. A larger one is an error.
pub fn read(door: &Door, id: &str, largest: u64, limit: &Limit) -> Result<Option<Vec<u8>>, Error> {
    let is_plain = id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if id.is_empty() || !is_plain {
        return Ok(None);
    }
    let request = match door.options.generation.people {
        OfPeople::V3 => door.keyed(Request::get(format!("/api/v3/files/{id}"))),
        OfPeople::V5 => {
            door.signed(Request::get(format!("/lucca-api/portraits/{id}")), limit)?.header("Accept", "image/*")
        }
    };
    let request = request.at_most(largest);
    let answer = door.client.ask(&request, limit)?;
    match answer.status {
        404 | 410 => Ok(None),
        _ => Ok(Some(door.allowed(&request, answer, Resource::Pictures)?.body)),
    }
}

//! Users of v3: `/api/v3/users`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDateTime;
use serde_json::Value;

use super::pages::{self, List, Slice};
use super::path::{self, Path};
use super::property::{self, Property};
use super::resource::Resource;
use super::units::Units;
use super::{Door, Wanted};
use crate::model::table::{Chunk, Table};
use crate::model::{Field, People};
use crate::net::{Error, Limit};

pub const PATH: &str = "/api/v3/users";

/// Without this, people whose contract has ended are not told.
pub const EVERYBODY: &str = "formerEmployees=true";

/// Ids in one question, so that it stays short.
const IDS: usize = 100;

/// What was read of users.
#[derive(Default)]
pub struct Read {
    pub people: People,
    /// The picture's id, by the number of the person.
    pub pictures: BTreeMap<u32, String>,
    /// Of those asked for, what Lucca says of nobody: perhaps the key may not see it.
    pub untold: BTreeSet<Field>,
}

/// Who was changed since a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// By which Lucca knows them, ascending.
    pub ids: Vec<u32>,
    /// The latest change, by Lucca's own clock; None where there is none.
    pub latest: Option<NaiveDateTime>,
}

/// One field on its way from users to people.
struct Way {
    field: Field,
    property: Property,
    path: Path,
    is_told: AtomicBool,
}

#[derive(Default)]
struct Rows {
    chunk: Chunk,
    pictures: Vec<(u32, String)>,
}

pub fn read(door: &Door, wanted: &Wanted, units: &Units<'_>, limit: &Limit) -> Result<Read, Error> {
    let ways = ways(door, wanted);
    let slices = ask(door, wanted, &ways, EVERYBODY, units, limit)?;
    Ok(gather(ways, slices))
}

/// Of those ids; who is not there any more is not among them.
pub fn some(door: &Door, ids: &[u32], wanted: &Wanted, units: &Units<'_>, limit: &Limit) -> Result<Read, Error> {
    let ways = ways(door, wanted);
    let ids: BTreeSet<u32> = ids.iter().copied().collect();
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    let mut slices = Vec::new();
    for ids in ids.chunks(IDS) {
        let filter = format!("{EVERYBODY}&id={}", ids.join(","));
        slices.extend(ask(door, wanted, &ways, &filter, units, limit)?);
    }
    Ok(gather(ways, slices))
}

/// Since a moment of Lucca's own clock, included; assumed: `modifiedAt` is written as that clock shows it.
pub fn changed_since(door: &Door, moment: NaiveDateTime, limit: &Limit) -> Result<Changes, Error> {
    let filter = format!("{EVERYBODY}&modifiedAt=since,{}", moment.format("%Y-%m-%dT%H:%M:%S"));
    let list = List { resource: Resource::Users, path: PATH, filter: &filter, fields: "modifiedAt" };
    let modified = |latest: &mut Option<NaiveDateTime>, _: u32, user: &Value| {
        let text = user.get("modifiedAt").and_then(Value::as_str).unwrap_or_default().trim_end_matches('Z');
        *latest = (*latest).max(text.parse().ok());
    };
    let slices = pages::read(door, &list, modified, limit)?;
    let latest = slices.iter().filter_map(|slice| slice.rows).max();
    Ok(Changes { ids: slices.iter().flat_map(|slice| &slice.ids[slice.skip..]).copied().collect(), latest })
}

/// People of whom a look says what Lucca tells.
const FEW: usize = 10;

/// People among whom a look finds somebody with a picture.
const MANY: usize = 100;

/// How many there are, and what Lucca says of none of the first ones; extended data left out.
pub fn look(door: &Door, wanted: &Wanted, limit: &Limit) -> Result<(Option<usize>, BTreeSet<Field>), Error> {
    look_at(door, wanted, Resource::Users, |path| !path.is_custom(), limit)
}

/// Which of the extended data Lucca does not tell of the first ones.
pub fn look_at_custom(door: &Door, wanted: &Wanted, limit: &Limit) -> Result<BTreeSet<Field>, Error> {
    look_at(door, wanted, Resource::HrFiles, Path::is_custom, limit).map(|(_, untold)| untold)
}

fn look_at(
    door: &Door,
    wanted: &Wanted,
    resource: Resource,
    takes: impl Fn(&Path) -> bool,
    limit: &Limit,
) -> Result<(Option<usize>, BTreeSet<Field>), Error> {
    let ways: Vec<Way> = ways(door, wanted).into_iter().filter(|way| takes(&way.path)).collect();
    let asked: Vec<Path> = ways.iter().flat_map(|way| way.property.asked()).collect();
    let list = List { resource, path: PATH, filter: EVERYBODY, fields: &path::asked(&asked) };
    let slice = pages::first(door, &list, FEW, |(), _, user| ways.iter().for_each(|way| way.see(user)), limit)?;
    let untold = ways.into_iter().filter(|way| !slice.ids.is_empty() && !way.is_told.load(Ordering::Relaxed));
    Ok((slice.count, untold.map(|way| way.field).collect()))
}

/// The id of a picture of the first ones who have one.
pub fn some_picture(door: &Door, limit: &Limit) -> Result<Option<String>, Error> {
    let list = List { resource: Resource::Users, path: PATH, filter: EVERYBODY, fields: "picture[id]" };
    let keep = |found: &mut Option<String>, _: u32, user: &Value| *found = found.take().or_else(|| picture(user));
    pages::first(door, &list, MANY, keep, limit).map(|slice| slice.rows)
}

fn picture(user: &Value) -> Option<String> {
    user.get("picture").and_then(|picture| picture.get("id")).and_then(Value::as_str).map(str::to_owned)
}

impl Way {
    fn see(&self, user: &Value) {
        if !self.is_told.load(Ordering::Relaxed) && self.path.is_told(user) {
            self.is_told.store(true, Ordering::Relaxed);
        }
    }
}

fn ways(door: &Door, wanted: &Wanted) -> Vec<Way> {
    let way = |field: Field| {
        let property = property::of(&field, &door.options)?;
        Some(Way { field, path: property.path(), property, is_told: AtomicBool::new(false) })
    };
    wanted.own().into_iter().filter_map(way).collect()
}

fn ask(
    door: &Door,
    wanted: &Wanted,
    ways: &[Way],
    filter: &str,
    units: &Units<'_>,
    limit: &Limit,
) -> Result<Vec<Slice<Rows>>, Error> {
    let mut asked: Vec<Path> = ways.iter().flat_map(|way| way.property.asked()).collect();
    asked.extend(wanted.pictures.then(|| Path::of(&["picture", "id"])));
    let fields = path::asked(&asked);
    let list = List { resource: Resource::Users, path: PATH, filter, fields: &fields };
    let keep = |rows: &mut Rows, id: u32, user: &Value| {
        for way in ways {
            way.see(user);
            let found = way.path.find(user).map(|found| units.value(&way.property, found));
            rows.chunk.cell(&found.unwrap_or_default());
        }
        rows.chunk.end_row(id, id);
        rows.pictures.extend(picture(user).map(|picture| (id, picture)));
    };
    pages::read(door, &list, keep, limit)
}

/// A way with the column of its values.
type Numbered = (usize, Way);

fn gather(ways: Vec<Way>, slices: Vec<Slice<Rows>>) -> Read {
    let mut table = Table::default();
    let mut pictures = BTreeMap::new();
    // Where nobody is, nobody can say anything.
    let is_empty = slices.iter().all(|slice| slice.ids.is_empty());
    let is_told = |(_, way): &Numbered| is_empty || way.is_told.load(Ordering::Relaxed);
    let (told, untold): (Vec<Numbered>, Vec<Numbered>) = ways.into_iter().enumerate().partition(is_told);
    let columns: Vec<usize> = told.iter().map(|(column, _)| *column).collect();
    for slice in slices {
        pictures.extend(slice.rows.pictures);
        table.push(match slice.skip {
            0 if untold.is_empty() => slice.rows.chunk,
            skip => part(slice.rows.chunk, skip, &columns),
        });
    }
    let fields = |ways: Vec<Numbered>| ways.into_iter().map(|(_, way)| way.field);
    Read { people: People::new(fields(told).collect(), table), pictures, untold: fields(untold).collect() }
}

/// Without the first rows, and with those columns only.
pub fn part(chunk: Chunk, skip: usize, columns: &[usize]) -> Chunk {
    let whole = Table::from(chunk);
    let mut part = Chunk::default();
    for row in whole.rows().skip(skip) {
        columns.iter().for_each(|column| part.cell(row.cell(*column)));
        part.end_row(row.number(), row.line());
    }
    part
}

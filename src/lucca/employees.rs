//! Employees of the newest generation: `/lucca-api/employees`, with their applicable employment and job position.
//!
//! It has no logins and no pages that shift: people are known by their mail address there, and a cursor leads through.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use chrono::NaiveDateTime;
use serde_json::Value;

use super::list;
use super::options::{By, Levels, Options};
use super::records::{self, Records};
use super::resource::Resource;
use super::units::Units;
use super::users::{Changes, Read};
use super::value::{canonical, id};
use super::{Door, Wanted};
use crate::model::organisation::Unit;
use crate::model::table::{Chunk, Table};
use crate::model::{Field, People};
use crate::net::{Error, Limit};

const PATH: &str = "/lucca-api/employees";

/// Former and future employees too.
const EVERYBODY: &str = "&status=active,upcoming,deactivated";

/// Ids in one question: the most that is allowed.
const IDS: usize = 100;

/// What an employee is made of.
struct Employee<'a> {
    itself: &'a Value,
    employment: &'a Value,
    position: &'a Value,
}

/// A page of employees, and for each its id and its row.
#[derive(Default)]
struct Rows {
    pages: Vec<Table>,
    /// Id, page and row.
    order: Vec<(u32, usize, usize)>,
    pictures: BTreeMap<u32, String>,
}

/// Does the newest generation tell this datum of a person's own?
pub fn has(field: &Field, options: &Options) -> bool {
    let levels = &options.department_levels;
    match field.name() {
        "management" => levels.management.is_some(),
        "service" => levels.service.is_some(),
        "login"
        | "mail"
        | "employee-number"
        | "first-name"
        | "last-name"
        | "phone"
        | "contract-start"
        | "contract-end"
        | "establishment"
        | "legal-entity"
        | "department"
        | "job-title"
        | "manager"
        | "professional-category" => true,
        _ => records::have(field),
    }
}

pub fn read(door: &Door, wanted: &Wanted, units: &Units<'_>, limit: &Limit) -> Result<Read, Error> {
    let fields = fields(door, wanted);
    let records = Records::read(door, &fields, "", limit)?;
    let mut rows = Rows::default();
    rows.ask(door, &fields, EVERYBODY, (units, &records), limit)?;
    Ok(rows.gather(fields, wanted))
}

/// Of those ids; who is not there any more is not among them.
pub fn some(door: &Door, ids: &[u32], wanted: &Wanted, units: &Units<'_>, limit: &Limit) -> Result<Read, Error> {
    let fields = fields(door, wanted);
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    let mut rows = Rows::default();
    for ids in ids.chunks(IDS) {
        let ids = ids.join(",");
        let records = Records::read(door, &fields, &format!("&employee.id={ids}"), limit)?;
        rows.ask(door, &fields, &format!("{EVERYBODY}&id={ids}"), (units, &records), limit)?;
    }
    Ok(rows.gather(fields, wanted))
}

/// Everybody: when the position of an employee changes, the employee does not.
pub fn changed_since(door: &Door, moment: NaiveDateTime, limit: &Limit) -> Result<Changes, Error> {
    let mut rows = Rows::default();
    rows.ask(door, &[], EVERYBODY, (&Units::default(), &Records::default()), limit)?;
    rows.sort();
    Ok(Changes { ids: rows.order.iter().map(|(id, ..)| *id).collect(), latest: Some(moment) })
}

/// How many there are.
pub fn count(door: &Door, limit: &Limit) -> Result<Option<usize>, Error> {
    let path = format!("{PATH}?include=totalCount&limit=1{EVERYBODY}");
    let answer: Value = door.get_signed(&path, Resource::Users, limit)?.json("the number of employees")?;
    Ok(answer.get("totalCount").and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok()))
}

/// The id of a picture of the first ones who have one.
pub fn some_picture(door: &Door, limit: &Limit) -> Result<Option<String>, Error> {
    let path = format!("{PATH}?limit={IDS}{EVERYBODY}");
    let answer: Value = door.get_signed(&path, Resource::Users, limit)?.json("a page of employees")?;
    Ok(list::items(&answer, Resource::Users)?.iter().find_map(|itself| id(&itself["portrait"]["id"])))
}

fn fields(door: &Door, wanted: &Wanted) -> Vec<Field> {
    wanted.own().into_iter().filter(|field| has(field, &door.options)).collect()
}

impl Rows {
    fn ask(
        &mut self,
        door: &Door,
        fields: &[Field],
        filter: &str,
        (units, records): (&Units<'_>, &Records),
        limit: &Limit,
    ) -> Result<(), Error> {
        let Options { departments_by, establishments_by, .. } = door.options;
        let levels = &door.options.department_levels;
        let by = Named { departments_by, establishments_by, levels, units, records };
        door.cursor(Resource::Users, PATH, filter, limit, |answer| {
            let (mut chunk, page) = (Chunk::default(), self.pages.len());
            for (row, itself) in list::items(answer, Resource::Users)?.iter().enumerate() {
                let employee = Employee::new(itself, answer);
                let id = id(&itself["id"]).and_then(|id| id.parse().ok()).unwrap_or_default();
                fields.iter().for_each(|field| chunk.cell(&employee.value(field, &by)));
                chunk.end_row(id, id);
                self.order.push((id, page, row));
                self.pictures.extend(employee.picture().map(|picture| (id, picture)));
            }
            self.pages.push(chunk.into());
            Ok(())
        })
    }

    fn sort(&mut self) {
        self.order.sort();
        self.order.dedup_by_key(|(id, ..)| *id);
    }

    /// Managers, who are ids so far, are called by their logins.
    fn gather(mut self, fields: Vec<Field>, wanted: &Wanted) -> Read {
        self.sort();
        let position = |name: &str| fields.iter().position(|field| field.is(name));
        let (login, manager) = (position("login").unwrap_or_default(), position("manager"));
        let login_of = |id: &str| {
            let found = self.order.binary_search_by_key(&id.parse().unwrap_or_default(), |(id, ..)| *id).ok()?;
            let (_, page, row) = self.order[found];
            Some(self.pages[page].row(row).cell(login))
        };
        let mut chunk = Chunk::default();
        for (number, page, row) in &self.order {
            for (column, cell) in self.pages[*page].row(*row).cells().enumerate() {
                chunk.cell(if Some(column) == manager { login_of(cell).unwrap_or_default() } else { cell });
            }
            chunk.end_row(*number, *number);
        }
        let pictures = if wanted.pictures { self.pictures } else { BTreeMap::new() };
        Read { people: People::new(fields, chunk.into()), pictures, untold: BTreeSet::new() }
    }
}

/// What units are called, and what is known besides.
struct Named<'a> {
    departments_by: By,
    establishments_by: By,
    levels: &'a Levels,
    units: &'a Units<'a>,
    records: &'a Records,
}

impl<'a> Employee<'a> {
    fn new(itself: &'a Value, answer: &'a Value) -> Employee<'a> {
        let embedded = |kind: &str, reference: &str| {
            let id = id(&itself[reference]["id"]).unwrap_or_default();
            &answer["embedded"][kind][id]
        };
        Employee {
            itself,
            employment: embedded("employment", "applicableEmployment"),
            position: embedded("job-position", "applicableJobPosition"),
        }
    }

    /// Empty where there is none; a manager is an id.
    fn value(&self, field: &Field, by: &Named<'_>) -> String {
        let Employee { itself, employment, position } = self;
        let id_of = |reference: &Value| id(&reference["id"]).unwrap_or_default();
        let department = id_of(&position["department"]);
        let level = |level: Option<NonZeroUsize>| by.units.department_at(&department, level?.get());
        match field.name() {
            "login" | "mail" => canonical(&itself["email"]),
            "employee-number" => canonical(&itself["employeeNumber"]),
            "first-name" => canonical(&itself["givenName"]),
            "last-name" => canonical(&itself["familyName"]),
            "phone" => canonical(&itself["phoneNumber"]),
            "contract-start" => canonical(&employment["start"]["date"]),
            "contract-end" => canonical(&employment["end"]["date"]),
            "legal-entity" => called(by.units.company(&id_of(&employment["legalEntity"])), By::Name),
            "establishment" => {
                called(by.units.establishment(&id_of(&position["businessEstablishment"])), by.establishments_by)
            }
            "department" if by.levels.department.is_some() => called(level(by.levels.department), By::Name),
            "department" => called(by.units.department(&department), by.departments_by),
            "management" => called(level(by.levels.management), By::Name),
            "service" => called(level(by.levels.service), By::Name),
            "job-title" => canonical(&position["jobTitle"]),
            "manager" => id_of(&position["manager"]),
            "professional-category" => called(by.units.category(&id_of(&position["occupationCategory"])), By::Name),
            _ => by.records.value(&id(&itself["id"]).unwrap_or_default(), field).unwrap_or_default().to_owned(),
        }
    }

    fn picture(&self) -> Option<String> {
        id(&self.itself["portrait"]["id"])
    }
}

fn called(unit: Option<&Unit>, by: By) -> String {
    unit.map(|unit| if by == By::Code { unit.code.clone() } else { unit.name.clone() }).unwrap_or_default()
}

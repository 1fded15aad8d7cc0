//! People who could work there: heads of departments first, then everyone else below them.

use chrono::{Days, NaiveDate};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::super::store::{Record, first_contract, insert};
use super::chance::Chance;
use super::names::{COST_CENTRES, DEPARTMENTS, FAMILIES, JOBS, MEN, PROJECTS, STREETS, TRANSPORTS, WOMEN};
use super::picture::png;

/// Ids below are left free, so that somebody can be hired who comes before all others.
const FIRST_PERSON: i64 = 101;

/// Fills the company with `count` people as of `today`; each department's head is the first who works there.
pub fn people(connection: &Connection, count: usize, seed: u64, today: NaiveDate) -> rusqlite::Result<()> {
    let mut chance = Chance(seed);
    for index in 0..count {
        person(connection, index, &mut chance, today)?;
    }
    // Heads are the first people, in the order of departments, which have the ids from 1.
    let offset = FIRST_PERSON - 1;
    let sql = "UPDATE departments SET headId = ?1 + id WHERE id <= ?2";
    connection.execute(sql, params![offset, count])?;
    connection.execute_batch("ANALYZE")
}

struct Placed {
    /// From 1.
    department: usize,
    is_head: bool,
    manager: i64,
}

fn person(connection: &Connection, index: usize, chance: &mut Chance, today: NaiveDate) -> rusqlite::Result<()> {
    let id = FIRST_PERSON + index as i64;
    let placed = place(index, chance);
    let female = chance.percent(50);
    let first = chance.one(if female { &WOMEN } else { &MEN });
    let last = chance.one(&FAMILIES);
    let login = login(first, last, index);
    let (start, end) = contract(chance, today, placed.is_head);
    // The agency of Brussels works in Belgium; the others anywhere in France.
    let establishment = if placed.department == DEPARTMENTS.len() { 4 } else { 1 + chance.below(3) as i64 };
    let picture = chance.percent(33).then(|| chance.guid());
    let birth = today - Days::new(chance.days(20 * 365, 62 * 365) as u64);
    let changed = (today - Days::new(chance.days(2, 900) as u64)).max(start.min(today - Days::new(2)));
    let street = format!("{} {}", 1 + chance.below(120), chance.one(&STREETS));
    let job = match placed.is_head {
        true => format!("Responsable {}", DEPARTMENTS[placed.department - 1].1),
        false => chance.one(&JOBS).to_string(),
    };
    let mobile = format!("06 39 98 {} {}", chance.digits(2), chance.digits(2));
    let plain = fold(&format!("{first}.{last}"));
    let row = json!({
        "id": id, "login": login, "firstName": first, "lastName": last,
        "mail": format!("{login}@exemple.fr"),
        "employeeNumber": format!("{:05}", index + 1),
        "legalEntityId": establishment, "departmentId": placed.department, "managerId": placed.manager,
        "rolePrincipalId": if index == 0 { 4 } else if placed.is_head { 2 } else { 1 },
        "cultureId": if establishment == 4 && chance.percent(50) { 2067 } else { 1036 },
        "calendarId": if establishment == 4 { 2 } else { 1 },
        "cspId": if placed.is_head { 1 } else { 1 + chance.below(4) },
        "profile_figgoId": 1 + chance.below(2),
        "dtContractStart": at_midnight(start), "dtContractEnd": end.map(at_midnight),
        "birthDate": at_midnight(birth), "seniorityDate": at_midnight(start),
        "gender": if female { "Female" } else { "Male" }, "civilTitle": if female { "Mme" } else { "M." },
        "nationality": if establishment == 4 { "BE" } else { "FR" },
        "jobTitle": job,
        "address": format!("{street}\n{} Exempleville", chance.one(&["75011", "69003", "44000", "01000"])),
        "directLine": format!("+33 1 99 00 {} {}", chance.digits(2), chance.digits(2)),
        "professionalMobile": chance.percent(60).then(|| mobile.replacen('0', "+33 ", 1)),
        "personalMobile": format!("06 39 98 {} {}", chance.digits(2), chance.digits(2)),
        "personalEmail": chance.percent(90).then(|| format!("{plain}{}@perso.example", index + 1)),
        "insuranceNumber": format!("{}{}", if female { 2 } else { 1 }, chance.digits(12)),
        "allowsElectronicPayslip": chance.percent(70),
        "pictureId": picture, "modifiedAt": format!("{changed}T{:02}:15:00.000", 8 + chance.below(10)),
        "creationDate": at_midnight(start),
    });
    let Value::Object(row) = row else { unreachable!("an object literal is an object") };
    insert(connection, "users", &row)?;
    around(connection, id, &row, chance)
}

/// What stands in other tables: picture, roles, cost centres, extended data, contract.
fn around(connection: &Connection, id: i64, row: &Record, chance: &mut Chance) -> rusqlite::Result<()> {
    let add = |sql: &str, values: &[&dyn rusqlite::ToSql]| connection.prepare_cached(sql)?.execute(values);
    if let Some(picture) = row["pictureId"].as_str() {
        let name = format!("{}.png", row["login"].as_str().unwrap_or_default());
        add("INSERT INTO pictures VALUES (?1, ?2, 'image/png', ?3)", &[&picture, &name, &png(id as u64)])?;
    }
    if chance.percent(10) {
        add("INSERT INTO habilitedRoles VALUES (?1, 6)", &[&id])?;
    }
    let centre = 1 + chance.below(COST_CENTRES.len()) as i64;
    add("INSERT INTO userAxisValues VALUES (?1, 1, ?2)", &[&id, &centre])?;
    if chance.percent(30) {
        let project = 1 + (COST_CENTRES.len() + chance.below(PROJECTS.len())) as i64;
        add("INSERT INTO userAxisValues VALUES (?1, 2, ?2)", &[&id, &project])?;
    }
    let extended = "INSERT INTO extendedData (userId, code, value) VALUES (?1, ?2, ?3)";
    if chance.percent(80) {
        let entry = (1 + chance.below(TRANSPORTS.len())).to_string();
        add(extended, &[&id, &"e_transport", &entry])?;
    }
    if chance.percent(50) {
        add(extended, &[&id, &"e_badge", &format!("\"B-{}\"", chance.digits(6))])?;
    }
    first_contract(connection, id)
}

fn place(index: usize, chance: &mut Chance) -> Placed {
    let is_head = index < DEPARTMENTS.len();
    let department = if is_head { index } else { chance.below(DEPARTMENTS.len()) };
    let above = if is_head { parent(department) } else { department };
    Placed { department: department + 1, is_head, manager: FIRST_PERSON + above as i64 }
}

/// The department above, from 0; the first is its own.
fn parent(department: usize) -> usize {
    let above = DEPARTMENTS[department].2;
    DEPARTMENTS.iter().position(|(code, _, _)| *code == above).unwrap_or(department)
}

/// 5 % have left, 2 % are to come, 8 % have an end in sight. Heads stay.
fn contract(chance: &mut Chance, today: NaiveDate, stays: bool) -> (NaiveDate, Option<NaiveDate>) {
    let past = |days: i64| today - Days::new(days as u64);
    let future = |days: i64| today + Days::new(days as u64);
    let long_ago = past(chance.days(800, 6000));
    match chance.below(100) {
        _ if stays => (long_ago, None),
        0..5 => (long_ago, Some(past(chance.days(1, 700)))),
        5..7 => (future(chance.days(1, 90)), None),
        7..15 => (past(chance.days(1, 700)), Some(future(chance.days(1, 400)))),
        _ => (past(chance.days(1, 6000)), None),
    }
}

/// Unique by its number.
fn login(first: &str, last: &str, index: usize) -> String {
    let initial: String = fold(first).chars().take(1).collect();
    format!("{initial}{}{}", fold(last), index + 1)
}

/// Small Latin letters and dots.
fn fold(text: &str) -> String {
    let letters = text.to_lowercase().replace('œ', "oe");
    letters.nfd().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '.').collect()
}

fn at_midnight(date: NaiveDate) -> String {
    format!("{date}T00:00:00")
}

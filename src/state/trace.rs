//! The trace of one person through the journal: the rows, operations and deliveries that are about them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use memchr::memmem::Finder;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;

use crate::model::roll::Seen;
use crate::model::{Field, Finding, Operation, Text};
use crate::state::lineups::LineupId;
use crate::state::packed::Packed;
use crate::state::rolls::{self, RollId};
use crate::state::stored::{Json, Said, Time};
use crate::state::{
    Decision, DeliveryStatus, Error, OperationStatus, PlanId, PlanStatus, RunId, State, decisions, lineups,
};

/// Who is asked about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// By the number that the directory knows them by.
    User(u32),
    /// Never came into the directory: what the journal calls them, in lower case.
    Stranger(String),
}

/// All that the journal knows about one person, each list oldest first.
#[derive(Debug, Default)]
pub struct Trace {
    pub sightings: Vec<Sighting>,
    pub deeds: Vec<Deed>,
    pub handed: Vec<Handed>,
}

/// A file that was taken in, and where the person stood in it.
#[derive(Debug)]
pub struct Sighting {
    pub run: RunId,
    pub at: DateTime<Utc>,
    pub exchange: String,
    pub path: String,
    /// The whole file was refused.
    pub is_refused: bool,
    /// As a spreadsheet counts it; None: no row is about the person, as far as rows say whom they are about.
    pub row: Option<u32>,
    pub is_out: bool,
    /// Rows of the file of which nobody knows whom they are about.
    pub unclear: usize,
    /// About the row; where the file was refused, those that refused it come first.
    pub findings: Vec<Finding>,
}

/// An operation that was planned for the person, and what became of it.
#[derive(Debug)]
pub struct Deed {
    /// Of the plan.
    pub run: RunId,
    pub at: DateTime<Utc>,
    pub exchange: String,
    pub path: String,
    pub plan: PlanStatus,
    /// Why the plan was held; empty if it was not.
    pub held: Vec<Text>,
    /// Who let the plan through or gave it up, if a person did.
    pub decision: Option<Decision>,
    /// When the plan last came a step further.
    pub changed: DateTime<Utc>,
    pub operation: Operation,
    pub status: OperationStatus,
    /// Why it failed.
    pub reason: Option<Text>,
}

/// A file for a partner that the person is in.
#[derive(Debug, Serialize)]
pub struct Handed {
    pub run: RunId,
    pub at: DateTime<Utc>,
    pub exchange: String,
    pub server: String,
    pub file: String,
    pub status: DeliveryStatus,
    /// What the journal calls the person there.
    pub known_as: String,
}

impl State {
    /// Everybody whom the journal knows by this key, in lower case, or once knew by it as a login.
    pub fn recall(&self, key: &str) -> Result<Vec<Subject>, Error> {
        self.read("the journal", |db| {
            let mut found = BTreeSet::new();
            let sql = "
                SELECT DISTINCT user FROM operations
                WHERE json_extract(operation, '$.user.login') = ?1 COLLATE NOCASE";
            for user in db.prepare(sql)?.query_map([key], |row| row.get::<_, Option<u32>>(0))? {
                found.insert(user?.map_or_else(|| Subject::Stranger(key.into()), Subject::User));
            }
            let names = "
                SELECT name FROM strangers WHERE key = ?1
                UNION
                SELECT lower(json_extract(operation, '$.user.login')) FROM operations
                WHERE user IS NULL AND ?1 IN (
                    lower(json_extract(operation, '$.fields.mail')),
                    lower(json_extract(operation, '$.fields.\"employee-number\"')),
                    lower(json_extract(operation, '$.fields.establishment') || '/'
                        || json_extract(operation, '$.fields.\"employee-number\"')))";
            for name in db.prepare(names)?.query_map([key], |row| row.get(0))? {
                found.insert(Subject::Stranger(name?));
            }
            Ok(found.into_iter().collect())
        })
    }

    /// The user who last had a login, in lower case, that an operation has changed since.
    pub fn formerly(&self, login: &str) -> Result<Option<u32>, Error> {
        let sql = "
            SELECT user FROM operations
            WHERE json_extract(operation, '$.user.login') = ?1 COLLATE NOCASE AND user IS NOT NULL
            ORDER BY plan DESC LIMIT 1";
        self.read("the journal", |db| db.query_row(sql, [login], |row| row.get(0)).optional())
    }

    /// The run whose plan last changed a field of a user.
    pub fn last_change(&self, user: u32, field: &Field) -> Result<Option<RunId>, Error> {
        self.read("the journal", |db| {
            let changed =
                |deed: &Deed| deed.status == OperationStatus::Done && deed.operation.sets(field.name()).is_some();
            Ok(deeds(db, &Subject::User(user))?.into_iter().rev().find(changed).map(|deed| deed.run))
        })
    }

    /// What is known about the person, whom rows may also name by these keys, in lower case, and deliveries by these
    /// names.
    pub fn trace(&self, subject: &Subject, keys: &[String], names: &[&str]) -> Result<Trace, Error> {
        self.read("the journal", |db| {
            let deeds = deeds(db, subject)?;
            let sightings = sightings(db, subject, keys, &deeds)?;
            Ok(Trace { sightings, handed: handed(db, names)?, deeds })
        })
    }
}

const DEEDS: &str = "
    SELECT runs.started, plans.*, operations.position, operations.operation, operations.status AS outcome, operations.reason
    FROM operations JOIN plans ON plans.id = operations.plan JOIN runs ON runs.id = plans.run";

/// By the user; before there was one, and where none was found, by the logins that the person has had.
fn deeds(db: &Connection, subject: &Subject) -> rusqlite::Result<Vec<Deed>> {
    let mut deeds = BTreeMap::new();
    let mut logins = BTreeSet::new();
    match subject {
        Subject::Stranger(name) => drop(logins.insert(name.clone())),
        Subject::User(user) => {
            let login = db.query_row("SELECT login FROM users WHERE id = ?1", [user], |row| row.get::<_, String>(0))?;
            logins.insert(login.to_lowercase());
            let sql = format!("{DEEDS} WHERE operations.user = ?1");
            for deed in db.prepare(&sql)?.query_map([user], deed(db))? {
                let (place, deed) = deed?;
                logins.insert(deed.operation.user().login.to_lowercase());
                deeds.insert(place, deed);
            }
        }
    }
    let sql = format!(
        "{DEEDS} WHERE json_extract(operations.operation, '$.user.login') = ?1 COLLATE NOCASE
         AND operations.user IS NULL"
    );
    let mut statement = db.prepare(&sql)?;
    for login in logins {
        for deed in statement.query_map([login], deed(db))? {
            let (place, deed) = deed?;
            deeds.insert(place, deed);
        }
    }
    Ok(deeds.into_values().collect())
}

/// With its place in the journal.
fn deed(db: &Connection) -> impl Fn(&Row<'_>) -> rusqlite::Result<((PlanId, u32), Deed)> {
    |row| {
        let plan = row.get("id")?;
        let Json(operation) = row.get("operation")?;
        let Json(held) = row.get("held")?;
        let (Time(at), Time(changed)) = (row.get("started")?, row.get("changed")?);
        let deed = Deed {
            run: row.get("run")?,
            at,
            exchange: row.get("exchange")?,
            path: row.get("path")?,
            plan: row.get("status")?,
            held,
            decision: decisions::of_plan(db, plan)?,
            changed,
            operation,
            status: row.get("outcome")?,
            reason: row.get::<_, Option<Said>>("reason")?.map(|Said(reason)| reason),
        };
        Ok(((plan, row.get("position")?), deed))
    }
}

fn sightings(db: &Connection, subject: &Subject, keys: &[String], deeds: &[Deed]) -> rusqlite::Result<Vec<Sighting>> {
    let as_stranger = rows_of_stranger(db, keys)?;
    // A row that became an operation is a sighting, too: it may have been remarked upon.
    let mut planned: BTreeMap<(&RunId, &str, &str), Vec<u32>> = BTreeMap::new();
    for deed in deeds {
        planned.entry((&deed.run, &deed.exchange, &deed.path)).or_default().push(deed.operation.row);
    }
    let sql = "SELECT rolls.*, runs.started FROM rolls JOIN runs ON runs.id = rolls.run ORDER BY rolls.id";
    let mut statement = db.prepare(sql)?;
    let mut rolls = statement.query(())?;
    let mut sightings = Vec::new();
    let mut places = HashMap::new();
    while let Some(roll) = rolls.next()? {
        let id: RollId = roll.get("id")?;
        let file = Sighting::of_file(roll)?;
        let mut rows: BTreeMap<u32, bool> =
            as_stranger.get(&id).into_iter().flatten().map(|row| (*row, true)).collect();
        if let Subject::User(user) = subject {
            let lineup: LineupId = roll.get("lineup")?;
            let place = match places.get(&lineup) {
                Some(place) => *place,
                None => *places.entry(lineup).or_insert(lineups::get(db, lineup)?.place_of(*user)),
            };
            let packed: Packed = roll.get("rows")?;
            rows.extend(packed.rows_of(place).iter().map(|Seen { row, is_out, .. }| (*row, *is_out)));
        }
        let planned = planned.get(&(&file.run, &file.exchange, &file.path));
        rows.extend(planned.into_iter().flatten().map(|row| (*row, false)));
        sightings.extend(file.in_rows(db, id, rows)?);
    }
    Ok(sightings)
}

fn rows_of_stranger(db: &Connection, keys: &[String]) -> rusqlite::Result<BTreeMap<RollId, Vec<u32>>> {
    let mut rows: BTreeMap<RollId, Vec<u32>> = BTreeMap::new();
    let mut statement = db.prepare("SELECT roll, row FROM strangers WHERE key = ?1")?;
    for key in keys {
        for place in statement.query_map([key], |row| Ok((row.get(0)?, row.get(1)?)))? {
            let (roll, row) = place?;
            rows.entry(roll).or_default().push(row);
        }
    }
    Ok(rows)
}

impl Sighting {
    fn of_file(roll: &Row<'_>) -> rusqlite::Result<Sighting> {
        let Time(at) = roll.get("started")?;
        Ok(Sighting {
            run: roll.get("run")?,
            at,
            exchange: roll.get("exchange")?,
            path: roll.get("path")?,
            is_refused: roll.get("is_refused")?,
            row: None,
            is_out: false,
            unclear: roll.get("unclear")?,
            findings: Vec::new(),
        })
    }

    fn in_rows(self, db: &Connection, id: RollId, rows: BTreeMap<u32, bool>) -> rusqlite::Result<Vec<Sighting>> {
        let mut of_file = match self.is_refused {
            true => rolls::findings(db, id, 0)?,
            false => Vec::new(),
        };
        of_file.retain(Finding::is_error);
        let nowhere = rows.is_empty().then_some((None, false));
        let places = rows.into_iter().map(|(row, is_out)| (Some(row), is_out)).chain(nowhere);
        let sighting = |(row, is_out): (Option<u32>, bool)| {
            let of_row = row.map_or(Ok(Vec::new()), |row| rolls::findings(db, id, row))?;
            let findings = [&of_file[..], &of_row].concat();
            let (run, exchange, path) = (self.run.clone(), self.exchange.clone(), self.path.clone());
            Ok(Sighting { row, is_out, findings, run, exchange, path, ..self })
        };
        places.map(sighting).collect()
    }
}

/// Deliveries keep the names of their people as one list in JSON, which is searched as it stands: to read a year of them
/// name by name would take seconds.
fn handed(db: &Connection, names: &[&str]) -> rusqlite::Result<Vec<Handed>> {
    let quoted: Vec<String> = names.iter().map(|name| serde_json::Value::from(*name).to_string()).collect();
    let finders: Vec<Finder<'_>> = quoted.iter().map(Finder::new).collect();
    let sql = "
        SELECT deliveries.run, runs.started, exchange, server, file_name, status, people
        FROM deliveries JOIN runs ON runs.id = deliveries.run ORDER BY deliveries.id";
    let mut statement = db.prepare(sql)?;
    let mut deliveries = statement.query(())?;
    let mut handed = Vec::new();
    while let Some(row) = deliveries.next()? {
        let people = row.get_ref(6)?.as_bytes()?;
        let Some(found) = finders.iter().position(|finder| finder.find(people).is_some()) else { continue };
        let Time(at) = row.get(1)?;
        handed.push(Handed {
            run: row.get(0)?,
            at,
            exchange: row.get(2)?,
            server: row.get(3)?,
            file: row.get(4)?,
            status: row.get(5)?,
            known_as: names[found].into(),
        });
    }
    Ok(handed)
}

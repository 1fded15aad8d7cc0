//! `cargo bench --bench why [-- PEOPLE NIGHTS]`: how long `why` takes after a year of a big company, and what the year takes
//! on disk: 100,000 people and 365 nights unless told otherwise.
//!
//! The journal is written by the state itself, without files: every night names all people by their names, which is no
//! order of the directory; 50 come, 300 change, 200 rows have a remark and 20 a mistake; and everybody is exported.

#[path = "../import/measure.rs"]
mod measure;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use chrono::{DateTime, Days, Utc};
use measure::cost_of;
use passerelle::model::operation::{Act, Change, Changes, Identity, Values};
use passerelle::model::roll::{Seen, Stranger};
use passerelle::model::{Content, Digest, Field, Finding, Operation, Place, Roll, Text};
use passerelle::state::{
    DeliveryStatus, Digests, Facts, NewDelivery, NewPlan, NewRoll, NewSet, PlanStatus, Roster, RunId, State,
};

const PASSERELLE: &str = env!("CARGO_BIN_EXE_passerelle");
const SITE: &str = "state.path = \"state.db\"\n";
const COME: usize = 50;
const CHANGE: usize = 300;
const REMARKED: usize = 200;
const WRONG: usize = 20;

fn main() -> ExitCode {
    if let Some(done) = measure::alone() {
        return done;
    }
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let (people, nights) = (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(365));
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("passerelle.toml"), SITE).expect("a site");
    let mut year = Year { state: State::open(&folder.path().join("state.db")).expect("a state"), people };
    for night in 0..nights {
        year.night(night);
    }
    drop(year);

    println!("{people} people, {nights} nights\n\n| MiB | table |\n|---|---|");
    sizes(folder.path()).iter().for_each(|(table, size)| println!("| {:.1} | {table} |", *size as f64 / 1048576.0));
    println!("\n| asked for | wall s | CPU s | peak MiB |\n|---|---|---|---|");
    for (what, key, code) in [
        ("a login", "user-5", 0),
        ("an employee number", "00042", 0),
        ("somebody whose row was refused", "ghost-7", 0),
        ("nobody", "user-5o", 2),
    ] {
        let cost = cost_of(folder.path(), &[PASSERELLE, "why", key], code);
        let (wall, cpu) = (cost.wall.as_secs_f64(), cost.cpu.as_secs_f64());
        println!("| {what} | {wall:.3} | {cpu:.3} | {:.0} |", cost.memory as f64 / 1024.0);
    }
    ExitCode::SUCCESS
}

struct Year {
    state: State,
    people: usize,
}

impl Year {
    fn night(&mut self, night: usize) {
        let at = DateTime::UNIX_EPOCH.checked_add_days(Days::new(20_000 + night as u64)).expect("a day");
        let run = RunId::new(at);
        self.state.start_run(&run, "run", &["users".into(), "out".into()], at).expect("a run");
        self.import(&run, night, at);
        self.export(&run, at);
        self.state.finish_run(&run, 0, &serde_json::json!({}), at).expect("its end");
    }

    fn import(&mut self, run: &RunId, night: usize, at: DateTime<Utc>) {
        let known = if night == 0 { 0 } else { self.people };
        let come = if night == 0 { self.people } else { COME };
        let operations: Vec<Operation> = (known..known + come)
            .map(create)
            .chain((0..CHANGE.min(known)).map(|number| update((night * CHANGE + number) % known, night)))
            .collect();
        self.people = known + come;
        let (roll, findings) = (roll(known, night), findings(known));
        let digest = Digest::of(&night.to_be_bytes());
        let plan = NewPlan {
            is_elsewhere: false,
            run,
            exchange: "users",
            path: "in/users.csv",
            digests: &Digests { file: digest.clone(), snapshot: digest.clone(), profile: digest },
            facts: &Facts { rows: self.people, size: 0, heading: String::new() },
            operations: &operations,
            held: &[],
            exceptions: &[],
            verdict: b"{}",
            corrections: None,
            spooled: None,
            roll: Some(NewRoll { roll: &roll, findings: &findings, is_refused: false }),
            at,
        };
        let plan = self.state.save_plan(&plan).expect("a plan");
        while self.state.apply_next(plan, 10_000, at).expect("a batch").remain {}
        self.state.set_plan_status(plan, PlanStatus::Told, at).expect("its end");
    }

    fn export(&mut self, run: &RunId, at: DateTime<Utc>) {
        let people: Roster = (0..self.people).map(number).collect();
        let file = NewDelivery {
            folder: "",
            file_name: "people.csv",
            content: Content::Full,
            part: "",
            table: "",
            heading: "",
            personal_fields: &[],
            digest: &Digest::of(b"people"),
            sealed: None,
            size: 0,
            rows: people.len(),
            people: &people,
            held: &[],
            spooled: "",
        };
        let set = NewSet {
            run,
            exchange: "out",
            server: "sftp://partner",
            profile: &Digest::of(b"profile"),
            held: &[],
            files: &[file],
            giving: &[],
            at,
        };
        let set = self.state.prepare_set(&set).expect("a delivery");
        self.state.advance(&[set], DeliveryStatus::Delivered, at).expect("its end");
    }
}

/// By name: as good as shuffled. Newcomers stand among the others.
fn roll(known: usize, night: usize) -> Roll {
    let mut users: Vec<u32> = (1..=known as u32).collect();
    users.sort_by_key(|user| user.wrapping_mul(2_654_435_761));
    let known =
        users.into_iter().zip(2..).map(|(user, row)| Seen { row, user, is_out: row as usize % known.max(1) < WRONG });
    let stranger = |row: u32| Stranger { row, keys: vec![format!("ghost-{}", row + night as u32)] };
    Roll { known: known.collect(), strangers: (0..WRONG as u32).map(stranger).collect(), unclear: 0 }
}

fn findings(known: usize) -> Vec<Finding> {
    let place = |row: usize| Place::row(row as u32, row as u32).in_column(3, &"dtBirth".into());
    let remark = |row: usize| {
        Finding::remark("outer-blanks", place(row), Text::of("has spaces around it", "a des espaces autour"))
            .read(format!(" {row}"))
    };
    let wrong = |row: usize| {
        Finding::error("bad-date", place(row), Text::of("is not a date", "n'est pas une date")).read("31/02/2020")
    };
    let remarked = (0..REMARKED).map(|row| row * known / REMARKED + 2);
    (0..WRONG).map(wrong).chain(remarked.map(remark)).collect()
}

fn create(user: usize) -> Operation {
    let login = format!("user-{user}");
    let fields = [
        ("login", login.clone()),
        ("employee-number", number(user)),
        ("first-name", "Ada".into()),
        ("last-name", format!("Byron{user}")),
        ("mail", format!("{login}@acme.example")),
        ("establishment", "Lyon".into()),
        ("department", "Sales".into()),
        ("contract-start", "2020-01-01".into()),
    ];
    let fields = fields.map(|(field, value)| (Field::of(field), value));
    operation(Act::Create { user: identity(user), fields: Values(fields.into()) })
}

/// Who is changed once more in the same year is not as this expects, and keeps the first title.
fn update(user: usize, night: usize) -> Operation {
    let change = Change { from: String::new(), to: format!("Title of night {night}") };
    operation(Act::Update { user: identity(user), changes: Changes(vec![(Field::of("job-title"), change)]) })
}

fn operation(act: Act) -> Operation {
    Operation { act, mark: None, file: "in/users.csv".into(), row: 2 }
}

fn identity(user: usize) -> Identity {
    Identity { login: format!("user-{user}"), employee_number: number(user) }
}

fn number(user: usize) -> String {
    format!("{user:05}")
}

/// In bytes, the biggest first.
fn sizes(site: &Path) -> Vec<(String, u64)> {
    let db = rusqlite::Connection::open(site.join("state.db")).expect("a state");
    let sql = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 12";
    let mut statement = db.prepare(sql).expect("SQLite has dbstat");
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).expect("sizes");
    rows.collect::<rusqlite::Result<_>>().expect("sizes")
}

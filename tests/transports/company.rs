//! A company with one partner: it delivers `people.csv`, takes in `in/users.csv`, and remembers.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Output};

use assert_cmd::cargo::cargo_bin;
use chrono::{Timelike, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

const SITE: &str = r#"
[state]
path = "state.db"

[server.hr.directory]
path = "hr"

[people.hr.file]
server = "hr"
file = "hr.csv"
profile = "hr-file"

[people.users.directory]
"#;

/// Delivers `people.csv`.
pub const EXPORT: &str = r#"
[export.out]
profile = "skillup"
people = "hr"
server = "partner"
file-name = "people.csv"
optional = ["Job title"]
brakes = { shrink = "20%" }
"#;

/// Takes in `in/users.csv`.
pub const IMPORT: &str = r#"
[import.in]
profile = "lucca-users"
people = "users"
server = "partner"
files = "in/*.csv"
identify-by = "login"
ready = { stable-for = 0 }
brakes = { creations = "10%", updates = "10%", shrink = "50%", floor = 5 }
"#;

/// What was delivered the night before.
pub const OLD: &str = "the file of yesterday\r\n";

/// A night ends with this: a row of the partner's file is left out.
pub const ROWS_LEFT_OUT: i32 = 4;

/// Three users, of whom one has no name.
const USERS: &str = "\
login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture
ada;Ada;Byron;ada@acme.example;Lyon;01/02/2020;Sales;ada;Employee;fr-FR
grace;Grace;Hopper;grace@acme.example;Lyon;01/02/2020;Sales;ada;Employee;fr-FR
alan;Alan;;alan@acme.example;Lyon;01/02/2020;Sales;ada;Employee;fr-FR
";

/// So many people, in about 100 bytes each.
const PEOPLE: usize = 200;

/// What the last night that was started said.
const SAID: &str = "said.txt";

pub struct Company {
    folder: tempfile::TempDir,
}

/// What a night leaves, without what differs from night to night.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    users: Vec<String>,
    journal: Vec<String>,
    spool: usize,
    operations: Vec<String>,
    /// The partner's files.
    server: BTreeMap<String, String>,
}

impl Company {
    /// `server` is the section of `partner`, and `exchanges` are those with it.
    pub fn new(server: &str, exchanges: &str) -> Company {
        let company = Company { folder: tempfile::tempdir().unwrap() };
        company
            .write("passerelle.toml", &format!("timezone = '{}'\n{SITE}\n{server}\n{exchanges}", where_it_is_noon()));
        fs::create_dir(company.folder.path().join("hr")).unwrap();
        let mut people = "Matricule;Nom;Prénom;Login;Fonction;Matricule manager\n".to_string();
        for number in 1..=PEOPLE {
            people += &format!("{number:05};Byron{number};Ada;user-{number}@acme.example;Engineer of bridges;00001\n");
        }
        company.write("hr/hr.csv", &people);
        company
    }

    pub fn write(&self, name: &str, content: &str) {
        fs::write(self.folder.path().join(name), content).unwrap();
    }

    pub fn start(&self) -> Child {
        let said = File::create(self.folder.path().join(SAID)).unwrap();
        self.command(&["run"]).stdout(said.try_clone().unwrap()).stderr(said).spawn().unwrap()
    }

    /// What a night has said that was started.
    pub fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join(SAID)).unwrap()
    }

    pub fn run(&self) -> Output {
        self.command(&["run"]).output().unwrap()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("passerelle"));
        command.current_dir(self.folder.path()).args(words);
        command.env_remove("PASSERELLE_LOG").env_remove("JOURNAL_STREAM");
        command
    }

    /// What the state answers to a question, each row as one text.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        let state = self.folder.path().join("state.db");
        let db = Connection::open_with_flags(state, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let cells = (0..columns).map(|column| row.get::<_, Value>(column).map(|value| shown(&value)));
            Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join(";"))
        };
        statement.query_map((), row).and_then(Iterator::collect).unwrap()
    }

    /// `server` is the partner's folder, on disk.
    pub fn outcome(&self, server: &Path) -> Outcome {
        let operations = texts(&self.folder.path().join("operations"));
        Outcome {
            users: self.ask("SELECT login, last_name, mail, coalesce(manager, '') FROM people ORDER BY login"),
            journal: self.ask(
                "SELECT 'delivery', file_name, status, count(*) FROM deliveries WHERE status <> 'discarded' GROUP BY 2, 3
                 UNION ALL SELECT 'plan', path, status, count(*) FROM plans WHERE status <> 'discarded' GROUP BY 2, 3
                 UNION ALL SELECT 'operation', path, operations.status, count(*) FROM operations
                     JOIN plans ON plans.id = plan WHERE plans.status <> 'discarded' GROUP BY 2, 3
                 UNION ALL SELECT 'pickup', path, status, count(*) FROM pickups GROUP BY 2, 3
                 UNION ALL SELECT 'open row', path, who, count(*) FROM open_rows GROUP BY 2, 3",
            ),
            spool: texts(&self.folder.path().join("spool")).len(),
            operations: operations.values().flat_map(|file| file.lines().map(String::from)).collect(),
            server: texts(server),
        }
    }
}

/// Far from midnight: a partner gets a file a day, and the day must not change between two nights of a test.
fn where_it_is_noon() -> String {
    // West is positive in these names.
    format!("Etc/GMT{:+}", i64::from(Utc::now().hour()) - 12)
}

/// Prepares the partner's folder: the file of yesterday, and a drop.
pub fn furnish(server: &Path) {
    fs::write(server.join("people.csv"), OLD).unwrap();
    fs::write(server.join("in/users.csv"), USERS).unwrap();
}

/// What is wrong with what a partner sees at this instant, who knows the whole file as `new`: at every instant the name
/// of a delivery holds the old file or the new one, and the dropped file is in one place.
pub fn glance(server: &Path, new: &str) -> Option<String> {
    let read = |name: &str| fs::read_to_string(server.join(name)).ok();
    match read("people.csv") {
        Some(text) if text == OLD || text == new => {}
        Some(text) => return Some(format!("people.csv holds {} bytes of {}", text.len(), new.len())),
        None => return Some("people.csv is absent".into()),
    }
    // It goes from the one place to the other, so the order matters.
    match read("in/users.csv").or_else(|| read("in/done/users.csv")) {
        Some(text) if text == USERS => None,
        Some(text) => Some(format!("users.csv has {} bytes of {}", text.len(), USERS.len())),
        None => Some("users.csv is in no place".into()),
    }
}

/// Every file below a folder, by its path, without the lines that tell one run from another.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(texts(&path).into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let passing = ["Run ", "  \"run\":", "  \"at\":"];
        let lasting = text.lines().filter(|line| !passing.iter().any(|start| line.starts_with(start)));
        found.insert(name, lasting.collect::<Vec<_>>().join("\n"));
    }
    found
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => String::from_utf8_lossy(bytes).into(),
    }
}

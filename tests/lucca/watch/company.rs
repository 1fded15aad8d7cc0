//! A company whose people are in the stand-in, and a partner who is fed from there: the site, and the watch as a process.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::lucca_server::{Options, Server};

/// Before a test gives up; nothing depends on how long anything takes.
const PATIENCE: Duration = Duration::from_secs(120);

const SITE: &str = r#"
timezone = "Europe/Paris"
profiles = "profiles"

[state]
path = "state.db"

[server.partner.directory]
path = "partner"

[people.core.lucca]
url = "URL"
key = "file:key"
trust = "system"
requests-a-minute = 6000

[export.pyla]
profile = "equipment"
people = "core"
server = "partner"
content = "changed"
brakes = { changes = "50%", left = "50%" }
"#;

const PROFILE: &str = r#"
title = "Equipment"
version = "1"
source = [{ page = "https://partner.example", date = "2026-11-23" }]
purpose = { en = "Hand equipment out", fr = "Remettre l'équipement" }

[export]
file-name = "people_{date}_{time}.csv"
columns = [
  { heading = "Login", level = "required", field = "login" },
  { heading = "Mail", level = "required", field = "mail" },
  { heading = "Job", level = "recommended", field = "job-title" },
  { heading = "Manager", level = "recommended", field = "manager.mail" },
  { heading = "Start", level = "recommended", field = "contract-start" },
  { heading = "End", level = "recommended", field = "contract-end" },
  { heading = "Change", level = "required", field = "change" },
]

[export.dialect]
separator = ";"
quoting = "where-needed"
line-ending = "lf"
encoding = "utf-8"
byte-order-mark = false
date = "YYYY-MM-DD"
decimal = "."
formulas = "as-they-are"
"#;

pub struct Company {
    pub lucca: Server,
    folder: TempDir,
}

/// A watch that runs; killed when it is dropped.
pub struct Watch(Child);

impl Company {
    /// `more` is written behind the section of the export.
    pub fn new(more: &str) -> Company {
        Company::with(Options::default(), more)
    }

    pub fn with(options: Options, more: &str) -> Company {
        let lucca = Server::start(options).expect("a stand-in");
        let company = Company { lucca, folder: tempfile::tempdir().expect("a folder") };
        for folder in ["partner", "profiles"] {
            fs::create_dir(company.path(folder)).expect("a folder");
        }
        company.write("key", company.lucca.key());
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(company.path("key"), mode).expect("a key for us alone");
        company.write("profiles/equipment.toml", PROFILE);
        company.write("passerelle.toml", &(SITE.replace("URL", company.lucca.url()) + more));
        company
    }

    /// The partner has everybody: what comes from now on are changes.
    pub fn fed(more: &str) -> Company {
        let company = Company::new(more);
        company.ends(&["run"], 0);
        company
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("passerelle"));
        command.current_dir(self.folder.path()).args(words);
        command.env_remove("JOURNAL_STREAM").env_remove("NOTIFY_SOCKET").env("PASSERELLE_LOG", "info");
        command
    }

    /// Runs something that must end with this exit code, and returns what it said.
    pub fn ends(&self, words: &[&str], code: i32) -> String {
        let Output { status, stdout, stderr } = self.command(words).output().expect("it runs");
        let said = String::from_utf8([stdout, stderr].concat()).expect("UTF-8");
        assert_eq!(status.code(), Some(code), "{words:?}\n{said}");
        said
    }

    /// Starts a watch; what it says is added to `watch.out` and `watch.err`.
    pub fn watch(&self) -> Watch {
        self.watch_with(&[])
    }

    pub fn watch_with(&self, variables: &[(&str, &str)]) -> Watch {
        let into = |name: &str| -> Stdio {
            File::options().create(true).append(true).open(self.path(name)).expect("a file").into()
        };
        let mut command = self.command(&["watch", "pyla"]);
        command.envs(variables.iter().copied()).stdout(into("watch.out")).stderr(into("watch.err"));
        Watch(command.spawn().expect("it starts"))
    }

    /// A watch that has looked once and waits.
    pub fn watched(&self) -> Watch {
        let before = self.looks();
        let watch = self.watch();
        until("the watch has looked twice", || self.looks() >= before + 2);
        watch
    }

    /// How often somebody asked who has changed.
    fn looks(&self) -> usize {
        self.lucca.requests().iter().filter(|asked| asked.query.contains("modifiedAt=since")).count()
    }

    /// The names of the files that the partner sees.
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("partner")).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    }

    /// All rows that the partner was ever sent, file by file, without headings.
    pub fn rows(&self) -> Vec<String> {
        let rows = |name: String| {
            let file = self.read(&format!("partner/{name}"));
            file.lines().skip(1).map(String::from).collect::<Vec<_>>()
        };
        self.files().into_iter().flat_map(rows).collect()
    }

    /// The rows with this in them.
    pub fn rows_with(&self, text: &str) -> Vec<String> {
        self.rows().into_iter().filter(|row| row.contains(text)).collect()
    }

    /// What the state answers to a question of one number.
    pub fn count(&self, sql: &str) -> usize {
        let db = Connection::open_with_flags(self.path("state.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a state");
        db.busy_timeout(PATIENCE).expect("it waits");
        db.query_row(sql, (), |row| row.get(0)).expect("an answer")
    }
}

impl Watch {
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).expect("it runs");
    }

    /// Asks it to stop; how it ended.
    pub fn stop(mut self) -> Option<i32> {
        self.signal(Signal::TERM);
        self.0.wait().expect("it ends").code()
    }

    /// How it ended by itself.
    pub fn end(mut self) -> Option<i32> {
        self.0.wait().expect("it ends").code()
    }

    pub fn kill(mut self) {
        self.0.kill().expect("it dies, or is dead");
        self.0.wait().expect("it is dead");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits for what must come; says how long that was.
pub fn until(what: &str, mut has_come: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !has_come() {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        sleep(Duration::from_millis(20));
    }
    start.elapsed()
}

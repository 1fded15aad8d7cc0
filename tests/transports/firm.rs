//! A company in a temporary folder whose partners have FTP servers, and its nights.

use std::cell::RefCell;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};

use crate::process::write_secret;

const SITE: &str = r#"
timezone = "Europe/Paris"

[state]
path = "state.db"

[server.hr.directory]
path = "hr"

[server.partner.directory]
path = "partner"

[people.hr.file]
server = "hr"
file = "hr.csv"
profile = "hr-file"

[people.users.directory]
"#;

pub struct Firm(tempfile::TempDir);

/// A night that is under way.
pub struct Night(Child);

/// How it ended, and what it said.
pub struct Said {
    pub status: ExitStatus,
    pub report: serde_json::Value,
    pub err: String,
}

impl Firm {
    /// With these servers and exchanges beside two directories, `hr` and `partner`.
    pub fn new(sections: &str) -> Firm {
        let firm = Firm(tempfile::tempdir().unwrap());
        fs::create_dir_all(firm.path("hr")).unwrap();
        fs::create_dir_all(firm.path("partner/in")).unwrap();
        fs::write(firm.path("passerelle.toml"), format!("{SITE}{sections}")).unwrap();
        write_secret(firm.path("password"), "secret");
        firm.write("hr/hr.csv", &people(3));
        firm
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn start(&self, words: &[&str]) -> Night {
        let mut command = Command::new(cargo_bin("passerelle"));
        command.current_dir(self.0.path()).args(words).args(["--output", "json"]);
        command.env_remove("PASSERELLE_LOG").env_remove("JOURNAL_STREAM");
        // Into files, which are never full: what nobody reads from a pipe would hold the night up.
        let file = |name| Stdio::from(fs::File::create(self.path(name)).unwrap());
        Night(command.stdout(file("out")).stderr(file("err")).spawn().unwrap())
    }

    /// Runs a night to its end, which has this exit code.
    pub fn ends(&self, words: &[&str], code: i32) -> Said {
        let said = self.end(self.start(words));
        assert_eq!(said.status.code(), Some(code), "{:#}\n{}", said.report, said.err);
        said
    }

    pub fn end(&self, mut night: Night) -> Said {
        let status = night.0.wait().unwrap();
        let report = serde_json::from_str(&self.read("out")).unwrap_or_default();
        Said { status, report, err: self.read("err") }
    }

    /// What the state answers to a question about a number; 0 as long as nobody can be asked.
    pub fn count(&self, sql: &str) -> i64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let asked = Connection::open_with_flags(self.path("state.db"), flags);
        asked.and_then(|db| db.query_row(sql, (), |row| row.get(0))).unwrap_or_default()
    }
}

impl Night {
    /// Waits for something to happen while the night is under way.
    pub fn wait_until(&mut self, has_happened: impl Fn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(120);
        while !has_happened() {
            assert!(self.0.try_wait().unwrap().is_none(), "the night ended before");
            assert!(Instant::now() < deadline, "it did not happen in two minutes");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Lets the night in on a server that says nothing.
    pub fn wait_for_client(&mut self, server: &TcpListener) -> TcpStream {
        let client = RefCell::new(None);
        server.set_nonblocking(true).unwrap();
        self.wait_until(|| {
            *client.borrow_mut() = server.accept().ok();
            client.borrow().is_some()
        });
        client.take().unwrap().0
    }

    /// The second time, nothing ends in order.
    pub fn end_at_once(&mut self, firm: &Firm) {
        self.signal(Signal::TERM);
        self.wait_until(|| firm.read("err").contains("Stopping"));
        self.signal(Signal::TERM);
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }
}

impl Said {
    /// What an exchange came to, by its place in the night.
    pub fn exchange(&self, index: usize) -> &serde_json::Value {
        &self.report["exchanges"][index]
    }

    pub fn names(&self) -> Vec<&str> {
        self.report["exchanges"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
    }

    pub fn failure(&self, index: usize) -> String {
        let chain = self.exchange(index)["failure"]["chain"].as_array().map(Vec::as_slice).unwrap_or_default();
        chain.iter().map(|link| link.as_str().unwrap()).collect::<Vec<_>>().join(": ")
    }
}

/// An FTP server on this machine.
pub fn server(name: &str, port: u16) -> String {
    format!(
        "[server.{name}.ftp]\nhost = '127.0.0.1'\nport = {port}\nuser = 'acme'\npassword = 'file:password'\n\
         encryption = 'none'\n"
    )
}

/// Delivers `people.csv` of three people.
pub fn export(name: &str, server: &str) -> String {
    format!(
        "[export.{name}]\nprofile = 'skillup'\npeople = 'hr'\nserver = '{server}'\nfile-name = '{name}.csv'\n\
         optional = ['Job title']\nbrakes = {{ shrink = '20%' }}\n"
    )
}

/// Takes `in/*.csv`, however many people it creates.
pub fn import(name: &str, server: &str, stable_for: u32) -> String {
    format!(
        "[import.{name}]\nprofile = 'lucca-users'\npeople = 'users'\nserver = '{server}'\nfiles = 'in/*.csv'\n\
         identify-by = 'login'\nready = {{ stable-for = {stable_for} }}\nbrakes = {{ creations = '10%', updates = '10%', shrink = '50%', floor = 1000000 }}\n"
    )
}

/// A file for the import.
pub fn users(count: usize) -> String {
    let mut file =
        "login;employeeNumber;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;\
         culture\n"
            .to_string();
    for number in 0..count {
        file += &format!(
            "user-{number};{number:05};Ada;Byron{number};user-{number}@acme.example;Lyon;01/02/2020;Sales;user-0;\
             Employee;fr-FR\n"
        );
    }
    file
}

/// A file for the export.
pub fn people(count: usize) -> String {
    let mut file = "Matricule;Nom;Prénom;Login;Fonction;Matricule manager\n".to_string();
    for number in 1..=count {
        file += &format!("{number:05};Byron{number};Ada;user-{number}@acme.example;Engineer;00001\n");
    }
    file
}

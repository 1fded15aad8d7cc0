//! A company in a temporary folder whose people go to a web service.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

pub const SECRET: &str = "correct-horse-battery";

const SITE: &str = r#"
timezone = "Europe/Paris"

[state]
path = "state.db"

[server.hr.directory]
path = "hr"

[people.hr.file]
server = "hr"
file = "hr.csv"
profile = "hr-file"
"#;

pub struct Company {
    folder: TempDir,
}

/// What the program said, and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Company {
    /// With this end of the site file. The secret is in the file `key`.
    pub fn new(rest: &str) -> Company {
        let company = Company { folder: tempfile::tempdir().expect("a folder") };
        company.write("passerelle.toml", SITE.to_string() + rest);
        fs::create_dir_all(company.path("hr")).expect("a server");
        let mut key = fs::OpenOptions::new();
        let mut key = key.write(true).create_new(true).mode(0o600).open(company.path("key")).expect("a file");
        key.write_all(SECRET.as_bytes()).expect("a secret");
        company
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Changes the site file: one text, which must be there, for another.
    pub fn change_site(&self, from: &str, to: &str) {
        let site = fs::read_to_string(self.path("passerelle.toml")).expect("a site");
        assert!(site.contains(from), "{from}");
        self.write("passerelle.toml", site.replace(from, to));
    }

    /// Runs something that must end with this exit code. What it says, at any level of the log, and what it remembers
    /// never has the secret.
    pub fn ends(&self, words: &[&str], code: i32) -> Said {
        let output = self.command(words).env("PASSERELLE_LOG", "trace").output().expect("it runs");
        let said = Said {
            code: output.status.code().expect("an exit code"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        };
        let remembered = fs::read(self.path("state.db")).unwrap_or_default();
        for text in [&said.out, &said.err, &String::from_utf8_lossy(&remembered).into_owned()] {
            assert!(!text.contains(SECRET), "the secret is in {text}");
        }
        assert_eq!(said.code, code, "{words:?}\n{}{}", said.out, said.err);
        said
    }

    pub fn start(&self, words: &[&str]) -> Child {
        self.command(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("passerelle"));
        command.current_dir(self.folder.path()).args(words);
        command.env_remove("PASSERELLE_LOG").env_remove("JOURNAL_STREAM");
        command
    }

    /// What the state answers to a question of one column.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        let db = Connection::open_with_flags(self.path("state.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a state");
        let mut statement = db.prepare(sql).expect("a question");
        statement.query_map((), |row| row.get(0)).and_then(Iterator::collect).expect("an answer")
    }

    /// What became of its deliveries, oldest first.
    pub fn deliveries(&self) -> Vec<String> {
        self.ask("SELECT status FROM deliveries ORDER BY id")
    }
}

impl Said {
    /// What was printed, with one space for every run of blanks: lines are wrapped anywhere.
    pub fn flat(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A file for the export: so many people, all of them with this job title.
pub fn people(count: usize, job_title: &str) -> String {
    let mut file = "Matricule;Nom;Prénom;Login;Fonction;Matricule manager\n".to_string();
    for number in 1..=count {
        file += &format!("{number:05};Byron{number};Ada;user-{number}@acme.example;{job_title};00001\n");
    }
    file
}

/// One for the accounts: number, name, department, manager, last day.
pub fn staff(rows: &[[&str; 5]]) -> String {
    let mut file = "Matricule;Nom;Prénom;Login;Email;Département;Matricule manager;Date de sortie\n".to_string();
    for [number, name, department, manager, end] in rows {
        let login = name.to_lowercase();
        file += &format!("{number};{name};Ada;{login};{login}@acme.example;{department};{manager};{end}\n");
    }
    file
}

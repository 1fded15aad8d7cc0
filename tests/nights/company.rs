//! A company in a temporary folder: its site, its servers, which are directories, and its nights.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

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

/// Delivers `hr/hr.csv` as `partner/people.csv`.
pub const EXPORT: &str = r#"
[export.out]
profile = "skillup"
people = "hr"
server = "partner"
file-name = "people.csv"
optional = ["Job title"]
brakes = { shrink = "20%" }
"#;

/// Takes `partner/in/*.csv`. More than five operations brake, unless they are few of many.
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

impl Said {
    /// What was printed, with one space for every run of blanks: lines are wrapped anywhere.
    pub fn flat(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Names below the company's folder, with `/` between the parts, and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

impl Company {
    /// With these exchanges, and both servers.
    pub fn new(exchanges: &str) -> Company {
        let company = Company { folder: tempfile::tempdir().expect("a folder") };
        company.write("passerelle.toml", SITE.to_string() + exchanges);
        for server in ["hr", "partner/in"] {
            fs::create_dir_all(company.path(server)).expect("a server");
        }
        company
    }

    /// Acme, as `run --sample` writes it, before or after its night.
    pub fn sample(is_after_its_night: bool) -> Company {
        let company = Company { folder: tempfile::tempdir().expect("a folder") };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/acme"), company.folder.path());
        if is_after_its_night {
            assert_eq!(company.passerelle(&["run"]).code, 4);
        }
        company
    }

    /// Another one that is the same in every byte.
    pub fn twin(&self) -> Company {
        let twin = Company { folder: tempfile::tempdir().expect("a folder") };
        copy(self.folder.path(), twin.folder.path());
        twin
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Changes the site file: one text, which must be there, for another.
    pub fn change_site(&self, from: &str, to: &str) {
        let site = self.read("passerelle.toml");
        assert!(site.contains(from), "{from}");
        self.write("passerelle.toml", site.replace(from, to));
    }

    pub fn passerelle(&self, words: &[&str]) -> Said {
        self.passerelle_with(words, &[])
    }

    /// With these environment variables.
    pub fn passerelle_with(&self, words: &[&str], variables: &[(&str, &str)]) -> Said {
        let output = self.command(words).envs(variables.iter().copied()).output().expect("it runs");
        Said {
            code: output.status.code().expect("an exit code"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
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

    /// Runs something that must end with this exit code.
    pub fn ends(&self, words: &[&str], code: i32) -> Said {
        let said = self.passerelle(words);
        assert_eq!(said.code, code, "{words:?}\n{}{}", said.out, said.err);
        said
    }

    /// Every file below a folder; `""` is the company's own.
    pub fn files(&self, folder: &str) -> Files {
        let mut files = Files::new();
        let root = self.path(folder);
        for path in paths(&root).into_iter().filter(|path| path.is_file()) {
            files.insert(name_in(&root, &path), fs::read(&path).expect("a file"));
        }
        files
    }

    /// The names of the files in a folder, none if it is not there.
    pub fn names(&self, folder: &str) -> Vec<String> {
        self.files(folder).into_keys().collect()
    }

    /// What the state answers to a question, each row as one text.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        let db = Connection::open_with_flags(self.path("state.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a state");
        let mut statement = db.prepare(sql).expect("a question");
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let cell = |column| row.get::<_, rusqlite::types::Value>(column).map(|value| shown(&value));
            Ok((0..columns).map(cell).collect::<rusqlite::Result<Vec<String>>>()?.join(";"))
        };
        statement.query_map((), row).and_then(Iterator::collect).expect("an answer")
    }

    /// Changes the state behind the program's back.
    pub fn tamper(&self, sql: &str) {
        let db = Connection::open(self.path("state.db")).expect("a state");
        db.execute_batch(sql).expect("a change");
    }

    /// The id of the last run.
    pub fn last_run(&self) -> String {
        self.ask("SELECT id FROM runs ORDER BY rowid DESC LIMIT 1").remove(0)
    }
}

/// Ten new users in an empty directory are over the brake; with the run that held them.
pub fn held() -> (Company, String) {
    let company = Company::new(IMPORT);
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
    let run = company.last_run();
    (company, run)
}

/// Users in the directory.
pub fn count(company: &Company) -> String {
    company.ask("SELECT count(*) FROM users").remove(0)
}

/// Every file and folder below, however deep, in the order of their names.
pub fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return paths };
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            paths.extend(self::paths(&path));
        }
        paths.push(path);
    }
    paths.sort();
    paths
}

/// A file for the import: so many users from `user-<first>` on, all of a department.
pub fn users(first: usize, count: usize, department: &str) -> String {
    let mut file =
        "login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture\n"
            .to_string();
    for number in first..first + count {
        file += &format!(
            "user-{number};Ada;Byron{number};user-{number}@acme.example;Lyon;01/02/2020;{department};user-{first};\
             Employee;fr-FR\n"
        );
    }
    file
}

/// A file for the export: so many people, all of them with this job title.
pub fn people(count: usize, job_title: &str) -> String {
    let mut file = "Matricule;Nom;Prénom;Login;Fonction;Matricule manager\n".to_string();
    for number in 1..=count {
        file += &format!("{number:05};Byron{number};Ada;user-{number}@acme.example;{job_title};00001\n");
    }
    file
}

fn copy(from: &Path, to: &Path) {
    for path in paths(from) {
        let copy = to.join(path.strip_prefix(from).expect("it is below"));
        fs::create_dir_all(if path.is_dir() { &copy } else { copy.parent().expect("a folder") }).expect("a folder");
        if path.is_file() {
            fs::copy(&path, &copy).expect("a copy");
        }
    }
}

fn name_in(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).expect("it is below").to_str().expect("UTF-8").into()
}

fn shown(value: &rusqlite::types::Value) -> String {
    use rusqlite::types::Value;
    match value {
        Value::Null => "-".into(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => String::from_utf8_lossy(bytes).into(),
    }
}

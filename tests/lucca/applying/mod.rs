//! A partner's file that is applied to Lucca, through the built program.

mod families;
mod faults;
mod killed;
mod rows;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::lucca_server::{Options, Server};

/// An invented company in a stand-in of Lucca, and a site whose partner drops a file for it.
struct Night {
    server: Server,
    folder: TempDir,
}

const HEADING: &str = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture;\
                       employeenumber;dtContractEnd;jobTitle";

/// Two who are new, the manager behind the one who reports to her; one who changes in all ways; one who leaves; one who
/// comes back; one of whom nothing is new; and one who cannot be taken.
const ROWS: [&str; 7] = [
    "nils;Nils;Neuf;nils@exemple.fr;Nantes;01/12/2026;Paie;nina;Collaborateur;fr-FR;90001;;Gestionnaire",
    "nina;Nina;Neuf;nina@exemple.fr;PAR;01/12/2026;DRH;nina;Manager;en-GB;90002;;",
    "change;Chloé;Autre;autre@exemple.fr;BXL;01/03/2020;Direction générale / Communication;nina;Manager;nl-BE;90003;;Chef",
    "part;Paul;Part;part@exemple.fr;Nantes;01/03/2020;Paie;change;Collaborateur;fr-FR;90004;31/12/2026;",
    "revient;Rosa;Revient;revient@exemple.fr;Nantes;01/12/2026;Paie;change;Collaborateur;fr-FR;90005;;",
    "meme;Max;Même;meme@exemple.fr;Nantes;01/03/2020;Paie;change;Collaborateur;fr-FR;90006;;",
    "perdu;Pia;Perdue;perdu@exemple.fr;Nantes;01/12/2026;Nulle part;change;Collaborateur;fr-FR;90007;;",
];

impl Night {
    fn new() -> Night {
        Night::with(Options::default(), "")
    }

    /// `more` is written to the section of the instance.
    fn with(options: Options, more: &str) -> Night {
        let server = Server::start(Options { people: 20, ..options }).expect("a stand-in");
        let (paie, nantes) = (id(&server, "departments", "Paie"), id(&server, "establishments", "Nantes"));
        let mut boss = Value::Null;
        for (login, first, last, number, end) in [
            ("change", "Chloé", "Change", 3, Value::Null),
            ("part", "Paul", "Part", 4, Value::Null),
            ("revient", "Rosa", "Revient", 5, json!("2023-06-30T00:00:00")),
            ("meme", "Max", "Même", 6, Value::Null),
        ] {
            let more = json!({
                "employeeNumber": format!("9000{number}"), "departmentId": paie, "legalEntityId": nantes,
                "dtContractStart": "2020-03-01T00:00:00", "dtContractEnd": end,
            });
            let person = server.hire(login, first, last, more);
            boss = if boss.is_null() { json!(person) } else { boss };
            server.change(login, "managerId", boss.clone());
        }
        let night = Night { server, folder: tempfile::tempdir().expect("a folder") };
        night.write("passerelle.toml", &night.site(more));
        night.drop_file(&ROWS);
        night
    }

    fn site(&self, more: &str) -> String {
        let url = self.server.url();
        format!(
            r#"
[state]
path = "state.db"

[server.drop.directory]
path = "drop"

[people.core-hr.lucca]
url = "{url}"
key = "env:LUCCA_KEY"
trust = "system"
requests-a-minute = 100_000
{more}

[import.partner]
profile = "lucca-users"
people = "core-hr"
server = "drop"
files = "in/*.csv"
identify-by = "login"
ready = {{ stable-for = 0 }}
brakes = {{ creations = "100%", updates = "100%", shrink = "100%", floor = 1000 }}
"#
        )
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn drop_file(&self, rows: &[&str]) {
        self.write("drop/in/users.csv", &format!("{HEADING}\n{}\n", rows.join("\n")));
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("passerelle"));
        command.current_dir(self.folder.path()).env("LUCCA_KEY", self.server.key()).args(words);
        command
    }

    fn passerelle(&self, words: &[&str]) -> (i32, String) {
        told(self.command(words).output().expect("it runs"))
    }

    /// The exit code, and all that was said.
    fn run(&self) -> (i32, String) {
        self.passerelle(&["run"])
    }

    /// Runs until there is nothing more to be tried again.
    fn run_until_done(&self) -> (i32, String) {
        let mut last = self.run();
        for _ in 0..3 {
            if last.0 != 75 {
                break;
            }
            last = self.run();
        }
        last
    }

    /// Is the company as after a night in which nothing went wrong?
    fn is_as_undisturbed(&self, said: &str) {
        let (now, calm) = (self.company(), undisturbed());
        let other = now.lines().zip(calm.lines()).find(|(now, calm)| now != calm);
        assert!(now == calm, "{other:?}\n{said}\n{}", self.written().join("\n"));
    }

    fn person(&self, login: &str) -> Value {
        self.server.person(login)
    }

    /// Everybody and their contracts, as far as it does not depend on the moment.
    fn company(&self) -> String {
        self.server.database(|database| {
            let users = "SELECT json_group_array(json_array(id, login, firstName, lastName, mail, employeeNumber,
                legalEntityId, departmentId, managerId, rolePrincipalId, cultureId, dtContractStart, dtContractEnd, jobTitle))
                FROM (SELECT * FROM users ORDER BY login)";
            let contracts = "SELECT json_group_array(json_array(ownerId, typeId, startsOn, endsOn, establishmentId))
                FROM (SELECT * FROM workContracts ORDER BY ownerId, startsOn)";
            [users, contracts].map(|sql| text(database, sql)).join("\n").replace("],[", "],\n[")
        })
    }

    /// The methods and paths of what was sent to change something, in order.
    fn written(&self) -> Vec<String> {
        let requests = self.server.requests();
        let written = requests.iter().filter(|request| request.method != "GET");
        written.map(|request| format!("{} {} {}", request.method, request.path, request.status)).collect()
    }
}

/// The company after a night in which nothing went wrong.
fn undisturbed() -> String {
    let night = Night::new();
    night.run();
    night.company()
}

fn told(output: Output) -> (i32, String) {
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or(-1), said)
}

fn id(server: &Server, table: &str, name: &str) -> Value {
    let sql = format!("SELECT id FROM {table} WHERE name = ?1");
    json!(server.database(|database| database.query_row(&sql, [name], |row| row.get::<_, i64>(0)).expect(name)))
}

fn text(database: &Connection, sql: &str) -> String {
    database.query_row(sql, (), |row| row.get(0)).expect("one text")
}

//! People and organisation as they are read from the stand-in, through the door.

mod generations;
mod looks;
mod moving;
mod nights;
mod people;

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use passerelle::lucca::{Door, Options, Snapshot, Wanted};
use passerelle::model::{Field, People};
use passerelle::net::{Error, Limit, Stop};
use tempfile::TempDir;

use crate::lucca_server::{self, Server};

/// An instance, and the door of a site to it.
struct Instance {
    server: Server,
    folder: TempDir,
}

impl Instance {
    fn of(options: lucca_server::Options) -> Instance {
        let server = Server::start(options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        private(&folder, "key", server.key());
        Instance { server, folder }
    }

    fn with(people: usize) -> Instance {
        Instance::of(lucca_server::Options { people, ..lucca_server::Options::default() })
    }

    /// `more` is TOML: further keys of the section.
    fn door(&self, more: &str) -> Door {
        let section = format!(
            "url = \"{}\"\nkey = \"file:key\"\ntrust = \"system\"\nrequests-a-minute = 100000\n{more}",
            self.server.url()
        );
        let options: Options = toml::from_str(&section).unwrap_or_else(|error| panic!("{error}"));
        Door::open(&options, self.folder.path()).unwrap()
    }

    /// All people, with these fields.
    fn read(&self, more: &str, fields: &[&str]) -> Snapshot {
        self.door(more).read(&wanted(fields), &limit()).unwrap_or_else(|error| panic!("{}", error.chain()))
    }

    fn refused(&self, more: &str, fields: &[&str]) -> Error {
        self.door(more).read(&wanted(fields), &limit()).map(|_| ()).unwrap_err()
    }
}

fn private(folder: &TempDir, name: &str, secret: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.path().join(name);
    fs::write(&path, secret).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn wanted(fields: &[&str]) -> Wanted {
    Wanted { fields: fields.iter().map(|name| Field::of(name)).collect(), ..Wanted::default() }
}

fn limit() -> Limit {
    Limit::new(Duration::from_secs(120), &Stop::default())
}

/// Of everybody, in order.
fn values(people: &People, field: &str) -> Vec<String> {
    let column = people.column(&Field::of(field));
    (0..people.len()).map(|person| people.value(person, &column).to_owned()).collect()
}

fn numbers(people: &Arc<People>) -> Vec<u32> {
    (0..people.len()).map(|person| people.number(person)).collect()
}

/// The ids of everybody in the stand-in.
fn ids(server: &Server) -> Vec<u32> {
    server.database(|store| {
        let mut statement = store.prepare("SELECT id FROM users ORDER BY id").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    })
}

//! Pictures beside an export: those that the partner does not have yet, whatever goes wrong with one of them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use assert_cmd::Command;
use rusqlite::params;
use tempfile::TempDir;

use crate::lucca_server::{Fault, Options, Server, What};

const SITE: &str = r#"
timezone = "Europe/Paris"
state.path = "state.db"
server.partner.directory.path = "partner"

[people.lucca.lucca]
url = "URL"
key = "file:key"
trust = "system"

[export.ploy]
profile = "ploy"
people = "lucca"
server = "partner"
file-name = "ploy.csv"
leave-out = ["Department"]
brakes = { shrink = "20%" }

[export.ploy.photos]
folder = "photos"
largest = "20 kB"
"#;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a face";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a face";

/// A company of four, of whom some have pictures.
struct Company {
    server: Server,
    folder: TempDir,
}

impl Company {
    fn new() -> Company {
        let server = Server::start(Options { people: 4, ..Options::default() }).unwrap();
        server.database(|store| store.execute("UPDATE users SET pictureId = NULL", ())).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("partner/photos")).unwrap();
        let key = folder.path().join("key");
        fs::write(&key, server.key()).unwrap();
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(folder.path().join("passerelle.toml"), SITE.replace("URL", server.url())).unwrap();
        Company { server, folder }
    }

    /// Gives somebody a picture with this id.
    fn picture(&self, login: &str, id: &str, bytes: &[u8]) {
        let sql = "INSERT OR REPLACE INTO pictures VALUES (?1, 'photo.jpg', 'image/jpeg', ?2)";
        self.server.database(|store| store.execute(sql, params![id, bytes])).unwrap();
        self.server.change(login, "pictureId", id);
    }

    /// The logins of everybody, in the order of their ids.
    fn logins(&self) -> Vec<String> {
        self.server.database(|store| {
            let mut statement = store.prepare("SELECT login FROM users ORDER BY id").unwrap();
            statement.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        })
    }

    fn ends(&self, words: &[&str], code: i32) -> String {
        let mut command = Command::cargo_bin("passerelle").unwrap();
        let output = command.current_dir(self.folder.path()).args(words).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}{}", String::from_utf8_lossy(&output.stderr));
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What the partner finds in the folder of the pictures, and takes away.
    fn taken(&self) -> BTreeMap<String, Vec<u8>> {
        let taken = |path: &Path| {
            let bytes = fs::read(path).unwrap();
            fs::remove_file(path).unwrap();
            (path.file_name().unwrap().to_str().unwrap().to_string(), bytes)
        };
        let entries = fs::read_dir(self.folder.path().join("partner/photos")).unwrap();
        entries.map(|entry| taken(&entry.unwrap().path())).collect()
    }

    fn pictures_asked_for(&self) -> usize {
        let asked = self.server.requests().into_iter().filter(|asked| asked.path.starts_with("/api/v3/files/")).count();
        self.server.forget_requests();
        asked
    }
}

fn files(files: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
    files.iter().map(|(name, bytes)| (name.to_string(), bytes.to_vec())).collect()
}

#[test]
fn pictures_go_once_named_by_login_and_by_what_they_are() {
    let company = Company::new();
    let [ada, bo, ..] = &company.logins()[..] else { panic!("people") };
    company.picture(ada, "guid-1", JPEG);
    company.picture(bo, "guid-2", PNG);
    let said = company.ends(&["run", "--dry-run"], 0);
    assert_eq!(company.pictures_asked_for(), 0, "{said}");
    let said = company.ends(&["run"], 0);
    assert!(said.contains("photos/{login} — delivered 2 pictures"), "{said}");
    assert_eq!(company.taken(), files(&[(&format!("{ada}.jpg"), JPEG), (&format!("{bo}.png"), PNG)]));
    assert_eq!(company.pictures_asked_for(), 2);

    company.ends(&["run"], 0);
    assert_eq!((company.taken(), company.pictures_asked_for()), (files(&[]), 0));

    // The same picture under another id, and another picture.
    company.picture(ada, "guid-3", JPEG);
    company.picture(bo, "guid-4", JPEG);
    company.ends(&["run"], 0);
    assert_eq!((company.taken(), company.pictures_asked_for()), (files(&[(&format!("{bo}.jpg"), JPEG)]), 2));
    company.ends(&["run"], 0);
    assert_eq!((company.taken(), company.pictures_asked_for()), (files(&[]), 0));

    company.server.change(ada, "login", "ada king");
    company.ends(&["run"], 0);
    let names: Vec<String> = company.taken().into_keys().collect();
    assert!(names.len() == 1 && names[0].starts_with("adaking-") && names[0].ends_with(".jpg"), "{names:?}");
}

#[test]
fn what_is_no_image_or_too_large_is_told_and_left_out() {
    let company = Company::new();
    let [ada, bo, cy, ..] = &company.logins()[..] else { panic!("people") };
    company.picture(ada, "guid-1", b"<html>not a face</html>");
    company.picture(bo, "guid-2", &[JPEG, &[0; 30_000]].concat());
    company.picture(cy, "guid-3", PNG);
    let said = company.ends(&["run"], 0);
    assert!(
        said.contains("picture-refused (1)") && said.contains("is no image; expected JPEG, PNG, GIF or WebP"),
        "{said}"
    );
    assert!(said.contains("picture-not-read (1)"), "{said}");
    assert_eq!(company.taken(), files(&[(&format!("{cy}.png"), PNG)]));
    assert!(company.folder.path().join("partner/ploy.csv").exists());
}

#[test]
fn a_picture_that_cannot_be_had_keeps_nothing_back_and_comes_the_next_time() {
    let company = Company::new();
    let [ada, bo, ..] = &company.logins()[..] else { panic!("people") };
    company.picture(ada, "guid-1", JPEG);
    company.picture(bo, "guid-2", PNG);
    company.server.fault(Fault::on("GET", "/api/v3/files/guid-1", What::Refuse(403)));
    let said = company.ends(&["run"], 0);
    assert!(said.contains("picture-not-read (1)"), "{said}");
    assert_eq!(company.taken(), files(&[(&format!("{bo}.png"), PNG)]));
    company.ends(&["run"], 0);
    assert_eq!(company.taken(), files(&[(&format!("{ada}.jpg"), JPEG)]));
}

#[test]
fn who_lost_the_picture_is_told_once_and_the_partner_keeps_it() {
    let company = Company::new();
    let [ada, bo, ..] = &company.logins()[..] else { panic!("people") };
    company.picture(ada, "guid-1", JPEG);
    company.ends(&["run"], 0);
    company.taken();
    company.server.database(|store| store.execute("UPDATE users SET pictureId = NULL", ())).unwrap();
    company.picture(bo, "guid-2", PNG);
    let said = company.ends(&["run"], 0);
    assert!(said.contains(&format!("the partner still has `{ada}.jpg`")), "{said}");
    let said = company.ends(&["run"], 0);
    assert!(!said.contains("picture-gone"), "{said}");
}

#[test]
fn pictures_wait_with_the_file_that_is_held() {
    let company = Company::new();
    let logins = company.logins();
    company.ends(&["run"], 0);
    company.picture(&logins[0], "guid-1", JPEG);
    for login in &logins[1..] {
        company.server.database(|store| store.execute("DELETE FROM users WHERE login = ?1", [login])).unwrap();
    }
    let said = company.ends(&["run"], 5);
    assert_eq!(company.taken(), files(&[]));
    let run = said.split("approve ").nth(1).unwrap().split(' ').next().unwrap();
    let said = company.ends(&["approve", run], 0);
    assert!(said.contains("ploy.csv — delivered") && said.contains(".jpg — delivered 1 picture"), "{said}");
    assert_eq!(company.taken().len(), 1);
}

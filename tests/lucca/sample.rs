//! The sample company that lives in Lucca: six partners are fed from the stand-in, and one partner's file goes back to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

use crate::lucca_server::{Options, Server};

struct Company {
    lucca: Server,
    folder: TempDir,
}

impl Company {
    fn new() -> Company {
        let lucca = Server::start(Options { people: 300, ..Options::default() }).expect("a stand-in");
        let company = Company { lucca, folder: tempfile::tempdir().expect("a folder") };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/lucca-night"), company.folder.path());
        let site = company.folder.path().join("passerelle.toml");
        let text = fs::read_to_string(&site).expect("the site");
        fs::write(&site, text.replace("http://127.0.0.1:8473", company.lucca.url())).expect("a site");
        company
    }

    fn ends(&self, words: &[&str], code: i32) -> String {
        let mut command = Command::new(cargo_bin("passerelle"));
        command.current_dir(self.folder.path()).env("LUCCA_KEY", self.lucca.key()).args(words);
        let output = command.output().expect("it runs");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
        assert_eq!(output.status.code(), Some(code), "{words:?}\n{said}");
        said
    }

    /// All that partners have, and when it came.
    fn delivered(&self) -> BTreeMap<PathBuf, SystemTime> {
        let mut folders = vec![self.folder.path().join("partners")];
        let mut all = BTreeMap::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => drop(all.insert(path.clone(), path.metadata().unwrap().modified().unwrap())),
                }
            }
        }
        all
    }

    fn department(&self, login: &str) -> Value {
        self.lucca.person(login)["departmentId"].clone()
    }

    /// The lines of the one file of a partner whose name begins so.
    fn lines(&self, partner: &str, start: &str) -> Vec<String> {
        let folder = self.folder.path().join("partners").join(partner);
        let mut found = fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry"));
        let file = found.find(|file| file.file_name().to_string_lossy().starts_with(start));
        let text = fs::read_to_string(file.unwrap_or_else(|| panic!("{partner}/{start}")).path()).expect("a file");
        text.lines().map(String::from).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).expect("a copy")),
        }
    }
}

#[test]
fn six_partners_are_served_one_file_is_applied_and_a_second_night_does_nothing() {
    let company = Company::new();
    company.ends(&["check"], 0);
    let before = company.department("rcarre3");
    // Who has no personal mail cannot go to Leapsome.
    let said = company.ends(&["run"], 4);
    for (partner, start, heading) in [
        ("skillup", "skillup_", "Login (email);Employee Number;"),
        ("formation", "place-de-la-formation_", "Last name;First name;Entity (Legal);"),
        ("ploy", "ploy_", "Login;Last name;First name;Email;"),
        ("leapsome", "leapsome_", "Last name;First name;Personal email;"),
        ("optima-hr", "optima-hr_cost-centers_", "Axis;Cost center code;"),
        ("optima-hr", "optima-hr_departments_", "Department code;Department name;"),
        ("optima-hr", "optima-hr_memberships_", "Establishment;Employee number;"),
    ] {
        let lines = company.lines(partner, start);
        assert!(lines[0].starts_with(heading) && lines.len() > 3, "{partner}: {}\n{said}", lines[0]);
    }
    let pyla = company.lines("pyla", "pyla_");
    assert!(pyla[0].contains("Équipe") && pyla[0].contains("Badge"), "{}", pyla[0]);
    assert!(pyla[1..].iter().all(|line| !line.contains("Usine de Lyon")), "establishments go by Pyla's names");
    assert_ne!(company.department("rcarre3"), before, "the file of Skillup moved her");
    let delivered = company.delivered();
    company.lucca.forget_requests();
    let again = company.ends(&["run"], 4);
    assert!(!again.contains("— delivered\n"), "{again}");
    assert_eq!(company.delivered(), delivered, "{again}");
    let changes: Vec<_> = company.lucca.requests().into_iter().filter(|asked| asked.method != "GET").collect();
    assert!(changes.is_empty(), "{changes:?}\n{again}");
}

#[test]
fn the_record_of_processing_names_all_six_and_who_approved_days_of_birth() {
    let company = Company::new();
    let record = company.ends(&["privacy", "--language", "en"], 0);
    let flat = record.split_whitespace().collect::<Vec<_>>().join(" ");
    for partner in ["Skillup", "Place de la Formation", "Ploy", "Leapsome", "Optima HR", "Pyla"] {
        assert!(flat.contains(&format!("export · {partner} purpose")), "{partner}: {flat}");
    }
    assert!(flat.contains("optima-hr) people everybody, until the end of their contract"), "{flat}");
    assert!(flat.contains("sensitive Date of birth: approved by M. Diallo, DPO on 2026-11-02"), "{flat}");
}

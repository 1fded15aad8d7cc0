//! `check --online`, of an instance: is the key right, and which rights does it lack for the exchanges of the site?

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{Instance, private};
use crate::json_schema::Schema;
use crate::lucca_server::{Options, Right};

/// What the program said, with its exit code.
pub struct Said {
    pub code: i32,
    pub out: String,
}

impl Said {
    /// In one line, however it was wrapped.
    pub fn flat(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Instance {
    pub fn of_rights(rights: impl IntoIterator<Item = Right>) -> Instance {
        let instance = Instance::of(Options { rights: rights.into_iter().collect(), ..Options::default() });
        fs::create_dir(instance.folder.path().join("partner")).unwrap();
        instance.write_site("");
        instance
    }

    /// A training partner is given badges and legal entities, too.
    fn write_site(&self, more: &str) {
        let site = format!(
            r#"
            [state]
            path = "state.db"

            [server.partner.directory]
            path = "partner"

            [people.core-hr.lucca]
            url = "{}"
            key = "file:key"
            trust = "system"
            tries = 1
            properties = {{ contract = "extendedData.e_badge" }}

            [export.skillup]
            profile = "skillup"
            people = "core-hr"
            server = "partner"
            optional = ["Job title", "Company", "Contract"]
            brakes = {{ shrink = "20%" }}
            {more}
            "#,
            self.server.url()
        );
        let site = site.replace("optional =", "deadline = \"23:00\"\noptional =");
        let site = format!("timezone = \"Europe/Paris\"\n{site}");
        fs::write(self.folder.path().join("passerelle.toml"), site).unwrap();
    }

    fn check(&self, words: &[&str]) -> Said {
        self.passerelle(&[&["check", "--online"], words].concat())
    }

    pub fn run(&self, words: &[&str]) -> Said {
        self.passerelle(&[&["run"], words].concat())
    }

    fn passerelle(&self, words: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
        let output = command.args(words).current_dir(self.folder.path()).output().unwrap();
        let out = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Said { code: output.status.code().unwrap(), out }
    }
}

#[test]
fn a_key_with_all_rights_is_told_to_be_enough() {
    let instance = Instance::of_rights(Right::all());
    let said = instance.check(&["--language", "en", "core-hr"]);
    assert_eq!(said.code, 0, "{}", said.out);
    for line in [
        "core-hr · Lucca at http://127.0.0.1",
        "people 60",
        "users the key may see them, for skillup",
        "HR files the key may see them, for skillup",
        "establishments the key may see them, for skillup",
        "legal entities the key may see them, for skillup",
    ] {
        assert!(said.flat().contains(line), "{line}: {}", said.out);
    }
    assert!(!said.out.contains("replacing a file"), "only the instance that was named: {}", said.out);
    assert!(!said.out.contains(instance.server.key()), "{}", said.out);
}

#[test]
fn a_right_that_is_missing_is_named_with_what_needs_it() {
    let rights = [Right::ReadUsers, Right::Departments];
    let instance = Instance::of_rights(rights);
    let said = instance.check(&["--language", "en"]);
    assert_eq!(said.code, 6, "{}", said.out);
    for line in [
        "users the key may see them, for skillup",
        "HR files the key lacks the right to see HR files (\"View HR files\"), for the sections with the extended data, \
         which skillup needs",
        "establishments the key lacks the right to see establishments, which skillup needs",
        "The permission \"View establishments\" is missing",
    ] {
        assert!(said.flat().contains(line), "{line}: {}", said.out);
    }
    let french = instance.check(&["--language", "fr"]);
    let line = "établissements il manque à la clé le droit suivant, nécessaire à skillup : voir les établissements";
    assert!(french.flat().contains(line), "{}", french.out);
}

#[test]
fn extended_data_that_the_key_may_not_see_are_missed() {
    let rights = Right::all().into_iter().filter(|right| *right != Right::HrFile("acces".into()));
    let instance = Instance::of_rights(rights);
    let said = instance.check(&["--language", "en"]);
    assert_eq!(said.code, 0, "{}", said.out);
    let line = "warning: `contract`, needed for skillup, is told of none of the first people";
    assert!(said.flat().contains(line), "{}", said.out);
}

#[test]
fn an_export_with_photos_needs_to_see_one() {
    let instance = Instance::of_rights(Right::all());
    instance.write_site("photos = {}");
    let said = instance.check(&["--language", "en", "core-hr"]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.flat().contains("pictures the key may see them, for skillup"), "{}", said.out);
    assert!(instance.server.requests().iter().any(|request| request.path.starts_with("/api/v3/files/")));
}

#[test]
fn a_wrong_key_and_a_wrong_address_are_told_apart() {
    let instance = Instance::of_rights(Right::all());
    private(&instance.folder, "key", "another");
    let said = instance.check(&["--language", "en", "core-hr"]);
    assert_eq!(said.code, 6, "{}", said.out);
    assert!(said.flat().contains("does not know the key"), "{}", said.out);
    assert_eq!(instance.server.requests().len(), 1, "nothing else is tried with it");

    let site = fs::read_to_string(instance.folder.path().join("passerelle.toml")).unwrap();
    let site = site.replace(instance.server.url(), "http://127.0.0.1:9");
    fs::write(instance.folder.path().join("passerelle.toml"), site).unwrap();
    let said = instance.check(&["--language", "en", "core-hr"]);
    assert_eq!(said.code, 75, "{}", said.out);

    let said = instance.check(&["core"]);
    assert_eq!(said.code, 2, "{}", said.out);
    let line = "the site has no server or instance of Lucca `core`; did you mean `core-hr`?";
    assert!(said.flat().contains(line), "{}", said.out);
}

#[test]
fn a_look_at_an_instance_is_part_of_the_document() {
    for rights in [Right::all(), [Right::ReadUsers].into(), [].into()] {
        let instance = Instance::of_rights(rights);
        let said = instance.check(&["--output", "json", "--dry-run"]);
        let told: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.out));
        let faults = Schema::of("check").all_faults(&told);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(told["instances"][0]["rights"][0]["resource"]["en"], "users");
    }
}

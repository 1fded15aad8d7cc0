//! A file tried without a site, as a partner does before dropping it.

use std::fs;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with these files, and what the program says in it.
struct Desk(TempDir);

impl Desk {
    fn with(files: &[(&str, &str)]) -> Desk {
        let desk = Desk(tempfile::tempdir().expect("a folder"));
        files.iter().for_each(|(name, content)| fs::write(desk.0.path().join(name), content).expect("a file"));
        desk
    }

    /// The exit code, and everything said, without breaks between lines.
    fn says(&self, words: &[&str]) -> (i32, String) {
        let mut command = Command::cargo_bin("passerelle").expect("the binary");
        command.current_dir(self.0.path()).args(words).env_remove("LC_ALL").env("LC_MESSAGES", "C");
        let output = command.output().expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).expect("UTF-8").split_whitespace().collect::<Vec<_>>().join(" ");
        (output.status.code().expect("a code"), said)
    }

    /// What the report has of a file.
    fn import(&self, file: &str) -> Value {
        let mut command = Command::cargo_bin("passerelle").expect("the binary");
        command.current_dir(self.0.path()).args(["--output", "json", "import", "--dry-run", file]);
        let told = command.output().expect("it runs").stdout;
        let report: Value = serde_json::from_slice(&told).expect("a report");
        report["exchanges"][0]["imports"][0].clone()
    }
}

const UPDATES: &str = "login;department;manager\nada;IT;zoe\nbo;Sales;\n";

#[test]
fn a_file_that_only_updates_is_not_refused_for_what_new_users_need() {
    let desk = Desk::with(&[("up.csv", UPDATES)]);
    let (code, said) = desk.says(&["import", "--dry-run", "up.csv"]);
    assert_eq!(code, 0, "{said}");
    for part in [
        "tried without a site",
        "up.csv — accepted with remarks",
        "remark missing-heading (1)",
        "remark unknown-manager (1)",
        "remark missing-value (1)",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(fs::read_dir(desk.0.path()).expect("the folder").count(), 1, "nothing is written");
}

#[test]
fn mistakes_are_found_as_they_would_be_after_the_drop() {
    let desk = Desk::with(&[("a.csv", "login;dtBirth\nada;31/02/1990\n"), ("b.csv", UPDATES)]);
    let (code, said) = desk.says(&["import", "--dry-run", "--language", "fr", "a.csv", "b.csv"]);
    assert_eq!(code, 4, "{said}");
    for part in ["Essai à blanc", "a.csv — refusé", "erreur bad-date (1)", "b.csv — accepté avec remarques"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn people_are_told_apart_by_what_the_first_columns_fit() {
    let desk = Desk::with(&[
        ("mail.csv", "mail;jobTitle\nada@acme.example;Chef\n"),
        ("number.csv", "legalEntity;employeenumber;login\nLyon;0001;ada\n"),
        ("login.csv", "login;mail;legalEntity;employeenumber\nada;ada@acme.example;Lyon;0001\n"),
    ]);
    for (file, way) in [("mail.csv", "mail"), ("number.csv", "legal-entity-and-number"), ("login.csv", "login")] {
        let (code, said) = desk.says(&["import", "--dry-run", file]);
        assert!(code == 0 && said.contains(&format!("told apart by `{way}`")), "{said}");
    }
    let (code, said) = desk.says(&["import", "--dry-run", "mail.csv", "--identify-by", "login"]);
    assert!(code == 4 && said.contains("there is no column `login`, by which people are told apart"), "{said}");
}

#[test]
fn what_cannot_be_meant_is_said_with_what_can() {
    let desk = Desk::with(&[("up.csv", UPDATES)]);
    let site = "[state]\npath = 'state.db'\n[server.here.directory]\npath = '.'\n[people.users.directory]\n\
                [import.in]\nprofile = 'lucca-users'\npeople = 'users'\nserver = 'here'\nfiles = 'in/*'\n\
                identify-by = 'login'\nbrakes = { creations = '10%', updates = '10%', shrink = '10%' }\n";
    for (words, told) in [
        (&["import", "up.csv"][..], "`passerelle import --dry-run up.csv`"),
        (&["import", "--dry-run"], "name the file to try"),
        (&["import", "skillup"], "there is no file `skillup`, and no site `passerelle.toml`"),
        (&["import", "--dry-run", "--profile", "lucca-user", "up.csv"], "did you mean `lucca-users`?"),
        (&["import", "--dry-run", "--identify-by", "mial", "up.csv"], "nobody is identified by `mial`"),
    ] {
        let (code, said) = desk.says(words);
        assert!(code == 2 && said.contains(told), "{words:?}: {said}");
    }
    fs::write(desk.0.path().join("passerelle.toml"), site).expect("a site");
    for (words, code, told) in [
        (&["import", "--dry-run", "up.csv"][..], 2, "`up.csv` is a file; name the import that takes it in front"),
        (&["import"], 2, "name one of the site's imports: `in`"),
        (&["import", "--dry-run", "in", "up.csv"], 4, "up.csv — refused"),
        (&["import", "--dry-run", "--profile", "lucca-users", "up.csv"], 0, "tried without a site"),
    ] {
        let (ended, said) = desk.says(words);
        assert!(ended == code && said.contains(told), "{words:?}: {said}");
    }
}

#[test]
fn a_file_in_which_everything_is_wrong_is_counted_exactly_and_told_shortly() {
    const ROWS: usize = 6_000;
    let row = |number: usize| format!("user-{number};nobody.example;31/02/1990;lundi\n");
    let file = "login;mail;dtBirth;dtContractStart\n".to_string() + &(0..ROWS).map(row).collect::<String>();
    let desk = Desk::with(&[("all.csv", &file)]);
    let (code, said) = desk.says(&["import", "--dry-run", "all.csv"]);
    assert_eq!(code, 4);
    assert!(said.contains("6,000 rows, none of them taken"), "{said}");
    assert!(said.contains("error bad-mail (6,000)") && said.contains("error bad-date (12,000)"), "{said}");
    assert!(said.contains("… and 5,988 more; `--output json` shows the first 5,000"), "{said}");
    assert!(said.len() < 10_000, "{} bytes are no report to read", said.len());
}

#[test]
fn of_many_rows_the_same_is_found_and_creations_are_only_counted() {
    let few: String = (0..4_990)
        .map(|row| {
            let (mail, day, manager) = match row {
                100 => ("ada@acme".into(), "31/02/1990", "user7"),
                200 => ("user201@acme.example".into(), "17/05/1990", "user7"),
                300 => (format!("user{row}@acme.example"), "17/05/1990", "somebody"),
                _ => (format!("user{row}@acme.example"), "17/05/1990", "user7"),
            };
            format!("user{row};{mail};{day};{manager}\n")
        })
        .collect();
    let many: String =
        (5_000..5_100).map(|row| format!("user{row};user{row}@acme.example;17/05/1990;user7\n")).collect();
    let heading = "login;mail;dtBirth;manager\n";
    let (few, many) = (format!("{heading}{few}"), format!("{heading}{few}{many}"));
    let desk = Desk::with(&[("few.csv", &few), ("many.csv", &many)]);
    let [few, many] = ["few.csv", "many.csv"].map(|file| desk.import(file));
    assert_eq!(few["findings"], many["findings"]);
    assert!(few["findings"].as_array().is_some_and(|findings| findings.len() > 4), "{}", few["findings"]);
    let count = |import: &Value, what: &str| import[what].as_u64().expect("a count");
    for (what, more) in [("rows", 100), ("left-out", 0), ("created", 100), ("updated", 0), ("unchanged", 0)] {
        assert_eq!(count(&many, what), count(&few, what) + more, "{what}");
    }
    let operations = [&few, &many].map(|import| import["operations"].as_array().expect("operations").len());
    assert_eq!(operations, [4_987, 0]);
    let (_, said) = desk.says(&["import", "--dry-run", "many.csv"]);
    assert!(said.contains("whom it would create is counted, and not told one by one"), "{said}");
}

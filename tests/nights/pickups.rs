//! Which dropped files are taken, in which order, and what is said about the others.

use std::fs::{self, File};
use std::thread;
use std::time::{Duration, SystemTime};

use passerelle::model::Digest;
use serde_json::Value;

use crate::company::{Company, IMPORT, count, users};
use crate::schema::Schema;

/// An import with a choice more, or another one.
fn with(choice: &str) -> Company {
    let import = match choice.split_once(" = ") {
        Some(("ready", _)) => IMPORT.replace("ready = { stable-for = 0 }", choice),
        _ => IMPORT.replace("ready =", &format!("{choice}\nready =")),
    };
    Company::new(&import)
}

fn days_ago(days: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(days * 24 * 3600)
}

/// As a copy that keeps the time of the original has it.
fn dated(company: &Company, name: &str, time: SystemTime) {
    File::options().write(true).open(company.path(name)).and_then(|file| file.set_modified(time)).expect(name);
}

fn report(company: &Company, code: i32) -> Value {
    let said = company.ends(&["run", "--output", "json"], code);
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(Schema::of("report").all_faults(&report), Vec::<String>::new());
    report
}

/// The files of a report, in its order.
fn taken(report: &Value) -> Vec<&str> {
    let imports = report["exchanges"][0]["imports"].as_array().expect("a list");
    imports.iter().map(|import| import["file"].as_str().expect("a name")).collect()
}

#[test]
fn the_oldest_comes_first_and_more_than_the_site_takes_waits() {
    let company = with("at-most = 2");
    for (name, age) in [("a.csv", 1), ("b.csv", 3), ("c.csv", 2)] {
        company.write(&format!("partner/in/{name}"), users(0, 1, name));
        dated(&company, &format!("partner/in/{name}"), days_ago(age));
    }
    let said = report(&company, 0);
    assert_eq!(taken(&said), ["in/b.csv", "in/c.csv"]);
    let waits = "1 more file waits for the next run: one run takes 2 at most, the oldest first";
    assert!(said["exchanges"][0]["remarks"].to_string().contains(waits), "{said}");
    assert_eq!(company.ask("SELECT department FROM people"), ["c.csv"]);
    assert_eq!(taken(&report(&company, 0)), ["in/a.csv"]);
    assert_eq!(company.ask("SELECT department FROM people"), ["a.csv"]);
}

#[test]
fn a_file_that_is_still_being_written_is_left_though_its_size_and_time_are_those_of_the_whole() {
    let company = with("ready = { stable-for = 2 }");
    let whole = users(0, 3, "Sales");
    let old = days_ago(30);
    company.write("partner/in/users.csv", " ".repeat(whole.len()));
    dated(&company, "partner/in/users.csv", old);
    let said = thread::scope(|threads| {
        let night = threads.spawn(|| company.ends(&["run"], 0));
        // Whenever the first look is, the bytes are others after the wait.
        for end in 1..40 {
            let bytes = format!("{}{}", &whole[..end], " ".repeat(whole.len() - end));
            fs::write(company.path("partner/in/.new"), bytes).expect("a copy");
            dated(&company, "partner/in/.new", old);
            fs::rename(company.path("partner/in/.new"), company.path("partner/in/users.csv")).expect("in its place");
            thread::sleep(Duration::from_millis(100));
        }
        night.join().expect("it ends")
    });
    assert!(said.flat().contains("users.csv is left for the next run: it is still being written"), "{}", said.out);
    company.write("partner/in/users.csv", whole);
    company.ends(&["run"], 0);
    assert_eq!(count(&company), "3");
}

#[test]
fn a_manifest_lets_exactly_the_announced_file_through() {
    let company = with("ready = { manifest = \"{name}.sha256\" }");
    let file = users(0, 3, "Sales");
    let announce = |content: &str| company.write("partner/in/users.csv.sha256", content);
    company.write("partner/in/users.csv", &file);
    let said = company.ends(&["run"], 0).flat();
    assert!(said.contains("users.csv is left for the next run: its manifest users.csv.sha256 is not there"), "{said}");

    let (right, wrong) = (Digest::of(file.as_bytes()), Digest::of(b"another file"));
    let size = file.len();
    for (content, problem) in [
        (format!("{wrong}  users.csv\n"), format!("announces the SHA-256 digest {wrong}, and the file has {right}")),
        (format!("{right}  7  users.csv\n"), format!("announces 7 bytes, and there are {size}")),
        (format!("{right}  people.csv\n"), "has no SHA-256 digest of it".into()),
        ("d41d8cd98f00b204e9800998ecf8427e  users.csv\n".into(), "has no SHA-256 digest of it".into()),
    ] {
        announce(&content);
        let said = company.ends(&["run"], 4).flat();
        assert!(said.contains(&problem), "{problem}: {said}");
        assert!(said.contains("Exit code 4: a file did not come, or cannot be taken as it is."), "{said}");
        assert_eq!(company.names("partner/in"), ["users.csv", "users.csv.sha256"]);
    }

    announce(&format!("SHA256 (users.csv) = {right}\nSIZE (users.csv) = {size}\n"));
    company.ends(&["run"], 0);
    assert_eq!(count(&company), "3");
    assert_eq!(
        company.names("partner/in"),
        ["done/users.csv", "done/users.csv.verdict.json", "done/users.csv.verdict.txt"],
        "the manifest has done its work"
    );
}

#[test]
fn one_manifest_may_announce_all_files_and_stays() {
    let company = with("ready = { manifest = \"MANIFEST.sha256\" }");
    company.change_site("in/*.csv", "in/*");
    let files = ["a.csv", "b.csv", "c.csv"].map(|name| (name, users(0, 1, name)));
    let mut manifest = String::new();
    for (name, file) in &files {
        company.write(&format!("partner/in/{name}"), file);
        if *name != "c.csv" {
            manifest += &format!("{}  {name}\n", Digest::of(file.as_bytes()));
        }
    }
    company.write("partner/in/MANIFEST.sha256", &manifest);
    let said = report(&company, 4);
    assert_eq!(taken(&said), ["in/a.csv", "in/b.csv"]);
    assert!(
        said["exchanges"][0]["alerts"].to_string().contains("MANIFEST.sha256 has no SHA-256 digest of it"),
        "{said}"
    );
    assert!(company.has("partner/in/c.csv") && company.has("partner/in/MANIFEST.sha256"));
}

#[test]
fn a_refused_file_whose_manifest_went_first_is_set_aside_all_the_same() {
    let company = with("ready = { manifest = \"{name}.sha256\" }");
    let file = "no heading that anybody knows\n1\n";
    company.write("partner/in/users.csv", file);
    company.write("partner/in/users.csv.sha256", Digest::of(file.as_bytes()).to_string());
    company.ends(&["run"], 4);
    let refused = ["refused/users.csv", "refused/users.csv.verdict.json", "refused/users.csv.verdict.txt"];
    assert_eq!(company.names("partner/in"), refused);
    // As a kill between the manifest and the renaming would leave it.
    fs::rename(company.path("partner/in/refused/users.csv"), company.path("partner/in/users.csv")).expect("back");
    company.ends(&["run"], 4);
    assert_eq!(company.names("partner/in"), refused);
}

#[test]
fn a_file_that_is_too_large_is_refused_and_its_partner_told_in_their_language() {
    let company = with("largest = \"2 kB\"");
    company.change_site("largest", "language = \"fr\"\nlargest");
    company.write("partner/in/large.csv", users(0, 100, "Sales"));
    company.write("partner/in/users.csv", users(0, 3, "Sales"));
    let before = company.files("");
    let said = company.ends(&["run", "--dry-run"], 4);
    assert!(said.out.contains("in/large.csv — refusé"), "{}", said.out);
    assert_eq!(company.files(""), before);

    company.ends(&["run"], 4);
    assert_eq!(count(&company), "3", "the other one is taken");
    let verdict = company.read("partner/in/refused/large.csv.verdict.txt");
    let verdict = verdict.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["Verdict : refusé", "octets ; attendu : 2 kB au plus", "déposez-le en plusieurs fichiers"] {
        assert!(verdict.contains(part), "{part}: {verdict}");
    }
    assert!(!verdict.contains("SHA-256") && company.has("partner/in/refused/large.csv"), "{verdict}");
    let verdict: Value =
        serde_json::from_str(&company.read("partner/in/refused/large.csv.verdict.json")).expect("JSON");
    assert_eq!(Schema::of("verdict").all_faults(&verdict), Vec::<String>::new());
    assert_eq!(verdict["findings"][0]["code"], "too-large-file");
    company.ends(&["run"], 0);
}

#[test]
fn the_same_bytes_are_known_again_and_other_bytes_of_the_same_name_are_new() {
    let company = Company::new(IMPORT);
    let (first, second) = (users(0, 3, "Sales"), users(0, 3, "Support"));
    let drop = |content: &str, code| {
        company.write("partner/in/users.csv", content);
        // Whatever time a copy keeps, it proves nothing.
        dated(&company, "partner/in/users.csv", days_ago(400));
        company.ends(&["run"], code).flat()
    };
    assert!(drop(&first, 0).contains("3 created"));
    assert!(drop(&first, 0).contains("this very file was taken before; nothing was applied again"));
    assert!(drop(&second, 0).contains("3 updated"));
    let said = drop(&first, 0);
    assert!(said.contains("in/users.csv was taken before, and another file of this name since"), "{said}");
    assert_eq!(company.ask("SELECT DISTINCT department FROM people"), ["Support"]);

    company.write("partner/in/again.csv", &second);
    let said = company.ends(&["run"], 0).flat();
    assert!(said.contains("in/again.csv is, byte for byte, what was taken on"), "{said}");
    assert!(said.contains("3 unchanged"), "{said}");
    assert_eq!(company.ask("SELECT count(*) FROM operations"), ["6"]);
    let aside = company.names("partner/in/done");
    assert_eq!(aside.iter().filter(|name| name.ends_with(".csv")).count(), 5, "each is set aside: {aside:?}");
}

#[test]
fn an_expected_file_that_does_not_come_is_an_alert_once_and_told_when_it_comes_late() {
    let company = with("expected = { by = \"00:00\" }");
    assert!(!company.ends(&["run"], 0).out.contains("expected"), "nobody expected one before");
    company.tamper("UPDATE expectations SET since = '2026-01-01T00:00:00.000Z'");
    let before = company.files("");
    let said = company.ends(&["run", "--dry-run"], 4).flat();
    assert!(said.contains("no file has come: one was expected by"), "{said}");
    assert_eq!(company.files(""), before);
    let said = company.ends(&["run"], 4).flat();
    assert!(said.contains("at 00:00") && said.contains("Exit code 4: a file did not come"), "{said}");
    assert!(company.ends(&["run"], 0).flat().contains("no file has come yet: one was expected by"));

    company.write("partner/in/users.csv", users(0, 9, "Sales"));
    let said = company.ends(&["run"], 5).flat();
    assert!(said.contains("the file that was expected by") && said.contains("came late"), "{said}");
    let said = company.ends(&["run"], 5).flat();
    assert!(!said.contains("expected by"), "it has come, though it is held: {said}");
    let history = company.ends(&["report", &company.last_run()], 0);
    assert!(history.out.contains("held"), "{}", history.out);
}

#[test]
fn what_has_been_kept_for_long_enough_is_removed_and_nothing_else() {
    let company = with("keep-days = { done = 90, refused = 30 }");
    company.change_site("path = \"state.db\"", "path = \"state.db\"\nkeep-days = { operations = 400 }");
    company.write("partner/in/users.csv", users(0, 3, "Sales"));
    company.write("partner/in/new.csv", users(3, 1, "Sales"));
    company.write("partner/in/junk.csv", "no heading that anybody knows\n1\n");
    company.write("partner/in/many.csv", users(10, 9, "Sales"));
    company.ends(&["run"], 5);
    company.write("partner/in/done/agreement.csv", "the partner's own");
    for name in company.names("partner/in") {
        if !name.contains("new.csv") {
            dated(&company, &format!("partner/in/{name}"), days_ago(80));
        }
    }
    let lines = company.names("operations").remove(0);
    let old = format!("20200101-000000-{}", &lines[16..]);
    fs::rename(company.path(&format!("operations/{lines}")), company.path(&format!("operations/{old}"))).expect("old");
    let before = company.files("");
    let said = company.ends(&["run", "--dry-run"], 5).flat();
    assert!(said.contains("would be removed from in/refused after 30 days: 3 files, the oldest of"), "{said}");
    assert_eq!(company.files(""), before);

    let said = report(&company, 5);
    let removed = &said["exchanges"][0]["removed"];
    assert_eq!(removed[0]["files"], serde_json::json!(["junk.csv", "junk.csv.verdict.json", "junk.csv.verdict.txt"]));
    assert_eq!(removed[1]["files"], serde_json::json!([old]));
    assert!(company.names("partner/in/refused").is_empty());
    assert!(company.has("partner/in/done/users.csv") && company.has("partner/in/held/many.csv.verdict.txt"));

    for name in company.names("partner/in") {
        if !name.contains("new.csv") {
            dated(&company, &format!("partner/in/{name}"), days_ago(100));
        }
    }
    let said = company.ends(&["run"], 5).flat();
    assert!(said.contains("removed from in/done after 90 days: 3 files, the oldest of"), "{said}");
    assert_eq!(
        company.names("partner/in/done"),
        ["agreement.csv", "new.csv", "new.csv.verdict.json", "new.csv.verdict.txt"]
    );
    assert!(company.has("partner/in/held/many.csv.verdict.txt") && company.has("partner/in/many.csv"));
    assert!(!company.ends(&["run"], 5).out.contains("removed"), "once");
}

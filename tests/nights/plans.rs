//! A plan in a file: what it says is what is done, or nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use passerelle::job::saved::Saved;

use crate::company::{Company, IMPORT, Said, users};

const PLAN: [&str; 5] = ["plan", "in", "users.csv", "--save", "plan.json"];

/// Five users in the directory, and a file that moves three of them.
fn company() -> Company {
    let company = Company::new(IMPORT);
    company.write("first.csv", users(0, 5, "Sales"));
    company.ends(&["import", "in", "first.csv"], 0);
    company.write("users.csv", users(0, 5, "Sales").replacen("Sales", "Support", 3));
    company
}

fn planned() -> Company {
    let company = company();
    company.ends(&PLAN, 0);
    company
}

fn supporters(company: &Company) -> String {
    company.ask("SELECT count(*) FROM users WHERE department = 'Support'").remove(0)
}

/// Refused with these words, and nothing is done.
fn refuses(company: &Company, code: i32, words: &str) -> Said {
    let before = company.ask("SELECT login, department FROM users");
    let said = company.ends(&["apply", "plan.json"], code);
    let all = said.flat() + &said.err;
    assert!(all.contains(words), "{words}\n{all}");
    assert_eq!(company.ask("SELECT login, department FROM users"), before);
    said
}

#[test]
fn a_plan_is_saved_for_its_owner_alone_and_nothing_else_changes() {
    let company = company();
    let mut before = company.files("");
    let said = company.ends(&PLAN, 0).out;
    assert!(said.contains("would update `user-2`"), "{said}");
    assert!(said.contains("The plan is in plan.json. To do exactly that:\n  passerelle apply plan.json\n"), "{said}");
    let plan = company.read("plan.json");
    before.insert("plan.json".into(), plan.clone().into_bytes());
    assert_eq!(company.files(""), before);
    let mode = fs::metadata(company.path("plan.json")).expect("a plan").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for part in [r#""exchange": "in""#, r#""snapshot": ""#, r#""from": "Sales""#, r#""to": "Support""#] {
        assert!(plan.contains(part), "{part}\n{plan}");
    }

    let said = company.ends(&["apply", "plan.json"], 0).out;
    assert!(said.contains("5 rows: 0 created, 3 updated, 2 unchanged"), "{said}");
    assert_eq!(supporters(&company), "3");
    assert!(company.names("spool").is_empty());
    assert_eq!(company.names("operations").len(), 2);
}

#[test]
fn a_plan_can_be_looked_at_before_there_is_anything_and_needs_no_file_of_its_own() {
    let company = Company::new(IMPORT);
    company.write("users.csv", users(0, 3, "Sales"));
    let before = company.files("");
    let said = company.ends(&["plan", "in", "users.csv"], 0).out;
    assert!(said.contains("would create `user-2`"), "{said}");
    for words in [&PLAN[..], &["plan", "in", "users.csv"]] {
        let code = if words.len() == 5 { 2 } else { 0 };
        company.ends(&[words, &["--dry-run"]].concat(), code);
    }
    assert_eq!(company.files(""), before, "not even a state is made");
}

#[test]
fn a_plan_that_is_there_is_only_replaced_on_demand() {
    let company = planned();
    let first = company.read("plan.json");
    let said = company.ends(&PLAN, 2);
    assert!(said.err.contains("plan.json is there already; name another file, or write `--overwrite` too"), "{said:?}");
    assert_eq!(company.read("plan.json"), first);
    company.ends(&[&PLAN[..], &["--overwrite"]].concat(), 0);
    assert_ne!(company.read("plan.json"), first);
    let file = company.read("users.csv");
    let said = company.ends(&["plan", "in", "users.csv", "--save", "users.csv", "--overwrite"], 2);
    assert!(said.err.contains("users.csv is there, and is no plan that may be replaced"), "{said:?}");
    assert_eq!(company.read("users.csv"), file);
    let leftovers = fs::read_dir(company.path(""))
        .expect("a folder")
        .filter(|entry| entry.as_ref().expect("an entry").file_name().to_string_lossy().starts_with(".plan-"));
    assert_eq!(leftovers.count(), 0);
}

#[test]
fn a_dry_run_of_apply_says_what_would_be_done_and_changes_nothing() {
    let company = planned();
    let before = company.files("");
    let said = company.ends(&["apply", "plan.json", "--dry-run"], 0).out;
    assert!(said.contains("would update `user-0`"), "{said}");
    assert_eq!(company.files(""), before);
}

#[test]
fn what_has_moved_since_is_named_and_nothing_is_applied() {
    let company = planned();
    let file = company.read("users.csv");
    company.write("users.csv", file.replace("Support", "Factory"));
    refuses(&company, 5, "the file has changed since the plan was made; make it anew");
    let as_it_was = fs::read(company.path("state.db")).expect("a state");
    company.tamper("UPDATE users SET title = 'Ms' WHERE login = 'user-4'");
    refuses(&company, 5, "the file and the directory have changed since the plan was made; make it anew");
    company.write("users.csv", file);
    refuses(&company, 5, "the directory has changed since the plan was made; make it anew");
    fs::write(company.path("state.db"), as_it_was).expect("the state is restored");

    let profile = include_str!("../../profiles/lucca-users.toml");
    fs::create_dir(company.path("ours")).expect("a folder");
    company.write("ours/lucca-users.toml", format!("# ours\n{profile}"));
    company.change_site("timezone", "profiles = \"ours\"\ntimezone");
    refuses(&company, 5, "the profile has changed since the plan was made; make it anew");
    company.change_site("profiles = \"ours\"\n", "");
    company.ends(&["apply", "plan.json"], 0);
    assert_eq!(supporters(&company), "3");
}

#[test]
fn a_site_that_would_decide_otherwise_now_is_noticed() {
    let company = company();
    company.change_site(
        "[people.users.directory]",
        "[people.users.directory]\ndefaults = [{ set = { culture = \"fr-FR\" } }]",
    );
    company.write("users.csv", users(7, 3, "Support").replace("fr-FR", ""));
    company.ends(&PLAN, 0);
    company.change_site("fr-FR", "en-GB");
    refuses(&company, 5, "the plan is not what would be decided now");
    company.change_site("en-GB", "fr-FR");
    company.change_site("floor = 5", "floor = 2");
    refuses(&company, 5, "a reason to hold it that the plan does not have: 3 creations are 60% of 5 users");
    company.change_site("floor = 2", "floor = 5");
    company.ends(&["apply", "plan.json"], 0);
    assert_eq!(company.ask("SELECT DISTINCT culture FROM users WHERE department = 'Support'"), ["fr-FR"]);
}

#[test]
fn a_plan_that_was_changed_by_hand_is_refused() {
    let company = planned();
    let plan = company.read("plan.json");
    for changed in [plan.replace("Support", "Factory"), plan.replace("\"row\": 2", "\"row\": 3"), plan[..900].into()] {
        assert_ne!(changed, plan);
        company.write("plan.json", changed);
        refuses(&company, 2, "plan.json");
    }
    // Another layout says the same.
    let compact: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    company.write("plan.json", compact.to_string());
    company.ends(&["apply", "plan.json"], 0);
}

#[test]
fn a_plan_that_was_made_up_is_refused_even_with_a_right_seal() {
    let company = planned();
    let path = company.path("plan.json");
    let mut forged = Saved::read(&path).expect("a plan");
    forged.operations.remove(0);
    forged.write(&path, true).expect("it is written");
    refuses(&company, 5, "the plan is not what would be decided now");
}

#[test]
fn a_plan_of_something_else_is_refused_in_a_sentence() {
    let company = planned();
    let twin = company.twin();
    refuses(&twin, 2, "plan.json was made for the site ");
    let newer = company.read("plan.json").replace("\"passerelle-plan\": 1", "\"passerelle-plan\": 2");
    for (content, words) in [
        (newer.as_str(), "plan.json was written by a newer Passerelle; apply it with that one"),
        ("{}", "plan.json is not a plan that `passerelle plan --save` wrote"),
        ("login;mail\n", "plan.json is not a plan that `passerelle plan --save` wrote"),
    ] {
        let plan = company.read("plan.json");
        company.write("plan.json", content);
        refuses(&company, 2, words);
        company.write("plan.json", plan);
    }
    company.change_site("[import.in]", "[import.other]");
    refuses(&company, 2, "the site has no exchange `in`");
    let said = company.ends(&["apply", "nowhere.json"], 2);
    assert!(said.err.contains("nowhere.json cannot be read"), "{}", said.err);
}

#[test]
fn a_plan_is_applied_once() {
    let company = planned();
    company.ends(&["apply", "plan.json"], 0);
    let done = company.ask("SELECT * FROM users");
    let said = company.ends(&["apply", "plan.json"], 0).out;
    assert!(said.contains("this very file was taken before; nothing was applied again"), "{said}");
    assert_eq!(company.ask("SELECT * FROM users"), done);
}

#[test]
fn the_file_may_lie_elsewhere_if_it_is_the_same() {
    let company = planned();
    fs::rename(company.path("users.csv"), company.path("moved.csv")).expect("it moves");
    let said = company.ends(&["apply", "plan.json"], 5).flat();
    assert!(said.contains("where the file lies now can be named behind the plan"), "{said}");
    company.ends(&["apply", "plan.json", "first.csv"], 5);
    company.ends(&["apply", "plan.json", "moved.csv"], 0);
    assert_eq!(supporters(&company), "3");
    assert!(company.ends(&["apply", "plan.json", "moved.csv"], 0).out.contains("taken before"));
}

#[test]
fn to_apply_a_plan_that_a_brake_holds_is_to_approve_it() {
    let company = company();
    company.write("users.csv", users(10, 9, "Support"));
    let said = company.ends(&PLAN, 5).out;
    assert!(said.contains("held: 9 creations are 180% of 5 users; the limit is 10%"), "{said}");
    assert!(company.ask("SELECT status FROM plans WHERE status = 'held'").is_empty());

    let said = company.passerelle_with(&["apply", "plan.json"], &[("SUDO_USER", "grace")]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("let through: 9 creations are 180% of 5 users; the limit is 10%"), "{}", said.out);
    assert!(said.out.contains("let through: grace approved it"), "{}", said.out);
    assert_eq!(company.ask("SELECT decided, person FROM decisions"), ["approved;grace"]);
    assert_eq!(supporters(&company), "9");
}

#[test]
fn rows_that_a_plan_leaves_out_are_told_as_an_import_tells_them() {
    let company = company();
    company.write("users.csv", users(0, 5, "Support").replacen("01/02/2020", "31/02/2020", 1));
    let said = company.ends(&PLAN, 4).out;
    assert!(said.contains("4 updated, 0 unchanged, 1 left out"), "{said}");
    let said = company.ends(&["apply", "plan.json"], 4).out;
    assert!(said.contains("4 updated, 0 unchanged, 1 left out"), "{said}");
    assert_eq!(supporters(&company), "4");
}

#[test]
fn a_file_that_is_refused_leaves_no_plan() {
    let company = company();
    company.write("users.csv", "no heading that anybody knows\n1\n");
    let said = company.ends(&PLAN, 4).out;
    assert!(said.contains("There is nothing to apply, so plan.json is not written."), "{said}");
    assert!(!company.has("plan.json"));
    let said = company.ends(&["plan", "in", "first.csv", "--save", "plan.json"], 0).out;
    assert!(said.contains("taken before") && !company.has("plan.json"), "{said}");
    let said = company.ends(&["plan", "in", "nowhere.csv"], 2);
    assert!(said.out.contains("nowhere.csv cannot be read"), "{}", said.out);
}

#[test]
fn a_plan_that_was_cut_off_while_it_was_applied_is_finished_by_the_next_apply() {
    let company = company();
    company.write("users.csv", users(10, 9, "Support"));
    company.ends(&PLAN, 5);
    let plan = company.read("plan.json");
    company.ends(&["import", "in", "users.csv"], 5);
    company.tamper("UPDATE plans SET status = 'applying' WHERE status = 'held'; UPDATE pickups SET status = 'taken'");
    let said = company.ends(&["apply", "plan.json"], 0).out;
    assert!(said.contains("an interrupted run had begun to apply it"), "{said}");
    assert_eq!(supporters(&company), "9");
    assert_eq!(company.read("plan.json"), plan);
}

#[test]
fn another_plan_of_the_same_name_that_was_cut_off_is_not_taken_for_this_one() {
    let company = company();
    let file = company.read("users.csv");
    company.ends(&PLAN, 0);
    company.write("users.csv", users(10, 9, "Factory"));
    company.ends(&["import", "in", "users.csv"], 5);
    company.tamper("UPDATE plans SET status = 'applying' WHERE status = 'held'; UPDATE pickups SET status = 'taken'");
    company.write("users.csv", file);
    let said = company.ends(&["apply", "plan.json"], 5).flat();
    assert!(said.contains("an interrupted run had begun to apply it"), "{said}");
    assert!(said.contains("the directory has changed since the plan was made"), "{said}");
    assert_eq!(supporters(&company), "0");
}

#[test]
fn a_plan_knows_its_site_by_whatever_name() {
    let company = planned();
    let site = company.path("passerelle.toml");
    let elsewhere = Path::new("/").join(site.strip_prefix("/").expect("it is absolute"));
    company.ends(&["--site", elsewhere.to_str().expect("UTF-8"), "apply", "plan.json"], 0);
    assert_eq!(supporters(&company), "3");
}

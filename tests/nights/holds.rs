//! What a brake holds: nothing happens until a person approves, and then exactly what was held.

use std::fs;

use crate::company::{Company, EXPORT, IMPORT, count, held, people, users};

const HELD_VERDICT: &str = "partner/in/held/users.csv.verdict.txt";

fn plans(company: &Company) -> Vec<String> {
    company.ask("SELECT status FROM plans ORDER BY id")
}

#[test]
fn a_plan_over_its_brake_waits_and_the_partner_is_told() {
    let (company, run) = held();
    assert_eq!(count(&company), "0");
    let verdict = company.read(HELD_VERDICT);
    assert!(verdict.contains("Verdict: held"), "{verdict}");
    assert!(verdict.contains("Nothing was applied yet"), "{verdict}");
    assert!(verdict.contains("10 creations in a directory without users; the limit is 10%"), "{verdict}");
    assert_eq!(company.names("partner/in"), ["held/users.csv.verdict.json", "held/users.csv.verdict.txt", "users.csv"]);
    assert!(!company.has("operations"));

    let history = company.ends(&["history", &run], 0).out;
    assert!(history.contains("exit code 5"), "{history}");
    assert!(history.contains("held: 10 creations"), "{history}");
    assert!(history.contains("10 to do"), "{history}");
}

#[test]
fn an_approved_plan_is_applied_once() {
    let (company, run) = held();
    let said = company.ends(&["approve", &run], 0);
    assert!(said.out.contains("in/users.csv — accepted"), "{}", said.out);
    assert!(said.out.contains("10 rows: 10 created"), "{}", said.out);
    assert_eq!(count(&company), "10");
    assert_eq!(
        company.names("partner/in"),
        ["done/users.csv", "done/users.csv.verdict.json", "done/users.csv.verdict.txt"]
    );
    assert!(company.read("partner/in/done/users.csv.verdict.txt").contains("Verdict: accepted"));
    assert!(company.names("spool").is_empty());
    assert_eq!(company.files("operations").len(), 1);

    let again = company.ends(&["approve", &run], 2);
    assert_eq!(again.err, "nothing is held\n");
    company.ends(&["run"], 0);
    assert_eq!(count(&company), "10");
}

#[test]
fn the_beginning_of_an_id_and_an_exchange_are_enough() {
    let (company, run) = held();
    company.ends(&["approve", &run[..8], "in"], 0);
    assert_eq!(count(&company), "10");
}

#[test]
fn a_dry_approval_says_what_would_be_done_and_touches_nothing() {
    let (company, run) = held();
    let before = company.files("");
    let said = company.ends(&["approve", &run, "--dry-run"], 0);
    assert!(said.out.contains("would create `user-9`"), "{}", said.out);
    assert_eq!(company.files(""), before);
    company.ends(&["approve", &run], 0);
}

#[test]
fn nothing_is_approved_once_the_directory_has_changed() {
    let (company, run) = held();
    company.write("one.csv", users(77, 1, "Sales"));
    company.ends(&["import", "in", "one.csv"], 0);
    let said = company.ends(&["approve", &run], 5).out;
    let reason = "the directory has changed since the plan for in/users.csv was made; the next run makes a new plan";
    assert!(said.replace("\n    ", " ").contains(reason), "{said}");
    assert!(!said.contains("passerelle approve"), "there is nothing of this run to approve: {said}");
    assert_eq!(count(&company), "1");
    assert_eq!(plans(&company)[0], "held");
}

#[test]
fn nothing_is_approved_once_the_profile_has_changed() {
    let company = Company::new(IMPORT);
    let profile = include_str!("../../profiles/lucca-users.toml");
    company.write("passerelle.toml", format!("profiles = \"ours\"\n{}", company.read("passerelle.toml")));
    fs::create_dir(company.path("ours")).expect("a folder");
    company.write("ours/lucca-users.toml", profile);
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
    let run = company.last_run();

    let changed =
        profile.replacen(r#"{ heading = "jobTitle", "#, r#"{ heading = "jobTitle", aliases = ["poste"], "#, 1);
    assert_ne!(changed, profile);
    company.write("ours/lucca-users.toml", changed);
    let said = company.ends(&["approve", &run], 5);
    assert!(said.out.contains("the profile has changed since the plan"), "{}", said.out);
    assert_eq!(count(&company), "0");

    company.write("ours/lucca-users.toml", profile);
    company.ends(&["approve", &run], 0);
    assert_eq!(count(&company), "10");
}

#[test]
fn nothing_is_approved_once_the_file_has_changed_or_gone() {
    let (company, run) = held();
    for content in [Some(users(0, 11, "Sales")), None] {
        match content {
            Some(content) => company.write("partner/in/users.csv", content),
            None => fs::remove_file(company.path("partner/in/users.csv")).expect("it goes"),
        }
        let said = company.ends(&["approve", &run], 5);
        assert!(said.out.contains("the partner's file has changed or gone since"), "{}", said.out);
        assert_eq!(count(&company), "0");
    }
}

#[test]
fn the_next_night_holds_anew_and_only_its_plan_can_be_approved() {
    let (company, first) = held();
    company.write("one.csv", users(77, 1, "Sales"));
    company.ends(&["import", "in", "one.csv"], 0);
    company.ends(&["run"], 5);
    let second = company.last_run();
    assert_eq!(plans(&company), ["discarded", "told", "held"]);
    assert_eq!(company.names("spool").len(), 1, "only what is held is kept");

    let said = company.ends(&["approve", &first], 2);
    assert_eq!(said.err, format!("nothing of run `{first}` is held; held: in (run {second})\n"));
    let said = company.ends(&["approve", "20"], 0);
    assert!(said.out.contains("10 created"), "{}", said.out);
    assert_eq!(count(&company), "11");
}

#[test]
fn a_file_that_is_taken_away_takes_its_plan_with_it() {
    let (company, run) = held();
    fs::remove_file(company.path("partner/in/users.csv")).expect("the partner takes it back");
    let before = company.files("");
    let said = company.ends(&["run", "--dry-run"], 0);
    assert!(said.out.contains("in/users.csv was held, and has been taken away"), "{}", said.out);
    assert_eq!(company.files(""), before);

    company.ends(&["run"], 0);
    assert_eq!(plans(&company), ["discarded"]);
    assert!(company.names("partner").is_empty(), "nor does the partner read that it is held");
    assert!(company.names("spool").is_empty(), "people's data are not kept");
    company.ends(&["approve", &run], 2);
    assert!(!company.ends(&["run"], 0).out.contains("was held"), "it is said once");
}

#[test]
fn a_held_file_that_is_replaced_by_a_refused_one_is_held_no_more() {
    let (company, run) = held();
    company.write("partner/in/users.csv", "no heading that anybody knows\n1\n");
    company.ends(&["run"], 4);
    assert_eq!(plans(&company), ["discarded"]);
    assert_eq!(
        company.names("partner/in"),
        ["refused/users.csv", "refused/users.csv.verdict.json", "refused/users.csv.verdict.txt"]
    );
    assert!(company.names("spool").is_empty());
    company.ends(&["approve", &run], 2);
}

#[test]
fn an_approval_that_is_cut_off_is_finished_by_the_next_run() {
    let (company, _) = held();
    company.tamper("UPDATE plans SET status = 'applying'; UPDATE pickups SET status = 'taken'");
    let said = company.ends(&["run", "--dry-run"], 0);
    assert!(said.out.contains("an interrupted run left in/users.csv half applied"), "{}", said.out);
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("an interrupted run had begun to apply it"), "{}", said.out);
    assert_eq!(count(&company), "10");
    assert_eq!(
        company.names("partner/in"),
        ["done/users.csv", "done/users.csv.verdict.json", "done/users.csv.verdict.txt"]
    );
    let history = company.ends(&["history", &company.last_run()], 0).out;
    assert!(history.contains("in/users.csv  finished what an interrupted run had begun"), "{history}");
}

#[test]
fn an_id_that_means_nothing_or_too_much_is_answered_with_what_is_held() {
    let company = Company::new(IMPORT);
    for file in ["users.csv", "more.csv"] {
        company.write(&format!("partner/in/{file}"), users(0, 10, "Sales"));
    }
    company.ends(&["run"], 5);
    let first = company.last_run();
    company.change_site(
        "[import.in]",
        &format!("{}\n[import.in]", IMPORT.replace("import.in", "import.other").replace("in/", "other/")),
    );
    fs::create_dir(company.path("partner/other")).expect("a folder");
    company.write("partner/other/users.csv", users(0, 20, "Sales"));
    company.ends(&["run", "other"], 5);
    let second = company.last_run();
    let both = format!("held: in (run {first}), other (run {second})\n");
    for (run, said) in [
        ("yesterday", format!("nothing of run `yesterday` is held; {both}")),
        ("20", format!("`20` is the beginning of several runs; {both}")),
    ] {
        assert_eq!(company.ends(&["approve", run], 2).err, said);
    }
    let said = company.ends(&["approve", &first, "other"], 2);
    assert_eq!(said.err, format!("nothing of run `{first}` is held for `other`; {both}"));
    assert_eq!(count(&company), "0");
    company.ends(&["approve", &second], 0);
    assert_eq!(count(&company), "20");
}

/// As a script names it whose variable was never set.
#[test]
fn an_empty_id_is_the_beginning_of_no_run() {
    let (company, _) = held();
    let before = company.files("");
    for verb in ["approve", "discard", "undo"] {
        company.ends(&[verb, ""], 2);
    }
    assert_eq!(company.files(""), before);
}

#[test]
fn a_file_with_another_heading_line_waits_and_the_night_after_is_silent() {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    let old = company.read("partner/people.csv");

    company.change_site("optional = ", "headings = { \"Job title\" = \"Function\" }\noptional = ");
    let said = company.ends(&["run"], 5).out;
    assert!(said.replace("\n      ", " ").contains("gone: `Job title`; new: `Function`"), "{said}");
    assert_eq!(company.read("partner/people.csv"), old);
    assert_eq!(company.names("partner"), ["people.csv"]);
    company.ends(&["run"], 5);
    let run = company.last_run();
    assert_eq!(company.ask("SELECT status FROM deliveries"), ["delivered", "discarded", "held"]);

    let before = company.files("");
    assert!(company.ends(&["approve", &run, "--dry-run"], 0).out.contains("would be delivered"));
    assert_eq!(company.files(""), before);
    company.ends(&["approve", &run], 0);
    assert!(company.read("partner/people.csv").starts_with(&old.replace("Job title", "Function")[..60]));
    assert!(company.names("spool").is_empty());

    company.write("hr/hr.csv", people(11, "Engineer"));
    let said = company.ends(&["run"], 0);
    assert!(!said.out.contains("held"), "{}", said.out);
    assert!(company.read("partner/people.csv").contains("Byron11"));
}

#[test]
fn an_approved_file_that_could_not_be_delivered_goes_out_with_the_next_run() {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    company.write("hr/hr.csv", people(2, "Engineer"));
    company.ends(&["run"], 5);
    fs::rename(company.path("partner"), company.path("away")).expect("the server is away");
    let said = company.ends(&["approve", &company.last_run()], 6);
    assert!(said.out.contains("open the directory"), "{}", said.out);

    fs::rename(company.path("away"), company.path("partner")).expect("it is back");
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("people.csv — delivered\n"), "{}", said.out);
    assert_eq!(company.read("partner/people.csv").lines().count(), 3);
    assert_eq!(company.ask("SELECT status FROM deliveries"), ["delivered", "delivered"]);
}

#[test]
fn an_empty_file_and_a_shrunken_one_wait() {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    let old = company.read("partner/people.csv");
    let without_manager = people(10, "Engineer").replace(";00001\n", ";\n");
    for (hr, reason) in [
        (without_manager, "held: the file has no rows; the last good one had 10"),
        (
            people(7, "Engineer"),
            "held: the file has 7 rows, 30% fewer than the 10 of the last good one; the limit is 20%",
        ),
    ] {
        company.write("hr/hr.csv", hr);
        let said = company.ends(&["run"], 5).out;
        assert!(said.replace("\n      ", " ").contains(reason), "{said}");
        assert_eq!(company.read("partner/people.csv"), old);
    }
    company.write("hr/hr.csv", people(8, "Engineer"));
    company.ends(&["run"], 0);
    assert_eq!(company.read("partner/people.csv").lines().count(), 9);
    assert!(company.names("spool").is_empty(), "what was held gave way");
}

#[test]
fn what_was_held_gives_way_when_the_data_are_again_as_they_were_delivered() {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    company.write("hr/hr.csv", people(2, "Engineer"));
    company.ends(&["run"], 5);
    let run = company.last_run();
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    assert_eq!(company.ends(&["approve", &run], 2).err, "nothing is held\n");
}

#[test]
fn a_refused_file_whose_marker_was_taken_away_first_is_set_aside_all_the_same() {
    let company = Company::new(&IMPORT.replace("stable-for = 0", "marker = \"{name}.ok\""));
    let file = "no heading that anybody knows\n1\n";
    company.write("partner/in/users.csv", file);
    let said = company.ends(&["run"], 0);
    assert!(said.out.contains("users.csv is left for the next run: its marker is not there"), "{}", said.out);
    company.write("partner/in/users.csv.ok", "");
    company.ends(&["run"], 4);
    let refused = ["refused/users.csv", "refused/users.csv.verdict.json", "refused/users.csv.verdict.txt"];
    assert_eq!(company.names("partner/in"), refused);

    // As a kill between the marker and the renaming would leave it.
    fs::rename(company.path("partner/in/refused/users.csv"), company.path("partner/in/users.csv")).expect("back");
    company.ends(&["run"], 4);
    assert_eq!(company.names("partner/in"), refused);
}

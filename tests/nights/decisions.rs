//! What a person decides about what is held: to see it, to let it through, to give it up.

use std::fs;

use crate::company::{Company, EXPORT, IMPORT, count, held, people, users};

const REFUSED: [&str; 3] = ["refused/users.csv", "refused/users.csv.verdict.json", "refused/users.csv.verdict.txt"];

fn decisions(company: &Company) -> Vec<String> {
    company.ask("SELECT decided, person FROM decisions JOIN runs ON runs.id = run ORDER BY at")
}

#[test]
fn what_is_held_is_listed_with_its_reasons_and_the_ways_to_decide() {
    let company = Company::new(&format!("{EXPORT}{IMPORT}"));
    assert_eq!(company.ends(&["held", "--language", "fr"], 0).out, "Rien n'est retenu.\n");
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    company.write("hr/hr.csv", people(2, "Engineer"));
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
    let run = company.last_run();

    let before = company.files("");
    let said = company.ends(&["held", "--language", "en"], 0).out;
    for line in [
        "in · import · in/users.csv\n".into(),
        "  because  10 creations in a directory without users; the limit is 10%\n".into(),
        format!("    passerelle approve {run} in\n"),
        "out · export · people.csv\n".into(),
        "the file has 2 rows, 80% fewer than the 10 of the last good one;".into(),
        format!("    passerelle discard {run} out\n"),
    ] {
        assert!(said.contains(&line), "{line}{said}");
    }
    let said = company.ends(&["held", "--language", "fr"], 0).flat();
    assert!(said.contains("10 créations dans un annuaire sans utilisateur ; la limite est de 10 %"), "{said}");
    let listed: serde_json::Value =
        serde_json::from_str(&company.ends(&["held", "--output", "json"], 0).out).expect("JSON");
    assert_eq!(listed["held"][0]["run"], run);
    assert_eq!(listed["held"][0]["reasons"][0]["en"], "10 creations in a directory without users; the limit is 10%");
    assert_eq!(listed["held"][1]["discard"], format!("passerelle discard {run} out"));
    assert_eq!(company.files(""), before);
}

#[test]
fn who_approved_is_in_the_report_and_in_the_journal() {
    let (company, run) = held();
    let said = company.passerelle_with(&["approve", &run], &[("SUDO_USER", ""), ("USER", "grace")]).out;
    assert!(said.contains("let through: 10 creations in a directory without users; the limit is 10%"), "{said}");
    assert!(said.contains("let through: grace approved it"), "{said}");
    assert_eq!(decisions(&company), ["approved;grace"]);
    let history = company.ends(&["history", &run], 0).out;
    assert!(history.contains("approved by grace"), "{history}");
    assert!(!company.read("partner/in/done/users.csv.verdict.txt").contains("grace"), "it is not for the partner");
}

#[test]
fn a_discarded_plan_is_told_as_refused_and_the_night_after_is_silent() {
    let (company, run) = held();
    let before = company.files("");
    let said = company.ends(&["discard", &run, "--dry-run"], 0).out;
    assert!(said.contains("in/users.csv — refused"), "{said}");
    assert_eq!(company.files(""), before);

    let said = company.passerelle_with(&["discard", &run], &[("SUDO_USER", "grace")]);
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("its plan was held, and is given up"), "{}", said.out);
    assert_eq!(company.names("partner/in"), REFUSED, "nor does the partner read that it is held");
    let verdict = company.read("partner/in/refused/users.csv.verdict.txt");
    let verdict = verdict.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(verdict.contains("Verdict: refused"), "{verdict}");
    assert!(verdict.contains("a person at the company decided not to take it"), "{verdict}");
    assert!(verdict.contains("Held: 10 creations in a directory without users"), "{verdict}");
    assert_eq!(decisions(&company), ["discarded;grace"]);
    assert!(company.names("spool").is_empty(), "people's data are not kept");
    assert!(company.ends(&["history", &run], 0).out.contains("discarded by grace"));

    assert!(company.ends(&["run"], 0).out.contains("nothing to do"));
    assert_eq!(company.ends(&["discard", &run], 2).err, "nothing is held\n");
    assert_eq!(count(&company), "0");

    // What the partner drops again is a new file, even if nothing in it is new.
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
    company.ends(&["approve", "20"], 0);
    assert_eq!(count(&company), "10");
}

#[test]
fn a_plan_whose_file_was_replaced_or_taken_away_can_be_discarded_too() {
    for replaced in [true, false] {
        let (company, run) = held();
        match replaced {
            true => company.write("partner/in/users.csv", users(0, 3, "Sales")),
            false => fs::remove_file(company.path("partner/in/users.csv")).expect("it goes"),
        }
        company.ends(&["discard", &run], 0);
        let left: &[&str] = if replaced { &["users.csv"] } else { &[] };
        assert_eq!(company.names("partner/in"), left);
        company.ends(&["run"], 0);
        assert_eq!(count(&company), if replaced { "3" } else { "0" });
    }
}

#[test]
fn a_file_that_was_named_is_left_where_it_is() {
    let company = Company::new(IMPORT);
    company.write("users.csv", users(0, 10, "Sales"));
    company.ends(&["import", "in", "users.csv"], 5);
    company.ends(&["discard", "20", "in"], 0);
    assert!(company.has("users.csv"));
    assert!(company.names("partner").is_empty());
    company.ends(&["held"], 0);
}

#[test]
fn a_discarded_delivery_is_written_anew_by_the_next_run() {
    let company = Company::new(EXPORT);
    company.write("hr/hr.csv", people(10, "Engineer"));
    company.ends(&["run"], 0);
    let old = company.read("partner/people.csv");
    company.write("hr/hr.csv", people(2, "Engineer"));
    company.ends(&["run"], 5);
    let said = company.ends(&["discard", &company.last_run()], 0).out;
    assert!(said.contains("people.csv — discarded; the next run writes it anew"), "{said}");
    assert_eq!(company.read("partner/people.csv"), old);
    assert!(company.names("spool").is_empty());
    company.ends(&["run"], 5);
    company.write("hr/hr.csv", people(9, "Engineer"));
    company.ends(&["run"], 0);
    assert_eq!(
        company.ask("SELECT status FROM deliveries ORDER BY id"),
        ["delivered", "discarded", "discarded", "delivered"]
    );
}

/// Two files that one run held.
fn two_held(first: String, second: String) -> (Company, String) {
    let company = Company::new(IMPORT);
    company.write("partner/in/a.csv", first);
    company.write("partner/in/b.csv", second);
    company.ends(&["run"], 5);
    let run = company.last_run();
    (company, run)
}

#[test]
fn two_plans_that_do_not_touch_each_other_are_approved_together() {
    let (company, run) = two_held(users(0, 10, "Sales"), users(50, 10, "Sales"));
    let said = company.ends(&["approve", &run], 0).out;
    assert_eq!(said.matches("10 rows: 10 created").count(), 2, "{said}");
    assert_eq!(count(&company), "20");
    assert_eq!(company.ask("SELECT status FROM plans ORDER BY id"), ["told", "told"]);
}

#[test]
fn of_two_plans_that_touch_each_other_only_the_first_is_approved() {
    let (company, run) = two_held(users(0, 10, "Sales"), users(3, 10, "Support"));
    let said = company.ends(&["approve", &run], 5).flat();
    assert!(said.contains("another plan that this run approved changed what it builds on"), "{said}");
    assert_eq!(count(&company), "10");
    assert_eq!(company.ask("SELECT status FROM plans ORDER BY id"), ["told", "held"]);
    company.ends(&["run"], 5);
    company.ends(&["approve", &company.last_run()], 0);
    assert_eq!(count(&company), "13");
}

#[test]
fn a_directory_that_somebody_else_moved_in_between_is_no_move_of_ours() {
    let (company, run) = two_held(users(0, 10, "Sales"), users(50, 10, "Sales"));
    company.write("one.csv", users(77, 1, "Sales"));
    company.ends(&["import", "in", "one.csv"], 0);
    let said = company.ends(&["approve", &run], 5).flat();
    assert!(said.contains("the directory has changed since the plan"), "{said}");
    assert_eq!(count(&company), "1");
}

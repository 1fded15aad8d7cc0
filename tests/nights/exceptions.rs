//! An announced exception lets one plan of its day through, and every other one is held as ever.

use chrono::{Days, NaiveDate, Utc};

use crate::company::{Company, IMPORT, users};

const VERDICT: &str = "partner/in/done/users.csv.verdict.txt";

/// Of the company, which is in Paris.
fn today() -> NaiveDate {
    Utc::now().with_timezone(&chrono_tz::Europe::Paris).date_naive()
}

/// Ten users, and a site that announces an exception for a day.
fn company(day: NaiveDate, up_to: &str) -> Company {
    let company = Company::new(&format!(
        "{IMPORT}\n[[import.in.allow]]\nup-to = {{ {up_to} }}\non = \"{day}\"\nbecause = \"reorganisation\"\n"
    ));
    company.write("first.csv", users(0, 10, "Sales"));
    company.ends(&["import", "in", "first.csv"], 5);
    company.ends(&["approve", "20"], 0);
    company
}

fn departments(company: &Company) -> Vec<String> {
    company.ask("SELECT DISTINCT department FROM users")
}

#[test]
fn an_exception_lets_its_night_through_once() {
    let company = company(today(), "updates = \"100%\"");
    company.write("partner/in/users.csv", users(0, 10, "Support"));
    let before = company.files("");
    let said = company.ends(&["run", "--dry-run"], 0).flat();
    assert!(said.contains("let through: 10 updates are 100% of 10 users; the limit is 10%"), "{said}");
    assert_eq!(company.files(""), before, "a dry run uses nothing up");

    let said = company.ends(&["run"], 0).flat();
    assert!(said.contains("let through: 10 updates are 100% of 10 users; the limit is 10%"), "{said}");
    let once = format!("let through: the exception announced for {} allows it, once: reorganisation", today());
    assert!(said.contains(&once), "{said}");
    assert_eq!(departments(&company), ["Support"]);
    assert!(!company.read(VERDICT).contains("reorganisation"), "the partner need not know");
    let history = company.ends(&["history", &company.last_run()], 0).flat();
    assert!(history.contains(&format!("let through by the exception for {}: reorganisation", today())), "{history}");

    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    let said = company.ends(&["run"], 5).flat();
    assert!(said.contains("held: 10 updates are 100% of 10 users; the limit is 10%"), "{said}");
    assert_eq!(departments(&company), ["Support"]);
}

#[test]
fn an_exception_that_nobody_needed_is_still_there() {
    let company = company(today(), "updates = \"100%\"");
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    let said = company.ends(&["run"], 0).flat();
    assert!(!said.contains("let through"), "{said}");
    company.write("partner/in/users.csv", users(0, 10, "Support"));
    assert!(company.ends(&["run"], 0).out.contains("let through"));
}

#[test]
fn an_exception_is_for_its_day_and_its_limit_alone() {
    for (day, up_to, reason) in [
        (today() + Days::new(2), "updates = \"100%\"", "the limit is 10%"),
        (today() - Days::new(2), "updates = \"100%\"", "the limit is 10%"),
        (today(), "updates = \"90%\"", "the limit announced for this day is 90%"),
        (today(), "creations = \"90%\"", "the limit is 10%"),
    ] {
        let company = company(day, up_to);
        company.write("partner/in/users.csv", users(0, 10, "Support"));
        let said = company.ends(&["run"], 5).flat();
        assert!(said.contains(&format!("held: 10 updates are 100% of 10 users; {reason}")), "{day} {up_to}: {said}");
        assert_eq!(company.ask("SELECT count(*) FROM exceptions"), ["0"]);
    }
}

#[test]
fn an_exception_of_the_past_is_told_by_the_check() {
    for (day, is_over) in [(today() - Days::new(2), true), (today() + Days::new(2), false)] {
        let said = company(day, "updates = \"100%\"").ends(&["check"], 0).flat();
        let told = said.contains(&format!("the exception for {day} (reorganisation) is over; take it out of `allow`"));
        assert_eq!(told, is_over, "{said}");
    }
}

#[test]
fn a_plan_that_needs_an_exception_uses_it_up_when_it_is_applied() {
    let company = company(today(), "updates = \"100%\"");
    company.write("users.csv", users(0, 10, "Support"));
    let said = company.ends(&["plan", "in", "users.csv", "--save", "plan.json"], 0).flat();
    assert!(said.contains("let through: 10 updates are 100% of 10 users"), "{said}");
    assert_eq!(company.ask("SELECT count(*) FROM exceptions"), ["0"]);
    let said = company.ends(&["apply", "plan.json"], 0).flat();
    assert!(said.contains("allows it, once: reorganisation"), "{said}");
    assert_eq!(company.ask("SELECT because FROM exceptions"), ["reorganisation"]);
    company.write("partner/in/users.csv", users(0, 10, "Sales"));
    company.ends(&["run"], 5);
}

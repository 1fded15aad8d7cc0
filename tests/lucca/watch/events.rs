//! Arrivals and departures, which a partner is told of by choice: each once for a person and a day.

use chrono::{Days, Local};
use serde_json::json;

use super::company::{Company, until};

const EVENTS: &str = "events = [\"onboarding\", \"offboarding\"]\nwatch = { every-seconds = 1, quiet-seconds = 0 }";

/// So many days from now, as the stand-in and the file write it.
fn days_ahead(days: u64) -> (String, String) {
    let day = Local::now().date_naive() + Days::new(days);
    (format!("{day}T00:00:00"), day.to_string())
}

/// What was told of somebody, in order: the last three cells of each row.
fn told(company: &Company, login: &str) -> Vec<String> {
    let rows = company.rows_with(&format!("{login};"));
    rows.iter().map(|row| row.split(';').skip(4).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn an_arrival_and_a_departure_are_told_once_each() {
    let company = Company::fed(EVENTS);
    let watch = company.watched();
    let ((start, start_day), (end, end_day)) = (days_ahead(30), days_ahead(300));
    let (later, later_day) = days_ahead(400);
    company.lucca.hire("zoe", "Zoé", "Faÿ", json!({ "dtContractStart": start, "dtContractEnd": end }));
    until("both are told", || told(&company, "zoe").len() == 2);
    company.lucca.change("zoe", "dtContractEnd", later);
    until("the new end is told", || told(&company, "zoe").len() == 3);
    company.lucca.change("zoe", "dtContractEnd", serde_json::Value::Null);
    until("the end is taken back", || told(&company, "zoe").len() == 4);
    company.lucca.change("zoe", "jobTitle", "Astronaute");
    until("a change like any other", || told(&company, "zoe").len() == 5);
    assert_eq!(watch.stop(), Some(0));

    // Everything is read anew.
    assert_eq!(company.watched().stop(), Some(0));
    let expected = [
        format!("{start_day} {end_day} onboarding"),
        format!("{start_day} {end_day} offboarding"),
        format!("{start_day} {later_day} offboarding"),
        format!("{start_day}  changed"),
        format!("{start_day}  changed"),
    ];
    assert_eq!(told(&company, "zoe"), expected);
}

#[test]
fn the_first_delivery_tells_of_nobody_who_is_there_already() {
    let company = Company::fed(EVENTS);
    let events: Vec<String> = company.rows().into_iter().filter(|row| row.ends_with("boarding")).collect();
    let today = Local::now().date_naive().to_string();
    let is_ahead = |row: &String| row.split(';').nth(4).expect("a start") > today.as_str();
    assert!(events.iter().all(|row| row.ends_with("onboarding") && is_ahead(row)), "{events:?}");
    assert!(company.rows().iter().any(|row| row.ends_with(";new")));
}

#[test]
fn a_watch_that_is_killed_tells_each_event_once() {
    let company = Company::fed(EVENTS);
    let (end, _) = days_ahead(100);
    for number in 0..6 {
        let login = format!("zoe{number}");
        let watch = company.watched();
        company.lucca.hire(&login, "Zoé", "Faÿ", json!({ "dtContractEnd": end }));
        std::thread::sleep(std::time::Duration::from_millis(400 * number));
        watch.kill();
        let watch = company.watched();
        until("both are told", || told(&company, &login).len() >= 2);
        assert_eq!(watch.stop(), Some(0));
    }
    for number in 0..6 {
        let told = told(&company, &format!("zoe{number}"));
        let events: Vec<&str> = told.iter().map(|row| row.rsplit(' ').next().expect("a word")).collect();
        assert_eq!(events, ["onboarding", "offboarding"], "{told:?}");
    }
}

#[test]
fn events_need_a_column_of_changes_and_a_file_of_changes() {
    let company = Company::new(EVENTS);
    let site = company.read("passerelle.toml");
    company.write(
        "passerelle.toml",
        &site.replace(
            "content = \"changed\"\nbrakes = { changes = \"50%\", left = \"50%\" }",
            "brakes = { shrink = \"50%\" }",
        ),
    );
    let said = company.ends(&["check"], 3);
    assert!(said.contains("events are told among changes") && said.contains("write `content = \"changed\"`"), "{said}");

    company.write("passerelle.toml", &site);
    let profile = company.read("profiles/equipment.toml");
    let column = "  { heading = \"Change\", level = \"required\", field = \"change\" },\n";
    company.write("profiles/equipment.toml", &profile.replace(column, ""));
    let said = company.ends(&["check"], 3);
    assert!(said.contains("no column says what happened"), "{said}");
}

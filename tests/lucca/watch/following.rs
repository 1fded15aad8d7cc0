//! What changes reaches the partner, each change once, and those of one moment together.

use super::company::{Company, until};

const EVERY_SECOND: &str = "watch = { every-seconds = 1, quiet-seconds = 0 }";

#[test]
fn a_change_reaches_the_partner() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    company.lucca.change("cgauthier1", "jobTitle", "Astronaute");
    let time = until("the partner has the row", || !company.rows_with("Astronaute").is_empty());
    println!("a change was with the partner after {time:?}");
    assert_eq!(
        company.rows_with("Astronaute"),
        ["cgauthier1;cgauthier1@exemple.fr;Astronaute;cgauthier1@exemple.fr;2011-05-07;;changed"]
    );
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn who_is_new_is_sent_and_so_is_everybody_of_whom_something_is_derived() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    company.lucca.hire("zoe", "Zoé", "Faÿ", serde_json::json!({ "dtContractStart": "2020-01-06T00:00:00" }));
    until("the newcomer is there", || !company.rows_with("zoe@exemple.fr").is_empty());
    assert!(company.rows_with("zoe@exemple.fr")[0].ends_with(";new"));

    let reports = company.lucca.database(|db| {
        let sql = "SELECT count(*) FROM users WHERE managerId = (SELECT id FROM users WHERE login = 'cgauthier1')";
        db.query_row(sql, (), |row| row.get::<_, usize>(0)).expect("an answer")
    });
    assert!(reports > 1);
    company.lucca.change("cgauthier1", "mail", "direction@exemple.fr");
    until("their manager's mail is there", || company.rows_with(";direction@exemple.fr;").len() > reports - 1);
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn what_only_some_people_have_stays_with_them_when_others_change() {
    let company = Company::new(EVERY_SECOND);
    let profile = company.read("profiles/equipment.toml");
    let job = "  { heading = \"Job\"";
    let badge = "  { heading = \"Badge\", level = \"required\", may-be-empty = true, field = \"custom-badge\" },\n";
    company.write("profiles/equipment.toml", &profile.replace(job, &format!("{badge}{job}")));
    company.ends(&["run"], 0);
    let without = company.rows().into_iter().find(|row| row.split(';').nth(2) == Some("")).expect("who has no badge");
    let login = without.split(';').next().expect("a login");
    let watch = company.watched();
    company.lucca.change(login, "jobTitle", "Astronaute");
    until("the partner has the row", || !company.rows_with("Astronaute").is_empty());
    let row = &company.rows_with("Astronaute")[0];
    assert!(row.starts_with(&format!("{login};{login}@exemple.fr;;Astronaute;")), "{row}");
    assert_eq!(company.rows().iter().filter(|row| row.ends_with(";changed")).count(), 1);
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn changes_that_come_together_leave_together() {
    let company = Company::fed("watch = { every-seconds = 1, quiet-seconds = 4 }");
    let watch = company.watched();
    let before = company.files().len();
    company.lucca.change("cgauthier1", "jobTitle", "Astronaute");
    company.lucca.hire("zoe", "Zoé", "Faÿ", serde_json::json!({}));
    until("both are there", || !company.rows_with("zoe").is_empty() && !company.rows_with("Astronaute").is_empty());
    assert_eq!(company.files().len(), before + 1, "one file has both");
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn a_watch_of_a_partner_who_has_nothing_yet_begins_with_everybody() {
    let company = Company::new(EVERY_SECOND);
    let watch = company.watched();
    assert_eq!(company.rows().len(), 60);
    assert_eq!(watch.stop(), Some(0));
    assert_eq!(company.count("SELECT count(*) FROM runs"), 1);
}

#[test]
fn rounds_that_find_nothing_leave_no_trace_and_ask_little() {
    let company = Company::fed(EVERY_SECOND);
    let watch = company.watched();
    company.lucca.forget_requests();
    let asked = || company.lucca.requests();
    until("it has looked five times", || asked().len() >= 5);
    assert!(asked().iter().all(|asked| asked.query.contains("modifiedAt=since")), "{:?}", asked().last());
    assert_eq!(watch.stop(), Some(0));
    assert_eq!(company.count("SELECT count(*) FROM runs"), 1);
    assert_eq!(company.files().len(), 1);
}

#[test]
fn a_restart_finds_what_changed_meanwhile_and_repeats_nothing() {
    let company = Company::fed(EVERY_SECOND);
    assert_eq!(company.watched().stop(), Some(0));
    company.lucca.change("cgauthier1", "jobTitle", "Astronaute");
    let watch = company.watched();
    until("the row is there", || !company.rows_with("Astronaute").is_empty());
    assert_eq!(watch.stop(), Some(0));
    assert_eq!(company.watched().stop(), Some(0));
    assert_eq!(company.rows_with("Astronaute").len(), 1);
    assert_eq!(company.rows().len(), 61);
}

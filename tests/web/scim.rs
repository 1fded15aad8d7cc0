//! People become accounts of a real SCIM server: created, changed, switched off, and never deleted.

use serde_json::{Value, json};

use crate::company::{Company, Said, staff};
use crate::scim_server::{ScimServer, Way, installed};

pub const STAFF: [[&str; 5]; 3] = [
    ["0001", "Lovelace", "Maths", "", ""],
    ["0002", "Babbage", "Engines", "0001", ""],
    ["0003", "Menabrea", "Maths", "0002", ""],
];

fn company(server: &ScimServer) -> Company {
    let company = Company::new(&server.site());
    company.write("hr/hr.csv", staff(&STAFF));
    company
}

/// What the report tells of accounts.
fn accounts(said: &Said) -> Value {
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    report["exchanges"][0]["exports"][0]["accounts"].clone()
}

fn run(company: &Company, code: i32) -> Value {
    accounts(&company.ends(&["--output", "json", "run"], code))
}

fn counts(created: u32, changed: u32, switched_off: u32, unchanged: u32, refused: u32) -> Value {
    json!({
        "created": created, "changed": changed, "switched-off": switched_off, "unchanged": unchanged, "refused": refused
    })
}

fn user(number: &str, name: &str, department: &str, manager: Option<&str>, is_active: bool) -> Value {
    let login = name.to_lowercase();
    json!({
        "externalId": number, "userName": login, "active": is_active,
        "name": { "familyName": name, "givenName": "Ada" },
        "emails": [{ "type": "work", "value": format!("{login}@acme.example") }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": department, "manager": manager },
    })
}

fn all() -> Vec<Value> {
    vec![
        user("0002", "Babbage", "Engines", Some("lovelace"), true),
        user("0001", "Lovelace", "Maths", None, true),
        user("0003", "Menabrea", "Maths", Some("babbage"), true),
    ]
}

#[test]
fn people_are_given_accounts_with_their_managers_and_a_second_run_does_nothing() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let company = company(&server);
    let said = company.ends(&["run"], 0);
    assert!(said.flat().contains("3 accounts created, 0 changed, 0 switched off, 0 unchanged"), "{}", said.out);
    assert_eq!(server.users(), all());
    let said = company.ends(&["--output", "json", "run"], 0);
    assert!(said.out.contains("already-delivered"), "{}", said.out);
    assert_eq!(server.users(), all());
}

#[test]
fn only_what_differs_is_changed_and_who_leaves_is_switched_off_and_may_return() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let company = company(&server);
    run(&company, 0);
    // One has another name and manager, one another department, the contract of one is over.
    let mut staff_now = STAFF;
    staff_now[1] = ["0002", "Babbage", "Difference", "0003", ""];
    staff_now[2][4] = "01/02/2020";
    company.write("hr/hr.csv", staff(&staff_now));
    assert_eq!(run(&company, 0), counts(0, 1, 1, 1, 0));
    let [babbage, _, menabrea] = &server.users()[..] else { panic!("three") };
    assert_eq!(*babbage, user("0002", "Babbage", "Difference", Some("menabrea"), true));
    assert_eq!(*menabrea, user("0003", "Menabrea", "Maths", Some("babbage"), false));
    // The export has one person less, and the one whose contract was over has a new one.
    company.write("hr/hr.csv", staff(&[STAFF[0], STAFF[2]]));
    assert_eq!(run(&company, 0), counts(0, 1, 1, 1, 0));
    let active: Vec<Value> = server.users().iter().map(|user| user["active"].clone()).collect();
    assert_eq!(active, [json!(false), json!(true), json!(true)], "nobody is deleted");
}

#[test]
fn accounts_that_are_there_are_found_by_name_and_those_of_nobody_are_left_alone() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    server.create(&json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Lovelace", "displayName": "The Countess",
        "emails": [{ "type": "home", "value": "ada@home.example" }],
    }));
    server.create(
        &json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "turing", "active": true }),
    );
    assert_eq!(run(&company(&server), 0), counts(2, 1, 0, 0, 0));
    let users = server.users();
    assert_eq!(users.len(), 4);
    assert_eq!(
        (&users[0]["externalId"], &users[0]["displayName"]),
        (&json!("0001"), &json!("The Countess")),
        "{users:#?}"
    );
    assert_eq!(users[0]["emails"].as_array().map(Vec::len), Some(2));
    assert_eq!(users[3]["active"], true);
}

#[test]
fn a_refused_account_is_told_and_tried_again_while_the_others_are_served() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let company = company(&server);
    server.create(&json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "babbage", "externalId": "9999",
    }));
    let said = company.ends(&["run"], 4);
    assert!(said.flat().contains("`0002` cannot have the account `babbage`"), "{}", said.out);
    assert!(!said.err.contains("babbage"), "{}", said.err);
    assert_eq!(server.users().len(), 3);
    // The same data again on the same day: what was refused is tried.
    company.ends(&["run"], 4);
    company.write("hr/hr.csv", staff(&STAFF).replace("babbage", "cb"));
    assert_eq!(run(&company, 0), counts(1, 1, 0, 1, 0));
    assert_eq!(server.users().len(), 4);
}

#[test]
fn what_the_server_refuses_is_told_in_its_words_and_tried_again() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let company = company(&server);
    let job_titles = |titles: [&str; 3]| {
        let file = staff(&STAFF);
        let cells = ["Fonction"].into_iter().chain(titles);
        file.lines().zip(cells).map(|(line, cell)| format!("{line};{cell}\n")).collect::<String>()
    };
    company.change_site(
        "optional = [",
        "headings = { title = 'emails[type eq \"home\"].primary' }\noptional = [\n  \"title\",",
    );
    company.write("hr/hr.csv", job_titles(["", "Perhaps", ""]));
    let said = company.ends(&["run"], 4);
    assert!(
        said.flat().contains("2 accounts created, 0 changed, 0 switched off, 0 unchanged; 1 refused"),
        "{}",
        said.out
    );
    assert!(said.flat().contains("`0002` is refused by the partner: 400 Bad Request"), "{}", said.out);
    assert!(!said.err.contains("Perhaps"), "{}", said.err);
    // Whose manager it is has none there.
    assert!(said.flat().contains("`0003` is managed by `0002`, who has no account at the partner"), "{}", said.out);
    company.write("hr/hr.csv", job_titles(["", "", ""]));
    assert_eq!(run(&company, 0), counts(1, 1, 0, 1, 0));
    assert_eq!(server.users(), all());
}

#[test]
fn nobody_is_switched_off_for_a_row_that_was_left_out() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let company = company(&server);
    run(&company, 0);
    company.write("hr/hr.csv", staff(&STAFF).replace(";babbage;babbage@", ";;babbage@"));
    let said = company.ends(&["run"], 4);
    assert!(said.flat().contains("one account that is not in the export stays active"), "{}", said.out);
    assert!(server.users().iter().all(|user| user["active"] == true));
}

#[test]
fn contracts_that_end_all_at_once_are_held_until_a_person_approves() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let company = company(&server);
    run(&company, 0);
    company.write(
        "hr/hr.csv",
        staff(&STAFF.map(|[number, name, department, manager, _]| [number, name, department, manager, "01/02/2020"])),
    );
    let said = company.ends(&["run"], 5);
    assert!(
        said.flat().contains("3 of 3 active accounts would be switched off, and `shrink` allows 50%"),
        "{}",
        said.out
    );
    assert_eq!(server.users(), all());
    let run = company.ask("SELECT id FROM runs ORDER BY rowid DESC LIMIT 1").remove(0);
    company.ends(&["approve", &run], 0);
    assert!(server.users().iter().all(|user| user["active"] == false));
}

#[test]
fn a_provider_without_patch_or_filter_is_served_too() {
    if !installed() {
        return;
    }
    for (patch, filter) in [(false, true), (true, false), (false, false)] {
        let server = ScimServer::that_can(patch, filter);
        let company = company(&server);
        assert_eq!(run(&company, 0), counts(3, 0, 0, 0, 0));
        assert_eq!(server.users(), all(), "patch {patch}, filter {filter}");
        company.write("hr/hr.csv", staff(&[STAFF[0], ["0002", "Babbage", "Engines", "", ""]]));
        assert_eq!(run(&company, 0), counts(0, 1, 1, 1, 0), "patch {patch}, filter {filter}");
        assert_eq!(server.users()[0], user("0002", "Babbage", "Engines", None, true));
    }
}

#[test]
fn users_of_several_pages_are_read_whole_and_asked_for_one_by_one_where_that_is_cheaper() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let way = Way::to(&server);
    let company = Company::new(&way.site());
    let numbers: Vec<String> = (1..=230).map(|number| format!("{number:04}")).collect();
    let names: Vec<String> = numbers.iter().map(|number| format!("Byron{number}")).collect();
    let all = || numbers.iter().zip(&names).map(|(number, name)| [number.as_str(), name, "Maths", "0001", ""]);
    let mut rows: Vec<[&str; 5]> = all().collect();
    company.write("hr/hr.csv", staff(&rows));
    assert_eq!(run(&company, 0), counts(230, 0, 0, 0, 0));
    way.has(&[]);
    rows[229][2] = "Engines";
    company.write("hr/hr.csv", staff(&rows));
    assert_eq!(run(&company, 0), counts(0, 1, 0, 229, 0));
    assert_eq!(way.asked().len(), 1 + 3 + 1, "what it can, three pages, one change: {:?}", way.asked());
    // Two people of a large service: its other users are nobody's business.
    let few = Company::new(&server.site());
    few.write("hr/hr.csv", staff(&rows[228..]).replace(";0001;", ";;"));
    assert_eq!(run(&few, 0), counts(0, 2, 0, 0, 0));
}

#[test]
fn a_check_tells_what_the_provider_can_and_whether_the_key_is_right() {
    if !installed() {
        return;
    }
    let server = ScimServer::start();
    let company = company(&server);
    let said = company.ends(&["check", "--online", "partner"], 0);
    assert!(said.flat().contains("SCIM 2.0") && said.flat().contains("patch, filter"), "{}", said.out);
    company.change_site("authorization = \"Bearer\"", "authorization = \"Token\"");
    let said = company.ends(&["check", "--online", "partner"], 6);
    assert!(said.flat().contains("it does not accept the key"), "{}", said.out);
}

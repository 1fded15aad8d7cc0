//! Reading v3: pages, fields, filters, rights; and faults while reading.

use serde_json::{Value, json};

use super::{serve, usual};
use crate::lucca_server::{Fault, Logged, Options, Right, What};

#[test]
fn a_list_shows_id_name_and_url_unless_fields_are_named() {
    let client = usual();
    let first = client.items("/api/v3/users?paging=0,1").remove(0);
    let url = format!("{}/api/v3/users/101", client.server.url());
    assert_eq!(first, json!({ "id": 101, "name": "Corentin Gauthier", "url": url }));

    let first =
        client.items("/api/v3/users?paging=0,1&fields=login,department[code,parent[name]],manager.login").remove(0);
    let department = json!({ "code": "DG", "parent": null });
    assert_eq!(first, json!({ "login": "cgauthier1", "department": department, "manager": { "login": "cgauthier1" } }));
}

#[test]
fn pages_cut_the_list_without_gap_or_double() {
    let client = serve(Options { people: 130, ..Options::default() });
    let all = client.items("/api/v3/users?formerEmployees=true");
    let pages: Vec<Value> = [0, 50, 100, 150]
        .iter()
        .flat_map(|offset| client.items(&format!("/api/v3/users?formerEmployees=true&paging={offset},50")))
        .collect();
    assert_eq!(all.len(), 130);
    assert_eq!(all, pages);
    let count = client.data("/api/v3/users?formerEmployees=true&fields=collection.count");
    assert_eq!(count, json!({ "count": 130 }));
    assert_eq!(client.get("/api/v3/users?paging=0,1001").0, 400);
}

#[test]
fn filters_choose_as_documented() {
    let client = serve(Options { people: 200, ..Options::default() });
    client.server.change("cgauthier1", "mail", "patronne@exemple.fr");
    client.server.change("cgauthier1", "personalEmail", Value::Null);
    let count = |filter: &str| client.data(&format!("/api/v3/users?fields=collection.count&{filter}"))["count"].clone();
    assert_eq!(count("login=cgauthier1"), 1);
    assert_eq!(count("id=101,102,103"), 3);
    assert_eq!(count("id=notequal,101&id=101,102"), 1);
    assert_eq!(count("mail=like,atronn"), 1);
    assert_eq!(count("mail=starts,patronne%40"), 1);
    assert_eq!(count("id=between,101,103"), 3, "both ends belong to it");
    assert_eq!(count("id=greaterthan,101&id=lessthanorequal,103"), 2);
    assert_eq!(count("id=101&personalEmail=null"), 1);
    assert_eq!(count("department.id=1&manager.id=101&id=101"), 1);
    client
        .server
        .database(|connection| {
            connection.execute_batch(
                "DELETE FROM habilitedRoles; INSERT INTO habilitedRoles VALUES (101, 2), (101, 3), (102, 3)",
            )
        })
        .unwrap();
    assert_eq!(count("habilitedRoles=2,3"), 2);
    assert_eq!(count("habilitedRoles=containsall,2,3"), 1);
    assert_eq!(client.get("/api/v3/users?surname=x").0, 400);
    assert_eq!(client.get("/api/v3/users?dtContractStart=since,31/12/2024").0, 400);

    let newest = client.items("/api/v3/users?fields=login&orderBy=modifiedAt,desc&paging=0,1");
    assert_eq!(newest, [json!({ "login": "cgauthier1" })]);
}

#[test]
fn former_employees_are_shown_on_request_and_future_ones_always() {
    let client = usual();
    client.server.hire("demain", "Ève", "Demain", json!({ "dtContractStart": "2999-01-01T00:00:00" }));
    client.server.hire("hier", "Yves", "Hier", json!({ "dtContractEnd": "2020-12-31T00:00:00" }));
    let found = |filter: &str| client.items(&format!("/api/v3/users?fields=login&login=demain,hier{filter}")).len();
    assert_eq!(found(""), 1);
    assert_eq!(found("&formerEmployees=true"), 2);
    assert_eq!(found("&dtContractEnd=notequal,null"), 1, "the one that has an end, though it is past");
    client.server.set_rights(client.server.key(), [Right::ReadUsers]);
    assert_eq!(found("&formerEmployees=true"), 0, "whoever may not see them is not told");
}

#[test]
fn only_what_changed_since_is_listed() {
    let client = usual();
    let before = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ");
    client.server.change("cgauthier1", "jobTitle", "Présidente");
    let changed = client.items(&format!("/api/v3/users?fields=login,jobTitle&modifiedAt=since,{before}"));
    assert_eq!(changed, [json!({ "login": "cgauthier1", "jobTitle": "Présidente" })]);
}

#[test]
fn a_wrong_key_is_told_from_a_missing_permission() {
    let client = usual();
    client.server.set_rights("narrow", [Right::ReadUsers]);
    assert_eq!(client.get_as("wrong", "/api/v3/users").0, 401);
    assert_eq!(client.get_as("narrow", "/api/v3/users").0, 200);
    let refused = json!({ "Status": 403, "Message": "The permission \"View departments\" is missing" });
    assert_eq!(client.get_as("narrow", "/api/v3/departments"), (403, refused));
    let (status, problem) = client.get_as("narrow", "/organization/structure/api/establishments");
    assert_eq!((status, &problem["detail"]), (403, &json!("The permission \"View establishments\" is missing")));
    let (status, body) = client.get_as("narrow", "/api/v3/users?fields=extendedData");
    assert_eq!((status, &body["Message"]), (403, &json!("The permission \"View HR files\" is missing")));

    client.server.set_rights("narrow", [Right::ReadUsers, Right::HrFile("acces".into())]);
    let (_, body) = client.get_as("narrow", "/api/v3/users?fields=extendedData");
    assert!(body.to_string().contains("e_badge") && !body.to_string().contains("e_transport"));
}

#[test]
fn a_fault_strikes_once_and_the_log_tells_what_was_answered() {
    let client = usual();
    let url = format!("{}/api/v3/users", client.server.url());
    let call =
        || client.agent.get(&url).header("Authorization", format!("lucca application={}", client.server.key())).call();
    let read = || call().and_then(|mut answer| answer.body_mut().read_to_string());
    for what in [What::CutBefore, What::CutInside, What::CutAfter] {
        client.server.fault(Fault::on("GET", "/api/v3/", what));
        assert!(read().is_err());
        assert!(read().is_ok());
    }
    client.server.fault(Fault::on("GET", "/api/v3/", What::Portal));
    assert!(read().unwrap().starts_with("<!DOCTYPE html>"));
    client.server.fault(Fault::at(2, What::Refuse(429)));
    assert!(read().is_ok());
    let answer = call().unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "1"));
    assert!(client.server.faults().is_empty());
    let statuses: Vec<u16> = client.server.requests().iter().map(|logged: &Logged| logged.status).collect();
    assert_eq!(statuses, [0, 200, 200, 200, 0, 200, 200, 200, 429]);
}

#[test]
fn a_list_may_move_between_two_pages() {
    let client = usual();
    let page = |offset| client.items(&format!("/api/v3/users?fields=id&paging={offset},10"));
    let whole = page(10);
    client.server.fault(Fault::on("GET", "/api/v3/users", What::RepeatPage));
    assert_eq!(page(10), page(0));
    client.server.fault(Fault::on("GET", "/api/v3/users", What::HireBetween));
    let last = page(0).pop().unwrap();
    assert_eq!(page(10)[0], last, "whoever closed the first page opens the second");
    client.server.fault(Fault::on("GET", "/api/v3/users", What::LeaveBetween));
    page(0);
    assert_eq!(page(10), whole, "everyone moved back up");
}

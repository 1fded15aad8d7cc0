//! The invented company, and the limits of the server.

use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;

use super::{Client, serve, usual};
use crate::lucca_server::{Options, Rate};

const ALL: &str = "/api/v3/users?formerEmployees=true&fields=login,firstName,lastName,mail,department,manager[id],extendedData,\
                   userAxisValues_1[code],birthDate,dtContractStart,dtContractEnd,picture[id],modifiedAt";

fn a_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn company(seed: u64) -> Vec<Value> {
    let client = serve(Options { people: 300, seed, today: a_day(), ..Options::default() });
    client.items(&ALL.replace("department,", "department[code],"))
}

#[test]
fn the_same_seed_gives_the_same_people() {
    assert_eq!(company(7), company(7));
    assert_ne!(company(7), company(8));
}

#[test]
fn everyone_is_below_the_head_and_logins_are_plain() {
    let client = serve(Options { people: 500, ..Options::default() });
    let (reached, plain): (i64, i64) = client.server.database(|connection| {
        let reached = "WITH RECURSIVE below(id) AS (
                         SELECT id FROM users WHERE managerId = id
                         UNION SELECT users.id FROM users JOIN below ON users.managerId = below.id)
                       SELECT count(*) FROM below";
        let plain = "SELECT count(*) FROM users WHERE login NOT GLOB '*[^a-z0-9]*'";
        let count = |sql| connection.query_row(sql, [], |row| row.get(0)).unwrap();
        (count(reached), count(plain))
    });
    assert_eq!((reached, plain), (500, 500));
}

#[test]
fn some_have_left_some_are_to_come_and_a_third_has_a_picture() {
    let today = a_day();
    let client = serve(Options { people: 2000, today, ..Options::default() });
    let count = |filter: String| {
        client.data(&format!("/api/v3/users?formerEmployees=true&fields=collection.count&{filter}"))["count"]
            .as_i64()
            .unwrap()
    };
    assert!((60..140).contains(&count(format!("dtContractEnd=lessthan,{today}"))));
    assert!((20..80).contains(&count(format!("dtContractStart=greaterthan,{today}T12:00:00"))));
    let pictures = 2000 - count("picture=null".to_string());
    assert!((560..760).contains(&pictures));
}

#[test]
fn a_picture_is_a_png() {
    let client = usual();
    let users = client.items("/api/v3/users?fields=picture");
    let picture = users.iter().find_map(|user| user["picture"]["href"].as_str()).unwrap();
    let request =
        client.agent.get(picture).header("Authorization", format!("lucca application={}", client.server.key()));
    let mut answer = request.call().unwrap();
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert!(answer.body_mut().read_to_vec().unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));

    client.server.photograph("cgauthier1", "moi.jpg", "image/jpeg", b"\xFF\xD8\xFF");
    let picture = client.data("/api/v3/users/101?fields=picture")["picture"].clone();
    assert_eq!(picture["name"], "moi.jpg");
    let request = client.agent.get(picture["url"].as_str().unwrap());
    let request = request.header("Authorization", format!("lucca application={}", client.server.key()));
    assert_eq!(request.call().unwrap().body_mut().read_to_vec().unwrap(), b"\xFF\xD8\xFF");
}

#[test]
fn organisation_comes_in_both_older_generations() {
    let client = usual();
    let departments = client.items("/api/v3/departments?fields=code,parent[code]&code=CPT-FOU");
    assert_eq!(departments[0]["parent"]["code"], "DAF-CPT");
    let (_, page) = client.get("/organization/structure/api/departments?limit=10&page=2&fields.root=count");
    assert_eq!((page["items"].as_array().unwrap().len(), &page["count"]), (10, &Value::from(44)));
    let (_, places) = client.get("/organization/structure/api/establishments?code=LYO,BXL&isArchived=false");
    let names: Vec<&str> = places["items"].as_array().unwrap().iter().flat_map(|item| item["name"].as_str()).collect();
    assert_eq!(names, ["Usine de Lyon", "Bruxelles"]);
    let sections = client.items("/api/v3/axisSections?axisId=1&fields=code,parentAxisSections[code]&code=2210");
    assert_eq!(sections[0]["parentAxisSections"][0]["code"], "2200");
    let children = client.items("/api/v3/axisSections?parentAxisSections.id=4&fields=code");
    assert_eq!(children.len(), 2);
    assert_eq!(
        client.items("/api/v3/departments").len(),
        10,
        "what is not asked for page by page comes in small pages"
    );
}

#[test]
fn too_many_requests_are_refused_and_told_when_to_come_back() {
    let rate = Rate { requests: 2, window: Duration::from_secs(60) };
    let client = serve(Options { rate: Some(rate), latency: Duration::from_millis(1), ..Options::default() });
    let ask = |client: &Client| client.get("/api/v3/cultures").0;
    assert_eq!([ask(&client), ask(&client), ask(&client)], [200, 200, 429]);
    let request = client.agent.get(format!("{}/api/v3/users", client.server.url()));
    let wait: u64 = request.call().unwrap().headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
}

#[test]
fn a_path_may_be_gone() {
    let client = serve(Options { gone: vec!["/api/v3/legalentities".into()], ..Options::default() });
    assert_eq!(client.get("/api/v3/legalentities").0, 404);
    assert_eq!(client.get("/organization/structure/api/establishments").0, 200);
}

#[test]
fn a_database_on_disk_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { database: Some(folder.path().join("lucca.db")), ..Options::default() };
    let client = serve(options.clone());
    client.server.change("cgauthier1", "jobTitle", "Présidente");
    drop(client);
    assert_eq!(serve(options).server.person("cgauthier1")["jobTitle"], "Présidente");
}

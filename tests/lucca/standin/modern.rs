//! The newer API: tokens, versions, scopes, cursors, and what its resources look like.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Client, serve, usual};
use crate::lucca_server::{Fault, Options, What};

const READING: &str = "employees.readonly employee-personal-records.readonly employments.readonly \
                       job-positions.readonly departments.readonly business-establishments.readonly \
                       legal-entities.readonly";

impl Client {
    fn token_for(&self, secret: &str, scope: &str) -> (u16, Value) {
        let (id, _) = self.server.client();
        let form =
            [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("scope", scope)];
        let mut answer = self.agent.post(format!("{}/connect/token", self.server.url())).send_form(form).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
    }

    fn token(&self) -> String {
        let (_, body) = self.token_for(self.server.client().1, READING);
        body["access_token"].as_str().unwrap().to_string()
    }

    fn modern(&self, token: &str, path: &str) -> (u16, Value) {
        let url =
            if path.starts_with("http") { path.to_string() } else { format!("{}/lucca-api/{path}", self.server.url()) };
        let request = self.agent.get(url).header("Authorization", format!("Bearer {token}"));
        let mut answer = request.header("Api-Version", "2024-11-01").call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap())
    }
}

#[test]
fn a_token_is_given_for_what_the_client_may_have_and_lives_for_a_while() {
    let client = usual();
    let (status, body) = client.token_for(client.server.client().1, "employees.readonly");
    assert_eq!((status, &body["token_type"], &body["expires_in"]), (200, &json!("Bearer"), &json!(1800)));
    assert_eq!(client.token_for("wrong", READING), (400, json!({ "error": "invalid_client" })));
    client.server.set_scopes("departments.readonly");
    assert_eq!(client.token_for(client.server.client().1, READING), (400, json!({ "error": "invalid_scope" })));

    let client = serve(Options { token_life: Duration::ZERO, ..Options::default() });
    assert_eq!(client.modern(&client.token(), "employees").0, 401);
}

#[test]
fn the_version_must_be_named_and_the_scope_be_there() {
    let client = usual();
    let request = client.agent.get(format!("{}/lucca-api/employees", client.server.url()));
    let mut answer = request.header("Authorization", format!("Bearer {}", client.token())).call().unwrap();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.body_mut().read_json().unwrap();
    assert_eq!(problem["errors"]["Api-Version"][0], "this header must be 2024-11-01");

    let (_, body) = client.token_for(client.server.client().1, "departments.readonly");
    let (status, problem) = client.modern(body["access_token"].as_str().unwrap(), "employees");
    assert_eq!((status, &problem["detail"]), (403, &json!("The scope employees.readonly is missing")));
}

#[test]
fn the_cursor_leads_through_everyone_although_the_list_changes() {
    let client = serve(Options { people: 130, ..Options::default() });
    let token = client.token();
    let mut path = "employees?limit=50&include=links,totalCount".to_string();
    let mut seen = Vec::new();
    loop {
        let (_, page) = client.modern(&token, &path);
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_string()));
        match page["links"]["next"]["href"].as_str() {
            Some(next) => path = next.to_string(),
            None => break,
        }
        client.server.fault(Fault::on("GET", "/lucca-api/employees", What::HireBetween));
    }
    let expected: Vec<String> = (101..=230).map(|id: i64| id.to_string()).collect();
    assert_eq!(seen, expected);
    assert_eq!(client.modern(&token, "employees?limit=101").0, 400);
    assert_eq!(client.modern(&token, "employees?page=3").0, 400);
}

#[test]
fn what_is_not_asked_for_is_not_there() {
    let client = usual();
    let token = client.token();
    let (_, page) = client.modern(&token, "employees");
    assert_eq!(page["items"].as_array().unwrap().len(), 25);
    assert_eq!((&page["links"], &page["totalCount"], &page["embedded"]), (&Value::Null, &Value::Null, &Value::Null));
    let (_, page) = client.modern(&token, "employees?limit=1&include=embedded,totalCount");
    assert_eq!(page["totalCount"], 60);
    let employee = &page["items"][0];
    let position = &page["embedded"]["job-position"][employee["applicableJobPosition"]["id"].as_str().unwrap()];
    assert_eq!(position["department"]["id"], "1");
    assert_eq!(position["manager"]["id"], employee["id"]);
}

#[test]
fn people_and_organisation_are_those_of_the_older_api() {
    let client = usual();
    let token = client.token();
    let person = client.server.person("cgauthier1");
    let (_, employee) = client.modern(&token, "employees/101");
    assert_eq!(employee["givenName"], person["firstName"]);
    assert_eq!(employee["email"], person["mail"]);
    assert_eq!(employee["status"], "active");
    let (_, records) = client.modern(&token, "employee-personal-records?employee.id=101");
    let record = &records["items"][0];
    assert_eq!((&record["email"], &record["legalGender"]), (&person["personalEmail"], &json!("male")));
    assert_eq!(record["birthDate"].as_str().unwrap(), person["birthDate"].as_str().unwrap().replace("T00:00:00", ""));
    let (_, department) = client.modern(&token, "departments/10");
    assert_eq!((&department["remoteId"], &department["level"]), (&json!("DRH-PAI"), &json!(3)));
    assert_eq!(department["parent"]["id"], "4");
    let (_, places) = client.modern(&token, "business-establishments?legalEntity.id=2");
    assert_eq!(places["items"][0]["name"], "Bruxelles");
    let (_, company) = client.modern(&token, "legal-entities/2");
    assert_eq!((&company["legalName"], &company["countryCode"]), (&json!("Exemple BV"), &json!("BEL")));
    client.server.change("cgauthier1", "dtContractEnd", "2020-01-01T00:00:00");
    let (_, gone) = client.modern(&token, "employees?status=deactivated&id=101");
    assert_eq!(gone["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_portrait_is_a_picture_if_a_picture_is_accepted() {
    let client = usual();
    let token = client.token();
    let (_, page) = client.modern(&token, "employees?limit=100");
    let portrait = page["items"].as_array().unwrap().iter().find_map(|item| item["portrait"]["url"].as_str()).unwrap();
    assert_eq!(client.modern(&token, portrait).1["contentType"], "image/png");
    let request = client.agent.get(portrait).header("Authorization", format!("Bearer {token}"));
    let mut answer = request.header("Api-Version", "2024-11-01").header("Accept", "image/*").call().unwrap();
    assert!(answer.body_mut().read_to_vec().unwrap().starts_with(b"\x89PNG"));
}

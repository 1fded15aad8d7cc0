//! Creating and updating users, and their work contracts.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{serve, usual};
use crate::lucca_server::{Fault, Options, PutBody, Right, What};

/// All that is required, with these on top.
fn newcomer(more: Value) -> Value {
    let mut body = json!({
        "firstName": "Zoé", "lastName": "L'Hermitte", "mail": "zoe@exemple.fr", "login": "zoe", "legalEntityId": 2,
        "dtContractStart": "2026-12-01T00:00:00", "departmentId": 4, "rolePrincipalId": 1,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

const CREATE: &str = "/api/v3/users?contract=true";

#[test]
fn a_person_is_created_with_a_contract() {
    let client = usual();
    let more = json!({ "employeeNumber": "00700", "managerId": 101, "habilitedRoles": [{ "id": 6 }],
                       "userAxisValues_1": { "id": 2 }, "e_badge": { "id": 0, "value": "B-1" }, "cultureID": 1033 });
    let (status, body) = client.send("POST", CREATE, &newcomer(more));
    assert_eq!(status, 200, "{body}");
    let id = body["data"]["id"].as_i64().unwrap();
    let fields = "firstName,manager[id],habilitedRoles[id],userAxisValues_1[id],extendedData,culture[code]";
    let user = client.data(&format!("/api/v3/users/{id}?fields={fields}"));
    assert_eq!(user["firstName"], "Zoé");
    assert_eq!(user["manager"]["id"], 101);
    assert_eq!(user["habilitedRoles"], json!([{ "id": 6 }]));
    assert_eq!(user["userAxisValues_1"]["id"], 2);
    assert_eq!(user["extendedData"]["e_badge"]["value"], "B-1");
    assert_eq!(user["culture"]["code"], "en-US");
    let (_, contracts) = client.get(&format!("/directory/api/4.0/work-contracts?ownerId={id}"));
    assert_eq!(contracts["items"][0]["startsOn"], "2026-12-01");
    assert_eq!(contracts["items"][0]["endsOn"], Value::Null);
}

#[test]
fn without_a_manager_one_is_ones_own() {
    let client = usual();
    let (_, body) = client.send("POST", CREATE, &newcomer(json!({ "managerId": null })));
    assert_eq!(client.server.person("zoe")["managerId"], body["data"]["id"]);
    client.send("PUT", "/api/v3/users/102", &json!({ "managerId": null }));
    assert_eq!(client.data("/api/v3/users/102?fields=manager[id]")["manager"]["id"], 102);
}

#[test]
fn what_is_wrong_is_refused_and_nothing_is_written() {
    let client = usual();
    let taken = client.server.person("cgauthier1")["employeeNumber"].clone();
    let place = client.server.person("cgauthier1")["legalEntityId"].clone();
    let cases = [
        (json!({ "mail": null }), "mail: it is required"),
        (json!({ "lastName": " " }), "lastName: it is required"),
        (json!({ "login": "CGauthier1" }), "login: another user has it"),
        (
            json!({ "employeeNumber": taken, "legalEntityId": place }),
            "employeeNumber: another user of this legal entity has it",
        ),
        (json!({ "departmentId": 999 }), "departmentId: there is nothing with the id 999"),
        (json!({ "departmentId": "DRH" }), "departmentId: `\"DRH\"` is not an id"),
        (
            json!({ "dtContractStart": "01/12/2026" }),
            "dtContractStart: `\"01/12/2026\"` is not a date of the form YYYY-MM-DDT00:00:00",
        ),
        (json!({ "dtContractEnd": "2026-11-30T00:00:00" }), "dtContractEnd: it is before dtContractStart"),
        (json!({ "jobtitle": "x" }), "Unknown property `jobtitle`, or one that cannot be written"),
        (json!({ "nationality": "fr" }), "nationality: `\"fr\"` is not two capital letters of ISO 3166"),
        (json!({ "e_transport": { "value": 99 } }), "e_transport: `99` does not fit this datum"),
        (
            json!({ "userAxisValues_1": { "id": 13 } }),
            "userAxisValues_1: `{\"id\":13}` is not `{\"id\": …}` of an active section of this axis",
        ),
        (json!({ "habilitedRoles": [7] }), "habilitedRoles: `7` is not `{\"id\": …}` of a role"),
    ];
    for (wrong, message) in cases {
        let refused = client.send("POST", CREATE, &newcomer(wrong));
        assert_eq!(refused, (400, json!({ "Status": 400, "Message": message })));
    }
    assert_eq!(client.server.person("zoe"), Value::Null);
}

#[test]
fn an_update_changes_what_it_names_and_when() {
    let client = usual();
    let before = client.server.person("cgauthier1");
    let (status, _) = client.send(
        "PUT",
        "/api/v3/users/101",
        &json!({ "jobTitle": "Présidente", "dtContractEnd": "2027-01-31T00:00:00" }),
    );
    assert_eq!(status, 200);
    let mut after = client.server.person("cgauthier1");
    assert!(after["modifiedAt"].as_str() > before["modifiedAt"].as_str());
    after["modifiedAt"] = before["modifiedAt"].clone();
    let mut expected = before;
    expected["jobTitle"] = json!("Présidente");
    expected["dtContractEnd"] = json!("2027-01-31T00:00:00");
    assert_eq!(after, expected);
    let (_, contracts) = client.get("/directory/api/4.0/work-contracts?ownerId=101");
    assert_eq!(contracts["items"][0]["endsOn"], "2027-01-31");
}

#[test]
fn a_server_takes_one_form_of_update() {
    let (bare, wrapped) = (json!({ "jobTitle": "Juriste" }), json!({ "data": { "jobTitle": "Juriste" } }));
    let client = usual();
    assert_eq!(client.send("PUT", "/api/v3/users/101", &bare).0, 200);
    assert_eq!(client.send("PUT", "/api/v3/users/101", &wrapped).0, 400);
    let client = serve(Options { put_body: PutBody::Wrapped, ..Options::default() });
    assert_eq!(client.send("PUT", "/api/v3/users/101", &bare).0, 400);
    assert_eq!(client.send("PUT", "/api/v3/users/101", &wrapped).0, 200);
}

#[test]
fn extended_data_are_changed_by_their_id_and_taken_away_with_null() {
    let client = usual();
    let id = client.data("/api/v3/users/101?fields=extendedData")["extendedData"]["e_transport"]["id"].clone();
    let put = |datum: Value| client.send("PUT", "/api/v3/users/101", &json!({ "e_transport": datum })).0;
    let value = || client.data("/api/v3/users/101?fields=extendedData")["extendedData"]["e_transport"]["value"].clone();
    assert_eq!(put(json!({ "value": 2 })), 400, "a single datum that is there needs its id");
    assert_eq!(put(json!({ "id": id, "value": 2 })), 200);
    assert_eq!(value(), 2);
    assert_eq!(put(json!({ "id": 999_999, "value": 2 })), 400);
    assert_eq!(put(json!({ "id": id, "value": null })), 200);
    assert_eq!(value(), Value::Null);
}

#[test]
fn contracts_end_and_follow_one_another() {
    let client = usual();
    let contracts = "/directory/api/4.0/work-contracts";
    let (_, list) = client.get(&format!("{contracts}?ownerId=110"));
    let own = format!("{contracts}/{}", list["items"][0]["id"]);
    let next = json!({ "ownerId": 110, "typeId": 1, "startsOn": "2027-03-01", "establishmentId": 3 });
    let (status, problem) = client.send("POST", contracts, &next);
    assert_eq!((status, &problem["errors"]["startsOn"][0]), (400, &json!("another contract of this person overlaps")));
    assert_eq!(client.send("PATCH", &own, &json!({ "endsOn": "2027-01-31", "terminationReasonId": 2 })).0, 200);
    assert_eq!(client.data("/api/v3/users/110?fields=dtContractEnd")["dtContractEnd"], "2027-01-31T00:00:00");
    assert_eq!(client.send("POST", contracts, &next).0, 201);
    let user = client.data("/api/v3/users/110?fields=dtContractStart,dtContractEnd,legalEntity[id]");
    let expected =
        json!({ "dtContractStart": "2027-03-01T00:00:00", "dtContractEnd": null, "legalEntity": { "id": 3 } });
    assert_eq!(user, expected);
}

#[test]
fn a_key_that_only_reads_writes_nothing() {
    let client = usual();
    client.server.set_rights(client.server.key(), [Right::ReadUsers]);
    let (status, body) = client.send("PUT", "/api/v3/users/101", &json!({ "jobTitle": "x" }));
    assert_eq!((status, &body["Message"]), (403, &json!("The permission \"Create and edit employees\" is missing")));
}

#[test]
fn an_answer_may_be_lost_after_the_server_has_acted() {
    let client = usual();
    let post = |body: &Value| {
        let request = client.agent.post(format!("{}{CREATE}", client.server.url()));
        request.header("Authorization", format!("lucca application={}", client.server.key())).send_json(body)
    };
    client.server.fault(Fault::on("POST", "/api/v3/users", What::CutAfter).after(1));
    assert!(post(&newcomer(json!({ "login": "un" }))).is_ok());
    assert!(post(&newcomer(json!({ "login": "deux" }))).is_err());
    assert_eq!(client.server.person("deux")["firstName"], "Zoé");
    client.server.forget_requests();
    client.server.fault(Fault::on("POST", "/api/v3/users", What::DoneYet(500)));
    assert_eq!(post(&newcomer(json!({ "login": "trois" }))).unwrap().status(), 500);
    assert_eq!(client.server.person("trois")["firstName"], "Zoé");
    client.server.fault(Fault::on("POST", "/api/v3/users", What::Refuse(503)));
    assert_eq!(post(&newcomer(json!({ "login": "quatre" }))).unwrap().status(), 503);
    assert_eq!(client.server.person("quatre"), Value::Null);
    let statuses: Vec<u16> = client.server.requests().iter().map(|logged| logged.status).collect();
    assert_eq!(statuses, [500, 503]);
}

#[test]
fn whoever_waits_too_little_does_not_know_that_it_was_done() {
    let client = usual();
    client.server.fault(Fault::on("POST", "/api/v3/users", What::DoneSlow(5_000)));
    let request = client.agent.post(format!("{}{CREATE}", client.server.url()));
    let request = request.header("Authorization", format!("lucca application={}", client.server.key()));
    let request = request.config().timeout_global(Some(Duration::from_millis(500))).build();
    assert!(request.send_json(newcomer(json!({}))).is_err());
    while client.server.person("zoe").is_null() {
        thread::sleep(Duration::from_millis(10));
    }
    let others = client.agent.get(format!("{}/api/v3/users", client.server.url()));
    let others = others.config().timeout_global(Some(Duration::from_millis(4_000))).build();
    assert!(others.call().is_ok(), "nobody else waits for it");
}

//! The newest generation of the API, as a second way to read.

use std::sync::Arc;

use passerelle::lucca::{Door, Options, Part, Wanted};

use super::{Instance, ids, limit, numbers, private, values, wanted};
use crate::lucca_server::{Fault, What};

const FIELDS: [&str; 9] = [
    "employee-number",
    "last-name",
    "first-name",
    "mail",
    "phone",
    "contract-start",
    "establishment",
    "legal-entity",
    "department",
];

/// With a client, and without a key.
fn section(instance: &Instance) -> String {
    let url = instance.server.url();
    let (client, secret) = instance.server.client();
    private(&instance.folder, "secret", secret);
    format!(
        "url = \"{url}\"\ntrust = \"system\"\nrequests-a-minute = 100000\n\
         generation = {{ people = \"v5\", departments = \"v5\", establishments = \"v5\" }}\n\
         oauth = {{ client = \"{client}\", secret = \"file:secret\", token-url = \"{url}/connect/token\" }}"
    )
}

fn door(instance: &Instance) -> Door {
    let options: Options = toml::from_str(&section(instance)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(options.problem(), None);
    Door::open(&options, instance.folder.path()).unwrap()
}

#[test]
fn the_newest_generation_tells_of_the_same_people() {
    let instance = Instance::with(250);
    let newest = door(&instance).read(&wanted(&FIELDS), &limit()).unwrap_or_else(|error| panic!("{}", error.chain()));
    let older = instance.read("", &FIELDS);
    assert_eq!(numbers(&newest.people), ids(&instance.server));
    for field in FIELDS {
        assert_eq!(values(&newest.people, field), values(&older.people, field), "{field}");
    }
    assert_eq!(values(&newest.people, "login"), values(&newest.people, "mail"), "it has no logins");
}

#[test]
fn personal_records_are_read_where_they_are_wanted() {
    let instance = Instance::with(130);
    let section = section(&instance)
        .replace("oauth = {", "oauth = { scopes = [\"employees.readonly\", \"employee-personal-records.readonly\"],");
    let options: Options = toml::from_str(&section).unwrap();
    let allowed = Door::open(&options, instance.folder.path()).unwrap();
    let fields = ["birth-date", "personal-mail", "gender", "social-security-number"];
    let newest = allowed.read(&wanted(&fields), &limit()).unwrap_or_else(|error| panic!("{}", error.chain())).people;
    let older = instance.read("", &fields).people;
    for field in fields {
        assert_eq!(values(&newest, field), values(&older, field), "{field}");
    }
    let all = ids(&instance.server);
    let some = allowed.read_some(&all[..2], &wanted(&fields), Arc::default(), &limit()).unwrap().people;
    assert_eq!(values(&some, "birth-date"), values(&older, "birth-date")[..2]);

    // Without the scope, the right is named; where nothing of them is wanted, they are not asked for.
    let error = door(&instance).read(&wanted(&fields), &limit()).map(|_| ()).unwrap_err();
    assert!(error.chain().contains("employee-personal-records.readonly"), "{}", error.chain());
    instance.server.forget_requests();
    door(&instance).read(&wanted(&["mail"]), &limit()).unwrap();
    assert!(instance.server.requests().iter().all(|request| !request.path.contains("personal")));
}

#[test]
fn managers_are_known_by_the_login_that_they_have_there() {
    let instance = Instance::with(40);
    let fields = ["manager", "manager.mail", "manager.last-name"];
    let newest = door(&instance).read(&wanted(&fields), &limit()).unwrap().people;
    let older = instance.read("", &fields).people;
    assert_eq!(values(&newest, "manager"), values(&older, "manager.mail"));
    for field in &fields[1..] {
        assert_eq!(values(&newest, field), values(&older, field), "{field}");
    }
}

#[test]
fn the_organisation_is_read_there_too() {
    let instance = Instance::with(60);
    let wanted = Wanted {
        parts: [Part::Departments, Part::Establishments, Part::LegalEntities].into(),
        pictures: true,
        ..wanted(&["mail"])
    };
    let snapshot = door(&instance).read(&wanted, &limit()).unwrap();
    let web = snapshot.organisation.departments.iter().find(|unit| unit.code == "DEV-WEB").expect("a department");
    assert_eq!(web.path(&snapshot.organisation.departments).len(), 4);
    assert!(web.head.contains('@'), "{web:?}");
    assert!(snapshot.organisation.establishments.iter().all(|unit| !unit.parent.is_empty()));
    assert!(snapshot.organisation.legal_entities.iter().any(|unit| unit.name == "Exemple SAS"));
    let (_, picture) = snapshot.pictures.iter().next().expect("somebody has a picture");
    let bytes = door(&instance).picture(picture, 1 << 20, &limit()).unwrap().expect("it is there");
    assert!(bytes.starts_with(b"\x89PNG"));
}

#[test]
fn some_are_read_again_by_their_ids() {
    let instance = Instance::with(30);
    let all = ids(&instance.server);
    let door = door(&instance);
    let organisation = door.read(&wanted(&["department"]), &limit()).unwrap().organisation;
    let some = door.read_some(&all[3..5], &wanted(&["department"]), organisation, &limit()).unwrap().people;
    assert_eq!(numbers(&some), all[3..5]);
    assert!(values(&some, "department").iter().all(|name| !name.is_empty()));
}

#[test]
fn one_token_is_enough_until_its_end_or_until_it_is_refused() {
    let instance = Instance::with(250);
    let tokens = || instance.server.requests().iter().filter(|request| request.path == "/connect/token").count();
    let door = door(&instance);
    door.read(&wanted(&["mail", "department"]), &limit()).unwrap();
    assert_eq!(tokens(), 1);
    // It is taken back between two pages.
    instance.server.database(|store| store.execute("DELETE FROM tokens", []).unwrap());
    instance.server.fault(Fault::on("GET", "/lucca-api/employees", What::CutInside).after(1));
    let people = door.read(&wanted(&["mail"]), &limit()).unwrap().people;
    assert_eq!((tokens(), numbers(&people)), (2, ids(&instance.server)));
}

#[test]
fn a_client_that_is_refused_is_told_from_one_without_a_scope() {
    let instance = Instance::with(5);
    let section = section(&instance);
    let refused = |section: &str| {
        let options: Options = toml::from_str(section).unwrap();
        let door = Door::open(&options, instance.folder.path()).unwrap();
        door.read(&wanted(&["mail", "department"]), &limit()).map(|_| ()).unwrap_err()
    };
    instance.server.set_scopes("employees.readonly");
    let error = refused(&section);
    assert!(error.chain().contains("invalid_scope"), "{}", error.chain());
    let with_scopes = section.replace("oauth = {", "oauth = { scopes = [\"employees.readonly\"],");
    let error = refused(&with_scopes);
    assert!(error.chain().contains("to see departments"), "{}", error.chain());
    private(&instance.folder, "secret", "another");
    let error = refused(&section);
    assert!(error.chain().contains("invalid_client") && error.chain().contains("check `oauth`"), "{}", error.chain());
    assert!(!error.chain().contains("another"), "{}", error.chain());
}

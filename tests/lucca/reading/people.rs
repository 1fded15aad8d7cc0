//! What people are like, field by field.

use chrono::NaiveDateTime;
use serde_json::json;

use passerelle::lucca::{Part, Wanted};
use passerelle::model::Field;

use super::{Instance, ids, limit, numbers, values, wanted};

/// The value of the person who was hired as `ada`.
fn of_ada(instance: &Instance, more: &str, field: &str) -> String {
    let people = instance.read(more, &[field]).people;
    let logins = values(&people, "login");
    let ada = logins.iter().position(|login| login == "ada").expect("Ada is there");
    values(&people, field)[ada].clone()
}

fn with_ada() -> Instance {
    let instance = Instance::with(30);
    let details = json!({
        "employeeNumber": "00042", "mail": "ada@exemple.fr", "personalEmail": "ada@perso.example",
        "professionalMobile": "+33 6 00 00 00 01", "directLine": "+33 1 00 00 00 02", "gender": "Female",
        "civilTitle": "Mme", "birthDate": "1985-03-09T00:00:00", "nationality": "FR", "jobTitle": "Soudeuse",
        "dtContractStart": "2020-01-06T00:00:00", "dtContractEnd": "2021-12-31T00:00:00",
        "seniorityDate": "2019-06-01T00:00:00", "iban": "FR7630006000011234567890189", "bic": "AGRIFRPP",
        "insuranceNumber": "2850375116042", "cspId": 3, "calendarId": 1, "profile_figgoId": 2, "legalEntityId": 2,
    });
    let id = instance.server.hire("ada", "Ada", "Löwe", details);
    instance.server.database(|store| {
        let sql = format!(
            "UPDATE users SET departmentId = (SELECT id FROM departments WHERE code = 'DEV-WEB') WHERE id = {id};
             INSERT INTO habilitedRoles VALUES ({id}, 3), ({id}, 6);
             INSERT INTO userAxisValues SELECT {id}, 1, id FROM axisSections WHERE code = '2210';
             INSERT INTO extendedData (userId, code, value) VALUES ({id}, 'e_transport', '2'), ({id}, 'e_badge', '\"B-1\"');"
        );
        store.execute_batch(&sql).unwrap();
    });
    instance
}

#[test]
fn every_field_that_lucca_has_is_read_in_our_form() {
    let instance = with_ada();
    for (field, value) in [
        ("login", "ada"),
        ("employee-number", "00042"),
        ("last-name", "Löwe"),
        ("first-name", "Ada"),
        ("title", "Mme"),
        ("mail", "ada@exemple.fr"),
        ("personal-mail", "ada@perso.example"),
        ("phone", "+33 6 00 00 00 01"),
        ("gender", "Female"),
        ("birth-date", "1985-03-09"),
        ("nationality", "FR"),
        ("contract-start", "2020-01-06"),
        ("contract-end", "2021-12-31"),
        ("seniority-date", "2019-06-01"),
        ("establishment", "Usine de Lyon"),
        ("legal-entity", "Exemple SAS"),
        ("department", "Équipe web"),
        ("job-title", "Soudeuse"),
        ("role", "Collaborateur"),
        ("secondary-role-0", "Responsable RH"),
        ("secondary-role-1", "Élu du personnel"),
        ("secondary-role-2", ""),
        ("culture", "fr-FR"),
        ("professional-category", "Ouvrier"),
        ("calendar", "France"),
        ("iban", "FR7630006000011234567890189"),
        ("bic", "AGRIFRPP"),
        ("social-security-number", "2850375116042"),
        ("axis-1", "Assemblage fin"),
        ("profile-figgo", "25 CP"),
        ("custom-transport", "Vélo"),
        ("custom-badge", "B-1"),
    ] {
        assert_eq!(of_ada(&instance, "", field), value, "{field}");
    }
}

#[test]
fn what_has_no_sure_place_is_where_the_site_says() {
    let instance = with_ada();
    let levels = "department-levels = { management = 2, department = 3, service = 4 }";
    for (more, field, value) in [
        ("cost-center-axis = 1", "cost-center-code-1", "2000"),
        ("cost-center-axis = 1", "cost-center-label-2", "Assemblage"),
        ("cost-center-axis = 1", "cost-center-code-3", "2210"),
        ("cost-center-axis = 1", "cost-center-code-4", ""),
        ("departments-by = \"code\"", "department", "DEV-WEB"),
        ("establishments-by = \"code\"", "establishment", "LYO"),
        (levels, "department", "Développement"),
        (levels, "service", "Équipe web"),
        ("properties = { phone = \"directLine\" }", "phone", "+33 1 00 00 00 02"),
        ("properties = { contract = \"extendedData.e_transport\" }", "contract", "Vélo"),
        ("properties = { second-manager = \"department.head.login\" }", "second-manager", &head_of_web(&instance)),
    ] {
        assert_eq!(of_ada(&instance, more, field), value, "{more}: {field}");
    }
}

fn head_of_web(instance: &Instance) -> String {
    instance.server.database(|store| {
        let sql = "SELECT login FROM users JOIN departments ON headId = users.id WHERE departments.code = 'DEV-WEB'";
        store.query_row(sql, [], |row| row.get(0)).unwrap_or_default()
    })
}

#[test]
fn only_what_is_wanted_is_asked_for() {
    let instance = Instance::with(5);
    instance.read("", &["mail", "manager.first-name"]);
    let asked: Vec<_> = instance.server.requests();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let fields = "fields=id,firstName,login,mail,manager[login],collection.count";
    assert!(asked[0].query.ends_with(fields), "{}", asked[0].query);
}

#[test]
fn managers_are_people_too() {
    let instance = with_ada();
    let manager = instance.server.person("ada")["managerId"].as_u64().unwrap();
    let people = instance.read("", &["manager.first-name", "first-name"]).people;
    let numbers = numbers(&people);
    let at = |id: u64| numbers.iter().position(|number| u64::from(*number) == id).unwrap();
    let ada = at(instance.server.person("ada")["id"].as_u64().unwrap());
    assert_eq!(values(&people, "manager.first-name")[ada], values(&people, "first-name")[at(manager)]);
}

#[test]
fn former_and_future_employees_are_read_too() {
    let instance = with_ada();
    instance.server.hire("bea", "Béa", "Futur", json!({"dtContractStart": "2999-01-01T00:00:00"}));
    let people = instance.read("", &["mail"]).people;
    assert_eq!(numbers(&people), ids(&instance.server));
    assert!(values(&people, "login").iter().filter(|login| ["ada", "bea"].contains(&login.as_str())).count() == 2);
}

#[test]
fn the_organisation_is_read_as_far_as_it_is_wanted() {
    let instance = Instance::with(60);
    let parts = [
        Part::Departments,
        Part::Establishments,
        Part::LegalEntities,
        Part::Roles,
        Part::Cultures,
        Part::Calendars,
        Part::ProfessionalCategories,
        Part::Axis(1),
        Part::Custom,
    ];
    for more in ["", "generation = { departments = \"v3\", establishments = \"v3\" }"] {
        let wanted = Wanted { parts: parts.into(), ..wanted(&["mail"]) };
        let organisation = instance.door(more).read(&wanted, &limit()).unwrap().organisation;
        let web = organisation.departments.iter().find(|unit| unit.code == "DEV-WEB").expect("a department");
        let path: Vec<&str> = web.path(&organisation.departments).iter().map(|unit| unit.code.as_str()).collect();
        assert_eq!(path[path.len() - 3..], ["DSI", "DSI-DEV", "DEV-WEB"], "{more}");
        assert_eq!(web.head, head_of_web(&instance), "{more}");
        assert_eq!(organisation.establishments.len(), 4);
        assert_eq!(organisation.legal_entities.len(), 2);
        assert_eq!(organisation.roles.len(), 6);
        assert!(organisation.cultures.iter().any(|culture| culture.id == "1036" && culture.name == "fr-FR"));
        assert_eq!(organisation.calendars.len(), 2);
        assert_eq!(organisation.professional_categories.len(), 4);
        let fine = organisation.axes[0].sections.iter().find(|section| section.code == "2210").expect("a section");
        assert_eq!(fine.path(&organisation.axes[0].sections).len(), 3);
        assert_eq!(
            organisation.custom.iter().map(|custom| custom.code.as_str()).collect::<Vec<_>>(),
            ["e_transport", "e_badge"]
        );
    }
    let only = instance.door("").read(&wanted(&["mail"]), &limit()).unwrap().organisation;
    assert!(only.departments.is_empty() && only.roles.is_empty());
}

#[test]
fn who_was_changed_is_told_and_read_again() {
    let instance = with_ada();
    let door = instance.door("");
    let moment: NaiveDateTime = "2999-01-01T00:00:00".parse().unwrap();
    assert!(door.changed_since(moment, &limit()).unwrap().ids.is_empty());
    let id = u32::try_from(instance.server.person("ada")["id"].as_u64().unwrap()).unwrap();
    instance.server.database(|store| {
        store.execute("UPDATE users SET modifiedAt = '2999-06-01T10:00:00.250' WHERE id = ?1", [id]).unwrap();
    });
    let changes = door.changed_since(moment, &limit()).unwrap();
    assert_eq!((changes.ids, changes.latest), (vec![id], "2999-06-01T10:00:00.250".parse().ok()));

    let snapshot = instance.read("", &["custom-transport"]);
    let some = door.read_some(&[id, 4711], &wanted(&["custom-transport"]), snapshot.organisation, &limit()).unwrap();
    assert_eq!(numbers(&some.people), [id]);
    assert_eq!(values(&some.people, "custom-transport"), ["Vélo"]);
}

#[test]
fn pictures_are_found_by_person_and_read_within_a_bound() {
    let instance = Instance::with(40);
    let wanted = Wanted { pictures: true, ..wanted(&["mail"]) };
    let door = instance.door("");
    let pictures = door.read(&wanted, &limit()).unwrap().pictures;
    let (owner, picture) = pictures.iter().next().expect("somebody has a picture");
    assert!(ids(&instance.server).contains(owner) && pictures.len() < 40);
    let bytes = door.picture(picture, 1 << 20, &limit()).unwrap().expect("it is there");
    assert!(bytes.starts_with(b"\x89PNG"));
    let error = door.picture(picture, 10, &limit()).unwrap_err();
    assert!(!error.later_may_help(), "{}", error.chain());
    assert_eq!(door.picture("00000000-0000-0000-0000-000000000000", 1 << 20, &limit()).unwrap(), None);
    assert_eq!(door.picture("../users", 1 << 20, &limit()).unwrap(), None);
}

#[test]
fn what_lucca_tells_of_nobody_is_known_as_such() {
    let instance = with_ada();
    let snapshot = instance.read("", &["mail", "custom-badge", "custom-nothing"]);
    assert_eq!(snapshot.untold.iter().map(Field::name).collect::<Vec<_>>(), ["custom-nothing"]);
}

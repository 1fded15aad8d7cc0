//! What becomes of each row, and of each answer of Lucca.

use super::*;
use crate::lucca_server::{Fault, PutBody, Right, What};

#[test]
fn a_file_creates_and_updates_managers_first_and_the_second_night_does_nothing() {
    let night = Night::new();
    let (code, said) = night.run();
    assert_eq!(code, 4, "one row is left out: {said}");
    assert!(said.contains("7 rows: 2 created, 3 updated, 1 unchanged, 1 left out"), "{said}");
    assert!(said.contains("`Nulle part` is not a known department"), "{said}");

    let (nils, nina, changed) = (night.person("nils"), night.person("nina"), night.person("change"));
    assert_eq!(nils["managerId"], nina["id"]);
    assert_eq!(nina["managerId"], nina["id"], "she is her own manager");
    assert_eq!(nina["cultureId"], 2057);
    assert_eq!(nina["departmentId"], id(&night.server, "departments", "Ressources humaines"), "by its code");
    assert_eq!(nina["legalEntityId"], id(&night.server, "establishments", "Siège de Paris"), "by its code");
    assert_eq!(nina["rolePrincipalId"], 2);
    assert_eq!((&nils["dtContractStart"], &nils["jobTitle"]), (&json!("2026-12-01T00:00:00"), &json!("Gestionnaire")));
    assert_eq!(changed["departmentId"], id(&night.server, "departments", "Communication"), "by its path");
    assert_eq!((&changed["lastName"], &changed["mail"]), (&json!("Autre"), &json!("autre@exemple.fr")));
    assert_eq!(changed["managerId"], nina["id"]);
    assert_eq!(night.person("part")["dtContractEnd"], "2026-12-31T00:00:00");
    assert_eq!(night.person("perdu"), Value::Null);
    assert_eq!(
        night.written(),
        [
            "POST /api/v3/users 200".to_string(),
            "POST /api/v3/users 200".to_string(),
            format!("PUT /api/v3/users/{} 200", changed["id"]),
            format!("PUT /api/v3/users/{} 200", night.person("part")["id"]),
            "POST /directory/api/4.0/work-contracts 201".to_string(),
        ]
    );

    let company = night.company();
    night.drop_file(&ROWS[..6]);
    night.server.forget_requests();
    let (code, said) = night.run();
    assert_eq!((code, night.written().len()), (0, 0), "{said}");
    assert!(said.contains("6 unchanged"), "{said}");
    assert_eq!(night.company(), company);
}

#[test]
fn only_what_changed_is_sent() {
    let night = Night::new();
    night.drop_file(&["meme;Max;Même;meme@exemple.fr;LYO;01/03/2020;Paie;meme;Collaborateur;fr-FR;90006;;"]);
    let (code, said) = night.run();
    assert_eq!(code, 0, "{said}");
    let requests = night.server.requests();
    let sent = requests.iter().find(|request| request.method == "PUT").expect("an update");
    let body: Value = serde_json::from_str(&sent.body).expect("JSON");
    assert_eq!(body, json!({ "legalEntityId": 2, "managerId": null }));
}

#[test]
fn who_comes_back_gets_a_new_contract_and_nobody_is_deleted() {
    let night = Night::new();
    night.run();
    let back = night.person("revient");
    assert_eq!((&back["dtContractStart"], &back["dtContractEnd"]), (&json!("2026-12-01T00:00:00"), &Value::Null));
    let sql = "SELECT group_concat(startsOn || '–' || coalesce(endsOn, ''), ' ') FROM workContracts WHERE ownerId = "
        .to_string()
        + &back["id"].to_string();
    let contracts = night.server.database(|database| text(database, &sql));
    assert_eq!(contracts, "2020-03-01–2023-06-30 2026-12-01–");
    assert!(night.server.requests().iter().all(|request| request.method != "DELETE"));
}

#[test]
fn a_row_that_lucca_refuses_fails_with_its_words_and_the_others_go_on() {
    let night = Night::new();
    let gender = HEADING.to_string() + ";gender";
    let rows = ROWS[..4].iter().zip(["Male", "Unknown", "", "Male"]).map(|(row, gender)| format!("{row};{gender}"));
    let rows: Vec<String> = rows.collect();
    night.write("drop/in/users.csv", &format!("{gender}\n{}\n", rows.join("\n")));
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("Lucca refuses it (400 Bad Request)"), "{said}");
    assert!(said.contains("gender: `\"Unknown\"`"), "{said}");
    assert_eq!(night.person("nina"), Value::Null);
    assert!(said.contains("no user has the login `nina`, the manager"), "who reports to her waits: {said}");
    assert_eq!(night.person("nils"), Value::Null);
    let left = night.person("part");
    assert_eq!((&left["gender"], &left["dtContractEnd"]), (&json!("Male"), &json!("2026-12-31T00:00:00")));
}

#[test]
fn a_saved_plan_is_applied_as_it_is_and_not_if_somebody_changed_anybody() {
    let night = Night::new();
    let (code, said) = night.passerelle(&["plan", "partner", "drop/in/users.csv", "--save", "plan.json"]);
    assert_eq!((code, night.written().len()), (4, 0), "{said}");
    night.server.change("meme", "jobTitle", "Chef");
    let (code, said) = night.passerelle(&["apply", "plan.json"]);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("Lucca has changed since the plan was made"), "{said}");
    night.server.change("meme", "jobTitle", Value::Null);
    let (code, said) = night.passerelle(&["apply", "plan.json"]);
    assert_eq!(code, 4, "{said}");
    night.is_as_undisturbed(&said);
}

#[test]
fn who_was_changed_meanwhile_is_left_as_somebody_else_made_them() {
    let night = Night::new();
    // Cut off in the middle, and changed before the next run goes on.
    night.server.fault(Fault::on("PUT", "/api/v3/users", What::CutBefore));
    night.write("passerelle.toml", &night.site("tries = 1"));
    assert_eq!(night.run().0, 75);
    night.server.change("change", "jobTitle", "Directrice");
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("`job-title` changed meanwhile, from `` to `Directrice`"), "{said}");
    assert_eq!(night.person("change")["jobTitle"], "Directrice");
    assert_eq!(night.person("change")["lastName"], "Change", "nothing of the row was sent");
    assert_eq!(night.person("part")["dtContractEnd"], "2026-12-31T00:00:00");
}

#[test]
fn a_key_that_may_not_write_is_told_the_right_that_it_lacks() {
    let night = Night::new();
    let rights = Right::all().into_iter().filter(|right| *right != Right::WriteUsers);
    night.server.set_rights(night.server.key(), rights);
    let (code, said) = night.run();
    assert_eq!(code, 6, "{said}");
    assert!(said.contains("the key lacks a right") && said.contains("to create users"), "{said}");
    assert!(said.contains("Create and edit employees"), "{said}");
    assert_eq!(night.person("nina"), Value::Null);
    // Once it may, the next run goes on.
    night.server.set_rights(night.server.key(), Right::all());
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    night.is_as_undisturbed(&said);
}

#[test]
fn an_update_is_wrapped_where_the_site_says_so() {
    let night = Night::with(Options { put_body: PutBody::Wrapped, ..Options::default() }, "put-body = \"in-data\"");
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    night.is_as_undisturbed(&said);
}

#[test]
fn what_a_brake_held_is_applied_once_a_person_approves_it_and_not_if_somebody_changed_anybody() {
    let night = Night::new();
    let site = night.site("").replace("creations = \"100%\"", "creations = \"0\"").replace("floor = 1000", "floor = 0");
    night.write("passerelle.toml", &site);
    let (code, said) = night.run();
    assert_eq!((code, night.written().len()), (5, 0), "{said}");
    let run = said.split("run · run ").nth(1).and_then(|rest| rest.split(' ').next()).expect("the run").to_string();
    night.server.change("meme", "jobTitle", "Chef");
    let (code, said) = night.passerelle(&["approve", &run]);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("Lucca has changed since the plan"), "{said}");
    night.server.change("meme", "jobTitle", Value::Null);
    let (code, said) = night.passerelle(&["approve", &run]);
    assert_eq!(code, 4, "{said}");
    night.is_as_undisturbed(&said);
    let (code, said) = night.passerelle(&["undo", &run]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("changed people of Lucca (`core-hr`)"), "{said}");
}

#[test]
fn an_export_of_the_same_night_has_whom_the_file_created() {
    let night = Night::new();
    let export = r#"
[server.formation.directory]
path = "formation"

[export.formation]
profile = "place-de-la-formation"
people = "core-hr"
server = "formation"
file-name = "people.csv"
brakes = { shrink = "20%" }

[server.early.directory]
path = "early"

# What is read before the file is taken must not be what is read after it.
[export.a-first]
profile = "place-de-la-formation"
people = "core-hr"
server = "early"
file-name = "people.csv"
brakes = { shrink = "20%" }
deadline = "00:01"
"#;
    ["formation", "early"].into_iter().for_each(|name| fs::create_dir(night.path(name)).expect("a folder"));
    night.write("passerelle.toml", &format!("timezone = \"UTC\"\n{}{export}", night.site("")));
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    let [early, late] = ["early", "formation"]
        .map(|folder| fs::read_to_string(night.path(&format!("{folder}/people.csv"))).expect(&said));
    assert!(!early.contains("Nina") && early.contains("Corentin"), "{early}");
    assert!(late.contains("Nina") && late.contains("Autre"), "{late}");
}

#[test]
fn the_evening_before_a_check_names_the_rights_that_an_import_lacks() {
    let night = Night::new();
    let rights = Right::all().into_iter().filter(|right| *right != Right::Roles);
    night.server.set_rights(night.server.key(), rights);
    let (code, said) = night.passerelle(&["check", "--online"]);
    assert_eq!(code, 6, "{said}");
    assert!(said.contains("to see roles"), "{said}");
}

#[test]
fn what_lucca_has_no_place_for_is_remarked_and_the_rest_is_taken() {
    let night = Night::new();
    night.write("drop/in/users.csv", "login;jobTitle;iban\nmeme;Chef;FR7630006000011234567890189\n");
    let (code, said) = night.run();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("C iban: cannot be written where the users are; the column is not used"), "{said}");
    assert_eq!(night.person("meme")["jobTitle"], "Chef");
}

#[test]
fn whom_a_file_left_out_is_found_by_name_also_where_a_directory_has_the_number() {
    let night = Night::new();
    night.drop_file(&["meme;Max;Même;meme@exemple.fr;Nulle part;01/03/2020;Paie;change;Collaborateur;fr-FR;90006;;"]);
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    let (code, said) = night.passerelle(&["why", "meme@exemple.fr"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("in/users.csv, row 2: the row was left out"), "{said}");
}

#[test]
fn departments_of_the_same_name_are_told_apart_by_their_paths_night_after_night() {
    let night = Night::new();
    night.server.database(|database| {
        let sql = "INSERT INTO departments (name, code, parentId) SELECT 'Paie', 'DAF-PAI', id FROM departments WHERE code = 'DAF'";
        database.execute(sql, ()).expect("a department");
    });
    let row = |department: &str| {
        format!("meme;Max;Même;meme@exemple.fr;Nantes;01/03/2020;{department};change;Collaborateur;fr-FR;90006;;")
    };
    night.drop_file(&[&row("Paie")]);
    let (code, said) = night.run();
    assert_eq!((code, night.written().len()), (4, 0), "{said}");
    assert!(said.contains("ambiguous-label"), "{said}");
    night.drop_file(&[&row("Ressources humaines / Paie")]);
    let (code, said) = night.run();
    assert_eq!((code, night.written().len()), (0, 0), "he is there already: {said}");
    night.drop_file(&[&row("daf-pai")]);
    let (code, said) = night.run();
    assert_eq!((code, night.written().len()), (0, 1), "{said}");
    night.server.forget_requests();
    night.drop_file(&[&row("Administration et finances / Paie")]);
    let (code, said) = night.run();
    assert_eq!((code, night.written().len()), (0, 0), "{said}");
}

#[test]
fn what_could_not_be_applied_is_told_in_the_language_of_the_exchange() {
    let night = Night::new();
    night.write("passerelle.toml", &night.site("").replace("[import.partner]", "[import.partner]\nlanguage = \"fr\""));
    let heading = HEADING.to_string() + ";gender";
    night.write("drop/in/users.csv", &format!("{heading}\n{};Unknown\n{};\n", ROWS[1], ROWS[0]));
    let (code, said) = night.run();
    assert_eq!(code, 4, "{said}");
    let said = said.split_whitespace().collect::<Vec<&str>>().join(" ");
    assert!(said.contains("ligne 2 : refusé par Lucca (400 Bad Request) : gender"), "{said}");
    assert!(said.contains("ligne 3 : aucun utilisateur n'a le login `nina` (champ manager)"), "{said}");
}

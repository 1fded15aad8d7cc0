//! The profiles that are shipped hold what the partners' pages say, column by column.

use std::fs;
use std::path::Path;

use passerelle::model::{Field, Language, RowsOf};
use passerelle::profile::{Contract, Document, Export, Import, Level, People, Profiles, export};
use passerelle::rule::column::{Column, Creation};
use passerelle::site::{Direction, Site};

/// Its end is the choice of columns for Pyla.
const SITE: &str = r#"
state.path = "state.db"
server.partner.directory.path = "partner"
people.users.directory = {}

[export.pyla]
profile = "pyla"
people = "users"
server = "partner"
brakes = { shrink = "20%" }
"#;

fn shipped() -> Profiles {
    Profiles::load(None).unwrap_or_else(|complaints| panic!("{complaints}"))
}

fn export(name: &str) -> Export {
    match &shipped().get(name).expect(name).contract {
        Contract::Export(export) => export.clone(),
        other => panic!("{other:?}"),
    }
}

fn import(name: &str) -> Import {
    match &shipped().get(name).expect(name).contract {
        Contract::Import(import) => import.clone(),
        other => panic!("{other:?}"),
    }
}

fn people(name: &str) -> People {
    match &shipped().get(name).expect(name).contract {
        Contract::People(people) => people.clone(),
        other => panic!("{other:?}"),
    }
}

/// Of all files.
fn columns(name: &str) -> Vec<export::Column> {
    export(name).files.into_iter().flat_map(|file| file.columns).collect()
}

/// Of the columns that are not constant.
fn fields(name: &str) -> Vec<Field> {
    columns(name).into_iter().filter_map(|column| column.field).collect()
}

/// Heading and level, repeated columns once.
fn table(name: &str) -> Vec<(String, String)> {
    let rows = shipped().get(name).expect(name).table();
    rows.into_iter().map(|[heading, level, ..]| (heading, level)).collect()
}

fn assert_table(name: &str, expected: &[(&str, &str)]) {
    let table = table(name);
    let table: Vec<(&str, &str)> = table.iter().map(|(heading, level)| (heading.as_str(), level.as_str())).collect();
    assert_eq!(table, expected);
}

#[test]
fn every_file_in_profiles_is_built_in_and_says_where_it_comes_from() {
    let files = fs::read_dir("profiles").expect("the folder is there");
    let mut names: Vec<String> = files
        .map(|file| file.expect("a file").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    let profiles = shipped();
    assert_eq!(profiles.names().collect::<Vec<_>>(), names);
    for profile in profiles.iter().filter(|profile| profile.name != "hr-file") {
        assert!(!profile.source.is_empty(), "{}", profile.name);
        assert!(profile.source.iter().all(|source| source.page.starts_with("https://")), "{}", profile.name);
    }
}

#[test]
fn skillup_takes_its_twenty_columns() {
    assert_table(
        "skillup",
        &[
            ("Login (email)", "required"),
            ("Employee Number", "required"),
            ("Last name", "required"),
            ("First name", "required"),
            ("Manager Number", "required"),
            ("Job title", "optional"),
            ("Gender", "optional"),
            ("Phone", "optional"),
            ("Date of birth", "optional"),
            ("Date of joining the company", "optional"),
            ("Date of leaving the company", "optional"),
            ("Contract", "optional"),
            ("Contract type", "optional"),
            ("Company", "optional"),
            ("Management", "optional"),
            ("Department", "optional"),
            ("Service", "optional"),
            ("Manager Email", "optional"),
            ("Mail N+2", "optional"),
            ("Annual gross salary", "optional"),
        ],
    );
    let skillup = export("skillup");
    assert_eq!(skillup.deadline.expect("a deadline").to_string(), "23:59");
    assert_eq!(skillup.advised.expect("an advice").to_string(), "22:59");
    assert_eq!(skillup.optional_cap, None);
}

#[test]
fn the_two_pages_about_the_job_title_are_both_on_record() {
    let skillup = columns("skillup");
    let job_title = skillup.iter().find(|column| column.heading == "Job title").expect("the column");
    assert_eq!(job_title.level, Level::Optional);
    assert!(job_title.note.as_ref().is_some_and(|note| note.contains("required on the second")));
    assert_eq!(shipped().get("skillup").expect("skillup").source.len(), 2);
}

#[test]
fn place_de_la_formation_takes_its_columns_and_five_optional_ones() {
    assert_table(
        "place-de-la-formation",
        &[
            ("Last name", "required"),
            ("First name", "required"),
            ("Entity (Legal)", "required"),
            ("Employee Number", "recommended"),
            ("Title", "recommended"),
            ("Mail", "recommended"),
            ("Manager Number", "optional"),
            ("Manager Last Name", "optional"),
            ("Manager First Name", "optional"),
            ("Manager Email", "optional"),
            ("HR Manager Number", "optional"),
            ("HR Manager Last Name", "optional"),
            ("HR Manager First Name", "optional"),
            ("HR Manager Email", "optional"),
            ("Gross hourly rate", "optional"),
            ("Function", "optional"),
            ("Phone", "optional"),
            ("Establishment (Sites)", "optional"),
            ("Employment start date", "optional"),
            ("Date of birth", "optional"),
            ("Cost Center Code level 1 to 9", "optional"),
            ("Cost Center Label level 1 to 9", "optional"),
        ],
    );
    assert_eq!(export("place-de-la-formation").optional_cap, Some(5));
}

#[test]
fn ploy_takes_its_data_and_the_photo_beside_them() {
    assert_table(
        "ploy",
        &[
            ("Login", "required"),
            ("Last name", "required"),
            ("First name", "required"),
            ("Email", "required"),
            ("Contract start date", "required"),
            ("Contract end date", "required, may be empty"),
            ("Date of birth", "optional"),
            ("Job title", "recommended"),
            ("Department", "recommended"),
        ],
    );
}

#[test]
fn leapsome_takes_its_data_with_the_personal_mail() {
    assert_table(
        "leapsome",
        &[
            ("Last name", "required"),
            ("First name", "required"),
            ("Personal email", "required"),
            ("Contract start date", "required"),
            ("Contract end date", "required, may be empty"),
            ("Date of birth", "optional"),
            ("Employee number", "recommended"),
            ("Manager last name", "recommended"),
            ("Manager first name", "recommended"),
            ("Department", "recommended"),
            ("Job title", "recommended"),
            ("Gender", "optional"),
        ],
    );
    let fields: Vec<String> = fields("leapsome").iter().map(|field| field.name().to_string()).collect();
    assert!(fields.contains(&"personal-mail".into()) && !fields.contains(&"mail".into()), "{fields:?}");
}

#[test]
fn pyla_offers_columns_and_whatever_is_custom() {
    let pyla = columns("pyla");
    let required: Vec<&str> =
        pyla.iter().filter(|column| column.level == Level::Required).map(|column| column.heading.as_str()).collect();
    assert_eq!(required, ["Last name", "First name", "Email", "Contract start date", "Contract end date"]);
    assert!(pyla.iter().any(|column| column.heading == "e_{key}"));
    let choice = "optional = [\"e_shoeSize\"]\nheadings = { \"e_shoeSize\" = \"Pointure\" }";
    let site = Site::read(Document::new("site.toml", SITE.to_string() + choice), Path::new(""));
    let site = site.unwrap_or_else(|complaints| panic!("{complaints}"));
    let Direction::Export(export) = &site.exchange("pyla").expect("pyla").direction else { panic!("an export") };
    let shoes = export.columns.last().expect("columns");
    assert_eq!((shoes.heading.as_str(), shoes.source()), ("Pointure", Some(&Field::of("custom-shoeSize"))));
}

#[test]
fn optima_hr_takes_the_organisation_in_three_files() {
    let optima = export("optima-hr");
    let files: Vec<(&str, RowsOf)> = optima.files.iter().map(|file| (file.name.as_str(), file.rows)).collect();
    assert_eq!(
        files,
        [
            ("cost-centers", RowsOf::CostCenters),
            ("departments", RowsOf::Departments),
            ("memberships", RowsOf::Memberships),
        ]
    );
    let rows = shipped().get("optima-hr").expect("optima-hr").table();
    let whose = |heading: &str| rows.iter().find(|row| row[0] == heading).expect(heading)[4].clone();
    assert_eq!(whose("Cost center code"), "the cost centre, in `cost-centers`");
    assert_eq!(whose("Head"), "the department, in `departments`");
    assert_eq!(whose("Employee number"), "the person, in `memberships`");
    let of_people = fields("optima-hr").into_iter().filter(|field| RowsOf::People.have(field));
    let of_people: Vec<String> = of_people.map(|field| field.name().to_string()).collect();
    assert_eq!(of_people, ["establishment", "employee-number"], "of people, no more than to know them by");
}

#[test]
fn an_end_of_a_contract_is_in_the_file_and_may_be_empty() {
    for name in ["ploy", "leapsome", "pyla"] {
        let may_be_empty = columns(name).into_iter().filter(|column| column.may_be_empty);
        let headings: Vec<String> = may_be_empty.map(|column| column.heading).collect();
        assert_eq!(headings, ["Contract end date"], "{name}");
    }
}

#[test]
fn every_partner_is_told_for_what_and_in_two_languages() {
    for profile in shipped().iter().filter(|profile| !matches!(profile.contract, Contract::People(_))) {
        let purpose = profile.purpose.as_ref().unwrap_or_else(|| panic!("{}", profile.name));
        assert_ne!(purpose.is(Language::English), purpose.is(Language::French), "{}", profile.name);
    }
}

#[test]
fn pay_and_days_of_birth_are_sensitive_wherever_they_leave() {
    let profiles = shipped();
    let exports = profiles.iter().filter(|profile| matches!(profile.contract, Contract::Export(_)));
    let rows: Vec<[String; 5]> = exports.flat_map(|profile| profile.table()).collect();
    for datum in ["annual-gross-salary", "gross-hourly-rate", "birth-date"] {
        let mut found = rows.iter().filter(|[_, _, field, _, _]| field == datum).peekable();
        assert!(found.peek().is_some(), "{datum}");
        assert!(found.all(|[_, _, _, sensitivity, _]| sensitivity == "sensitive"), "{datum}");
    }
}

#[test]
fn the_table_says_whose_datum_a_column_is() {
    let rows = shipped().get("skillup").expect("skillup").table();
    let whose = |heading: &str| rows.iter().find(|row| row[0] == heading).expect(heading)[4].clone();
    assert_eq!(whose("Gender"), "the person");
    assert_eq!(whose("Manager Email"), "the manager");
    assert_eq!(whose("Mail N+2"), "the manager's manager");
}

#[test]
fn lucca_wants_ten_columns_to_create_a_user_and_takes_defaults_for_five() {
    let lucca = import("lucca-users");
    let required = |column: &&Column| column.creation == Creation::Required;
    let columns: Vec<(&str, &str, bool)> = lucca
        .columns
        .iter()
        .filter(required)
        .map(|column| (column.heading.as_str(), column.field.as_str(), column.default))
        .collect();
    assert_eq!(
        columns,
        [
            ("login", "login", true),
            ("firstName", "first-name", false),
            ("lastName", "last-name", false),
            ("mail", "mail", false),
            ("legalEntity", "establishment", true),
            ("dtContractStart", "contract-start", false),
            ("department", "department", true),
            ("manager", "manager", false),
            ("rolePrincipal", "role", true),
            ("culture", "culture", true),
        ]
    );
    assert_eq!(lucca.separator, ';');
}

#[test]
fn lucca_users_are_identified_in_three_ways_at_the_front_of_the_file() {
    let lucca = import("lucca-users");
    let ways: Vec<(&str, Vec<&str>, usize)> = lucca
        .identify_by
        .iter()
        .map(|(name, way)| (name.as_str(), way.fields.iter().map(Field::name).collect(), way.position))
        .collect();
    assert_eq!(
        ways,
        [
            ("legal-entity-and-number", vec!["establishment", "employee-number"], 1),
            ("login", vec!["login"], 1),
            ("mail", vec!["mail"], 1),
        ]
    );
}

#[test]
fn lucca_users_have_the_families_and_the_aliases_of_the_pages() {
    let lucca = import("lucca-users");
    let column = |heading: &str| lucca.columns.iter().find(|column| column.heading == heading).expect(heading);
    for family in ["habilitedRoles_{key}", "profile_{key}", "userAxisValues_{key}", "e_{key}"] {
        assert!(column(family).field.ends_with("-{key}"), "{family}");
    }
    for (heading, alias) in [
        ("rolePrincipal", "Primary role"),
        ("rolePrincipal", "role"),
        ("mail", "Email"),
        ("legalEntity", "Etablissement"),
        ("department", "Abteilung"),
        ("culture", "Kultur"),
        ("profile_figgo", "profile_Timmi Absences"),
    ] {
        assert!(column(heading).aliases.iter().any(|known| known == alias), "{heading}: {alias}");
    }
}

#[test]
fn the_hr_file_has_all_that_the_partners_may_ask_for() {
    let people = people("hr-file");
    for name in ["skillup", "place-de-la-formation", "ploy", "leapsome"] {
        for field in fields(name) {
            assert!(people.can_have(&field), "{name}: {field}");
        }
    }
    assert!(!people.can_have(&Field::of("role")));
    assert!(!people.can_have(&Field::of("manager.role")));
}

#[test]
fn a_folder_of_the_site_replaces_a_profile_and_adds_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let skillup = fs::read_to_string("profiles/skillup.toml").expect("the profile");
    let changed =
        skillup.replace("level = \"optional\", field = \"job-title\"", "level = \"required\", field = \"job-title\"");
    fs::write(folder.path().join("skillup.toml"), changed).expect("a profile is written");
    fs::write(folder.path().join("skillup-test.toml"), &skillup).expect("a profile is written");
    fs::write(folder.path().join("README.md"), "not a profile").expect("a file is written");

    let own = Profiles::load(Some(folder.path())).unwrap_or_else(|complaints| panic!("{complaints}"));
    let level = |profile: &str| own.get(profile).expect(profile).table()[5][1].clone();
    assert_eq!(level("skillup"), "required");
    assert_eq!(level("skillup-test"), "optional");
    let digest = |profiles: &Profiles, name: &str| profiles.get(name).expect(name).digest();
    assert_ne!(digest(&own, "skillup"), digest(&shipped(), "skillup"));
    assert_eq!(digest(&own, "skillup-test"), digest(&shipped(), "skillup"));
}

#[test]
fn every_broken_profile_of_a_folder_is_complained_about() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.toml"), "title = ").expect("a profile is written");
    fs::write(folder.path().join("b.toml"), b"title = \"\xff\"").expect("a profile is written");
    let complaints = Profiles::load(Some(folder.path())).expect_err("both are broken").to_string();
    assert!(complaints.contains("a.toml:1:"), "{complaints}");
    assert!(complaints.contains("b.toml"), "{complaints}");
}

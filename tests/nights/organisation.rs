//! Files about the organisation: departments, cost centres, and who belongs where, all of one night or none.

use crate::company::{Company, IMPORT, users};

const EXPORT: &str = r#"
[export.optima-hr]
profile = "optima-hr"
people = "users"
server = "partner"
folder = "out"
file-names = { cost-centers = "centres.csv", departments = "departments.csv", memberships = "members.csv" }
optional = ["Active"]
headings = { "Department code" = "Code" }
brakes = { shrink = "20%" }
"#;

/// Three users of two departments in the directory, one of them without a number.
fn company() -> Company {
    let company = Company::new(&[IMPORT, EXPORT].concat());
    company.change_site(
        "[people.users.directory]",
        "[people.users.directory]\nlists = { departments = \"departments.csv\", cost-centers = \"centres.csv\" }",
    );
    company.write("departments.csv", "code;name;parent\nIND;Industry;\nWEL;Welding;IND\n;Sales;\n");
    company.write("centres.csv", "code;name;parent\nCC1;Plants;\nCC11;Plant of Lyon;CC1\n");
    std::fs::create_dir_all(company.path("partner/out")).expect("a folder");
    let numbered = |line: &str| match line.split_once(';') {
        Some(("login", _)) => format!("{line};employeenumber\n"),
        Some(("user-2", _)) => format!("{line};\n"),
        Some((login, _)) => format!("{line};0{}\n", &login[5..]),
        None => String::new(),
    };
    let file: String = users(0, 3, "Welding").lines().map(numbered).collect();
    company.write(
        "partner/in/users.csv",
        file.replace(
            "user-1;Ada;Byron1;user-1@acme.example;Lyon;01/02/2020;Welding",
            "user-1;Ada;Byron1;user-1@acme.example;Lyon;01/02/2020;Sales",
        ),
    );
    company.ends(&["run", "in"], 0);
    company
}

#[test]
fn each_kind_of_rows_is_a_file_of_one_set() {
    let company = company();
    let said = company.ends(&["run", "optima-hr", "--output", "text"], 4).flat();
    let members = said.split("members.csv").nth(1).expect("the members");
    assert!(members.contains("is empty for user-2"), "who has no number is left out of the members: {said}");
    let read = |name: &str| company.read(&format!("partner/out/{name}")).replace("\r\n", "\n");
    assert_eq!(
        read("departments.csv"),
        "Code;Department name;Parent department;Department path;Level;Active\n\
         IND;Industry;;Industry;1;true\n\
         WEL;Welding;IND;Industry / Welding;2;true\n\
         ;Sales;;Sales;1;true\n"
    );
    assert_eq!(
        read("centres.csv"),
        "Axis;Cost center code;Cost center name;Parent cost center;Active\n\
         ;CC1;Plants;;true\n\
         ;CC11;Plant of Lyon;CC1;true\n"
    );
    assert_eq!(
        read("members.csv"),
        "Establishment;Employee number;Code;Department path\nLyon;00;WEL;Industry / Welding\nLyon;01;;Sales\n"
    );
    assert_eq!(
        company.ask("SELECT table_name || ' ' || people_count FROM deliveries ORDER BY id"),
        ["cost-centers 0", "departments 0", "memberships 2"],
        "rows that are no people are nobody's"
    );
    let again = company.ends(&["run", "optima-hr"], 4).flat();
    assert!(again.contains("delivered before") && company.ask("SELECT count(*) FROM deliveries") == ["3"], "{again}");
}

#[test]
fn what_holds_one_of_the_files_holds_them_all() {
    let company = company();
    company.ends(&["run", "optima-hr"], 4);
    let before = company.files("partner/out");
    company.write("centres.csv", "code;name;parent\nCC1;Plants;\n");
    company.write("departments.csv", "code;name;parent\nIND;Works;\nWEL;Welding;IND\n;Sales;\n");
    let said = company.ends(&["run", "optima-hr"], 5).flat();
    assert!(said.contains("centres.csv") && company.files("partner/out") == before, "{said}");
    company.ends(&["approve", &company.last_run()], 0);
    assert!(company.read("partner/out/departments.csv").contains("Works"));
}

#[test]
fn a_department_that_no_list_has_is_told_and_another_heading_holds() {
    let company = company();
    company.write("departments.csv", "code;name;parent\nIND;Industry;\nSAL;Sales;\n");
    let said = company.ends(&["run", "optima-hr"], 4).flat();
    assert!(said.contains("`Welding` is no department of the organisation"), "{said}");
    company.change_site("\"Department code\" = \"Code\"", "\"Department path\" = \"Where\"");
    let said = company.ends(&["run", "optima-hr"], 5).flat();
    assert!(said.contains("`Where`"), "{said}");
}

#[test]
fn the_record_of_processing_tells_of_people_alone() {
    let company = company();
    company.ends(&["run", "optima-hr"], 4);
    let record = company.ends(&["privacy", "--language", "en"], 0).flat();
    let optima = record.split("optima-hr · export").nth(1).expect("the exchange").split("in · import").next();
    let optima = optima.expect("it ends");
    assert!(optima.contains("people 2 at the last delivery"), "{optima}");
    assert!(optima.contains("professional Establishment, Employee number") && !optima.contains("Plants"), "{optima}");
    assert!(!optima.contains("Cost center"), "{optima}");
}

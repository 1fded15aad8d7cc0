//! What a file that was damaged on its way does over whole nights: nothing, to anybody.

use crate::company::{Company, IMPORT};

const PEOPLE: usize = 12;

/// Twelve people with much to lose: a number, an end of contract, a job.
fn whole() -> String {
    let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture;\
                   employeenumber;dtContractEnd;jobTitle\r\n";
    let row = |number: usize| {
        format!(
            "user-{number};Zoé;Byron{number};user-{number}@acme.example;Lyon;01/02/2020;Sales;user-0;Employee;fr-FR;\
             {number:04};31/12/20{};\"Head; of {number}\"\r\n",
            60 + number
        )
    };
    heading.to_string() + &(0..PEOPLE).map(row).collect::<String>()
}

/// After the night on which everybody was created.
fn company() -> (Company, Vec<String>) {
    let company = Company::new(IMPORT);
    company.write("partner/in/users.csv", whole());
    company.ends(&["run"], 5);
    company.ends(&["approve", &company.last_run()], 0);
    let directory = directory(&company);
    assert_eq!(directory.len(), PEOPLE);
    (company, directory)
}

fn directory(company: &Company) -> Vec<String> {
    company.ask("SELECT * FROM users ORDER BY 1")
}

#[test]
fn files_that_were_cut_anywhere_leave_the_directory_as_it_was() {
    let (company, before) = company();
    let whole = whole().into_bytes();
    let cuts: Vec<usize> = (0..30).map(|cut| 1 + cut * (whole.len() - 2) / 29).collect();
    for end in &cuts {
        company.write(&format!("partner/in/cut-{end:05}.csv"), &whole[..*end]);
    }
    let said = company.ends(&["run"], 5);
    assert_eq!(directory(&company), before, "{}", said.out);
    assert_eq!(company.files("operations").len(), 1, "that of the first night: {}", said.out);
}

#[test]
fn a_file_whose_heading_became_another_one_is_held() {
    let (company, before) = company();
    let damaged = whole().replace("employeenumber", "e-ployeenumber");
    company.write("partner/in/users.csv", damaged);
    let said = company.ends(&["run"], 5);
    assert!(said.flat().contains("employeenumber"), "{}", said.out);
    assert_eq!(directory(&company), before);
}

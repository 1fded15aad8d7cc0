//! A small directory, contract and file for the tests of this room.

use chrono::NaiveDate;

use super::Fills;
use super::column::{Check, Creation, Unique};
use super::lists::{Entry, List, Lists};
use super::{Additions, Checked, Codes, Column, Contract, Default, Surroundings, check, recognise};
use crate::model::table::Chunk;
use crate::model::{Field, Finding, Otherwise, People, Severity, Table};

/// What Lucca's page asks for, in short.
pub fn columns() -> Vec<Column> {
    let date = Check { date: true, ..Check::default() };
    let list = |list: &str| Check { list: Some(list.into()), ..Check::default() };
    let unique = |unique| Check { unique: Some(unique), ..Check::default() };
    let mail = Check { mail: true, ..unique(Unique::Everywhere) };
    let cultures = Check { one_of: Some(vec!["fr-FR".into(), "en-GB".into()]), ..Check::default() };
    let person = Check { person: true, ..Check::default() };
    let amount = Check { amount: true, ..Check::default() };
    vec![
        required(column("login", "login", unique(Unique::Everywhere))),
        required(column("firstName", "first-name", Check::default())),
        required(column("lastName", "last-name", Check { length: Some(12), ..Check::default() })),
        Column { aliases: vec!["Email".into()], ..required(column("mail", "mail", mail)) },
        column("personalEmail", "personal-mail", Check { mail: true, ..Check::default() }),
        Column { default: true, ..required(column("legalEntity", "establishment", list("establishments"))) },
        required(column("dtContractStart", "contract-start", date.clone())),
        Column { default: true, ..required(column("department", "department", list("departments"))) },
        Column { default: true, ..required(column("culture", "culture", cultures)) },
        column("employeenumber", "employee-number", unique(Unique::InEstablishment)),
        column("manager", "manager", person),
        column("dtContractEnd", "contract-end", date.clone()),
        column("dtBirth", "birth-date", date),
        column("professionalMobile", "phone", Check { phone: true, ..Check::default() }),
        column("salary", "annual-gross-salary", amount),
        Column { numbered: true, ..column("habilitedRoles_{key}", "secondary-role-{key}", list("roles")) },
        column("e_{key}", "custom-{key}", Check::default()),
    ]
}

fn column(heading: &str, field: &str, check: Check) -> Column {
    let (heading, field) = (heading.into(), field.into());
    Column {
        heading,
        aliases: Vec::new(),
        field,
        creation: Creation::Optional,
        default: false,
        check,
        numbered: false,
        examples: Vec::new(),
    }
}

fn required(column: Column) -> Column {
    Column { creation: Creation::Required, ..column }
}

pub fn contract<'a>(columns: &'a [Column], identify_by: &'a [Field]) -> Contract<'a> {
    Contract { columns, identify_by, creates: true, twins: Severity::Remark }
}

pub fn default(establishment: Option<&str>, department: Option<&str>, set: &[(&str, &str)]) -> Default {
    Default {
        establishment: establishment.map(String::from),
        department: department.map(String::from),
        set: set.iter().map(|(field, value)| (Field::of(field), value.to_string())).collect(),
        fills: Fills::NewUsers,
    }
}

pub fn codes(
    field: &str,
    establishment: Option<&str>,
    department: Option<&str>,
    values: &[(&str, &str)],
    otherwise: Otherwise,
) -> Codes {
    Codes {
        field: Field::of(field),
        establishment: establishment.map(String::from),
        department: department.map(String::from),
        values: values.iter().map(|(code, meaning)| (code.to_string(), meaning.to_string())).collect(),
        otherwise,
    }
}

/// With the lists below.
pub fn additions(codes: Vec<Codes>, defaults: Vec<Default>) -> Additions {
    Additions { lists: lists(), defaults, codes, clear: None }
}

/// Rows of cells between semicolons.
pub fn table(rows: &[&str], first_number: u32) -> Table {
    let mut chunk = Chunk::default();
    for (row, number) in rows.iter().zip(first_number..) {
        row.split(';').for_each(|cell| chunk.cell(cell));
        chunk.end_row(number, number);
    }
    chunk.into()
}

pub fn people(fields: &str, rows: &[&str]) -> People {
    People::new(fields.split(';').map(Field::of).collect(), table(rows, 2))
}

/// Ada leads herself, Bo reports to Ada, Cy to Bo; two are called Kim Lee.
pub fn known() -> People {
    people(
        "login;first-name;last-name;mail;establishment;employee-number;department;contract-start;contract-end;manager",
        &[
            "ada;Ada;Lovelace;ada@acme.fr;Paris;0001;Sales;2020-01-01;;ada",
            "bo;Bo;Derek;bo@acme.fr;Paris;0002;Sales;2020-01-01;;ada",
            "cy;Cy;Young;cy@acme.fr;Lyon;0001;Computers;2020-01-01;;bo",
            "kim1;Kim;Lee;kim1@acme.fr;Lyon;0002;Computers;2020-01-01;;cy",
            "kim2;Kim;Lee;kim2@acme.fr;Lyon;0003;Computers;2020-01-01;2023-06-30;cy",
        ],
    )
}

pub fn lists() -> Lists {
    let mut lists = Lists::default();
    lists.insert("departments", list(&["SAL;Sales;", "IT;Computers;"]));
    lists.insert("establishments", list(&["P;Paris;", "L;Lyon;"]));
    lists
}

/// Departments with names and codes that are there twice.
pub fn tree() -> Lists {
    let rows = ["SAL;Sales;", "IT;Computers;", "X;IT;", ";Crew;", ";North;SAL", "N2;North;Crew", ";Kitchen;Crew"];
    let mut lists = Lists::default();
    lists.insert("departments", list(&rows));
    lists
}

pub fn list(rows: &[&str]) -> List {
    List::new(entries(rows)).expect("a list")
}

/// Rows of code, name and parent, from 2.
pub fn entries(rows: &[&str]) -> Vec<Entry> {
    let entry = |(line, row): (&&str, u32)| {
        let cells: Vec<String> = line.split(';').map(String::from).collect();
        let [code, name, parent] = cells.try_into().expect("three cells");
        Entry { row, code, name, parent }
    };
    rows.iter().zip(2..).map(entry).collect()
}

/// A file on trial: identified by login, against the directory above, unless it is said otherwise.
pub struct Trial {
    pub known: People,
    pub identify_by: Vec<Field>,
    pub creates: bool,
    pub twins: Severity,
    pub additions: Additions,
    pub absent_on: Option<NaiveDate>,
    pub reading_findings: Vec<Finding>,
    pub is_unended: bool,
}

impl std::default::Default for Trial {
    fn default() -> Trial {
        Trial {
            known: known(),
            identify_by: vec![Field::of("login")],
            creates: true,
            twins: Severity::Remark,
            additions: additions(Vec::new(), Vec::new()),
            absent_on: None,
            reading_findings: Vec::new(),
            is_unended: false,
        }
    }
}

impl Trial {
    pub fn by(fields: &[&str]) -> Trial {
        Trial { identify_by: fields.iter().map(|name| Field::of(name)).collect(), ..Trial::default() }
    }

    pub fn coded(codes: Vec<Codes>) -> Trial {
        Trial { additions: additions(codes, Vec::new()), ..Trial::default() }
    }

    pub fn with_defaults(defaults: Vec<Default>) -> Trial {
        Trial { additions: additions(Vec::new(), defaults), ..Trial::default() }
    }

    pub fn clearing(word: &str) -> Trial {
        let additions = Additions { clear: Some(word.into()), ..additions(Vec::new(), Vec::new()) };
        Trial { additions, ..Trial::default() }
    }

    /// Rows are numbered from 2, as below a heading.
    pub fn check(&self, heading: &str, rows: &[&str]) -> Checked {
        let columns = columns();
        let Trial { identify_by, creates, twins, .. } = self;
        let contract = Contract { columns: &columns, identify_by, creates: *creates, twins: *twins };
        let heading: Vec<String> = heading.split(';').map(String::from).collect();
        let recognised = recognise(&heading, &contract, &self.additions.defaults);
        let around =
            Surroundings { known: &self.known, others: None, additions: &self.additions, absent_on: self.absent_on };
        let mut table = table(rows, 2);
        if self.is_unended {
            table.leave_unended();
        }
        check(&recognised, &table, &self.reading_findings, &contract, &around)
    }

    /// Code and sentence of each finding.
    pub fn findings(&self, heading: &str, rows: &[&str]) -> Vec<(String, String)> {
        let findings = self.check(heading, rows).findings;
        findings.iter().map(|finding| (finding.code.clone(), finding.to_string())).collect()
    }
}

/// The rows that went through, as text.
pub fn delivered(checked: &Checked) -> Vec<String> {
    checked.delivered.table.rows().map(|row| row.cells().collect::<Vec<&str>>().join(";")).collect()
}

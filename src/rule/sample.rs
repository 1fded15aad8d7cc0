//! A small directory, contract and file for the tests of this room.

use std::cell::Cell;
use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::Fills;
use super::column::{Check, Creation, Unique};
use super::lists::{Entry, List, Lists};
use super::muster::Muster;
use super::sieve::{self, Sieve, Sifted};
use super::{Additions, Checked, Codes, Column, Contract, Default, Others, Recognised, Surroundings, check, recognise};
use crate::model::table::Chunk;
use crate::model::{Crowd, Field, Finding, Otherwise, People, Severity, Table};

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
        let around = self.around(&self.known, None);
        let mut table = table(rows, 2);
        if self.is_unended {
            table.leave_unended();
        }
        let checked = check(&recognised, &table, &self.reading_findings, &contract, &around);
        for rows_of_a_piece in [1, 2, rows.len().max(1)] {
            self.assert_sieved_says_the_same(&checked, &recognised, &contract, &table, rows_of_a_piece);
            self.assert_counted_says_the_same(&recognised, &contract, &table, rows_of_a_piece);
        }
        checked
    }

    fn around<'a>(&'a self, known: &'a People, others: Option<&'a Others<'a>>) -> Surroundings<'a> {
        Surroundings { known, others, additions: &self.additions, absent_on: self.absent_on }
    }

    /// Whatever is checked here is sieved, too, with only those people whom the rows may mean.
    fn assert_sieved_says_the_same(
        &self,
        whole: &Checked,
        recognised: &Recognised,
        contract: &Contract<'_>,
        table: &Table,
        rows_of_a_piece: usize,
    ) {
        let crowd = Crowd::of(&self.known, sieve::shape(recognised, contract));
        let mut looked_at = crowd.in_circles();
        let all = (0..crowd.len() as u32).map(|place| crowd.number(place)).collect();
        let in_circles = looked_at.clone();
        let sieve = Sieve::new(recognised, contract, &self.additions, &crowd, &in_circles);
        let Some(sieve) = sieve.filter(|_| !self.known.are_unknown()) else { return };
        let mut sifted = Sifted::default();
        let pieces = pieces(table, rows_of_a_piece);
        pieces.iter().for_each(|piece| sifted.append(sieve.sift(piece, &self.reading_findings)));
        for _ in 0..20 {
            let doubts = sieve.doubts(&sifted);
            let about = some(&self.known, &doubts.users());
            let mut in_doubt = doubts.proven(&about, contract.identify_by);
            if in_doubt.is_empty() {
                let mut users = sieve.whom(&sifted.left);
                users.extend(&looked_at);
                let about = some(&self.known, &users);
                users.extend(sieve.whom_else(&sifted.left, &about));
                let known = some(&self.known, &users);
                let everybody = || Some(some(&self.known, &all));
                let others = Others::new(&crowd, &sifted.settled, &everybody);
                let around = self.around(&known, Some(&others));
                let checked = check(recognised, &sifted.left, &self.reading_findings, contract, &around);
                in_doubt = others.lacking();
                if in_doubt.is_empty() {
                    let left = sifted.left.rows().map(|row| row.number()).collect();
                    return assert_same(&checked, whole, &left);
                }
            }
            let rows = sifted.settled.take_out(&in_doubt);
            looked_at.extend(in_doubt);
            sifted.left = sifted.left.merge(&table.only(&rows));
        }
        panic!("the sieve comes to no end");
    }

    /// Whatever is checked here is counted, too, as if nobody were known.
    fn assert_counted_says_the_same(
        &self,
        recognised: &Recognised,
        contract: &Contract<'_>,
        table: &Table,
        rows_of_a_piece: usize,
    ) {
        let unknown = People::unknown();
        let around = Surroundings { absent_on: None, ..self.around(&unknown, None) };
        let whole = check(recognised, table, &self.reading_findings, contract, &around);
        let nobody = Muster::nobody(recognised, contract);
        let muster = Muster::new(recognised, contract, &self.additions, &nobody);
        let Some(muster) = muster else { return };
        let mut counted = muster.counted();
        let pieces = pieces(table, rows_of_a_piece);
        pieces.iter().for_each(|piece| counted.append(muster.count(piece, &self.reading_findings)));
        let (headcount, left) = muster.close(counted);
        let pick = |numbers: &BTreeSet<u32>| Ok::<Table, ()>(table.only(numbers));
        let (left, settled) = muster.look_at(&headcount, left, pick).expect("rows are always there");
        let numbers = left.rows().map(|row| row.number()).collect();
        let mut names = Table::default();
        pieces.iter().for_each(|piece| names.push(muster.names(piece, &numbers)));
        let names = Cell::new(Some(People::new(Others::FIELDS.map(Field::of).into(), names)));
        let crowd = Crowd::nobody(sieve::shape(recognised, contract));
        let read = || names.take();
        let others = Others::new(&crowd, &settled, &read);
        let around = Surroundings { others: Some(&others), ..around };
        let checked = check(recognised, &left, &self.reading_findings, contract, &around);
        assert!(others.lacking().is_empty());
        assert_same(&checked, &whole, &numbers);
    }

    /// Code and sentence of each finding.
    pub fn findings(&self, heading: &str, rows: &[&str]) -> Vec<(String, String)> {
        let findings = self.check(heading, rows).findings;
        findings.iter().map(|finding| (finding.code.clone(), finding.to_string())).collect()
    }
}

fn pieces(table: &Table, rows: usize) -> Vec<Table> {
    let mut pieces: Vec<Chunk> = Vec::new();
    for (index, row) in table.rows().enumerate() {
        if index % rows == 0 {
            pieces.push(Chunk::default());
        }
        let chunk = pieces.last_mut().expect("the first row begins one");
        row.cells().for_each(|cell| chunk.cell(cell));
        chunk.end_row(row.number(), row.line());
    }
    let mut pieces: Vec<Table> = pieces.into_iter().map(Table::from).collect();
    if let Some(last) = pieces.last_mut().filter(|_| table.is_unended()) {
        last.leave_unended();
    }
    pieces
}

fn some(people: &People, users: &BTreeSet<u32>) -> People {
    People::new(people.fields().to_vec(), people.table().only(users))
}

/// `looked_at` are the numbers of the rows that were not settled.
fn assert_same(sieved: &Checked, whole: &Checked, looked_at: &BTreeSet<u32>) {
    assert_eq!(sieved.findings, whole.findings);
    assert_eq!(sieved.unlisted, whole.unlisted);
    assert_eq!((sieved.rows, &sieved.left_out, &sieved.roll), (whole.rows, &whole.left_out, &whole.roll));
    let rows = |checked: &Checked| -> Vec<String> {
        let rows = checked.delivered.table.rows().filter(|row| looked_at.contains(&row.number()));
        rows.map(|row| row.cells().collect::<Vec<&str>>().join(";")).collect()
    };
    if !whole.findings.iter().any(Finding::refuses_the_file) {
        assert_eq!((rows(sieved), &sieved.delivered.cleared), (rows(whole), &whole.delivered.cleared));
    }
}

/// The rows that went through, as text.
pub fn delivered(checked: &Checked) -> Vec<String> {
    checked.delivered.table.rows().map(|row| row.cells().collect::<Vec<&str>>().join(";")).collect()
}

//! Unreadable is not absent, byte by byte: a clean file that was damaged on its way harms nobody who is in the whole one.
//!
//! The directory is what the whole file says, so that every operation comes from the damage alone. A file that was cut,
//! or that lost a column or rows, gives none at all. A byte that became another one may at most change the cell that it
//! is in, to something that a partner could have written: a digit of a date makes another date, and nobody can know.
//! It never empties a cell, and it never touches a second person.

use std::ops::Range;

use chrono::NaiveDate;
use encoding_rs::WINDOWS_1252;
use passerelle::format;
use passerelle::model::operation::{Act, Mark};
use passerelle::model::{Field, Operation, People, Severity};
use passerelle::plan;
use passerelle::profile::{Contract as File, Import, Profiles};
use passerelle::rule::defaults::Fills;
use passerelle::rule::{self, Additions, Checked, Contract, Default, Surroundings};

const HEADING: &str = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;manager;rolePrincipal;culture;\
                       employeenumber;dtBirth;dtContractEnd;jobTitle";

const PEOPLE: [&str; 8] = [
    "ada;Ada;Lovelace;ada@acme.example;Paris;01/02/2020;Sales;ada;Admin;fr-FR;0001;10/12/1985;31/12/2030;Head of sales",
    "bo;Bo;\"Smith; junior\";bo@acme.example;Paris;15/03/2021;Sales;ada;Staff;en-GB;0002;31/01/1990;;Account manager",
    "chloé;Chloé;Müller;chloe@acme.example;Lyon;02/01/2019;IT;ada;Staff;fr-FR;0001;28/02/1979;30/06/2029;Développeuse",
    "dan;Dan;\"O'Neil \"\"Danny\"\"\";dan@acme.example;Lyon;30/11/2022;IT;chloé;Staff;en-US;0002;05/05/1995;;Developer",
    "eve;Eve;Adams;eve@acme.example;Lyon;01/09/2023;IT;chloé;Staff;en-US;0003;17/07/1999;;\"Tester; night shift\"",
    "fay;Fay;Noël;fay@acme.example;Paris;11/11/2011;Finance;ada;Staff;fr-FR;0003;21/12/1975;31/01/2031;Accountant",
    "gus;Gus;Van Dam;gus@acme.example;Paris;19/04/2016;Finance;fay;Staff;nl-BE;0004;13/10/1988;;Buyer",
    "hal;Hal;Ng;hal@acme.example;Paris;23/08/2024;Finance;fay;Staff;en-GB;0005;29/02/1996;;Clerk",
];

/// What a byte of a clean file may become.
const BYTES: [u8; 16] = *b";,\"\n\r\0\t 0-x'/\xff\xe9\xc3";

/// With which a cell empties a field, by agreement.
const CLEAR: &str = "#CLEAR";

/// A clean file, and the directory that knows all it says.
struct Trial {
    import: Import,
    additions: Additions,
    identify_by: Vec<Field>,
    known: People,
    /// As it was before it was encoded.
    text: String,
    bytes: Vec<u8>,
}

/// How a clean file is written.
#[derive(Clone, Copy)]
struct Form {
    line_end: &'static str,
    encode: fn(&str) -> Vec<u8>,
    /// The columns that stand at the end, where a cut finds them.
    last: &'static [usize],
}

const USUAL: Form = Form { line_end: "\r\n", encode: utf_8, last: &[13] };

impl Trial {
    fn new(form: Form) -> Trial {
        Trial::by(form, &["login"])
    }

    fn by(form: Form, key: &[&str]) -> Trial {
        let profiles = Profiles::load(None).unwrap_or_else(|complaints| panic!("{complaints}"));
        let File::Import(import) = &profiles.get("lucca-users").expect("it is shipped").contract else {
            panic!("it is for imports")
        };
        let lines = std::iter::once(HEADING).chain(PEOPLE);
        let lines: Vec<String> = lines.map(|line| moved_to_the_end(line, form.last).join(";")).collect();
        let text = lines.join(form.line_end) + form.line_end;
        let mut trial = Trial {
            import: import.clone(),
            additions: additions(),
            identify_by: key.iter().map(|field| Field::of(field)).collect(),
            known: People::default(),
            bytes: (form.encode)(&text),
            text,
        };
        let whole = trial.check(&trial.bytes).expect("the whole file is a table");
        let errors: Vec<String> = whole.findings.iter().filter(|it| it.is_error()).map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        trial.known = People::new(whole.delivered.fields, whole.delivered.table);
        assert_eq!(trial.known.len(), PEOPLE.len());
        assert_eq!(trial.operations(&trial.bytes), [], "the whole file says nothing new");
        trial
    }

    /// None: the file is refused.
    fn check(&self, bytes: &[u8]) -> Option<Checked> {
        let contract = Contract {
            columns: &self.import.columns,
            identify_by: &self.identify_by,
            creates: true,
            twins: Severity::Remark,
        };
        let reading = format::read(bytes, &rule::knows(&contract)).ok()?;
        let recognised = rule::recognise(&reading.heading, &contract, &self.additions.defaults);
        let around = Surroundings { known: &self.known, additions: &self.additions, absent_on: None };
        Some(rule::check(&recognised, &reading.table, &reading.findings, &contract, &around))
    }

    fn operations(&self, bytes: &[u8]) -> Vec<Operation> {
        let Some(checked) = self.check(bytes) else { return Vec::new() };
        assert!(checked.delivered.cleared.is_empty(), "{}", String::from_utf8_lossy(bytes));
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        plan::diff(&self.known, &checked.delivered, &self.identify_by, "users.csv", today)
    }

    fn lines(&self) -> Vec<&str> {
        self.text.lines().collect()
    }
}

/// A site that gives and takes as much as it can: a culture that is written over what is known, and a word that empties.
fn additions() -> Additions {
    let culture = [(Field::of("culture"), "fr-FR".to_string())].into();
    let given = Default { establishment: None, department: None, set: culture, fills: Fills::OverWhatIsKnown };
    Additions { defaults: vec![given], clear: Some(CLEAR.into()), ..Additions::default() }
}

fn utf_8(text: &str) -> Vec<u8> {
    text.into()
}

fn windows_1252(text: &str) -> Vec<u8> {
    WINDOWS_1252.encode(text).0.into_owned()
}

fn utf_16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// The cells of a line, some of them behind the others.
fn moved_to_the_end<'a>(line: &'a str, last: &[usize]) -> Vec<&'a str> {
    let cells = cells(line);
    let others = (0..cells.len()).filter(|column| !last.contains(column));
    others.chain(last.iter().copied()).map(|column| &line[cells[column].clone()]).collect()
}

/// Where the cells of a line stand in it, their quotes included.
fn cells(line: &str) -> Vec<Range<usize>> {
    let (mut cells, mut start, mut quoted) = (Vec::new(), 0, false);
    for (index, letter) in line.char_indices() {
        quoted ^= letter == '"';
        if letter == ';' && !quoted {
            cells.push(start..index);
            start = index + 1;
        }
    }
    cells.push(start..line.len());
    cells
}

/// The end of what is left of a file.
fn tail(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(60)..]).into_owned()
}

fn check_every_cut(trial: &Trial) {
    for end in 0..trial.bytes.len() {
        let cut = &trial.bytes[..end];
        assert_eq!(trial.operations(cut), [], "cut at {end}: …{}", tail(cut));
    }
}

#[test]
fn a_file_that_is_cut_at_any_byte_changes_nothing_for_anybody() {
    // Mail, department, manager, birth date, contract end, job title; last name with quotes.
    let lasts: [&[usize]; 8] = [&[3], &[6], &[7], &[11], &[12], &[13], &[2], &[9]];
    for last in lasts {
        check_every_cut(&Trial::new(Form { last, ..USUAL }));
    }
}

#[test]
fn nor_does_one_whose_key_stands_at_the_end() {
    check_every_cut(&Trial::by(
        Form { last: &[0, 1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 10], ..USUAL },
        &["establishment", "employee-number"],
    ));
}

#[test]
fn nor_does_one_in_another_encoding_or_with_other_line_ends() {
    for form in [
        Form { line_end: "\n", ..USUAL },
        Form { line_end: "\r", ..USUAL },
        Form { encode: windows_1252, ..USUAL },
        Form { encode: utf_16, ..USUAL },
    ] {
        check_every_cut(&Trial::new(form));
    }
}

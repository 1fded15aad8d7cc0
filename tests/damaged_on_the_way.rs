//! Unreadable is not absent, byte by byte: a clean file that was damaged on its way harms nobody who is in the whole one.
//!
//! The directory is what the whole file says, so that every operation comes from the damage alone. A file that was cut,
//! or that lost a column or rows, gives none at all. A byte that became another one may at most change the cell that it
//! is in, to something that a partner could have written: a digit of a date makes another date, and nobody can know.
//! It never empties a cell, never ends a contract from another cell, creates nobody, and touches no second person.
//!
//! Where two parts of a file were joined in the middle of a row, that row may give its person what belongs to another
//! one, and nothing in the file tells. Lost rows and bytes are for the brakes; here it is shown that only the person of
//! the seam is touched, and never emptied.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Mutex;

use chrono::NaiveDate;
use encoding_rs::WINDOWS_1252;
use passerelle::format;
use passerelle::model::defaults::Fills;
use passerelle::model::operation::{Act, Mark};
use passerelle::model::{Field, Operation, People, Severity};
use passerelle::plan;
use passerelle::profile::{Contract as File, Import, Profiles};
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
    form: Form,
    text: String,
    /// The text, encoded.
    bytes: Vec<u8>,
    /// Which headings are known; ten thousand files ask for the same ones.
    asked: Mutex<HashMap<String, bool>>,
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
            identify_by: vec![Field::of("login")],
            known: People::default(),
            form,
            bytes: (form.encode)(&text),
            text,
            asked: Mutex::default(),
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
        let is_heading = |heading: &str| {
            let mut asked = self.asked.lock().expect("nobody panics while asking");
            *asked.entry(heading.into()).or_insert_with(|| rule::knows(&contract)(heading))
        };
        let reading = format::read(bytes, &is_heading).ok()?;
        let recognised = rule::recognise(&reading.heading, &contract, &self.additions.defaults);
        let around = Surroundings { known: &self.known, others: None, additions: &self.additions, absent_on: None };
        Some(rule::check(&recognised, &reading.table, &reading.findings, &contract, &around))
    }

    fn operations(&self, bytes: &[u8]) -> Vec<Operation> {
        let Some(checked) = self.check(bytes) else { return Vec::new() };
        assert!(checked.delivered.cleared.is_empty(), "{}", String::from_utf8_lossy(bytes));
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
        plan::diff(&self.known, &checked.delivered, &self.identify_by, "users.csv", today)
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines()
    }

    /// Where in the file a place of its text is.
    fn encoded(&self, place: usize) -> usize {
        (self.form.encode)(&self.text[..place]).len()
    }

    fn heading_end(&self) -> usize {
        self.encoded(HEADING.len())
    }

    /// Every place at which the last cell of a row can be cut.
    fn last_cells(&self) -> Vec<usize> {
        let mut start = 0;
        let mut ends = Vec::new();
        for line in self.text.split_terminator(self.form.line_end) {
            let last = cells(line).pop().expect("a line has cells");
            ends.extend(self.encoded(start + last.start)..=self.encoded(start + last.end));
            start += line.len() + self.form.line_end.len();
        }
        ends
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

/// What stands around a place, for a message.
fn around(bytes: &[u8], place: usize) -> String {
    String::from_utf8_lossy(&bytes[place.saturating_sub(40)..(place + 40).min(bytes.len())]).into_owned()
}

fn check_cuts(trial: &Trial, ends: impl IntoIterator<Item = usize>) {
    for end in ends {
        let cut = &trial.bytes[..end];
        assert_eq!(trial.operations(cut), [], "cut at {end}: {}", around(cut, end));
    }
}

#[test]
fn a_file_that_is_cut_at_any_byte_changes_nothing_for_anybody() {
    let trial = Trial::new(USUAL);
    check_cuts(&trial, 0..trial.bytes.len());
}

#[test]
fn whatever_stands_in_the_last_column_a_cut_changes_nothing() {
    // Last name with quotes, mail, department, manager, culture, birth date, contract end.
    let columns: [&[usize]; 7] = [&[2], &[3], &[6], &[7], &[9], &[11], &[12]];
    for last in columns {
        let trial = Trial::new(Form { last, ..USUAL });
        check_cuts(&trial, trial.last_cells());
    }
}

#[test]
fn in_other_encodings_and_with_other_line_ends_a_cut_changes_nothing() {
    for form in [
        Form { line_end: "\n", ..USUAL },
        Form { line_end: "\r", ..USUAL },
        Form { encode: windows_1252, ..USUAL },
        Form { encode: utf_16, ..USUAL },
    ] {
        let trial = Trial::new(form);
        check_cuts(&trial, (0..trial.bytes.len()).step_by(23).chain(trial.last_cells()));
    }
}

#[test]
fn a_byte_that_became_another_one_changes_at_most_the_cell_that_it_is_in() {
    let trial = Trial::new(USUAL);
    // A quarter of them here, the others in the next three places.
    let bytes = |place: usize| BYTES.into_iter().skip(place % 4).step_by(4);
    let is_changed = |place: &usize| bytes(*place).filter(|byte| changes_by(&trial, *place, *byte)).count() > 0;
    let changed = (0..trial.bytes.len()).filter(is_changed).count();
    assert!(changed > 20, "a name with another letter is a change: {changed}");
}

#[test]
fn in_other_encodings_another_byte_does_no_more() {
    for encode in [windows_1252, utf_16] {
        let trial = Trial::new(Form { encode, ..USUAL });
        for place in (0..trial.bytes.len()).step_by(3) {
            changes_by(&trial, place, BYTES[place % BYTES.len()]);
        }
    }
}

/// Whether another byte in this place changes anything.
fn changes_by(trial: &Trial, place: usize, byte: u8) -> bool {
    let mut damaged = trial.bytes.clone();
    damaged[place] = byte;
    let said = around(&damaged, place);
    let operations = trial.operations(&damaged);
    if place < trial.heading_end() {
        // Another heading is another column: what was meant is absent, and the other one was empty. That it was lost is
        // for the brake on headings to say, see `tests/nights/damage.rs`.
        assert!(operations.iter().all(only_fills), "{said}: {operations:#?}");
        return false;
    }
    assert!(operations.len() <= 1, "{said}: {operations:#?}");
    operations.iter().for_each(|operation| check_harmless(operation, &said));
    !operations.is_empty()
}

fn only_fills(operation: &Operation) -> bool {
    match &operation.act {
        Act::Create { .. } => false,
        Act::Update { changes, .. } => changes.0.iter().all(|(_, change)| change.from.is_empty()),
    }
}

fn check_harmless(operation: &Operation, said: &str) {
    // Nobody new: a login that became another one still has the mail address of the first.
    let Act::Update { changes, .. } = &operation.act else { panic!("{said}: {operation:#?}") };
    let [(field, change)] = &changes.0[..] else { panic!("{said}: {operation:#?}") };
    assert!(!change.to.is_empty(), "{said}: {operation:#?}");
    let differ = change.from.bytes().zip(change.to.bytes()).filter(|(one, other)| one != other).count();
    let is_another_day = change.from.len() == change.to.len() && differ == 1;
    let moves_the_end = field.is("contract-end") || operation.mark == Some(Mark::Departure);
    assert!(!moves_the_end || is_another_day, "{said}: {operation:#?}");
}

#[test]
fn a_file_that_lost_any_of_its_columns_changes_nothing_for_anybody() {
    let trial = Trial::new(USUAL);
    let lines: Vec<Vec<&str>> = trial.lines().map(|line| moved_to_the_end(line, &[])).collect();
    for lost in 0..lines[0].len() {
        let without = |line: &Vec<&str>| {
            let kept = line.iter().enumerate().filter(|(column, _)| *column != lost).map(|(_, cell)| *cell);
            kept.collect::<Vec<&str>>().join(";") + "\n"
        };
        let everywhere: String = lines.iter().map(without).collect();
        assert_eq!(trial.operations(everywhere.as_bytes()), [], "without {}", lines[0][lost]);

        let below_its_heading = lines[0].join(";") + "\n" + &lines[1..].iter().map(without).collect::<String>();
        assert_eq!(trial.operations(below_its_heading.as_bytes()), [], "without the cells of {}", lines[0][lost]);

        let but_its_cells =
            without(&lines[0]) + &lines[1..].iter().map(|line| line.join(";") + "\n").collect::<String>();
        assert_eq!(trial.operations(but_its_cells.as_bytes()), [], "without the heading {}", lines[0][lost]);
    }
}

#[test]
fn a_file_that_lost_or_doubled_any_of_its_rows_changes_nothing_for_anybody() {
    let trial = Trial::new(USUAL);
    let lines: Vec<&str> = trial.lines().collect();
    for first in 1..=lines.len() {
        for second in 1..=lines.len() {
            let joined = [&lines[..first], &lines[second..]].concat().join("\n") + "\n";
            assert_eq!(trial.operations(joined.as_bytes()), [], "to row {first}, and from row {}", second + 1);
        }
    }
}

#[test]
fn two_parts_of_a_file_that_were_joined_touch_at_most_the_person_of_the_seam() {
    let trial = Trial::new(USUAL);
    for first in (0..trial.bytes.len()).step_by(41) {
        for second in (0..trial.bytes.len()).step_by(37) {
            let joined = [&trial.bytes[..first], &trial.bytes[second..]].concat();
            let operations = trial.operations(&joined);
            let said = format!("{}: {operations:#?}", around(&joined, first));
            if first < trial.heading_end() {
                assert!(operations.iter().all(only_fills), "{said}");
                continue;
            }
            assert!(operations.len() <= 1, "{said}");
            for operation in &operations {
                let Act::Update { changes, .. } = &operation.act else { panic!("{said}") };
                assert!(changes.0.iter().all(|(_, change)| !change.to.is_empty()), "{said}");
            }
        }
    }
}

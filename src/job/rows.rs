//! The rows of an export: people as a partner's profile asks for them. Pure: the same people give the same bytes.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use chrono::{Days, NaiveDate};

use crate::format::{Objects, Unencodable, Writer};
use crate::job::row_rules;
use crate::model::field::{Kind, Sensitivity};
use crate::model::index::key;
use crate::model::people::Column;
use crate::model::{Field, Finding, People, Place, Text, date};
use crate::profile::{Chosen, Level};
use crate::site::Export;
use crate::site::export::Form;
use crate::text;

/// A file as it would be delivered.
pub struct File {
    pub bytes: Vec<u8>,
    /// The heading line, as the file has it.
    pub heading: String,
    pub rows: usize,
    /// Rows that are not in the file because of an error.
    pub left_out: usize,
    pub findings: Vec<Finding>,
    /// Whom the file is about, by employee number or login.
    pub people: Vec<String>,
    /// Personal and sensitive fields that leave.
    pub personal_fields: Vec<Field>,
}

/// In the form that the site asks for.
enum Pen {
    Text(Writer),
    Json(Objects),
}

impl Pen {
    /// With the headings, if they can be written.
    fn new(export: &Export, headings: &[&str]) -> (Pen, Result<(), Unencodable>) {
        match export.form {
            Form::Text => {
                let mut writer = Writer::new(&export.dialect);
                let written = writer.row(headings);
                (Pen::Text(writer), written)
            }
            Form::Json => (Pen::Json(Objects::new(headings)), Ok(())),
        }
    }

    fn row(&mut self, cells: &[impl AsRef<str>]) -> Result<(), Unencodable> {
        match self {
            Pen::Text(writer) => writer.row(cells),
            Pen::Json(objects) => {
                objects.row(cells);
                Ok(())
            }
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Pen::Text(writer) => writer.finish(),
            Pen::Json(objects) => objects.finish(),
        }
    }
}

/// One column on its way from people to file.
struct Way<'a> {
    chosen: &'a Chosen,
    column: Option<Column>,
    kind: Kind,
}

pub fn write(people: &People, export: &Export, today: NaiveDate) -> File {
    let ways: Vec<Way<'_>> = export.columns.iter().map(|chosen| Way::new(chosen, people)).collect();
    let headings: Vec<&str> = ways.iter().map(|way| way.chosen.heading.as_str()).collect();
    let mut findings = Vec::new();
    let (mut writer, written) = Pen::new(export, &headings);
    if let Err(wrong) = written {
        findings.push(heading_not_encodable(&wrong, &headings));
    }
    let names = Names::of(people);
    let population = Filter::new(people, export, today);
    findings.extend(population.nobody(people));
    let mut file = File {
        bytes: Vec::new(),
        heading: headings.join(&export.dialect.separator.to_string()),
        rows: 0,
        left_out: 0,
        findings: Vec::new(),
        people: Vec::new(),
        personal_fields: personal_fields(export),
    };
    let mut seen: HashMap<String, u32> = HashMap::new();
    for person in (0..people.len()).filter(|person| population.takes(people, *person)) {
        let who = names.of_person(people, person);
        let number = people.table().row(person).number();
        let home = people.value(person, &population.establishment);
        if let Some(first) = seen.insert(key(&[home, who.unwrap_or_default()]), number) {
            findings.push(person_twice(number, first, who));
        }
        let before = findings.len();
        let cells: Vec<_> = ways.iter().map(|way| way.cell(people, person, export, who, &mut findings)).collect();
        if !findings[before..].iter().any(Finding::is_error)
            && let Err(wrong) = writer.row(&cells)
        {
            findings.push(ways[wrong.column].not_encodable(&wrong, number, who));
        }
        match findings[before..].iter().any(Finding::is_error) {
            true => file.left_out += 1,
            false => {
                file.rows += 1;
                file.people.push(called(who).to_string());
            }
        }
    }
    File { bytes: writer.finish(), findings, ..file }
}

fn heading_not_encodable(wrong: &Unencodable, headings: &[&str]) -> Finding {
    let other = wrong.character;
    let problem = text!(
        "holds `{other}`, which the file's encoding does not have",
        "contient `{other}`, que l'encodage du fichier ne possède pas"
    );
    row_rules::NOT_ENCODABLE.at(Place::FILE, problem).read(headings[wrong.column])
}

fn person_twice(row: u32, first: u32, who: Option<&str>) -> Finding {
    let who = called(who);
    let problem = text!(
        "is about {who}, as row {first} is; the partner is sent both",
        "concerne {who}, comme la ligne {first} ; le partenaire reçoit les deux",
        who
    );
    row_rules::PERSON_TWICE.at(Place { row: Some(row), ..Place::FILE }, problem)
}

impl<'a> Way<'a> {
    fn new(chosen: &'a Chosen, people: &People) -> Way<'a> {
        let field = chosen.column.field.as_ref();
        Way { chosen, column: field.map(|field| people.column(field)), kind: field.map_or(Kind::Text, Field::kind) }
    }

    fn cell<'w>(
        &'w self,
        people: &'w People,
        person: usize,
        export: &Export,
        who: Option<&str>,
        findings: &mut Vec<Finding>,
    ) -> Cow<'w, str> {
        let value = self.column.as_ref().map_or("", |column| people.value(person, column));
        let place = || self.place(people.table().row(person).number());
        match self.chosen.column.form.write(value, self.kind, &export.dialect) {
            Ok(cell) => {
                findings.extend(cell.is_empty().then(|| self.empty(who, place)).flatten());
                cell
            }
            Err(problem) => {
                findings.push(problem.at(place(), value));
                "".into()
            }
        }
    }

    fn empty(&self, who: Option<&str>, place: impl Fn() -> Place) -> Option<Finding> {
        let problem = || {
            let who = called(who);
            text!("is empty for {who}", "est vide pour {who}", who)
        };
        let expected = Text::of("a value, because the partner requires it", "une valeur, car le partenaire l'exige");
        match self.chosen.column.level {
            _ if self.chosen.column.may_be_empty => None,
            Level::Required => Some(row_rules::EMPTY_REQUIRED.at(place(), problem()).expected(expected)),
            Level::Recommended => Some(row_rules::EMPTY_RECOMMENDED.at(place(), problem())),
            Level::Optional => None,
        }
    }

    fn not_encodable(&self, wrong: &Unencodable, row: u32, who: Option<&str>) -> Finding {
        let (other, who) = (wrong.character, called(who));
        let problem = text!(
            "of {who} holds `{other}`, which the file's encoding does not have",
            "contient pour {who} `{other}`, que l'encodage du fichier ne possède pas",
            who
        );
        row_rules::NOT_ENCODABLE.at(self.place(row), problem)
    }

    /// The cell of a person, by the person's row in what the export is made from.
    fn place(&self, row: u32) -> Place {
        Place { row: Some(row), heading: Some(self.chosen.heading.as_str().into()), ..Place::FILE }
    }
}

/// How people are called in messages and in the journal.
struct Names(Vec<Column>);

impl Names {
    fn of(people: &People) -> Names {
        let by = ["employee-number", "login", "mail", "last-name"];
        Names(by.map(|name| people.column(&Field::of(name))).into())
    }

    fn of_person<'p>(&self, people: &'p People, person: usize) -> Option<&'p str> {
        let mut names = self.0.iter().map(|column| people.value(person, column));
        names.find(|name| !name.is_empty())
    }
}

fn called(who: Option<&str>) -> Text {
    match who {
        Some(name) => Text::same(name.to_string()),
        None => Text::of("a person without number or name", "une personne sans matricule ni nom"),
    }
}

/// Who is in the file.
struct Filter<'a> {
    establishments: Option<&'a [String]>,
    establishment: Column,
    contract_end: Column,
    /// Whose contract ended before is not in the file.
    earliest_end: Option<NaiveDate>,
}

impl<'a> Filter<'a> {
    fn new(people: &People, export: &'a Export, today: NaiveDate) -> Filter<'a> {
        let days = export.population.leavers.map(|days| Days::new(days.into()));
        Filter {
            establishments: export.population.establishments.as_deref(),
            establishment: people.column(&Field::of("establishment")),
            contract_end: people.column(&Field::of("contract-end")),
            earliest_end: days.and_then(|days| today.checked_sub_days(days)),
        }
    }

    /// An establishment that nobody has may be misspelt: its people would be missing without a word.
    fn nobody(&self, people: &People) -> impl Iterator<Item = Finding> {
        let has = |person: usize, name: &str| people.value(person, &self.establishment) == name;
        let all = self.establishments.into_iter().flatten();
        all.filter(move |name| !(0..people.len()).any(|person| has(person, name))).map(|name| {
            let problem = text!(
                "nobody is of the establishment `{name}`, which the site's `population` names",
                "personne n'appartient à l'établissement `{name}`, que nomme la `population` de la configuration"
            );
            row_rules::NOBODY_THERE.at(Place::FILE, problem)
        })
    }

    fn takes(&self, people: &People, person: usize) -> bool {
        let establishment = people.value(person, &self.establishment);
        let is_there = self.establishments.is_none_or(|all| all.iter().any(|one| one == establishment));
        let end = date::iso(people.value(person, &self.contract_end));
        let left_long_ago = end.zip(self.earliest_end).is_some_and(|(end, earliest)| end < earliest);
        is_there && !left_long_ago
    }
}

fn personal_fields(export: &Export) -> Vec<Field> {
    let leaves = |chosen: &&Chosen| chosen.column.sensitivity > Sensitivity::Professional;
    let fields = export.columns.iter().filter(leaves).filter_map(|chosen| chosen.column.field.clone());
    fields.collect::<BTreeSet<_>>().into_iter().collect()
}

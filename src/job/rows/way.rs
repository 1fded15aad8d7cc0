//! The way of one column from people to file.

use crate::format::{Cell, Problem, cell};
use crate::job::row_rules;
use crate::job::rows::names::called;
use crate::model::field::{Kind, Sensitivity};
use crate::model::people::Column;
use crate::model::{Field, Finding, People, Place, Text};
use crate::profile::{Chosen, Level};
use crate::site::Export;
use crate::text;

pub struct Way<'a> {
    chosen: &'a Chosen,
    export: &'a Export,
    column: Option<Column>,
    kind: Kind,
    /// Plain values are written as they stand.
    is_bare: bool,
}

impl<'a> Way<'a> {
    pub fn new(chosen: &'a Chosen, export: &'a Export, people: &People) -> Way<'a> {
        let field = chosen.column.field.as_ref().filter(|_| !chosen.is_change());
        let kind = field.map_or(Kind::Text, Field::kind);
        let is_bare = chosen.column.form.are_bare(export.form, kind);
        Way { chosen, export, column: field.map(|field| people.column(field)), kind, is_bare }
    }

    pub fn heading(&self) -> &'a str {
        &self.chosen.heading
    }

    pub fn is_change(&self) -> bool {
        self.chosen.is_change()
    }

    /// What the cell of a person is made of.
    pub fn value<'p>(&self, people: &'p People, person: usize) -> &'p str {
        self.column.as_ref().map_or("", |column| people.value(person, column))
    }

    /// What may be kept of it, for the day on which the person is no longer there.
    pub fn kept(&self, people: &People, person: usize) -> String {
        match self.chosen.column.sensitivity {
            Sensitivity::Sensitive => String::new(),
            Sensitivity::Professional | Sensitivity::Personal => self.value(people, person).into(),
        }
    }

    /// The cell of a person who is in the file; empty where there is an error about it.
    pub fn cell<'p>(&self, value: &'p str, row: u32, who: Option<&str>, findings: &mut Vec<Finding>) -> Cell<'p>
    where
        'a: 'p,
    {
        if self.is_bare && cell::Options::is_plain(value) && self.lacks(value).is_none() {
            return Cell::Text(value.into());
        }
        let place = || self.place(row);
        match self.write(value) {
            Ok(cell) => {
                findings.extend(cell.is_empty().then(|| self.empty(who, place)).flatten());
                if let Some(other) = self.lacks_of(&cell) {
                    findings.push(self.not_encodable(other, row, who));
                }
                cell
            }
            Err(problem) => {
                findings.push(problem.at(place(), value));
                Cell::default()
            }
        }
    }

    /// The cell of somebody who left, of whom the partner is told in any case: empty where nothing can be written.
    pub fn cell_of_leaver<'p>(&self, value: &'p str) -> Cell<'p>
    where
        'a: 'p,
    {
        self.write(value).ok().filter(|cell| self.lacks_of(cell).is_none()).unwrap_or_default()
    }

    /// What happened to the person, in the words of the profile.
    pub fn change(&self, word: &'static str) -> Cell<'a> {
        if !self.is_change() {
            return Cell::default();
        }
        self.write(word).unwrap_or_else(|_| Cell::Text(word.into()))
    }

    fn write<'p>(&self, value: &'p str) -> Result<Cell<'p>, Problem>
    where
        'a: 'p,
    {
        self.chosen.column.form.write_as(self.export.form, value, self.kind, &self.export.dialect)
    }

    fn lacks_of(&self, cell: &Cell<'_>) -> Option<char> {
        match cell {
            Cell::Text(text) => self.lacks(text),
            Cell::Date(_) | Cell::Amount(_) => None,
        }
    }

    fn lacks(&self, text: &str) -> Option<char> {
        self.export.form.lacks(text, &self.export.dialect)
    }

    /// About the heading itself.
    pub fn heading_not_encodable(&self) -> Option<Finding> {
        let other = self.lacks(self.heading())?;
        let problem = text!(
            "holds `{other}`, which the file's encoding does not have",
            "contient `{other}`, que l'encodage du fichier ne possède pas"
        );
        Some(row_rules::NOT_ENCODABLE.at(Place::FILE, problem).read(self.heading()))
    }

    fn empty(&self, who: Option<&str>, place: impl Fn() -> Place) -> Option<Finding> {
        if self.is_change() {
            return None;
        }
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

    fn not_encodable(&self, other: char, row: u32, who: Option<&str>) -> Finding {
        let who = called(who);
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

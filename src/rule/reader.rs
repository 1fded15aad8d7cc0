//! A reader: one column of the file, ready to say of each cell what it means or what is wrong with it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::clear::Clear;
use super::date_order::Order;
use super::fault::Fault;
use super::labels::Labels;
use super::lists::Lists;
use super::tally::Tally;
use super::translated::Translation;
use super::{
    Column, bad_amount, bad_date, bad_mail, clear_not_allowed, control_character, damage, iso_date, mojibake,
    not_allowed, outer_blanks, placeholder, scientific_number, spreadsheet_error, too_long,
};
use crate::model::table::{Chunk, Row};
use crate::model::{Field, Finding, Place, Severity, Text};

pub struct Reader<'a> {
    /// The column in the file, from 0.
    pub index: usize,
    /// As the partner wrote it.
    pub heading: Arc<str>,
    pub field: Field,
    pub column: &'a Column,
    /// None: no word empties a field.
    pub clear: Option<Clear<'a>>,
    labels: Option<Labels<'a>>,
    /// The site has codes for the column: its cells are read once it is known what the codes depend on.
    pub awaits_codes: bool,
    /// By the number of the row.
    translations: HashMap<u32, Translation<'a>>,
    blanks: Tally,
    iso: Tally,
    placeholders: Tally,
    pub order: Order,
    /// Has one of its cells to be looked at again, beside what the directory has?
    pub is_suspect: bool,
}

/// What a cell means.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Day(NaiveDate),
}

impl<'a> Reader<'a> {
    pub fn new(index: usize, heading: Arc<str>, field: Field, column: &'a Column, lists: &'a Lists) -> Reader<'a> {
        let labels = column.list(&field).and_then(|list| Labels::of(list, lists));
        let (blanks, iso, order) = (Tally::default(), Tally::default(), Order::default());
        let (clear, awaits_codes, translations) = (None, false, HashMap::new());
        let (placeholders, is_suspect) = (Tally::default(), false);
        Reader {
            index,
            heading,
            field,
            column,
            clear,
            labels,
            awaits_codes,
            translations,
            blanks,
            iso,
            placeholders,
            order,
            is_suspect,
        }
    }

    /// What the cell means; an empty cell means nothing.
    pub fn read(&mut self, cell: &'a str) -> Result<Value<'a>, Fault> {
        // Before spaces are taken off: a no-break space may be half a letter in the wrong encoding.
        mojibake::check(cell)?;
        let text = outer_blanks::trim(cell);
        if text.is_empty() {
            return Ok(Value::Text("".into()));
        }
        if let Some(clear) = self.clear.filter(|clear| clear.word == text) {
            return if clear.is_allowed { Ok(Value::Text("".into())) } else { Err(clear_not_allowed::fault()) };
        }
        control_character::check(text)?;
        spreadsheet_error::check(text)?;
        placeholder::check(text, self.clear.map(|clear| clear.word))?;
        scientific_number::check(text)?;
        let check = &self.column.check;
        if let Some(length) = check.length {
            too_long::check(text, length)?;
        }
        if check.mail {
            bad_mail::check(text)?;
        }
        match &mut self.labels {
            Some(labels) => Ok(Value::Text(labels.read(text)?.into())),
            None => self.meaning(text),
        }
    }

    /// What the cell of a row means that was read before without a fault; None for an empty one.
    pub fn again(&self, row: Row<'a>) -> Option<Value<'a>> {
        match self.text(row) {
            "" => None,
            label if self.labels.is_some() => Some(Value::Text(label.into())),
            text => Some(self.meaning(text).expect("the cell was read before, without a fault")),
        }
    }

    fn meaning(&self, text: &'a str) -> Result<Value<'a>, Fault> {
        let check = &self.column.check;
        if check.date {
            return bad_date::read(text).map(Value::Day);
        }
        let meant = match &check.one_of {
            Some(allowed) => not_allowed::read(text, allowed)?.into(),
            None if check.amount => bad_amount::read(text)?,
            None => text.into(),
        };
        Ok(Value::Text(meant))
    }

    /// Reads the cell of a row for the first time, and notes what is worth a remark.
    pub fn check(&mut self, row: Row<'a>) -> Result<(), Box<Finding>> {
        let cell = row.cell(self.index);
        if cell.is_empty() {
            return Ok(());
        }
        match self.read(cell) {
            Ok(value) => {
                self.note(row, cell, &value);
                Ok(())
            }
            Err(fault) => {
                let finding = fault.at(self.place(row), cell);
                self.order.note_fault(&finding);
                Err(finding.into())
            }
        }
    }

    fn note(&mut self, row: Row<'a>, cell: &str, value: &Value<'a>) {
        let place = || Place::row(row.number(), row.line()).in_column(self.index, &self.heading);
        let text = outer_blanks::trim(cell);
        if text.len() < cell.len() {
            self.blanks.note(place, cell);
        }
        if placeholder::is_doubtful(text) && !self.column.check.person {
            self.placeholders.note(place, cell);
        }
        match value {
            Value::Day(_) if iso_date::is(text) => {
                self.iso.note(place, cell);
                self.order.note_year_first();
            }
            Value::Day(day) => self.order.note_day(row.number(), *day),
            Value::Text(_) => self.is_suspect |= self.column.check.is_text() && damage::is_suspect(cell),
        }
    }

    pub fn place(&self, row: Row<'_>) -> Place {
        Place::row(row.number(), row.line()).in_column(self.index, &self.heading)
    }

    pub fn translate(&mut self, row: Row<'_>, translation: Translation<'a>) {
        self.translations.insert(row.number(), translation);
    }

    pub fn has_translations(&self) -> bool {
        !self.translations.is_empty()
    }

    pub fn translation(&self, row: Row<'_>) -> Option<Translation<'a>> {
        self.translations.get(&row.number()).copied()
    }

    /// Does the cell ask to empty the field?
    pub fn clears(&self, row: Row<'_>) -> bool {
        self.clear.is_some_and(|clear| outer_blanks::trim(row.cell(self.index)) == clear.word)
    }

    /// The text of a cell that is no date or amount, as it was read before; empty where it asks to empty the field.
    pub fn text(&self, row: Row<'a>) -> &'a str {
        if let Some(translation) = self.translation(row) {
            return translation.to;
        }
        let text = outer_blanks::trim(row.cell(self.index));
        if self.clear.is_some_and(|clear| clear.word == text) {
            return "";
        }
        self.labels.as_ref().map_or(text, |labels| labels.known(text))
    }

    /// What is to be said about the column as a whole; an error among it refuses the file.
    pub fn remarks(&mut self) -> Vec<Finding> {
        let blanks = std::mem::take(&mut self.blanks);
        let iso = std::mem::take(&mut self.iso);
        let spaces = outer_blanks::RULE
            .fault(Text::of("has spaces around it, which were taken off", "est entouré d'espaces, qui ont été retirés"))
            .expected(Text::of("no spaces around a value", "une valeur sans espaces autour"));
        let year_first = iso_date::RULE
            .fault(Text::of(
                "is written year first, which was understood",
                "commence par l'année, ce qui a été compris",
            ))
            .expected(bad_date::EXPECTED);
        let (blanks, iso) = (blanks.finding(spaces), iso.finding(year_first));
        let (problem, expected) = placeholder::remark();
        let placeholders = std::mem::take(&mut self.placeholders);
        let placeholders = placeholders.finding(placeholder::RULE.fault(problem).expected(expected));
        let placeholders = placeholders.map(|finding| Finding { severity: Severity::Remark, ..finding });
        let order = self.order.finding(Place::FILE.in_column(self.index, &self.heading));
        blanks.into_iter().chain(iso).chain(placeholders).chain(order).collect()
    }
}

impl Value<'_> {
    /// Writes the value as [`crate::model::Delivered`] holds it.
    pub fn write(&self, chunk: &mut Chunk) {
        match self {
            Value::Text(text) => chunk.cell(text),
            Value::Day(day) => chunk.cell(text(&iso(*day))),
        }
    }

    pub fn into_text(self) -> String {
        match self {
            Value::Text(text) => text.into_owned(),
            Value::Day(day) => text(&iso(day)).into(),
        }
    }
}

/// `2026-03-01`, without the detour over a formatter: a file has millions of days.
fn iso(day: NaiveDate) -> [u8; 10] {
    let mut written = *b"0000-00-00";
    let numbers = [(0..4, day.year() as u32), (5..7, day.month()), (8..10, day.day())];
    for (places, mut number) in numbers {
        for place in places.rev() {
            written[place] += (number % 10) as u8;
            number /= 10;
        }
    }
    written
}

fn text(digits: &[u8]) -> &str {
    str::from_utf8(digits).expect("digits and dashes are UTF-8")
}

//! A reader: one column of the file, ready to say of each cell what it means or what is wrong with it.

use std::collections::HashMap;
use std::sync::Arc;

use super::Column;
use super::clear::Clear;
use super::form::{Form, Scratch, Value};
use super::lists::Lists;
use super::more_findings::More;
use super::remarks::Remarks;
use super::translated::Translation;
use crate::model::table::Row;
use crate::model::{Field, Finding, Place};

pub struct Reader<'a> {
    /// The column in the file, from 0.
    pub index: usize,
    /// As the partner wrote it.
    pub heading: Arc<str>,
    pub field: Field,
    pub column: &'a Column,
    /// None: no word empties a field.
    pub clear: Option<Clear<'a>>,
    form: Form<'a>,
    scratch: Scratch<'a>,
    /// The site has codes for the column: its cells are read once it is known what the codes depend on.
    pub awaits_codes: bool,
    /// By the number of the row.
    translations: HashMap<u32, Translation<'a>>,
    pub remarks: Remarks,
}

impl<'a> Reader<'a> {
    pub fn new(
        index: usize,
        heading: Arc<str>,
        field: Field,
        column: &'a Column,
        clear: Option<Clear<'a>>,
        lists: &'a Lists,
    ) -> Reader<'a> {
        Reader {
            index,
            heading,
            form: Form::new(column, &field, clear, lists),
            field,
            column,
            clear,
            scratch: Scratch::default(),
            awaits_codes: false,
            translations: HashMap::new(),
            remarks: Remarks::default(),
        }
    }

    /// Reads the cell of a row for the first time, notes what is worth a remark, and gives what the cell means, in canonical
    /// form. The error is what is wrong; None where there is no end of such findings, and `more` has this one.
    pub fn check(&mut self, row: Row<'a>, more: &mut More) -> Result<&str, Option<Box<Finding>>> {
        let cell = row.cell(self.index);
        let place = || Place::row(row.number(), row.line()).in_column(self.index, &self.heading);
        if let Some((text, notes)) = self.form.plain(cell, &mut self.scratch) {
            self.remarks.note(notes, row.number(), place, cell);
            return Ok(text);
        }
        let rule = self.form.rule_against(cell);
        if rule.is_some_and(|rule| more.is_kept_short(rule, row.number(), self.index)) {
            return Err(None);
        }
        let fault = self.form.read(cell).expect_err("a cell that is not plain has a fault");
        let finding = fault.at(place(), cell);
        self.remarks.order.note_fault(&finding);
        Err(Some(finding.into()))
    }

    /// What the cell of a row means that was read before without a fault; None for an empty one.
    pub fn again(&self, row: Row<'a>) -> Option<Value<'a>> {
        match self.text(row) {
            "" => None,
            text => Some(self.form.again(text)),
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
        self.form.is_clear(row.cell(self.index))
    }

    /// The text of a cell that is no date or amount, as it was read before; empty where it asks to empty the field.
    pub fn text(&self, row: Row<'a>) -> &'a str {
        match self.translation(row) {
            Some(translation) => translation.to,
            None => self.form.said(row.cell(self.index), &self.scratch),
        }
    }

    /// What is to be said about the column as a whole; an error among it refuses the file.
    pub fn findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.remarks).findings(Place::FILE.in_column(self.index, &self.heading))
    }
}

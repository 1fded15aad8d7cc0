//! Damage: what a program did to plain text, told by the text and by what the directory has in its place.
//!
//! Where the directory has the same value unharmed, it is certain, and the row is left out. Where the text alone tells,
//! it is a remark, once a column. What is as the directory has it is no news.

use super::column::Check;
use super::fault::Fault;
use super::sheet::Sheet;
use super::tally::Tally;
use super::{cut_text, date_serial, lost_zeros, outer_blanks, phone_without_plus};
use crate::model::{Finding, Severity};

/// Is the cell worth a second look, once it is known whom its row is about?
pub fn is_suspect(cell: &str) -> bool {
    matches!(outer_blanks::trim(cell).as_bytes(), [b'1'..=b'9', ..]) || cut_text::is_suspect(cell)
}

/// What the text alone tells of a column: of how many cells, and what of the first.
#[derive(Default)]
pub struct Doubts {
    cells: Tally,
    first: Option<Fault>,
}

impl Doubts {
    /// Adds those about rows further down.
    pub fn append(&mut self, other: Doubts) {
        self.cells.merge(other.cells);
        self.first = self.first.take().or(other.first);
    }
}

/// What the texts alone tell is told by [`findings`].
pub fn check(sheet: &mut Sheet<'_>) {
    for column in 0..sheet.readers.len() {
        let reader = &sheet.readers[column];
        if reader.remarks.is_suspect && !lost_zeros::tells_people_apart(&reader.field) {
            check_column(sheet, column);
        }
    }
}

fn check_column(sheet: &mut Sheet<'_>, column: usize) {
    let slot = sheet.slot(&sheet.readers[column].field.clone());
    let form = &sheet.readers[column].column.check;
    let mut doubts = std::mem::take(&mut sheet.doubts[column]);
    for row in 0..sheet.standings.len() {
        let cell = sheet.table.row(row).cell(sheet.readers[column].index);
        let (said, known) = (sheet.said(row, &slot), sheet.before(row, &slot));
        if said == known || !is_suspect(cell) || !sheet.standings[row].readable {
            continue;
        }
        if let Some(fault) = certain(form, said, known) {
            sheet.refuse(row, fault.at(sheet.place(row, &slot), said));
        } else if let Some(fault) = doubt(form, cell) {
            doubts.cells.note(|| sheet.place(row, &slot), said);
            doubts.first.get_or_insert(fault);
        }
    }
    sheet.doubts[column] = doubts;
}

/// Remarks, one a column.
pub fn findings(doubts: Vec<Doubts>) -> impl Iterator<Item = Finding> {
    let finding = |doubts: Doubts| doubts.cells.finding(doubts.first?);
    doubts.into_iter().filter_map(finding).map(|finding| Finding { severity: Severity::Remark, ..finding })
}

fn certain(form: &Check, said: &str, known: &str) -> Option<Fault> {
    if known.is_empty() {
        return None;
    }
    let phone = form.phone.then(|| phone_without_plus::certain(said, known)).flatten();
    phone
        .or_else(|| lost_zeros::certain(said, known))
        .or_else(|| date_serial::certain(said, known))
        .or_else(|| cut_text::certain(said, known))
}

/// What the text of a cell tells that [`is_suspect`], where nothing is known.
pub fn doubt(form: &Check, cell: &str) -> Option<Fault> {
    let phone = form.phone.then(|| phone_without_plus::doubt(outer_blanks::trim(cell))).flatten();
    phone.or_else(|| cut_text::is_suspect(cell).then(cut_text::doubt))
}

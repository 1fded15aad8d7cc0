//! A workbook that we write: one sheet, the headings in its first row, in constant memory, and never a formula.
//!
//! Text stays text, so that a number of a person keeps its zeros and nothing is run; dates and amounts are what a spreadsheet
//! takes for such. The same rows become the same bytes: the time in the file is always the same one.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::format::form::Cell;

/// What a cell of a workbook may hold, in characters as Excel counts them, in UTF-16.
pub const LONGEST: usize = 32_767;

/// Behind that, a workbook would round: such an amount is written as text.
const DIGITS: usize = 15;

/// The first day that a workbook counts.
const FIRST: i32 = 1900;

pub fn write<'r>(headings: &[impl AsRef<str>], rows: impl Iterator<Item = &'r [Cell<'r>]>) -> Vec<u8> {
    written(headings, rows).expect("texts are short enough, and there are fewer people than a sheet has rows")
}

/// Rows of a sheet go to a nameless file, which the system takes back with the process.
fn written<'r>(headings: &[impl AsRef<str>], rows: impl Iterator<Item = &'r [Cell<'r>]>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let formats = Formats::default();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (column, heading) in (0..).zip(headings) {
        sheet.write_string_with_format(0, column, heading.as_ref(), &formats.heading)?;
    }
    for (number, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            formats.write(sheet, number, column, cell)?;
        }
    }
    workbook.save_to_buffer()
}

struct Formats {
    heading: Format,
    date: Format,
    cents: Format,
}

impl Default for Formats {
    fn default() -> Formats {
        Formats {
            heading: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            cents: Format::new().set_num_format("0.00"),
        }
    }
}

impl Formats {
    fn write(&self, sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell<'_>) -> Result<(), XlsxError> {
        match cell {
            cell if cell.is_empty() => {}
            Cell::Text(text) => drop(sheet.write_string(row, column, &**text)?),
            Cell::Date(date) => match counted(*date) {
                Some(date) => drop(sheet.write_datetime_with_format(row, column, date?, &self.date)?),
                None => drop(sheet.write_string(row, column, date.to_string())?),
            },
            Cell::Amount(amount) => match number(amount) {
                Some(number) if amount.contains('.') => {
                    sheet.write_number_with_format(row, column, number, &self.cents)?;
                }
                Some(number) => drop(sheet.write_number(row, column, number)?),
                None => drop(sheet.write_string(row, column, &**amount)?),
            },
        }
        Ok(())
    }
}

/// None: a workbook does not count so far back, or so far ahead.
fn counted(date: NaiveDate) -> Option<Result<ExcelDateTime, XlsxError>> {
    let year = u16::try_from(date.year()).ok().filter(|year| (FIRST..=9999).contains(&i32::from(*year)))?;
    Some(ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8))
}

fn number(amount: &str) -> Option<f64> {
    let digits = amount.bytes().filter(u8::is_ascii_digit).count();
    amount.parse().ok().filter(|_| digits <= DIGITS)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    #[test]
    fn what_a_workbook_would_round_or_cannot_count_is_text_there() {
        let text = |text: &'static str| Cell::Text(text.into());
        let date = |year| Cell::Date(NaiveDate::from_ymd_opt(year, 2, 1).expect("a day"));
        let amount = |amount: &'static str| Cell::Amount(amount.into());
        let row = [
            text("=1+1"),
            text("00042"),
            text("https://acme.example"),
            date(1899),
            date(1900),
            amount("-12.50"),
            amount("1234567890123456.78"),
            Cell::default(),
            text("a\u{1}b\nc"),
        ];
        let bytes = write(&["heading"; 9], [&row[..]].into_iter());
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
        let sheet = workbook.worksheet_range_at(0).expect("a sheet").expect("a range");
        let cells: Vec<&Data> = (0..9).map(|column| sheet.get((1, column)).unwrap_or(&Data::Empty)).collect();
        let text = |text: &str| Data::String(text.into());
        assert_eq!(cells[..3], [&text("=1+1"), &text("00042"), &text("https://acme.example")]);
        assert_eq!(*cells[3], text("1899-02-01"));
        let Data::DateTime(day) = cells[4] else { panic!("{:?}", cells[4]) };
        assert_eq!(day.as_f64(), 32.0, "counted from 1900");
        assert_eq!(*cells[5], Data::Float(-12.5));
        assert_eq!(*cells[6], text("1234567890123456.78"));
        assert_eq!((cells[7], cells[8]), (&Data::Empty, &text("a\u{1}b\nc")));
    }
}

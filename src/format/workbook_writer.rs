//! A workbook that we write: one sheet, the headings in its first row, in constant memory, and never a formula.
//!
//! Text stays text, so that a number of a person keeps its zeros and nothing is run; dates and amounts are what a spreadsheet
//! takes for such. The same rows become the same bytes: the time in the file is always the same one.

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::format::form::Cell;

/// What a cell of a workbook may hold, in characters as Excel counts them, in UTF-16.
pub const LONGEST: usize = 32_767;

/// Behind that, a workbook would round: such an amount is written as text.
const DIGITS: usize = 15;

/// The first day that a workbook counts.
const FIRST: i32 = 1900;

/// More than this of XML may make a part for which an archive needs its long form.
const LONG_FORM_FROM: u64 = 1024 * 1024 * 1024;

/// What the XML around a cell takes, in bytes.
const AROUND_A_CELL: usize = 64;

/// A workbook that is written row by row.
pub struct WorkbookWriter<W> {
    workbook: Workbook,
    formats: Formats,
    /// Of the next one, counted from 0.
    row: u32,
    /// What the rows are worth so far, about.
    weight: u64,
    into: W,
}

impl<W: Write + Send> WorkbookWriter<W> {
    /// Rows are kept in a nameless file in `folder`, which the system takes back with the process, until the workbook is
    /// put together behind the last one: a row of XML, ten times as long as it is in the workbook.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn start(headings: &[impl AsRef<str>], folder: &Path, into: W) -> io::Result<WorkbookWriter<W>> {
        let formats = Formats::default();
        let workbook = sound(|| {
            let mut workbook = Workbook::new();
            workbook.set_tempdir(folder)?;
            let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            for (column, heading) in (0..).zip(headings) {
                sheet.write_string_with_format(0, column, heading.as_ref(), &formats.heading)?;
            }
            Ok(workbook)
        })?;
        Ok(WorkbookWriter { workbook, formats, row: 1, weight: 0, into })
    }

    /// # Errors
    /// The disk fails, a text is longer than [`LONGEST`], or there are more rows than a sheet has.
    pub fn row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        let WorkbookWriter { workbook, formats, row: number, weight, .. } = self;
        sound(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                formats.write(sheet, *number, column, cell)?;
                *weight += (cell.as_text().len() + AROUND_A_CELL) as u64;
            }
            Ok(())
        })?;
        *number += 1;
        Ok(())
    }

    /// Writes the workbook, and gives back where it was written to.
    ///
    /// # Errors
    /// The disk fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.workbook.use_zip_large_file(self.weight > LONG_FORM_FROM);
        sound(|| self.workbook.save_to_writer(&mut self.into))?;
        Ok(self.into)
    }
}

/// The library panics where it cannot write to the file of rows, as on a full disk.
fn sound<T>(call: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    match panic::catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(XlsxError::IoError(cause) | XlsxError::TempFileError(_, cause))) => Err(cause),
        Ok(Err(error)) => Err(io::Error::other(error)),
        Err(_) => Err(io::Error::other("the rows of the workbook cannot be kept on the disk")),
    }
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
    use std::env;
    use std::fs;
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn write<'r>(headings: &[&str], rows: impl Iterator<Item = &'r [Cell<'r>]>) -> Vec<u8> {
        let mut writer = WorkbookWriter::start(headings, &env::temp_dir(), Vec::new()).expect("a workbook");
        rows.into_iter().for_each(|row| writer.row(row).expect("a row"));
        writer.finish().expect("a workbook")
    }

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

    #[test]
    fn a_workbook_written_row_by_row_is_the_same_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let rows: Vec<[Cell<'_>; 2]> =
            (0..3_000).map(|row| [Cell::Text(format!("login{row}").into()), Cell::Amount("12.50".into())]).collect();
        let mut writer = WorkbookWriter::start(&["login", "pay"], folder.path(), Vec::new()).expect("a workbook");
        rows.iter().for_each(|row| writer.row(row).expect("a row"));
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0, "the rows have no name");
        let written = writer.finish().expect("a workbook");
        assert!(written == write(&["login", "pay"], rows.iter().map(|row| &row[..])));
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 0);
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_no_panic() {
        let nowhere = WorkbookWriter::start(&["login"], Path::new("/nowhere"), Vec::new());
        assert_eq!(nowhere.err().map(|cause| cause.kind()), Some(io::ErrorKind::NotFound));

        let mut full = [0; 100];
        let start = WorkbookWriter::start(&["login"], &env::temp_dir(), full.as_mut_slice());
        assert!(start.expect("a workbook").finish().is_err());

        let mut writer = WorkbookWriter::start(&["login"], &env::temp_dir(), Vec::new()).expect("a workbook");
        assert!(writer.row(&[Cell::Text("x".repeat(LONGEST + 1).into())]).is_err());
    }
}

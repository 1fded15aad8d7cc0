//! XLSX: the first visible sheet with known headings, cell by cell; values become the text that a person sees.
//!
//! The library is only ever asked for one cell after the other: what it offers for whole sheets takes memory by the
//! size that a sheet claims to have.

use std::borrow::Cow;
use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe};

use calamine::{DataRef, Reader, Sheet, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};

use crate::format::heading::{self, COLUMNS_AT_MOST, Heading, ROWS_LOOKED_AT};
use crate::format::package::{self, damaged};
use crate::format::rows::{Rows, excerpt};
use crate::format::{Kind, Reading, Source, shown, unreadable};
use crate::model::{Finding, Place, Table};

/// No sheet has more.
const ROWS_AT_MOST: u32 = 1_048_576;

/// What the table may take in memory: a text that a workbook has once may be in a million cells.
const MEMORY_AT_MOST: usize = 512 * 1024 * 1024;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// # Errors
/// It is no workbook, or a damaged or protected one, or it is too large, or there is nothing to be seen in it.
pub(super) fn read(bytes: &[u8], is_heading: &dyn Fn(&str) -> bool) -> Result<Reading, Finding> {
    package::check(bytes)?;
    let mut workbook: Workbook<'_> = guarded(|| Xlsx::new(Cursor::new(bytes)))?;
    let (sheet, heading) = choose(&mut workbook, is_heading)?.ok_or_else(unreadable::is_empty)?;
    if heading.cells.len() > COLUMNS_AT_MOST {
        return Err(unreadable::too_many_columns());
    }
    let (table, of_rows) = rows_below(&heading, Cells::of(&mut workbook, &sheet)?, MEMORY_AT_MOST)?;
    let of_file = [sheet_remark(&sheet, workbook.sheets_metadata()), heading.title()];
    let findings = of_file.into_iter().flatten().chain(of_rows).collect();
    let source = Source { kind: Kind::Xlsx, encoding: "UTF-8", separator: None, heading_row: heading.row };
    Ok(Reading { heading: heading.cells, table, findings, source })
}

/// The first visible sheet with a known heading, or else the first that holds something.
fn choose(
    workbook: &mut Workbook<'_>,
    is_heading: &dyn Fn(&str) -> bool,
) -> Result<Option<(String, Heading)>, Finding> {
    let mut first = None;
    let is_visible = |sheet: &&Sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
    let names: Vec<String> =
        workbook.sheets_metadata().iter().filter(is_visible).map(|sheet| sheet.name.clone()).collect();
    for name in names {
        let rows = first_rows(Cells::of(workbook, &name)?)?;
        match heading::choose(rows.into_iter(), is_heading) {
            Some(heading) if heading.known > 0 => return Ok(Some((name, heading))),
            Some(heading) => first = first.or(Some((name, heading))),
            None => {}
        }
    }
    Ok(first)
}

/// The rows among which the headings are looked for; one at least, wherever it is.
fn first_rows(mut cells: Cells<'_, '_>) -> Result<Vec<(u32, Vec<String>)>, Finding> {
    let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
    while let Some(cell) = cells.next()? {
        match rows.last() {
            Some((row, _)) if *row == cell.row => {}
            Some(_) if cell.row > ROWS_LOOKED_AT => break,
            _ => rows.push((cell.row, Vec::new())),
        }
        if let Some((_, row)) = rows.last_mut() {
            row.resize(cell.column.min(COLUMNS_AT_MOST), String::new());
            row.push(cell.text.into());
        }
    }
    Ok(rows)
}

fn rows_below(
    heading: &Heading,
    mut cells: Cells<'_, '_>,
    memory_at_most: usize,
) -> Result<(Table, Vec<Finding>), Finding> {
    let mut rows = Rows::below(heading);
    let mut current = heading.row;
    while let Some(cell) = cells.next()? {
        if cell.row <= heading.row {
            continue;
        }
        if cell.row != current {
            if current != heading.row {
                rows.end();
            }
            rows.start(cell.row, None);
            current = cell.row;
        }
        take(&cell, &mut rows);
        if rows.memory() > memory_at_most {
            return Err(package::too_large());
        }
    }
    if current != heading.row {
        rows.end();
    }
    Ok(rows.finish())
}

/// A cell that is not in the file is an empty one; a cell below no heading is under no other column by mistake, as it
/// might be in CSV, and spoils nothing.
fn take(cell: &Cell<'_>, rows: &mut Rows) {
    if cell.column >= rows.width() {
        let problem = "is below no heading and was passed over";
        let finding = Finding::remark("cell-without-heading", rows.place(cell.column), problem);
        return rows.report(finding.read(excerpt(&cell.text)));
    }
    while rows.column() < cell.column {
        rows.cell("");
    }
    rows.cell(&cell.text);
    rows.check_bytes(cell.column, &cell.text);
    if cell.is_error {
        let problem = "is an error of the spreadsheet, not a value";
        let finding = Finding::error("spreadsheet-error", rows.place(cell.column), problem).read(excerpt(&cell.text));
        rows.report(finding.expected("a value, or an empty cell"));
    }
}

fn sheet_remark(taken: &str, sheets: &[Sheet]) -> Option<Finding> {
    let others: Vec<String> =
        sheets.iter().filter(|sheet| sheet.name != taken).map(|sheet| format!("`{}`", sheet.name)).collect();
    let were = if others.len() == 1 { "was" } else { "were" };
    let problem = format!("the sheet `{taken}` was read; {} {were} passed over", others.join(", "));
    (!others.is_empty()).then(|| Finding::remark("sheet", Place::FILE, problem))
}

/// The cells of a sheet that hold something, in order.
struct Cells<'a, 'b> {
    reader: XlsxCellReader<'a, Cursor<&'b [u8]>>,
    last: Option<(u32, u32)>,
}

struct Cell<'a> {
    /// As a spreadsheet counts it, from 1.
    row: u32,
    /// Counted from 0.
    column: usize,
    text: Cow<'a, str>,
    is_error: bool,
}

impl<'a, 'b> Cells<'a, 'b> {
    fn of(workbook: &'a mut Workbook<'b>, sheet: &str) -> Result<Cells<'a, 'b>, Finding> {
        Ok(Cells { reader: guarded(|| workbook.worksheet_cells_reader(sheet))?, last: None })
    }

    fn next(&mut self) -> Result<Option<Cell<'a>>, Finding> {
        while let Some((cell, style)) = guarded(|| self.reader.next_cell_with_style_id())? {
            let (row, column) = cell.get_position();
            if row >= ROWS_AT_MOST || self.last.is_some_and(|last| last >= (row, column)) {
                return Err(damaged("the workbook is damaged: its cells are out of order"));
            }
            self.last = Some((row, column));
            let format = self.reader.styles().get(style).and_then(|style| style.number_format.as_ref());
            let text = shown::text(cell.get_value(), format.map_or("", |format| &format.format_code));
            if !text.trim().is_empty() {
                let is_error = matches!(cell.get_value(), DataRef::Error(_));
                return Ok(Some(Cell { row: row + 1, column: column as usize, text, is_error }));
            }
        }
        Ok(None)
    }
}

/// The library counts on coordinates that make sense: where they do not, it overflows, which panics in a debug build.
fn guarded<T>(call: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, Finding> {
    match panic::catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(error)) => Err(damaged(format!("the workbook is damaged: {error}"))),
        Err(_) => Err(damaged("the workbook is damaged: a cell has an impossible address")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Worksheet};
    use zip::write::SimpleFileOptions;
    use zip::{ZipArchive, ZipWriter};

    use super::*;
    use crate::model::table::Row;

    fn is_heading(heading: &str) -> bool {
        ["login", "mail", "note"].contains(&heading)
    }

    fn workbook(sheets: &mut [Worksheet]) -> Vec<u8> {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        for sheet in sheets {
            workbook.push_worksheet(std::mem::replace(sheet, Worksheet::new()));
        }
        workbook.save_to_buffer().expect("a workbook")
    }

    /// Every row in order, from the first; empty cells are not written.
    fn sheet(name: &str, rows: &[&[&str]]) -> Worksheet {
        let mut sheet = Worksheet::new();
        sheet.set_name(name).expect("a name");
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(row, column, *cell).expect("a cell");
            }
        }
        sheet
    }

    /// The workbook with one text in its parts replaced by another.
    fn patched(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let mut found = false;
        for index in 0..archive.len() {
            let mut part = archive.by_index(index).expect("a part");
            let mut content = String::new();
            part.read_to_string(&mut content).expect("text");
            found |= content.contains(from);
            writer.start_file(part.name().expect("a name"), SimpleFileOptions::default()).expect("a part");
            writer.write_all(content.replace(from, to).as_bytes()).expect("its content");
        }
        assert!(found, "{from}");
        writer.finish().expect("an archive").into_inner()
    }

    fn reading(bytes: &[u8]) -> Reading {
        read(bytes, &is_heading).expect("a table")
    }

    fn rows(reading: &Reading) -> Vec<String> {
        let text = |row: Row<'_>| format!("{}: {}", row.number(), row.cells().collect::<Vec<_>>().join("|"));
        reading.table.rows().map(text).collect()
    }

    fn findings(reading: &Reading) -> Vec<String> {
        reading.findings.iter().map(Finding::to_string).collect()
    }

    #[test]
    fn cells_are_placed_by_their_address() {
        let rows_in: &[&[&str]] =
            &[&["Users"], &[], &["login ", "mail", "note"], &["a"], &[], &["b", "", "c"], &["", "d"]];
        let reading = reading(&workbook(&mut [sheet("Users", rows_in)]));
        assert_eq!(reading.heading, ["login", "mail", "note"]);
        assert_eq!(reading.source.heading_row, 3);
        assert_eq!(rows(&reading), ["4: a", "6: b||c", "7: |d"]);
        let expected = ["row 1: was passed over: the headings are in row 3", "row 5: is blank and was passed over"];
        assert_eq!(findings(&reading), expected);
    }

    #[test]
    fn values_become_the_text_that_a_person_sees() {
        let mut users = sheet("Users", &[&["login", "mail", "note"], &["", "", "été <&>"]]);
        let date = ExcelDateTime::from_ymd(2026, 3, 1).expect("a date");
        let day = Format::new().set_num_format("yyyy\\-mm\\-dd");
        users.write_datetime_with_format(1, 0, &date, &day).expect("a date");
        users.write_number(1, 1, 42).expect("a number");
        users.write_number_with_format(2, 0, 42, &Format::new().set_num_format("00000")).expect("a number");
        users.write_boolean(2, 1, true).expect("a truth");
        users.write_formula(2, 2, Formula::new("=1+1").set_result("2")).expect("a formula");
        let bytes = workbook(&mut [users]);
        assert_eq!(rows(&reading(&bytes)), ["2: 01/03/2026|42|été <&>", "3: 00042|TRUE|2"]);

        let since_1904 = patched(&bytes, "<workbookPr ", "<workbookPr date1904=\"1\" ");
        assert_eq!(rows(&reading(&since_1904))[0], "2: 02/03/2030|42|été <&>");
    }

    #[test]
    fn an_error_of_the_spreadsheet_is_an_error_of_its_cell() {
        let mut users = sheet("Users", &[&["login", "mail"], &["a"]]);
        users.write_formula(1, 1, Formula::new("=NA()").set_result("#N/A")).expect("a formula");
        let reading = reading(&workbook(&mut [users]));
        assert_eq!(rows(&reading), ["2: a|#N/A"]);
        let expected =
            ["B2 mail: `#N/A` is an error of the spreadsheet, not a value; expected a value, or an empty cell"];
        assert_eq!(findings(&reading), expected);
        assert!(reading.findings[0].is_error());
    }

    #[test]
    fn the_first_visible_sheet_with_known_headings_is_read() {
        let mut hidden = sheet("Hidden", &[&["login", "mail"], &["h", "h"]]);
        hidden.set_hidden(true);
        let mut help = sheet("Help", &[&["How to fill this in"]]);
        help.set_active(true);
        let users = sheet("Users", &[&["login", "mail"], &["a", "b"]]);
        let old = sheet("Old", &[&["login", "mail", "note"], &["o", "o", "o"]]);
        let reading = reading(&workbook(&mut [hidden, help, users, old]));
        assert_eq!(rows(&reading), ["2: a|b"]);
        assert_eq!(findings(&reading), ["the sheet `Users` was read; `Hidden`, `Help`, `Old` were passed over"]);
    }

    #[test]
    fn without_known_headings_the_first_sheet_that_holds_something_is_read() {
        let reading = reading(&workbook(&mut [sheet("Empty", &[]), sheet("Other", &[&["x"], &["y"]])]));
        assert_eq!(
            (reading.heading.as_slice(), rows(&reading)),
            (["x".to_string()].as_slice(), vec!["2: y".to_string()])
        );
        let empty = read(&workbook(&mut [sheet("Empty", &[])]), &is_heading).expect_err("an empty workbook");
        assert_eq!(empty.problem.to_string(), "the file is empty");
    }

    #[test]
    fn two_cells_at_both_ends_of_a_sheet_take_no_memory() {
        let mut users = sheet("Users", &[&["login"]]);
        users.write_string(1_048_575, 16_383, "far").expect("a cell");
        let reading = reading(&workbook(&mut [users]));
        assert_eq!(rows(&reading), ["1048576: "]);
        let expected = [
            "row 2: is blank and was passed over, as are the rows to 1048575",
            "XFD1048576: `far` is below no heading and was passed over",
        ];
        assert_eq!(findings(&reading), expected);

        let mut wide = sheet("Users", &[&["login"]]);
        wide.write_string(0, 16_383, "mail").expect("a cell");
        let refusal = read(&workbook(&mut [wide]), &is_heading).expect_err("a wide sheet");
        assert_eq!(refusal.problem.to_string(), "the heading row has more than 1000 cells");
    }

    #[test]
    fn a_text_that_is_in_every_cell_is_not_copied_without_end() {
        let mut users = sheet("Users", &[&["login"]]);
        for row in 1..100 {
            users.write_string(row, 0, "x".repeat(30_000)).expect("a cell");
        }
        let bytes = workbook(&mut [users]);
        let mut workbook: Workbook<'_> = Xlsx::new(Cursor::new(bytes.as_slice())).expect("a workbook");
        let (name, heading) = choose(&mut workbook, &is_heading).expect("a sheet").expect("headings");
        let cells = Cells::of(&mut workbook, &name).expect("cells");
        let refusal = rows_below(&heading, cells, 1_000_000).expect_err("a heavy workbook");
        assert_eq!(refusal.code, "workbook-too-large");
    }

    #[test]
    fn a_damaged_workbook_is_refused_with_a_sentence() {
        let bytes = workbook(&mut [sheet("Users", &[&["login", "mail"], &["a", "b"], &["c", "d"]])]);
        let cases = [
            ("r=\"A3\"", "r=\"A2\"", "the workbook is damaged: its cells are out of order"),
            ("r=\"A3\"", "r=\"A2000000\"", "the workbook is damaged: its cells are out of order"),
            ("r=\"A3\"", "r=\"A99999999999999\"", "the workbook is damaged: a cell has an impossible address"),
            ("</sheetData>", "", "the workbook is damaged: Unexpected end of xml, expecting '</sheetData>'"),
            ("<sst ", "<sst uniqueCount=\"99999999999\" ", "the workbook unfolds to more than 256 MiB"),
        ];
        for (from, to, problem) in cases {
            let refusal = read(&patched(&bytes, from, to), &is_heading).expect_err(problem);
            assert_eq!(refusal.problem.to_string(), problem);
        }
    }

    #[test]
    fn a_workbook_cut_anywhere_is_refused() {
        let bytes = workbook(&mut [sheet("Users", &[&["login", "mail"], &["a", "b"]])]);
        for end in 4..bytes.len() {
            assert_eq!(read(&bytes[..end], &is_heading).expect_err("a cut workbook").code, "not-a-table", "{end}");
        }
    }
}

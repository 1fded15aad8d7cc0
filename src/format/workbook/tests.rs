//! Workbooks as people and programs make them, sound and damaged, read in this process.

use std::io::{Cursor, Read, Write};

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
    let rows_in: &[&[&str]] = &[&["Users"], &[], &["login ", "mail", "note"], &["a"], &[], &["b", "", "c"], &["", "d"]];
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
    let expected = ["B2 mail: `#N/A` is an error of the spreadsheet, not a value; expected a value, or an empty cell"];
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
    assert_eq!(findings(&reading), ["the sheet `Users` was read; `Hidden` (hidden), `Help`, `Old` were passed over"]);
}

#[test]
fn without_known_headings_the_first_sheet_that_holds_something_is_read() {
    let reading = reading(&workbook(&mut [sheet("Empty", &[]), sheet("Other", &[&["x"], &["y"]])]));
    assert_eq!((reading.heading.as_slice(), rows(&reading)), (["x".to_string()].as_slice(), vec!["2: y".to_string()]));
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
    let mut book = open(&bytes).expect("a workbook");
    let (sheet, heading, layout) = choose(&mut *book, &is_heading).expect("a sheet").expect("headings");
    let cells = book.cells(sheet, &layout).expect("cells");
    let refusal = rows_below(&heading, &layout, cells, 1_000_000).expect_err("a heavy workbook");
    assert_eq!(refusal.code, "workbook-too-large");
}

#[test]
fn a_damaged_workbook_is_refused_with_a_sentence() {
    let bytes = workbook(&mut [sheet("Users", &[&["login", "mail"], &["a", "b"], &["c", "d"]])]);
    let cases = [
        ("r=\"A3\"", "r=\"A2\"", "the workbook is damaged: its cells are out of order"),
        ("r=\"A3\"", "r=\"A2000000\"", "the workbook is damaged: its cells are out of order"),
        ("r=\"A3\"", "r=\"A99999999999999\"", "the workbook is damaged: something in it is impossible"),
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
        assert_eq!(read(&bytes[..end], &is_heading).expect_err("a cut workbook").code, "workbook-damaged", "{end}");
    }
}

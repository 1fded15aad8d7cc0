//! Workbooks as people and programs make them, sound and damaged, read in this process.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

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
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("its content");
        let is_text = std::str::from_utf8(&content).ok().filter(|text| text.contains(from));
        found |= is_text.is_some();
        writer.start_file(part.name().expect("a name"), SimpleFileOptions::default()).expect("a part");
        let content = is_text.map_or_else(|| content.clone(), |text| text.replace(from, to).into_bytes());
        writer.write_all(&content).expect("its content");
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
        "row 2: is blank and was passed over, like all rows to row 1048575",
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
    let mut book = Workbook::open(&bytes, &is_heading).expect("a workbook");
    book.memory_at_most = 1_000_000;
    let refusal = book.pieces(&mut |_| Ok(())).expect("nothing fails").expect_err("a heavy workbook");
    assert_eq!(refusal.code, "workbook-too-large");
}

/// Rows with all that can be said of them, more than a piece holds.
fn large() -> Vec<u8> {
    let mut users = sheet("Users", &[&["Users"], &["login", "mail", "note"]]);
    for row in 2..3_000 {
        users.write_string(row, 0, format!("login{row}")).expect("a cell");
        users.write_string(row, 1, format!("{row} {}", "x".repeat(1_000))).expect("a cell");
        match row % 100 {
            7 => drop(users.write_formula(row, 2, Formula::new("=NA()").set_result("#N/A")).expect("a formula")),
            8 => drop(users.write_formula(row, 2, Formula::new("=1+1").set_result("")).expect("a formula")),
            9 => drop(users.set_row_hidden(row).expect("a row")),
            10 => drop(users.write_string(row, 9, "far").expect("a cell")),
            11 => drop(users.merge_range(row, 2, row, 3, "m", &Format::new()).expect("cells")),
            _ => {}
        }
    }
    users.write_string(4_000, 0, "last").expect("a cell");
    workbook(&mut [users, sheet("Other", &[])])
}

#[test]
fn rows_in_pieces_are_the_rows_as_a_whole() {
    let bytes = large();
    let whole = reading(&bytes);
    let mut book = Workbook::open(&bytes, &is_heading).expect("a workbook");
    assert_eq!((book.heading(), book.source()), (whole.heading.as_slice(), whole.source.clone()));
    for _ in 0..2 {
        let (mut pieces, mut of_rows, mut rows_in) = (0, Vec::new(), Vec::new());
        let mut take = |piece: Piece| {
            let numbers: Vec<u32> = piece.table.rows().map(|row| row.number()).collect();
            assert!(
                piece.findings.iter().all(|it| it.is_error() <= it.place.row.is_some_and(|row| numbers.contains(&row)))
            );
            let said =
                Reading { table: piece.table, findings: Vec::new(), heading: Vec::new(), source: whole.source.clone() };
            rows_in.extend(rows(&said));
            of_rows.extend(Arc::unwrap_or_clone(piece.findings));
            pieces += 1;
            Ok(())
        };
        let at_end = book.pieces(&mut take).expect("nothing fails").expect("rows");
        assert!(pieces > 2, "{pieces}");
        assert_eq!(rows_in, rows(&whole));
        assert_eq!([book.findings(), at_end, of_rows].concat(), whole.findings);
    }
    let codes: Vec<&str> = ["sheet", "title-row", "hidden-cells", "spreadsheet-error", "formula-not-calculated"].into();
    assert!(codes.iter().all(|code| whole.findings.iter().any(|finding| finding.code == *code)));
    assert_eq!((whole.table.len(), whole.findings.len()), (2_999, 3 + 4 * 30 + 1));
}

#[test]
fn whoever_takes_pieces_may_stop() {
    let bytes = large();
    let mut book = Workbook::open(&bytes, &is_heading).expect("a workbook");
    let mut pieces = 0;
    let stopped = book.pieces(&mut |_| {
        pieces += 1;
        Err(io::ErrorKind::BrokenPipe.into())
    });
    assert_eq!((stopped.expect_err("it was stopped").kind(), pieces), (io::ErrorKind::BrokenPipe, 1));
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

#[test]
fn what_a_sheet_hides_is_told() {
    let mut users = sheet("Users", &[&["login", "mail"], &["a", "b"], &["c", "d"], &[], &["e"]]);
    for row in [0, 2, 3, 4] {
        users.set_row_hidden(row).expect("a row");
    }
    users.set_column_hidden(1).expect("a column");
    users.set_column_range_hidden(5, 16_383).expect("columns");
    let reading = reading(&workbook(&mut [users]));
    assert_eq!(rows(&reading), ["2: a|b", "3: c|d", "5: e"]);
    let expected = [
        "row 3: is hidden, and was read, as is 1 row more",
        "B: is hidden, and was read",
        "row 4: is blank and was passed over",
    ];
    assert_eq!(findings(&reading), expected);
}

#[test]
fn merged_headings_are_headings_in_each_of_their_rows_and_merged_values_are_told() {
    let mut users = sheet("Users", &[&[], &["", "mail"], &["a", "b", "n"], &["c", "d"], &["e", "f"]]);
    let plain = Format::new();
    users.merge_range(0, 0, 1, 0, "login", &plain).expect("cells");
    users.merge_range(0, 1, 0, 2, "How to reach them", &plain).expect("cells");
    users.merge_range(1, 2, 1, 3, "note", &plain).expect("cells");
    users.merge_range(3, 2, 4, 2, "m", &plain).expect("cells");
    let reading = reading(&workbook(&mut [users]));
    assert_eq!(reading.heading, ["login", "mail", "note"]);
    assert_eq!(rows(&reading), ["3: a|b|n", "4: c|d|m", "5: e|f"]);
    let merged = |cells| format!("{cells}, which were read as empty; expected a value in each cell");
    let expected = [
        "row 1: was passed over: the headings are in row 2".to_string(),
        merged("C2: is merged with the cells to D2"),
        merged("C4 note: is merged with the cells to C5"),
    ];
    assert_eq!(findings(&reading), expected);
}

#[test]
fn a_formula_without_its_result_is_an_error_and_one_with_an_empty_text_is_not() {
    let mut users = sheet("Users", &[&["login", "mail", "note"], &["a"], &[], &["b"]]);
    for (row, column) in [(1, 1), (1, 2), (2, 0), (3, 1)] {
        users.write_formula(row, column, Formula::new("=1+1").set_result("77")).expect("a formula");
    }
    let bytes = workbook(&mut [users]);
    let with = |value: &str| reading(&patched(&bytes, "<v>77</v>", value));
    assert_eq!(rows(&with("<v>77</v>")), ["2: a|77|77", "3: 77", "4: b|77"]);
    for none in ["", "<v></v>", "<v/>"] {
        let reading = with(none);
        assert_eq!(rows(&reading), ["2: a||", "3: ", "4: b|"]);
        let places: Vec<_> = reading.findings.iter().map(|finding| finding.place.address()).collect();
        assert_eq!(places, ["B2", "C2", "A3", "B4"].map(|place| Some(place.to_string())));
        assert!(reading.findings.iter().all(|finding| finding.code == "formula-not-calculated" && finding.is_error()));
    }
    // Some programs leave it to the spreadsheet, and write 0 meanwhile.
    assert_eq!(with("<v>0</v>").findings.len(), 4);
    let calculated = patched(&patched(&bytes, "<v>77</v>", "<v>0</v>"), " fullCalcOnLoad=\"1\"", "");
    assert_eq!(rows(&reading(&calculated)), ["2: a|0|0", "3: 0", "4: b|0"]);

    let mut users = sheet("Users", &[&["login", "mail"], &["a"]]);
    users.write_formula(1, 1, Formula::new("=\"\"").set_result("77")).expect("a formula");
    let text = patched(&workbook(&mut [users]), "<c r=\"B2\">", "<c r=\"B2\" t=\"str\">");
    let empty = reading(&patched(&text, "<v>77</v>", "<v></v>"));
    assert_eq!((rows(&empty), findings(&empty)), (vec!["2: a".to_string()], vec![]));
}

#[test]
fn texts_come_in_three_forms_and_keep_their_blanks() {
    let mut users = sheet("Users", &[&["login", "mail"], &[" a\nb ", "\u{a0}"], &[]]);
    users.write_number(2, 1, 7).expect("a number");
    let bold = Format::new().set_bold();
    users.write_rich_string(2, 0, &[(&Format::new(), "zo"), (&bold, "é")]).expect("a text");
    let bytes = workbook(&mut [users]);
    assert_eq!(rows(&reading(&bytes)), ["2:  a\nb ", "3: zoé|7"]);
    let (from, to) =
        ("<c r=\"B3\"><v>7</v></c>", "<c r=\"B3\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> y</t></is></c>");
    assert_eq!(rows(&reading(&patched(&bytes, from, to))), ["2:  a\nb ", "3: zoé| y"]);
}

#[test]
fn a_workbook_in_which_nothing_is_visible_says_so() {
    let bytes = workbook(&mut [sheet("Users", &[&["login"], &["a"]])]);
    let hidden = patched(&bytes, "<sheet name", "<sheet state=\"veryHidden\" name");
    let refusal = read(&hidden, &is_heading).expect_err("nothing is visible");
    assert_eq!(refusal.problem.to_string(), "no sheet of the workbook is visible");
}

const OLD: &[u8] = include_bytes!("../../../samples/an-old-excel-workbook/file.xls");
const OPEN: &[u8] = include_bytes!("../../../samples/a-spreadsheet-of-libreoffice/file.ods");

#[test]
fn xls_and_ods_are_read_by_what_they_are() {
    for (bytes, kind) in [(OLD, Kind::Xls), (OPEN, Kind::Ods)] {
        let reading = reading(bytes);
        assert_eq!((reading.source.kind, reading.heading.len()), (kind, 11));
        assert_eq!(reading.table.row(0).cell(5), "01/03/2010");
    }
}

#[test]
fn a_password_is_named_in_every_form() {
    let encrypted = "manifest:media-type=\"text/xml\"><manifest:encryption-data/>";
    let open = patched(OPEN, "manifest:media-type=\"text/xml\"/>", encrypted);
    // The record of the code page becomes the one that says how the rest is encrypted.
    let mut old = OLD.to_vec();
    let record = old.windows(4).position(|bytes| bytes == [0x42, 0, 2, 0]).expect("it has a code page");
    old[record] = 0x2f;
    for bytes in [open, old] {
        assert_eq!(read(&bytes, &is_heading).expect_err("a password").code, "workbook-protected");
    }
}

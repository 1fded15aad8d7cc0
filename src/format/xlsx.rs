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
const MEMORY_AT_MOST: usize = 1024 * 1024 * 1024;

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
    let (table, of_rows) = rows_below(&heading, Cells::of(&mut workbook, &sheet)?)?;
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

fn rows_below(heading: &Heading, mut cells: Cells<'_, '_>) -> Result<(Table, Vec<Finding>), Finding> {
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
        if rows.memory() > MEMORY_AT_MOST {
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

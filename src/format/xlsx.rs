//! XLSX: cell by cell; values become the text that a person sees.
//!
//! The library is only ever asked for one cell after the other: what it offers for whole sheets takes memory by the
//! size that a sheet claims to have.

use std::io::Cursor;

use calamine::{DataRef, Reader, Sheet, XlsxCellReader, XlsxError};

use crate::format::layout::{self, Layout};
use crate::format::workbook::{Book, Cell, Cells, State, broken, damaged, guarded};
use crate::format::{Kind, shown};
use crate::model::{Finding, Text};

/// No sheet has more.
const ROWS_AT_MOST: u32 = 1_048_576;

pub(super) struct Xlsx<'b> {
    bytes: &'b [u8],
    book: calamine::Xlsx<Cursor<&'b [u8]>>,
}

impl<'b> Xlsx<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<Xlsx<'b>, Finding> {
        Ok(Xlsx { bytes, book: sound(|| calamine::Xlsx::new(Cursor::new(bytes)))? })
    }
}

impl Book for Xlsx<'_> {
    fn kind(&self) -> Kind {
        Kind::Xlsx
    }

    fn sheets(&self) -> &[Sheet] {
        self.book.sheets_metadata()
    }

    fn cells<'a>(&'a mut self, sheet: usize, layout: &'a Layout) -> Result<Cells<'a>, Finding> {
        let name = self.sheets()[sheet].name.clone();
        let reader = sound(|| self.book.worksheet_cells_reader(&name))?;
        let mut cells = Stream { reader, layout, ordinal: 0, last: None };
        Ok(Box::new(std::iter::from_fn(move || cells.next().transpose())))
    }

    fn layout(&self, sheet: usize) -> Layout {
        layout::read(self.bytes, sheet)
    }
}

struct Stream<'a, 'b> {
    reader: XlsxCellReader<'a, Cursor<&'b [u8]>>,
    layout: &'a Layout,
    /// Of the next cell.
    ordinal: usize,
    last: Option<(u32, u32)>,
}

impl<'a> Stream<'a, '_> {
    fn next(&mut self) -> Result<Option<Cell<'a>>, Finding> {
        while let Some((cell, style)) = sound(|| self.reader.next_cell_with_style_id())? {
            let (row, column) = cell.get_position();
            if row >= ROWS_AT_MOST || self.last.is_some_and(|last| last >= (row, column)) {
                return Err(damaged(Text::of(
                    "the workbook is damaged: its cells are out of order",
                    "le classeur est endommagé : ses cellules ne sont pas dans l'ordre",
                )));
            }
            self.last = Some((row, column));
            let format = self.reader.styles().get(style).and_then(|style| style.number_format.as_ref());
            let text = shown::text(cell.get_value(), format.map_or("", |format| &format.format_code));
            let state = match cell.get_value() {
                DataRef::Error(_) => State::Error,
                _ if self.layout.is_uncalculated(self.ordinal) => State::Uncalculated,
                _ => State::Sound,
            };
            self.ordinal += 1;
            match state {
                State::Uncalculated => {
                    return Ok(Some(Cell { row: row + 1, column: column as usize, text: "".into(), state }));
                }
                _ if text.trim().is_empty() => {}
                _ => return Ok(Some(Cell { row: row + 1, column: column as usize, text, state })),
            }
        }
        Ok(None)
    }
}

fn sound<T>(call: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, Finding> {
    guarded(call)?.map_err(|error| broken(&error))
}

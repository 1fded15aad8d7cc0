//! XLSX: cell by cell; values become the text that a person sees.
//!
//! The library is only ever asked for one cell after the other: what it offers for whole sheets takes memory by the
//! size that a sheet claims to have.

use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{DataRef, Reader, Sheet, Style, XlsxError};

use crate::format::Kind;
use crate::format::layout::{self, Layout};
use crate::format::shown::{self, Look};
use crate::format::workbook::{Book, Cell, State, broken, damaged, guarded, is_blank};
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

    fn cells(
        &mut self,
        sheet: usize,
        layout: &Layout,
        give: &mut dyn FnMut(Cell<'_>) -> ControlFlow<()>,
    ) -> Result<(), Finding> {
        let name = self.sheets()[sheet].name.clone();
        let mut reader = sound(|| self.book.worksheet_cells_reader(&name))?;
        let looks: Vec<Look> = reader.styles().iter().map(look).collect();
        let (mut ordinal, mut last) = (0, None);
        while let Some((cell, style)) = sound(|| reader.next_cell_with_style_id())? {
            let (row, column) = cell.get_position();
            if row >= ROWS_AT_MOST || last.is_some_and(|last| last >= (row, column)) {
                return Err(damaged(Text::of(
                    "the workbook is damaged: its cells are out of order",
                    "le classeur est endommagé : ses cellules ne sont pas dans l'ordre",
                )));
            }
            last = Some((row, column));
            let text = shown::text(cell.get_value(), looks.get(style).copied().unwrap_or_default());
            let state = match cell.get_value() {
                DataRef::Error(_) => State::Error,
                _ if layout.is_uncalculated(ordinal) => State::Uncalculated,
                _ => State::Sound,
            };
            ordinal += 1;
            let text = if state == State::Uncalculated { "".into() } else { text };
            if state != State::Uncalculated && is_blank(&text) {
                continue;
            }
            if give(Cell { row: row + 1, column: column as usize, text, state }).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn layout(&self, sheet: usize) -> Layout {
        layout::read(self.bytes, sheet)
    }
}

fn look(style: &Style) -> Look {
    style.number_format.as_ref().map(|format| Look::of(&format.format_code)).unwrap_or_default()
}

fn sound<T>(call: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, Finding> {
    guarded(call)?.map_err(|error| broken(&error))
}

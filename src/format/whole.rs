//! XLS and ODS: the library reads them whole, so that only the limits of the process bound what they take.

use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{Data, DataRef, Ods, OdsError, Range, Reader, Sheet, Xls, XlsError};

use crate::format::layout::Layout;
use crate::format::shown::{self, Look};
use crate::format::workbook::{Book, Cell, State, broken, guarded, is_blank, protected};
use crate::format::{Kind, package};
use crate::model::Finding;

pub(super) struct Whole<'b> {
    kind: Kind,
    book: Form<'b>,
    /// The one that was looked at last.
    sheet: Range<Data>,
}

enum Form<'b> {
    Xls(Box<Xls<Cursor<&'b [u8]>>>),
    Ods(Ods<Cursor<&'b [u8]>>),
}

impl<'b> Whole<'b> {
    pub fn open(kind: Kind, bytes: &'b [u8]) -> Result<Whole<'b>, Finding> {
        let bytes = Cursor::new(bytes);
        let book = match kind {
            Kind::Xls => Form::Xls(Box::new(guarded(|| Xls::new(bytes))?.map_err(of_xls)?)),
            _ => Form::Ods(guarded(|| Ods::new(bytes))?.map_err(of_ods)?),
        };
        Ok(Whole { kind, book, sheet: Range::empty() })
    }
}

impl Book for Whole<'_> {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn sheets(&self) -> &[Sheet] {
        match &self.book {
            Form::Xls(book) => book.sheets_metadata(),
            Form::Ods(book) => book.sheets_metadata(),
        }
    }

    fn cells(
        &mut self,
        sheet: usize,
        _layout: &Layout,
        give: &mut dyn FnMut(Cell<'_>) -> ControlFlow<()>,
    ) -> Result<(), Finding> {
        let name = self.sheets()[sheet].name.clone();
        self.sheet = match &mut self.book {
            Form::Xls(book) => guarded(|| book.worksheet_range(&name))?.map_err(of_xls)?,
            Form::Ods(book) => guarded(|| book.worksheet_range(&name))?.map_err(of_ods)?,
        };
        let (first_row, first_column) = self.sheet.start().unwrap_or_default();
        let cells = self.sheet.used_cells().map(|(row, column, value)| Cell {
            row: first_row + row as u32 + 1,
            column: first_column as usize + column,
            text: shown::text(&borrowed(value), Look::default()),
            state: if matches!(value, Data::Error(_)) { State::Error } else { State::Sound },
        });
        // Whoever wants no more says it to nobody else.
        let _stopped = cells.filter(|cell| !is_blank(&cell.text)).try_for_each(give);
        Ok(())
    }

    /// The library does not say.
    fn layout(&self, _sheet: usize) -> Layout {
        Layout::default()
    }
}

fn of_xls(error: XlsError) -> Finding {
    match error {
        XlsError::Password => protected(),
        other => broken(&other),
    }
}

fn of_ods(error: OdsError) -> Finding {
    match error {
        OdsError::Password => protected(),
        OdsError::CellLimitExceeded { .. } => package::too_large(),
        other => broken(&other),
    }
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Empty => DataRef::Empty,
        Data::String(text) => DataRef::SharedString(text),
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::DateTime(serial) => DataRef::DateTime(*serial),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
    }
}

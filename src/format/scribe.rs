//! A scribe: writes a table in a form, row by row; what is written may be taken away at any time.

use std::{env, io};

use crate::format::form::{Cell, Form};
use crate::format::json_lines::Objects;
use crate::format::{Dialect, WorkbookWriter, Writer};

/// The same rows become the same bytes, in whatever pieces these are taken.
pub struct Scribe(Written);

enum Written {
    Csv(Box<Writer>),
    Objects(Objects),
    /// Nothing of it can be taken before it is finished; until then its rows are in a nameless file.
    Workbook(Box<WorkbookWriter<Vec<u8>>>),
}

impl Scribe {
    /// # Errors
    /// The disk fails.
    pub fn new(form: Form, dialect: &Dialect, headings: &[impl AsRef<str>]) -> io::Result<Scribe> {
        Ok(Scribe(match form {
            Form::Csv => {
                let mut writer = Writer::new(dialect);
                writer.row(headings).expect("the headings were checked for characters that the encoding lacks");
                Written::Csv(Box::new(writer))
            }
            Form::Xlsx => Written::Workbook(Box::new(WorkbookWriter::start(headings, &env::temp_dir(), Vec::new())?)),
            Form::JsonLines => Written::Objects(Objects::lines(headings)),
            Form::Json => Written::Objects(Objects::list(headings)),
        }))
    }

    /// # Errors
    /// The disk fails, or a sheet is full.
    ///
    /// # Panics
    /// When a text has a character that the form lacks.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        match &mut self.0 {
            Written::Csv(writer) => writer.cells(cells),
            Written::Objects(objects) => objects.row(cells),
            Written::Workbook(workbook) => workbook.row(cells)?,
        }
        Ok(())
    }

    /// Those bytes that were not taken yet, as far as they are final.
    pub fn bytes(&mut self) -> Option<&mut Vec<u8>> {
        match &mut self.0 {
            Written::Csv(writer) => Some(writer.bytes()),
            Written::Objects(objects) => Some(objects.bytes()),
            Written::Workbook(_) => None,
        }
    }

    /// The bytes that were not taken yet.
    ///
    /// # Errors
    /// The disk fails.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        match self.0 {
            Written::Csv(writer) => Ok(writer.finish()),
            Written::Objects(objects) => Ok(objects.finish()),
            Written::Workbook(workbook) => workbook.finish(),
        }
    }
}

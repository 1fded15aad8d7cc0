//! The form of a file: encoding, line ends and quotes of a text, or a workbook.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use encoding_rs::WINDOWS_1252;
use rust_xlsxwriter::Workbook;

const SEPARATOR: &str = ";";

#[derive(Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Encoding {
    #[default]
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "utf-8-bom")]
    Utf8Bom,
    #[value(name = "windows-1252")]
    Windows1252,
    /// With its mark.
    #[value(name = "utf-16le")]
    Utf16Le,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LineEnd {
    #[default]
    Lf,
    Crlf,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Quoting {
    #[default]
    WhereNeeded,
    Always,
}

/// A file that is written row by row.
pub enum Out {
    Text(Text),
    Book(Box<Book>),
}

pub struct Text {
    file: BufWriter<File>,
    encoding: Encoding,
    line_end: LineEnd,
    quoting: Quoting,
}

pub struct Book {
    workbook: Workbook,
    rows: u32,
    path: PathBuf,
}

impl Out {
    pub fn create(path: &Path, encoding: Encoding, line_end: LineEnd, quoting: Quoting) -> io::Result<Out> {
        if path.extension().is_some_and(|extension| extension == "xlsx") {
            let mut workbook = Workbook::new();
            workbook.add_worksheet_with_constant_memory().map_err(io::Error::other)?;
            return Ok(Out::Book(Box::new(Book { workbook, rows: 0, path: path.into() })));
        }
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        match encoding {
            Encoding::Utf8 | Encoding::Windows1252 => {}
            Encoding::Utf8Bom => file.write_all("\u{feff}".as_bytes())?,
            Encoding::Utf16Le => file.write_all(&0xfeff_u16.to_le_bytes())?,
        }
        Ok(Out::Text(Text { file, encoding, line_end, quoting }))
    }

    pub fn row(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        match self {
            Out::Text(text) => {
                let cells: Vec<String> = cells.iter().map(|cell| text.quoted(cell.as_ref())).collect();
                text.line(&cells.join(SEPARATOR))
            }
            Out::Book(book) => book.row(cells),
        }
    }

    /// A row whose quotes are as wrong as they stand; a workbook has none.
    pub fn raw(&mut self, cells: &[String]) -> io::Result<()> {
        match self {
            Out::Text(text) => text.line(&cells.join(SEPARATOR)),
            Out::Book(book) => book.row(cells),
        }
    }

    pub fn close(self) -> io::Result<()> {
        match self {
            Out::Text(mut text) => text.file.flush(),
            Out::Book(mut book) => book.workbook.save(&book.path).map_err(io::Error::other),
        }
    }
}

impl Text {
    fn quoted(&self, cell: &str) -> String {
        let is_needed = cell.contains([';', '"', '\n', '\r']);
        match is_needed || self.quoting == Quoting::Always {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.into(),
        }
    }

    fn line(&mut self, line: &str) -> io::Result<()> {
        let end = if self.line_end == LineEnd::Crlf { "\r\n" } else { "\n" };
        for part in [line, end] {
            match self.encoding {
                Encoding::Utf8 | Encoding::Utf8Bom => self.file.write_all(part.as_bytes())?,
                Encoding::Windows1252 => self.file.write_all(&WINDOWS_1252.encode(part).0)?,
                Encoding::Utf16Le => {
                    part.encode_utf16().try_for_each(|unit| self.file.write_all(&unit.to_le_bytes()))?;
                }
            }
        }
        Ok(())
    }
}

impl Book {
    fn row(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        let sheet = self.workbook.worksheet_from_index(0).map_err(io::Error::other)?;
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.as_ref().is_empty()) {
            sheet.write_string(self.rows, column, cell.as_ref()).map_err(io::Error::other)?;
        }
        self.rows += 1;
        Ok(())
    }
}

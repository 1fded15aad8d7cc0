//! What `privacy` prints: the record of processing for people, for a spreadsheet, or for machines.

use crate::cli::arguments::Form;
use crate::cli::show;
use crate::format::dialect::{Encoding, Formulas, LineEnding, Quoting};
use crate::format::{Dialect, Writer, cell};
use crate::model::field::Kind;
use crate::model::{Language, date};
use crate::report::record::{Record, table, text};

pub fn page(record: &Record, form: Form, language: Language) -> String {
    match form {
        Form::Text => text::write(record, language),
        Form::Csv => spreadsheet(&table::write(record, language)),
        Form::Json => show::document(&serde_json::to_value(record).expect("a record is made of plain values")),
    }
}

/// With a mark: without one, spreadsheets take UTF-8 for something else. Headings that came in are a partner's words.
fn spreadsheet(rows: &[Vec<String>]) -> String {
    let dialect = Dialect {
        separator: ';',
        quoting: Quoting::WhereNeeded,
        line_ending: LineEnding::Crlf,
        encoding: Encoding::Utf8,
        byte_order_mark: true,
        date: date::Format::parse("YYYY-MM-DD").expect("ISO 8601 is a format of days"),
        decimal: '.',
        formulas: Formulas::MadeSafe,
    };
    let form = cell::Options::default();
    let mut writer = Writer::new(&dialect);
    for row in rows {
        let safe = |cell| form.write(cell, Kind::Text, &dialect).expect("every text can be written");
        let cells: Vec<_> = row.iter().map(|cell| safe(cell)).collect();
        writer.row(&cells).expect("UTF-8 has every character");
    }
    String::from_utf8(writer.finish()).expect("it was written as UTF-8")
}

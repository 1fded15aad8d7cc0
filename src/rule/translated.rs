//! Translated: what cells mean that hold a correspondence code of the site.

use std::collections::HashMap;

use super::fault::Fault;
use super::scope::{Homes, Scope};
use super::sheet::Sheet;
use super::{Contract, Surroundings, outer_blanks, stated, unknown_code};
use crate::model::{Field, Otherwise};

/// A table of codes, its meanings in canonical form, or what is wrong with them.
pub struct Table {
    pub field: Field,
    scope: Scope,
    /// By the code in lower case.
    meanings: HashMap<String, Result<String, Fault>>,
    /// As the site writes them.
    codes: Vec<String>,
    rest: Rest,
}

/// What becomes of a text that is no code of the table.
enum Rest {
    PassOn,
    Refuse,
    Default(Result<String, Fault>),
}

/// What a cell says.
enum Said<'a> {
    Itself,
    Code(&'a Result<String, Fault>),
    Default(&'a Result<String, Fault>),
    Unknown(Fault),
}

/// What a cell was read as.
#[derive(Debug, Clone, Copy)]
pub struct Translation<'a> {
    pub to: &'a str,
    /// The cell holds no code: the default of the table took its place.
    pub by_default: bool,
}

/// Reads the meanings as if they stood in the file.
pub fn prepare(contract: &Contract<'_>, around: &Surroundings<'_>) -> Vec<Table> {
    let lists = &around.additions.lists;
    let tables = around.additions.codes.iter().map(|codes| {
        let read = |text: &String| stated::read(contract.columns, lists, &codes.field, text);
        Table {
            field: codes.field.clone(),
            scope: Scope::new(codes.establishment.as_deref(), codes.department.as_deref(), contract, lists),
            meanings: codes.values.iter().map(|(code, meaning)| (code.to_lowercase(), read(meaning))).collect(),
            codes: codes.values.keys().cloned().collect(),
            rest: match &codes.otherwise {
                Otherwise::PassOn => Rest::PassOn,
                Otherwise::Refuse => Rest::Refuse,
                Otherwise::Default(default) => Rest::Default(read(default)),
            },
        }
    });
    tables.collect()
}

/// Reads the column of a field that has codes, once it is known what they depend on.
pub fn check<'a>(sheet: &mut Sheet<'a>, tables: &'a [Table], field: &Field) {
    let slot = sheet.slot(field);
    let Some(reader) = slot.reader else { return };
    if !std::mem::take(&mut sheet.readers[reader].awaits_codes) {
        return;
    }
    let homes = Homes::of(sheet);
    let tables: Vec<&Table> = tables.iter().filter(|table| table.field == *field).collect();
    for row in 0..sheet.standings.len() {
        let text = outer_blanks::trim(sheet.table.row(row).cell(sheet.readers[reader].index));
        if text.is_empty() || !sheet.standings[row].readable {
            continue;
        }
        let holding = tables.iter().copied().filter(|table| table.scope.holds(sheet, row, &homes));
        let translation = match said(holding, text) {
            _ if sheet.is_reported(row, &slot) || sheet.clears(row, &slot) => Ok(None),
            Said::Itself => Ok(None),
            Said::Code(meaning) => translation(meaning, false).map(Some),
            Said::Default(meaning) => translation(meaning, true).map(Some),
            Said::Unknown(fault) => Err(fault),
        };
        match translation {
            Ok(None) => sheet.read_cell(row, reader),
            Ok(Some(translation)) => sheet.readers[reader].translate(sheet.table.row(row), translation),
            Err(fault) => sheet.refuse_cell(row, reader, fault.at(sheet.place(row, &slot), text)),
        }
    }
}

/// The first table that knows the text decides, or the first that does not pass it on.
fn said<'a>(tables: impl Iterator<Item = &'a Table>, text: &str) -> Said<'a> {
    let code = text.to_lowercase();
    for table in tables {
        if let Some(meaning) = table.meanings.get(&code) {
            return Said::Code(meaning);
        }
        let is_meaning = || table.meanings.values().flatten().any(|meaning| meaning.to_lowercase() == code);
        match &table.rest {
            Rest::PassOn => {}
            _ if is_meaning() => return Said::Itself,
            Rest::Default(meaning) => return Said::Default(meaning),
            Rest::Refuse => return Said::Unknown(unknown_code::fault(text, &table.codes)),
        }
    }
    Said::Itself
}

fn translation(meaning: &Result<String, Fault>, by_default: bool) -> Result<Translation<'_>, Fault> {
    match meaning {
        Ok(to) => Ok(Translation { to, by_default }),
        Err(fault) => Err(unknown_code::without_meaning(fault)),
    }
}

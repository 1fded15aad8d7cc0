//! `example-row`: the example of our own template, still in the file; it is nobody, and left alone.

use super::outer_blanks::trim;
use super::sheet::Sheet;
use crate::model::table::Row;
use crate::model::{Example, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "example-row",
    severity: Severity::Remark,
    meaning: Text::of(
        "The row is the example of the template; it creates nobody.",
        "La ligne est l'exemple du modèle ; elle ne crée personne.",
    ),
    correction: Text::of(
        "Nothing has to be done; the row may stay or go.",
        "Il n'y a rien à faire ; la ligne peut rester ou disparaître.",
    ),
    example: Example {
        wrong: "login;firstName;lastName\ncamille.exemple;Camille;Exemple",
        right: "login;firstName;lastName\nada;Ada;Lovelace",
    },
};

/// Takes such rows out before anything is checked.
pub fn check(sheet: &mut Sheet<'_>) {
    if sheet.readers.iter().all(|reader| reader.column.examples.is_empty()) {
        return;
    }
    for row in 0..sheet.standings.len() {
        if sheet.standings[row].readable && is_example(sheet, sheet.table.row(row)) {
            sheet.standings[row].readable = false;
            sheet.standings[row].sound_key = false;
            let problem =
                Text::of("is the example of the template, and left alone", "est l'exemple du modèle, laissé de côté");
            sheet.note(RULE.at(sheet.row_place(row), problem));
        }
    }
}

/// All that the row says is what the template says.
fn is_example(sheet: &Sheet<'_>, row: Row<'_>) -> bool {
    sheet.readers.iter().all(|reader| {
        let example = reader.column.examples.first().map_or("", String::as_str);
        trim(row.cell(reader.index)) == example
    })
}

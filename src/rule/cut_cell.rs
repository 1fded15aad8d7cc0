//! `cut-cell`: the last cell of a file that ends in it, without a line end, where the directory knows how it goes on.

use std::collections::HashSet;

use super::fault::Fault;
use super::known::Known;
use super::outer_blanks;
use super::sheet::{Sheet, Slot, Standing, Subject};
use super::ways::Ways;
use crate::model::index::key;
use crate::model::{Example, Finding, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "cut-cell",
    severity: Severity::Error,
    meaning: Text::of(
        "The file ends in this cell without a line end, and the directory has the same value with more behind it: the \
         file was cut on the way. It is only a remark where the value is new, and nothing tells whether it is whole.",
        "Le fichier s'arrête dans cette cellule sans fin de ligne, et l'annuaire contient la même valeur avec une suite : \
         le fichier a été coupé en chemin. Ce n'est qu'une remarque si la valeur est nouvelle et que rien ne dit si elle \
         est entière.",
    ),
    correction: Text::of(
        "Send the file again, whole, and end its last row with a line end as the others.",
        "Renvoyez le fichier entier, et terminez sa dernière ligne par une fin de ligne, comme les autres.",
    ),
    example: Example { wrong: "login;department\nada;Sal", right: "login;department\nada;Sales\n" },
};

/// A cell without an end.
struct Open<'a> {
    row: usize,
    reader: usize,
    slot: Slot,
    text: &'a str,
}

/// Leaves the last row out where its last cell is certainly cut.
pub fn check(sheet: &mut Sheet<'_>, known: &Known<'_>) {
    let Some(open) = Open::of(sheet) else { return };
    let is_key = sheet.is_key(open.reader);
    let doubt = if is_key { open.doubt_of_key(sheet, known) } else { open.doubt_of_value(sheet, known) };
    let Some(severity) = doubt else { return };
    if is_key && severity == Severity::Error {
        // Whoever is meant, it is nobody of this key.
        sheet.standings[open.row].subject = Subject::Unclear;
    }
    let finding = fault(severity).at(sheet.place(open.row, &open.slot), open.text);
    sheet.tell(open.row, Finding { severity, ..finding });
}

fn fault(severity: Severity) -> Fault {
    let problem = match severity {
        Severity::Error => Text::of(
            "was cut: the file ends in it without a line end, and more was to follow",
            "a été coupée : le fichier s'y arrête sans fin de ligne, et une suite était attendue",
        ),
        Severity::Remark => Text::of(
            "may have been cut: the file ends in it without a line end",
            "a peut-être été coupée : le fichier s'y arrête sans fin de ligne",
        ),
    };
    RULE.fault(problem).expected(Text::of("a line end behind the last row", "une fin de ligne après la dernière ligne"))
}

impl<'a> Open<'a> {
    /// None where there is no such cell, nobody reads it, or its row is left out as it is.
    fn of(sheet: &Sheet<'a>) -> Option<Open<'a>> {
        let row = sheet.table.len().checked_sub(1).filter(|_| sheet.table.is_unended())?;
        let cells = sheet.table.row(row);
        let reader = sheet.readers.iter().position(|reader| reader.index + 1 == cells.len())?;
        let is_taken = sheet.standings[row].readable && !sheet.standings[row].out;
        let text = outer_blanks::trim(cells.cell(sheet.readers[reader].index));
        is_taken.then(|| Open { row, reader, slot: sheet.slot(&sheet.readers[reader].field), text })
    }

    /// It may be the start of what the directory has, or of the word that empties.
    fn doubt_of_value(&self, sheet: &Sheet<'_>, known: &Known<'_>) -> Option<Severity> {
        let before = sheet.before(self.row, &self.slot);
        let ways = Ways::to_write(before, &self.slot, sheet, known);
        let clear = sheet.readers[self.reader].clear.filter(|clear| clear.word != self.text);
        let is_word_cut = !self.text.is_empty() && clear.is_some_and(|clear| clear.word.starts_with(self.text));
        if self.is_no_news(sheet, before) || ways.hold(self.text) {
            None
        } else if is_word_cut || ways.go_on_behind(self.text) {
            Some(Severity::Error)
        } else {
            (!self.text.is_empty()).then_some(Severity::Remark)
        }
    }

    fn is_no_news(&self, sheet: &Sheet<'_>, before: &str) -> bool {
        match sheet.readers[self.reader].again(sheet.table.row(self.row)) {
            Some(value) => value.into_text() == before,
            None => sheet.after(self.row, &self.slot) == before,
        }
    }

    /// It may be the start of the key of somebody whom no other row is about.
    fn doubt_of_key(&self, sheet: &Sheet<'_>, known: &Known<'_>) -> Option<Severity> {
        let slots: Vec<Slot> = sheet.contract.identify_by.iter().map(|field| sheet.slot(field)).collect();
        let people = known.people();
        let is_start = |person: usize| {
            slots.iter().all(|slot| {
                let value = people.value(person, &slot.known);
                match slot.field == self.slot.field {
                    true => Ways::to_write(value, slot, sheet, known).go_on_behind(self.text),
                    false => key(&[value]) == key(&[sheet.said(self.row, slot)]),
                }
            })
        };
        let told: HashSet<u32> = sheet.standings[..self.row].iter().filter_map(Standing::person).collect();
        let mut others = (0..people.len()).filter(|person| !told.contains(&(*person as u32)));
        match others.any(is_start) {
            true => Some(Severity::Error),
            false => (sheet.standings[self.row].subject == Subject::New).then_some(Severity::Remark),
        }
    }
}

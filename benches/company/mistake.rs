//! Mistakes that are planted in rows, and the code under which each must be found.

use crate::company::Planted;
use crate::company::person::Cells;

pub struct Mistake {
    pub code: &'static str,
    told: Told,
    /// Written as it stands, without the quotes that it would need.
    pub is_raw: bool,
    plant: Plant,
}

enum Told {
    OfEachRow,
    /// Of the row and of the one before.
    OfBothRows,
    /// At the first such cell of the column.
    Once,
}

enum Plant {
    /// In place of what the column has.
    Cell(usize, &'static str),
    /// One part of the cell in place of another.
    Part(usize, &'static str, &'static str),
    /// Around what the column has.
    Around(usize, &'static str, &'static str),
    /// Without what the cell begins with.
    Without(usize, char),
    /// The row before, once more.
    Before,
}

const fn each(code: &'static str, plant: Plant) -> Mistake {
    Mistake { code, told: Told::OfEachRow, is_raw: false, plant }
}

const MISTAKES: [Mistake; 21] = [
    each("bad-date", Plant::Cell(5, "31/02/2026")),
    each("bad-mail", Plant::Part(3, "@", ".")),
    each("unknown-department", Plant::Cell(7, "Departement 17")),
    each("unknown-manager", Plant::Cell(8, "Nobody Atall")),
    each("not-allowed", Plant::Cell(11, "klingon")),
    each("mojibake", Plant::Cell(1, "HÃ©lÃ¨ne")),
    each("spreadsheet-error", Plant::Cell(14, "#N/A")),
    Mistake { is_raw: true, ..each("quote-inside", Plant::Cell(2, "Du\"rand")) },
    Mistake { is_raw: true, ..each("unclosed-quote", Plant::Cell(2, "\"Durand")) },
    each("missing-key", Plant::Cell(0, "")),
    each("two-digit-year", Plant::Cell(13, "01/02/86")),
    each("date-serial", Plant::Cell(5, "46419")),
    each("scientific-number", Plant::Around(12, "1,", "E+12")),
    each("end-before-start", Plant::Cell(6, "31/12/1980")),
    each("unknown-establishment", Plant::Cell(4, "Atlantis")),
    each("unknown-role", Plant::Cell(9, "Wizard")),
    each("control-character", Plant::Cell(14, "Chef\nde projet")),
    each("lost-zeros", Plant::Without(12, '0')),
    each("phone-without-plus", Plant::Without(15, '+')),
    Mistake { told: Told::Once, ..each("placeholder", Plant::Cell(14, "NULL")) },
    Mistake { told: Told::OfBothRows, ..each("duplicate-key", Plant::Before) },
];

/// Each in turn.
pub fn of_turn(turn: usize) -> &'static Mistake {
    &MISTAKES[turn % MISTAKES.len()]
}

/// Each in turn but the last one, which would take others back.
pub fn in_cell(turn: usize) -> &'static Mistake {
    &MISTAKES[turn % (MISTAKES.len() - 1)]
}

impl Mistake {
    pub fn plant(&self, cells: &mut Cells, before: &Cells) {
        match self.plant {
            Plant::Cell(column, text) => cells[column] = text.into(),
            Plant::Part(column, part, other) => cells[column] = cells[column].replace(part, other),
            Plant::Around(column, before, behind) => cells[column] = format!("{before}{}{behind}", cells[column]),
            Plant::Without(column, letter) => cells[column] = cells[column].trim_start_matches(letter).into(),
            Plant::Before => cells.clone_from(before),
        }
    }

    /// Adds the findings that it must lead to.
    pub fn count(&self, planted: &mut Planted) {
        let findings = planted.entry(self.code).or_default();
        match self.told {
            Told::OfEachRow => *findings += 1,
            Told::OfBothRows => *findings += 2,
            Told::Once => *findings = 1,
        }
    }
}

//! Mistakes that are planted in rows, and the code under which each must be found.

use crate::company::person::Cells;

pub struct Mistake {
    pub code: &'static str,
    /// So many findings of the code does it make.
    pub findings: usize,
    /// Written as it stands, without the quotes that it would need.
    pub is_raw: bool,
    plant: Plant,
}

enum Plant {
    /// In place of what the column has.
    Cell(usize, &'static str),
    /// Without what the cell begins with.
    Without(usize, char),
    /// The row before, once more.
    Before,
}

const fn cell(code: &'static str, column: usize, text: &'static str) -> Mistake {
    Mistake { code, findings: 1, is_raw: false, plant: Plant::Cell(column, text) }
}

const MISTAKES: [Mistake; 20] = [
    cell("bad-date", 5, "31/02/2026"),
    cell("bad-mail", 3, "nobody.acme.example"),
    cell("unknown-department", 7, "Departement 17"),
    cell("unknown-manager", 8, "Nobody Atall"),
    cell("not-allowed", 11, "klingon"),
    cell("mojibake", 1, "HÃ©lÃ¨ne"),
    cell("spreadsheet-error", 14, "#N/A"),
    Mistake { is_raw: true, ..cell("stray-quote", 2, "Du\"rand") },
    cell("missing-key", 0, ""),
    cell("two-digit-year", 13, "01/02/86"),
    cell("date-serial", 5, "46419"),
    cell("scientific-number", 12, "1,23E+05"),
    cell("end-before-start", 6, "31/12/1980"),
    cell("unknown-establishment", 4, "Atlantis"),
    cell("unknown-role", 9, "Wizard"),
    cell("placeholder", 14, "NULL"),
    cell("control-character", 14, "Chef\nde projet"),
    Mistake { code: "lost-zeros", findings: 1, is_raw: false, plant: Plant::Without(12, '0') },
    Mistake { code: "phone-without-plus", findings: 1, is_raw: false, plant: Plant::Without(15, '+') },
    Mistake { code: "duplicate-key", findings: 2, is_raw: false, plant: Plant::Before },
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
            Plant::Without(column, letter) => cells[column] = cells[column].trim_start_matches(letter).into(),
            Plant::Before => cells.clone_from(before),
        }
    }
}

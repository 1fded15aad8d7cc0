//! `outer-blanks`: spaces around a value, also those that do not break a line.

use crate::model::{Example, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "outer-blanks",
    severity: Severity::Remark,
    meaning: Text::of(
        "There are spaces before or after the value; they are taken off.",
        "Il y a des espaces avant ou après la valeur ; ils sont retirés.",
    ),
    correction: Text::of(
        "Write the value without them; this time, nothing has to be done.",
        "Écrivez la valeur sans eux ; cette fois, il n'y a rien à faire.",
    ),
    example: Example { wrong: "login;lastName\nada; Lovelace", right: "login;lastName\nada;Lovelace" },
};

/// Takes off what looks like a space, the no-break space of French spreadsheets included.
pub fn trim(cell: &str) -> &str {
    match cell.as_bytes() {
        // So are nearly all cells.
        [b'!'..=b'~', .., b'!'..=b'~'] => cell,
        _ => cell.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_spaces_are_taken_off() {
        assert_eq!(trim("\u{a0} Jean Dupont\u{202f}\t"), "Jean Dupont");
    }
}

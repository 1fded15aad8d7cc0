//! `outer-blanks`: spaces around a value, also those that do not break a line.

use super::fault::Rule;
use crate::model::Severity;

pub static RULE: Rule = Rule {
    code: "outer-blanks",
    severity: Severity::Remark,
    meaning: "There are spaces before or after the value; they were taken off, and should not be written.",
};

/// Takes off what looks like a space, the no-break space of French spreadsheets included.
pub fn trim(cell: &str) -> &str {
    cell.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_spaces_are_taken_off() {
        assert_eq!(trim("\u{a0} Jean Dupont\u{202f}\t"), "Jean Dupont");
    }
}

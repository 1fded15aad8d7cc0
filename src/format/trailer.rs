//! The trailer: a last row that sums the others up, and is nobody.

use crate::format::rows::excerpt;
use crate::model::fold::fold;
use crate::model::{Example, Finding, Place, Rule, Severity, Text};

pub(super) static TRAILER_ROW: Rule = Rule {
    code: "trailer-row",
    severity: Severity::Remark,
    meaning: Text::of(
        "The last row is no person but sums the others up, such as `Total`; it was passed over.",
        "La dernière ligne n'est pas une personne mais récapitule les autres, comme `Total` ; elle n'a pas été prise en compte.",
    ),
    correction: Text::of("End the file with the last person.", "Terminez le fichier par la dernière personne."),
    example: Example {
        wrong: "login;firstName;lastName\nada;Ada;Lovelace\nTotal;1;\n",
        right: "login;firstName;lastName\nada;Ada;Lovelace\n",
    },
};

/// The word with which such a row starts.
const WORDS: [&str; 6] = ["total", "totaux", "nombre", "count", "fin", "end"];

/// A person has more cells than this: a key, and something that is said.
const FILLED_AT_MOST: usize = 2;

/// Said of the last row where it sums up. Where all rows are that short, it cannot be told from a person.
pub(super) fn finding<C: AsRef<str>>(row: Place, cells: &[C], width: usize) -> Option<Finding> {
    let mut filled = cells.iter().map(|cell| cell.as_ref().trim()).filter(|cell| !cell.is_empty());
    let first = filled.next()?;
    let word = first.split(|letter: char| !letter.is_alphanumeric()).next().map(fold)?;
    let sums_up = WORDS.contains(&word.as_str()) && filled.count() < FILLED_AT_MOST && width > FILLED_AT_MOST;
    let problem =
        Text::of("is no person, and was passed over", "n'est pas une personne, et n'a pas été prise en compte");
    sums_up.then(|| TRAILER_ROW.at(row, problem).read(excerpt(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_row_of_such_a_word_sums_up() {
        let sums_up = |cells: &[&str], width| finding(Place::FILE, cells, width).is_some();
        assert!(sums_up(&["Total", "", "", "12"], 4) && sums_up(&["Nombre de salariés : 12"], 4));
        assert!(
            !sums_up(&["total", "Ada", "Total", ""], 4) && !sums_up(&["Total", "12"], 2) && !sums_up(&["totally"], 4)
        );
    }
}

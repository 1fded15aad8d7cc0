//! The heading row: found among the first rows by the headings that are known.

use crate::format::unreadable;
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub(super) static TITLE_ROW: Rule = Rule {
    code: "title-row",
    severity: Severity::Remark,
    meaning: Text::of(
        "There are rows above the headings, such as a title; they were passed over.",
        "Des lignes précèdent les en-têtes, comme un titre ; elles n'ont pas été prises en compte.",
    ),
    correction: Text::of("Start the file with the headings.", "Commencez le fichier par les en-têtes."),
    example: Example { wrong: "ACME\nlogin;firstName\nada;Ada\n", right: "login;firstName\nada;Ada\n" },
};

pub(super) static REPEATED_HEADING: Rule = Rule {
    code: "repeated-heading",
    severity: Severity::Remark,
    meaning: Text::of(
        "The headings stand in the file once more, further down; that row was passed over.",
        "Les en-têtes figurent encore une fois plus bas dans le fichier ; cette ligne n'a pas été prise en compte.",
    ),
    correction: Text::of(
        "Take the heading row away from each file that you put behind another.",
        "Retirez la ligne d'en-têtes de chaque fichier que vous mettez à la suite d'un autre.",
    ),
    example: Example {
        wrong: "login;firstName\nada;Ada\nlogin;firstName\nbo;Bo\n",
        right: "login;firstName\nada;Ada\nbo;Bo\n",
    },
};

pub(super) static SECOND_HEADING: Rule = Rule {
    code: "second-heading",
    severity: Severity::Error,
    meaning: Text::of(
        "Further down there is a heading row with other columns; what stands below it would be misread, and the file is refused.",
        "Une autre ligne d'en-têtes, avec d'autres colonnes, se trouve plus bas ; la suite serait mal lue, et le fichier est refusé.",
    ),
    correction: Text::of(
        "Send the files that were put together here one by one, each with its headings.",
        "Envoyez un par un les fichiers qui ont été mis bout à bout, chacun avec ses en-têtes.",
    ),
    example: Example {
        wrong: "login;firstName;lastName\nada;Ada;Lovelace\nlogin;lastName;firstName\nbo;Derek;Bo\n",
        right: "login;firstName;lastName\nada;Ada;Lovelace\nbo;Bo;Derek\n",
    },
};

/// A heading further down is not looked for.
pub(super) const ROWS_LOOKED_AT: u32 = 20;

/// More than this is no file of people.
pub(super) const COLUMNS_AT_MOST: usize = 1_000;

/// A longer text is no heading.
pub(super) const CHARACTERS_AT_MOST: usize = 1_000;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// As a spreadsheet counts it, from 1.
    pub row: u32,
    /// Without outer blanks, and without empty cells behind the last one.
    pub cells: Vec<String>,
    /// How many of them are known.
    pub known: usize,
    /// The first row that holds something: a title, or the heading row itself.
    pub first: u32,
}

/// The row with most known headings, the first of equals; where none is known, the first row that is not blank.
pub(super) fn choose<C: AsRef<str>>(
    rows: impl Iterator<Item = (u32, Vec<C>)>,
    is_heading: &dyn Fn(&str) -> bool,
) -> Option<Heading> {
    let mut best: Option<Heading> = None;
    for (row, cells) in rows {
        if best.is_some() && row > ROWS_LOOKED_AT {
            break;
        }
        let heading = Heading::of(row, &cells, is_heading);
        best = match best {
            _ if heading.cells.is_empty() => best,
            None => Some(heading),
            Some(best) if heading.known > best.known => Some(Heading { first: best.first, ..heading }),
            same => same,
        };
    }
    best
}

impl Heading {
    fn of<C: AsRef<str>>(row: u32, cells: &[C], is_heading: &dyn Fn(&str) -> bool) -> Heading {
        let mut cells: Vec<String> = cells.iter().map(|cell| bare(cell.as_ref()).into()).collect();
        let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        cells.truncate(filled);
        let known = cells.iter().filter(|cell| is_heading(cell)).count();
        Heading { row, cells, known, first: row }
    }

    /// Said when rows in front of the headings were passed over.
    pub fn title(&self) -> Option<Finding> {
        let place = Place { row: Some(self.first), ..Place::FILE };
        let heading = self.row;
        let problem = text!(
            "was passed over: the headings are in row {heading}",
            "n'a pas été prise en compte : les en-têtes sont en ligne {heading}",
        );
        (self.first < self.row).then(|| TITLE_ROW.at(place, problem))
    }

    /// # Errors
    /// A cell is so long that it is no heading.
    pub fn check_lengths(&self) -> Result<(), Finding> {
        let is_too_long = |cell: &String| cell.chars().nth(CHARACTERS_AT_MOST).is_some();
        match self.cells.iter().any(is_too_long) {
            true => Err(unreadable::heading_too_long()),
            false => Ok(()),
        }
    }

    /// Could a row that starts with this cell be a heading row? Asked of every row, so it must cost next to nothing.
    pub fn may_start_with(&self, first: &str) -> bool {
        self.cells.iter().any(|heading| heading.len() == first.len() && heading == first)
    }

    /// Said where a row further down is a heading row too: most of its cells are headings that are known.
    pub fn again<C: AsRef<str>>(
        &self,
        place: &Place,
        cells: &[C],
        is_heading: &dyn Fn(&str) -> bool,
    ) -> Option<Finding> {
        let row = place.row.unwrap_or_default();
        let other = Heading::of(row, cells, is_heading);
        let filled = other.cells.iter().filter(|cell| !cell.is_empty()).count();
        let is_same = other.cells == self.cells;
        if !is_same && (other.known < 2 || other.known * 2 <= filled) {
            return None;
        }
        let first = self.row;
        Some(match is_same {
            true => REPEATED_HEADING.at(
                place.clone(),
                text!(
                    "repeats the headings of row {first}, and was passed over",
                    "répète les en-têtes de la ligne {first}, et n'a pas été prise en compte",
                ),
            ),
            false => SECOND_HEADING
                .at(
                    Place::FILE,
                    text!(
                        "row {row} is a heading row too, with other columns than row {first}: were two files put together?",
                        "la ligne {row} est aussi une ligne d'en-têtes, avec d'autres colonnes que la ligne {first} : deux fichiers ont-ils été mis bout à bout ?",
                    ),
                )
                .expected(Text::of("one heading row in each file", "une seule ligne d'en-têtes par fichier")),
        })
    }
}

/// Byte order marks are left inside by tools that glue files together.
fn bare(cell: &str) -> &str {
    cell.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose_in(rows: &[(u32, &[&str])]) -> Option<(u32, Vec<String>)> {
        let rows = rows.iter().map(|(number, cells)| (*number, cells.to_vec()));
        let known = |heading: &str| ["login", "mail", "department"].contains(&heading);
        choose(rows, &known).map(|heading| (heading.row, heading.cells))
    }

    #[test]
    fn the_row_with_most_known_headings_is_the_heading() {
        let title: (u32, &[&str]) = (1, &["department", ""]);
        let heading: (u32, &[&str]) = (3, &["login ", "", "\u{feff}mail", " ", ""]);
        let cells = ["login", "", "mail"].map(String::from).to_vec();
        assert_eq!(choose_in(&[title, (2, &[""]), heading, (4, &["a", "b"])]), Some((3, cells)));
    }

    #[test]
    fn without_a_known_heading_the_first_row_that_holds_something_is_taken() {
        assert_eq!(choose_in(&[(1, &["", " "]), (25, &["x"]), (26, &["y"])]), Some((25, vec!["x".into()])));
        assert_eq!(choose_in(&[(1, &["x"]), (21, &["login"])]), Some((1, vec!["x".into()])));
        assert_eq!(choose_in(&[(1, &[""])]), None);
    }
}

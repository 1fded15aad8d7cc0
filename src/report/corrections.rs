//! The rows to correct: the partner's own cells, then two columns of ours, as a file that can be dropped again.
//!
//! The first of ours says which row it was in the file that came first, whose digest stands in the heading: a partner may
//! sort the rows, cut some out, and empty the reasons, and each is still known by its number. The second is the reason.

use std::collections::HashMap;

use crate::model::table::Row;
use crate::model::{Digest, Example, Finding, Language, Place, Rule, Severity, Table, Text, Unlisted};
use crate::text;

/// In front of the reason of a row that could not be read: what stands in its cells is what was made of it, and may look
/// right. It is taken for corrected only once this is gone. Every encoding has its letters.
static UNREAD: Text =
    Text::of("empty this cell once the row is right", "videz cette cellule une fois que la ligne est juste");

static REASON: Text = Text::of("passerelle: reason", "passerelle : motif");

/// A cell holds 32,767 characters, and a reason should not be what is wrong with a row that comes back.
const REASON_AT_MOST: usize = 10_000;

static STILL_UNREAD: Rule = Rule {
    code: "still-unread",
    severity: Severity::Error,
    meaning: Text::of(
        "A row that could not be read came back, and the reason in its last column still says that it is not right.",
        "Une ligne qui n'avait pas pu être lue est revenue, et le motif dans sa dernière colonne dit encore qu'elle n'est \
         pas juste.",
    ),
    correction: Text::of(
        "Put the whole row right, since its cells may stand under the wrong headings; then empty its reason.",
        "Corrigez toute la ligne, car ses cellules peuvent se trouver sous de mauvais en-têtes ; videz ensuite son motif.",
    ),
    example: Example {
        wrong: "login;mail;passerelle: reason\nada;a@acme.example;empty this cell once the row is right | has 3 cells",
        right: "login;mail;passerelle: reason\nada;ada@acme.example;",
    },
};

pub static RULES: &[&Rule] = &[&STILL_UNREAD];

/// Our columns in a file that comes back, wherever they stand now.
#[derive(Debug, Default)]
pub struct Ours {
    reason: Option<usize>,
    row: Option<usize>,
    /// The beginning of the digest of the file that came first.
    first: Option<String>,
}

impl Ours {
    pub fn find(heading: &[String]) -> Ours {
        let mut ours = Ours::default();
        for (column, heading) in heading.iter().enumerate() {
            match our_heading(heading).as_deref() {
                Some("reason" | "motif") => ours.reason = Some(column),
                Some(row) => {
                    let first =
                        ["row(", "ligne("].into_iter().find_map(|start| row.strip_prefix(start)?.strip_suffix(')'));
                    if let Some(first) = first {
                        (ours.row, ours.first) = (Some(column), Some(first.into()));
                    }
                }
                None => {}
            }
        }
        ours
    }

    /// Do rows to correct come back?
    pub fn are_there(&self) -> bool {
        self.reason.is_some() || self.row.is_some()
    }

    pub fn holds(&self, column: usize) -> bool {
        [self.reason, self.row].contains(&Some(column))
    }

    /// The beginning of the digest of the file that came first.
    pub fn first(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// The number that the row had in the file that came first.
    pub fn first_number(&self, row: Row<'_>) -> Option<u32> {
        row.cell(self.row?).trim().parse().ok()
    }

    fn is_unread(&self, row: Row<'_>) -> bool {
        let reason = self.reason.map_or("", |column| row.cell(column)).trim_start();
        [Language::English, Language::French].iter().any(|language| reason.starts_with(UNREAD.is(*language)))
    }

    /// Rows that come back, but were not put right. The whole row is meant: its cells may be under the wrong headings.
    pub fn still_unread(&self, table: &Table) -> Vec<Finding> {
        let finding = |row: Row<'_>| {
            let place = Place::row(row.number(), row.line());
            let problem = Text::of(
                "could not be read before, and its reason is still there",
                "n'avait pas pu être lue, et son motif est toujours là",
            );
            let (reason, motif) = (REASON.is(Language::English), REASON.is(Language::French));
            STILL_UNREAD.at(place, problem).expected(text!(
                "the row put right, and its cell below `{reason}` emptied",
                "la ligne corrigée, et sa cellule sous `{motif}` vidée",
            ))
        };
        table.rows().filter(|row| self.is_unread(*row)).map(finding).collect()
    }
}

/// What follows our name in a heading, without blanks and in small letters; spreadsheets and people are free with both.
fn our_heading(heading: &str) -> Option<String> {
    let letters: String =
        heading.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect();
    letters.strip_prefix("passerelle:").map(String::from)
}

/// A file, and what is wrong with rows of it.
pub struct Corrections<'a> {
    pub heading: &'a [String],
    pub table: &'a Table,
    pub ours: &'a Ours,
    pub digest: &'a Digest,
    /// The numbers of the rows to correct, in order.
    pub left_out: &'a [u32],
    /// The findings of reading the file.
    pub unread: &'a [Finding],
    /// All that are listed.
    pub findings: &'a [Finding],
    pub unlisted: &'a [Unlisted],
    pub language: Language,
}

impl Corrections<'_> {
    /// Hands out the heading, then each row with an error.
    pub fn write(&self, mut record: impl FnMut(&[&str])) {
        let theirs: Vec<usize> = (0..self.heading.len()).filter(|column| !self.ours.holds(*column)).collect();
        let first = self.ours.first().unwrap_or(&self.digest.as_str()[..8]);
        let row_heading = text!("passerelle: row ({first})", "passerelle : ligne ({first})");
        let ours = [row_heading.is(self.language), REASON.is(self.language)];
        let heading: Vec<&str> = theirs.iter().map(|column| self.heading[*column].as_str()).chain(ours).collect();
        record(&heading);
        let unread = self.reasons(self.unread, &[]);
        let reasons = self.reasons(self.findings, self.unlisted);
        for row in self.table.rows().filter(|row| self.left_out.binary_search(&row.number()).is_ok()) {
            let number = match self.ours.first() {
                Some(_) => self.ours.first_number(row),
                None => Some(row.number()),
            };
            let number = number.map(|number| number.to_string()).unwrap_or_default();
            let reason = self.reason(row, unread.contains_key(&row.number()), reasons.get(&row.number()));
            let cells = theirs.iter().map(|column| row.cell(*column)).chain([number.as_str(), reason.as_str()]);
            record(&cells.collect::<Vec<&str>>());
        }
    }

    fn reason(&self, row: Row<'_>, is_unread: bool, reasons: Option<&Vec<String>>) -> String {
        let before = self.ours.reason.map_or("", |column| row.cell(column));
        // What was wrong with it when it could be seen is worth more than what can be said of its cells now.
        let mut parts = match self.ours.is_unread(row) {
            true => vec![before.to_string()],
            false => {
                let unread = is_unread.then(|| UNREAD.is(self.language).to_string());
                unread.into_iter().chain(reasons.into_iter().flatten().cloned()).collect()
            }
        };
        let surplus: Vec<&str> = row.cells().skip(self.heading.len()).filter(|cell| !cell.is_empty()).collect();
        if !surplus.is_empty() {
            let cells = surplus.join("`, `");
            let behind =
                text!("behind the last heading stood: `{cells}`", "après le dernier en-tête se trouvait : `{cells}`");
            parts.push(behind.is(self.language).into());
        }
        plain(&parts.join(" | "))
    }

    /// The sentences about each row with an error. They leave out the place: in this file, the cell has another address.
    fn reasons(&self, findings: &[Finding], unlisted: &[Unlisted]) -> HashMap<u32, Vec<String>> {
        let mut reasons: HashMap<u32, Vec<String>> = HashMap::new();
        for finding in findings.iter().filter(|finding| finding.is_error()) {
            if let Some(row) = finding.place.row {
                let place = Place { heading: finding.place.heading.clone(), ..Place::FILE };
                let sentence = Finding { place, ..finding.clone() }.sentence(self.language);
                reasons.entry(row).or_default().push(sentence);
            }
        }
        for finding in unlisted {
            let heading = finding.column.and_then(|column| self.heading.get(column as usize));
            let heading = heading.map(|heading| format!("{heading}{}", Text::of(": ", " : ").is(self.language)));
            let sentence = format!("{}{}", heading.unwrap_or_default(), finding.code);
            reasons.entry(finding.row).or_default().push(sentence);
        }
        reasons
    }
}

/// Our own column must not be what is wrong with the row when it comes back.
fn plain(reason: &str) -> String {
    let letters = reason.chars().take(REASON_AT_MOST);
    let plain = letters.map(|letter| match letter {
        '\u{fffd}' => '?',
        _ if letter.is_control() => ' ',
        _ => letter,
    });
    plain.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::table::Chunk;

    fn table(rows: &[(&[&str], u32)]) -> Table {
        let mut chunk = Chunk::default();
        for (cells, number) in rows {
            cells.iter().for_each(|cell| chunk.cell(cell));
            chunk.end_row(*number, *number);
        }
        chunk.into()
    }

    fn written(
        heading: &[&str],
        table: &Table,
        findings: &[Finding],
        left_out: &[u32],
        language: Language,
    ) -> Vec<String> {
        let heading: Vec<String> = heading.iter().map(|cell| cell.to_string()).collect();
        let corrections = Corrections {
            heading: &heading,
            table,
            ours: &Ours::find(&heading),
            digest: &Digest::of(b"x"),
            left_out,
            unread: &[],
            findings,
            unlisted: &[Unlisted { code: "bad-date", row: 3, column: Some(1) }],
            language,
        };
        let mut rows = Vec::new();
        corrections.write(|cells| rows.push(cells.join(";")));
        rows
    }

    fn bad_mail(row: u32) -> Finding {
        let place = Place::row(row, row).in_column(1, &"mail".into());
        Finding::error("bad-mail", place, Text::of("is no address", "n'est pas une adresse")).read("x\ny")
    }

    #[test]
    fn only_the_rows_left_out_are_in_it_with_their_numbers_and_reasons() {
        let table = table(&[(&["a", "x"], 2), (&["b", "z"], 3), (&["c", "z"], 4)]);
        assert_eq!(
            written(&["login", "mail"], &table, &[bad_mail(2)], &[2, 3], Language::French),
            [
                "login;mail;passerelle : ligne (2d711642);passerelle : motif",
                "a;x;2;mail : `x y` n'est pas une adresse",
                "b;z;3;mail : bad-date",
            ]
        );
    }

    #[test]
    fn a_row_that_comes_back_keeps_the_number_that_it_had_first() {
        let heading = ["Passerelle: Row (2d711642)", "login", "PASSERELLE : motif", "mail"];
        let unread = "videz cette cellule une fois que la ligne est juste | a 3 cellules";
        let table = table(&[(&["17", "a", "", "x"], 2), (&["", "b", unread, "z"], 3)]);
        assert_eq!(
            written(&heading, &table, &[bad_mail(2)], &[2, 3], Language::English),
            [
                "login;mail;passerelle: row (2d711642);passerelle: reason",
                "a;x;17;mail: `x y` is no address",
                &format!("b;z;;{unread}"),
            ]
        );
        let ours = Ours::find(&heading.map(String::from));
        assert_eq!(ours.still_unread(&table)[0].place.row, Some(3));
        assert_eq!(ours.first_number(table.row(0)), Some(17));
    }
}

//! A finding: something wrong or notable in data, with its code, its place, what was read and what was expected.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{Language, Text};

/// Characters of a cell that a sentence shows: a page of text in one cell would hide all other findings.
const SHOWN: usize = 100;

/// What a finding does to its row, or to the file when it has no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the row goes through.
    Remark,
    /// The row is left out; without a row, the file is refused.
    Error,
}

impl Severity {
    pub fn name(self) -> Text {
        match self {
            Severity::Remark => Text::of("remark", "remarque"),
            Severity::Error => Text::of("error", "erreur"),
        }
    }
}

/// Where a finding is, as the partner counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// As a spreadsheet counts it: from 1, the heading included. None: the finding is about the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// As an editor counts it, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The heading as the partner wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<Arc<str>>,
}

/// Something wrong or notable in data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable, in kebab case, the name of the rule's file.
    pub code: String,
    pub severity: Severity,
    #[serde(flatten)]
    pub place: Place,
    /// The cell as it was read; None where no single cell is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// What is wrong: a clause that can follow what was read (Text::same("is not a date")).
    pub problem: Text,
    /// What would have been right, with an example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Text>,
}

impl Place {
    pub const FILE: Place = Place { row: None, line: None, column: None, heading: None };

    pub fn row(number: u32, line: u32) -> Place {
        Place { row: Some(number), line: Some(line), ..Place::FILE }
    }

    pub fn in_column(self, column: usize, heading: &Arc<str>) -> Place {
        Place { column: Some(column as u32), heading: Some(heading.clone()), ..self }
    }

    /// As a spreadsheet names it: `D17`; a whole row as `17`, a whole column as `D`.
    pub fn address(&self) -> Option<String> {
        let letters = self.column.map(column_letters).unwrap_or_default();
        let number = self.row.map(|row| row.to_string()).unwrap_or_default();
        let address = letters + &number;
        (!address.is_empty()).then_some(address)
    }
}

/// `0` is `A`, `25` is `Z`, `26` is `AA`.
fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|letter| *letter as char).collect()
}

impl Finding {
    pub fn error(code: &str, place: Place, problem: Text) -> Finding {
        Finding::new(code, Severity::Error, place, problem)
    }

    pub fn remark(code: &str, place: Place, problem: Text) -> Finding {
        Finding::new(code, Severity::Remark, place, problem)
    }

    fn new(code: &str, severity: Severity, place: Place, problem: Text) -> Finding {
        Finding { code: code.into(), severity, place, read: None, problem, expected: None }
    }

    pub fn read(mut self, read: impl Into<String>) -> Finding {
        self.read = Some(read.into());
        self
    }

    pub fn expected(mut self, expected: Text) -> Finding {
        self.expected = Some(expected);
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// An error that is about more than one row: nothing of the file can be trusted.
    pub fn refuses_the_file(&self) -> bool {
        self.is_error() && self.place.row.is_none()
    }
}

/// One line, without the code: ``D17 dtContractStart: `31/02/2026` is not a date; expected …``. In English.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Language::English))
    }
}

/// The words between the parts of a sentence.
struct Joints {
    row: &'static str,
    /// Behind the place.
    colon: &'static str,
    expected: &'static str,
    /// Where the problem ends in a question.
    expected_anew: &'static str,
}

const ENGLISH: Joints = Joints { row: "row", colon: ":", expected: "; expected", expected_anew: " Expected" };
const FRENCH: Joints = Joints { row: "ligne", colon: " :", expected: " ; attendu :", expected_anew: " Attendu :" };

impl Finding {
    /// One line, without the code.
    pub fn sentence(&self, language: Language) -> String {
        let Joints { row, colon, expected, expected_anew } = match language {
            Language::English => ENGLISH,
            Language::French => FRENCH,
        };
        let is_row = self.place.column.is_none() && self.place.row.is_some();
        let address = self.place.address().map(|address| if is_row { format!("{row} {address}") } else { address });
        let place = match (address, &self.place.heading) {
            (Some(address), Some(heading)) if is_row => format!("{address}, {heading}{colon} "),
            (Some(address), Some(heading)) => format!("{address} {heading}{colon} "),
            (Some(address), None) => format!("{address}{colon} "),
            (None, Some(heading)) => format!("{heading}{colon} "),
            (None, None) => String::new(),
        };
        let read = match self.read.as_ref().map(|read| (read, read.char_indices().nth(SHOWN))) {
            Some((read, Some((end, _)))) => format!("`{}…` ", &read[..end]),
            Some((read, None)) => format!("`{read}` "),
            None => String::new(),
        };
        let problem = self.problem.is(language);
        let expected = match &self.expected {
            Some(text) if problem.ends_with('?') => format!("{expected_anew} {}", text.is(language)),
            Some(text) => format!("{expected} {}", text.is(language)),
            None => String::new(),
        };
        format!("{place}{read}{problem}{expected}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_a_spreadsheet() {
        for (column, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(column_letters(column), letters);
        }
        let place = Place::row(17, 20).in_column(3, &"dtBirth".into());
        assert_eq!(place.address().as_deref(), Some("D17"));
        assert_eq!(Place::FILE.address(), None);
    }

    #[test]
    fn of_a_page_of_text_a_sentence_shows_the_beginning() {
        let finding =
            |read: String| Finding::error("too-long", Place::FILE, Text::same("is too long")).read(read).to_string();
        assert_eq!(finding("é".repeat(100)), format!("`{}` is too long", "é".repeat(100)));
        assert_eq!(finding("é".repeat(30_000)), format!("`{}…` is too long", "é".repeat(100)));
    }

    #[test]
    fn a_finding_reads_as_one_sentence() {
        let finding =
            Finding::error("bad-date", Place::row(17, 17).in_column(3, &"dtBirth".into()), Text::same("is not a date"))
                .read("31/02/2026")
                .expected(Text::same("a day as `DD/MM/YYYY`, for example `28/02/2026`"));
        assert_eq!(
            finding.to_string(),
            "D17 dtBirth: `31/02/2026` is not a date; expected a day as `DD/MM/YYYY`, for example `28/02/2026`"
        );
        let row = Finding::error("cut-row", Place::row(17, 17), Text::of("is short", "est courte"))
            .expected(Text::of("9 cells", "9 cellules"));
        assert_eq!(row.sentence(Language::French), "ligne 17 : est courte ; attendu : 9 cellules");
    }
}

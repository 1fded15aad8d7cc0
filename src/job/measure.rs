//! What the brakes measure an import's file against: the directory, the last good file, and the exceptions of the day.

use chrono::NaiveDate;

use crate::model::fold::fold;
use crate::plan::Exception;
use crate::plan::brake::{Facts, Measure};
use crate::plan::heading::{Change, Heading};
use crate::rule::{self, Contract};
use crate::state::{self, Announced};

/// `last` is None where the file has none to be compared with: it is the first one, or holds rows that come back.
pub fn facts(directory: usize, file: &state::Facts, last: Option<&state::Facts>, contract: &Contract<'_>) -> Facts {
    let measure = |facts: &state::Facts| Measure { rows: facts.rows, size: facts.size as usize };
    let headings = last.filter(|last| !last.heading.is_empty()).map(|last| {
        let line = |facts: &state::Facts| headings(&facts.heading, contract);
        Change::between(&line(last), &line(file))
    });
    Facts { directory, file: measure(file), last: last.map(measure), headings: headings.unwrap_or_default() }
}

/// A heading is the same by whatever alias; one that is not understood, in whatever case and accents.
fn headings(line: &str, contract: &Contract<'_>) -> Vec<Heading> {
    let texts: Vec<String> = line.split(state::Facts::SEPARATOR).map(String::from).collect();
    let found = rule::recognise(&texts, contract, &[]).columns;
    let headings = texts.into_iter().zip(found).map(|(text, found)| Heading {
        key: found.as_ref().map_or_else(|| format!("? {}", fold(&text)), |found| found.field.to_string()),
        is_known: found.is_some(),
        text,
    });
    headings.filter(|heading| !heading.text.trim().is_empty()).collect()
}

/// Those of the day that no plan has used up.
pub fn exceptions<'a>(allow: &'a [Exception], today: NaiveDate, used: &[Announced]) -> Vec<&'a Exception> {
    allow.iter().filter(|exception| exception.on == today && !used.contains(&announced(exception))).collect()
}

/// As the journal knows it.
pub fn announced(exception: &Exception) -> Announced {
    Announced { on: exception.on, because: exception.because.clone() }
}

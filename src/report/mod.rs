//! What happened, told as text, HTML, JSON or CSV. To add a form: a file here.
//!
//! A report tells the operator what a run did or would do; a receipt, a verdict and the rows to correct tell a partner about
//! one file; a story tells all that the journal knows about one person; a check tells what servers turned out to be.
//!
//! Personal values are in findings and operations only, which a report shows to the people it is for; logs never hold them.

pub mod check;
pub mod corrections;
mod count;
mod discreet;
pub mod html;
pub mod json;
pub mod page;
pub mod receipt;
pub mod record;
mod removed;
mod returned;
pub mod story;
pub mod text;
pub mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use removed::Removed;
pub use returned::Returned;

use crate::model::table::Row;
use crate::model::{Content, Exit, Finding, Language, Operation, Severity, Table, Text, Verdict};

/// What one run came to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub run: String,
    pub verb: String,
    pub site: String,
    /// Nothing was changed: the report says what would be.
    pub dry_run: bool,
    pub started: DateTime<Utc>,
    pub finished: DateTime<Utc>,
    pub exit_code: Exit,
    pub exchanges: Vec<Exchange>,
}

/// What one exchange of a run came to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exchange {
    pub name: String,
    pub direction: Direction,
    /// The partner's or format's title.
    pub profile: String,
    pub server: String,
    /// In which people read about it.
    #[serde(default)]
    pub language: Language,
    /// Worth knowing every night, such as a connection without encryption.
    pub remarks: Vec<Text>,
    /// What a person must look at, though no file was refused: one that did not come, or cannot be taken as it is.
    #[serde(default)]
    pub alerts: Vec<Text>,
    pub exports: Vec<Export>,
    pub imports: Vec<Import>,
    /// What had been kept for long enough.
    #[serde(default)]
    pub removed: Vec<Removed>,
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Export,
    Import,
}

/// One file for a partner.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Export {
    /// Its name; where there was nothing to write, the pattern of its name.
    pub file: String,
    #[serde(default)]
    pub kind: Content,
    /// The one that it is about, where each has its file.
    #[serde(default)]
    pub establishment: Option<String>,
    pub outcome: Delivered,
    /// Rows in the file, the heading not counted.
    pub rows: usize,
    /// Rows that are not in the file because of an error.
    pub left_out: usize,
    /// Bytes.
    pub size: u64,
    /// Why the file is held.
    pub held: Vec<Text>,
    pub findings: Findings,
    /// What became of people's accounts, where each row is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Accounts>,
}

/// What became of the accounts of people at a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Accounts {
    pub created: usize,
    pub changed: usize,
    pub switched_off: usize,
    pub unchanged: usize,
    pub refused: usize,
}

/// What became of a file for a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivered {
    Delivered,
    /// Delivered, but for an instant the partner could see no file of that name.
    DeliveredInTwoSteps,
    /// The same file was delivered before; nothing was sent.
    AlreadyDelivered,
    /// Nothing has happened since the partner was last given anything; nothing was sent.
    Unchanged,
    Held,
    /// A dry run.
    WouldBeDelivered,
    /// The delivery failed; the failure is told beside.
    #[default]
    Failed,
    /// It was held, and a person gave it up.
    Discarded,
}

/// One file of a partner. The journal keeps it with its plan: one that an older Passerelle wrote must be readable.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Import {
    pub file: String,
    /// Bytes.
    pub size: u64,
    pub verdict: Verdict,
    /// The file had been taken before; nothing was applied this time.
    pub already_taken: bool,
    /// An interrupted run had begun to apply the file; this run finished it.
    pub resumed: bool,
    /// The plan was held, and a person gave it up.
    pub discarded: bool,
    pub rows: usize,
    pub left_out: usize,
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Of earlier files: which of their rows to correct this file has.
    pub returned: Vec<Returned>,
    /// How many findings of a code there are beyond those that are listed.
    pub unlisted: BTreeMap<String, usize>,
    /// What could not be applied, with the reason.
    pub failed: Vec<Text>,
    /// Why the plan is held.
    pub held: Vec<Text>,
    /// What would have been held, and the exception or the person who let it through.
    pub let_through: Vec<Text>,
    /// What an undo leaves as it is, and why.
    pub kept: Vec<Text>,
    pub findings: Findings,
    /// The first rows about which there is a finding, as the partner wrote them.
    pub excerpt: Excerpt,
    /// Where the file was set aside, on the partner's server.
    pub set_aside: Option<String>,
    /// The file of the rows to correct, on the partner's server.
    pub corrections: Option<String>,
    /// In a dry run, what would be done; after a run, the operations are in the file below and in the journal.
    pub operations: Vec<Operation>,
    /// JSON Lines on this machine: what was done.
    pub operations_file: Option<String>,
}

/// Some rows of a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Excerpt {
    pub headings: Vec<String>,
    pub rows: Vec<Cells>,
}

/// One row, as the partner wrote it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cells {
    /// As a spreadsheet counts it.
    pub row: u32,
    pub cells: Vec<String>,
}

/// Findings of one code and severity; a code that a site makes graver may come with both.
pub struct Group<'a> {
    pub code: &'a str,
    pub severity: Severity,
    /// Those that are listed.
    pub findings: Vec<&'a Finding>,
    /// Those that are not listed included.
    pub count: usize,
}

/// Findings in file order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Findings(pub Vec<Finding>);

/// Why an exchange could not be done.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Failure {
    pub exit_code: Exit,
    /// What was tried, then the causes, outermost first.
    pub chain: Vec<String>,
    pub later_may_help: bool,
    /// What is known of the server from the last time that it was examined.
    #[serde(default)]
    pub known: Option<Text>,
    /// The causes may quote data of people: no log has them.
    #[serde(skip)]
    pub quotes: bool,
}

impl Report {
    /// The one that all exchanges share, else English.
    pub fn language(&self) -> Language {
        let mut languages = self.exchanges.iter().map(|exchange| exchange.language);
        let first = languages.next().unwrap_or_default();
        if languages.all(|other| other == first) { first } else { Language::default() }
    }

    /// The exit code in a few words.
    pub fn meaning(&self) -> Text {
        let is_of_a_file = |exchange: &Exchange| exchange.exit_of_files() >= self.exit_code;
        match self.exit_code {
            Exit::DataRefused if !self.exchanges.iter().any(is_of_a_file) => Text::of(
                "a file did not come, or cannot be taken as it is",
                "un fichier n'est pas arrivé, ou ne peut être pris tel quel",
            ),
            exit => exit.meaning(),
        }
    }

    /// Says `verb` of this run, such as `passerelle approve 20270101-220000-1a2b`.
    fn command(&self, verb: &str) -> String {
        let site = match self.site.as_str() {
            "passerelle.toml" => String::new(),
            site => format!("--site {site} "),
        };
        format!("passerelle {site}{verb} {}", self.run)
    }
}

impl Excerpt {
    /// Rows that are shown: a page of more is read by nobody.
    const MOST: usize = 200;

    pub fn of(headings: &[String], table: &Table, findings: &Findings) -> Excerpt {
        let named: BTreeSet<u32> = findings.0.iter().filter_map(|finding| finding.place.row).collect();
        let last = named.last().copied().unwrap_or_default();
        let until_last = table.rows().take_while(|row| row.number() <= last);
        let rows = until_last.filter(|row| named.contains(&row.number())).take(Excerpt::MOST);
        let cells = |row: Row<'_>| Cells { row: row.number(), cells: row.cells().map(String::from).collect() };
        Excerpt { headings: headings.into(), rows: rows.map(cells).collect() }
    }
}

impl Findings {
    /// Errors first, codes in the order of their first appearance. `unlisted` says how many more there are of a code.
    pub fn by_code(&self, unlisted: &BTreeMap<String, usize>) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for finding in &self.0 {
            let Finding { code, severity, .. } = finding;
            match groups.iter_mut().find(|group| (group.code, group.severity) == (code, *severity)) {
                Some(group) => group.findings.push(finding),
                None => groups.push(Group { code, severity: *severity, findings: vec![finding], count: 0 }),
            }
        }
        groups.sort_by_key(|group| group.severity != Severity::Error);
        // Their severity is not kept: they are told once, with the graver ones of their code.
        let mut unlisted = unlisted.clone();
        for group in &mut groups {
            group.count = group.findings.len() + unlisted.remove(group.code).unwrap_or_default();
        }
        groups
    }

    pub fn errors(&self) -> usize {
        self.0.iter().filter(|finding| finding.is_error()).count()
    }

    pub fn remarks(&self) -> usize {
        self.0.len() - self.errors()
    }
}

impl Exchange {
    pub fn exit(&self) -> Exit {
        let alert = if self.alerts.is_empty() { Exit::Done } else { Exit::DataRefused };
        self.exit_of_files().max(alert)
    }

    fn exit_of_files(&self) -> Exit {
        let exports = self.exports.iter().map(Export::exit);
        let imports = self.imports.iter().map(Import::exit);
        let failure = self.failure.iter().map(|failure| failure.exit_code);
        exports.chain(imports).chain(failure).max().unwrap_or_default()
    }

    /// Was there nothing to do?
    fn is_idle(&self) -> bool {
        self.exports.is_empty() && self.imports.is_empty() && self.alerts.is_empty() && self.removed.is_empty()
    }

    /// Is there anything to approve?
    pub fn holds(&self) -> bool {
        let is_held = self.exports.iter().any(|export| export.outcome == Delivered::Held);
        is_held || self.imports.iter().any(|import| import.verdict == Verdict::Held)
    }
}

impl Export {
    /// What the file tells, where that is not simply everybody.
    fn tells(&self) -> Option<Text> {
        let tells = match self.kind {
            Content::Full | Content::Picture => None,
            Content::New => Some(Text::of("new people", "nouvelles personnes")),
            Content::Changed => Some(Text::of("changes", "modifications")),
            Content::Left => Some(Text::of("people who left", "personnes parties")),
        };
        let place = self.establishment.as_ref().map(|name| Text::same(name.clone()));
        match (tells, place) {
            (Some(tells), Some(place)) => Some(tells.then(&Text::same(" · ")).then(&place)),
            (tells, place) => tells.or(place),
        }
    }

    fn exit(&self) -> Exit {
        match self.outcome {
            Delivered::Held => Exit::Held,
            _ if self.left_out > 0 || self.accounts.is_some_and(|accounts| accounts.refused > 0) => Exit::DataRefused,
            _ => Exit::Done,
        }
    }
}

impl Import {
    /// What the partner is to be told, by what became of the rows.
    pub fn judge(&self, is_refused: bool) -> Verdict {
        match () {
            () if is_refused || (self.rows > 0 && self.left_out == self.rows) => Verdict::Refused,
            () if !self.held.is_empty() => Verdict::Held,
            () if self.left_out > 0 || !self.failed.is_empty() => Verdict::TakenInPart,
            () if self.findings.remarks() > 0 => Verdict::AcceptedWithRemarks,
            () => Verdict::Accepted,
        }
    }

    fn exit(&self) -> Exit {
        match self.verdict {
            _ if self.already_taken || self.discarded => Exit::Done,
            Verdict::Held => Exit::Held,
            Verdict::Refused | Verdict::TakenInPart => Exit::DataRefused,
            Verdict::Accepted | Verdict::AcceptedWithRemarks => Exit::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    #[test]
    fn a_code_of_both_severities_makes_two_groups_and_what_is_not_listed_is_counted_once() {
        let problem = || Text::same("is it one person?");
        let findings = Findings(vec![
            Finding::remark("possible-twin", Place::row(2, 2), problem()),
            Finding::error("possible-twin", Place::row(3, 3), problem()),
            Finding::remark("possible-twin", Place::row(4, 4), problem()),
        ]);
        let groups = findings.by_code(&BTreeMap::from([("possible-twin".to_string(), 10)]));
        let told: Vec<_> = groups.iter().map(|group| (group.severity, group.findings.len(), group.count)).collect();
        assert_eq!(told, [(Severity::Error, 1, 11), (Severity::Remark, 2, 2)]);
    }

    #[test]
    fn reasons_that_an_older_journal_has_in_english_alone_can_still_be_told() {
        let kept = r#"{"file": "users.csv", "verdict": "held", "held": ["8 creations; the limit is 3"], "failed": []}"#;
        let import: Import = serde_json::from_str(kept).expect("an older Passerelle wrote it");
        assert_eq!(import.held[0].is(Language::French), "8 creations; the limit is 3");
    }
}

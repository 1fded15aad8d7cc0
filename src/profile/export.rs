//! An export profile: the file that a partner must receive.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::complaint::{Complaints, Document};
use super::file_name::FileName;
use super::time::TimeOfDay;
use crate::format::dialect::{Dialect, Encoding};
use crate::format::{Form, cell};
use crate::model::RowsOf;
use crate::model::field::{Field, Sensitivity};
use crate::model::fold::fold;
use crate::rule::column::KEY;

/// What a partner must receive.
#[derive(Debug, Clone)]
pub struct Export {
    /// The file must have landed before.
    pub deadline: Option<TimeOfDay>,
    /// The partner advises to be done by then.
    pub advised: Option<TimeOfDay>,
    /// At most so many optional columns may be in the file.
    pub optional_cap: Option<usize>,
    /// Unless the site asks for another one.
    pub form: Form,
    pub dialect: Dialect,
    /// Those of one instant, delivered all or none; at least one.
    pub files: Vec<File>,
}

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// By which a site speaks of it; empty where it is the only one.
    pub name: String,
    pub rows: RowsOf,
    pub file_name: FileName,
    /// In the order of the file; a repeated column stands here once for each of its levels, a family once, with `{key}`
    /// in heading and field.
    pub columns: Vec<Column>,
}

/// One column of the file.
#[derive(Debug, Clone)]
pub struct Column {
    pub heading: String,
    pub level: Level,
    /// An empty cell means something, such as an end that nobody knows yet: nothing is said about it.
    pub may_be_empty: bool,
    /// None: its form says what it always holds.
    pub field: Option<Field>,
    pub sensitivity: Sensitivity,
    /// What the partner's pages say about it, where they disagree.
    pub note: Option<String>,
    pub form: cell::Options,
    pub repetition: Option<Repetition>,
}

/// How much a partner wants a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Always in the file; an empty cell is an error on its row.
    Required,
    /// In the file unless the site leaves it out, which is a warning at every run.
    Recommended,
    /// In the file only if the site chooses it.
    Optional,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Required => "required",
            Level::Recommended => "recommended",
            Level::Optional => "optional",
        }
    }
}

/// That a column is one of several, one for each level.
#[derive(Debug, Clone)]
pub struct Repetition {
    /// The heading as the profile writes it, with `{level}`.
    pub pattern: Arc<str>,
    pub most: u8,
    pub counts: Counts,
}

/// What a repeated column counts for against the cap on optional columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// Every level that is chosen counts one.
    Each,
    /// All its levels together count one.
    Once,
}

/// `[export]` as a profile writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Section {
    file_name: Option<FileName>,
    rows: Option<RowsOf>,
    columns: Option<Vec<Entry>>,
    /// Where there are several, in place of the three above.
    #[serde(default)]
    file: Vec<Part>,
    deadline: Option<TimeOfDay>,
    advised: Option<Spanned<TimeOfDay>>,
    optional_cap: Option<usize>,
    #[serde(default)]
    form: Form,
    dialect: Spanned<Dialect>,
}

/// `[[export.file]]`: one of several files.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Part {
    name: Spanned<String>,
    #[serde(default)]
    rows: RowsOf,
    file_name: Spanned<FileName>,
    columns: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Entry {
    heading: Spanned<String>,
    level: Level,
    #[serde(default)]
    may_be_empty: bool,
    field: Option<Spanned<String>>,
    levels: Option<Levels>,
    sensitivity: Option<Spanned<Sensitivity>>,
    note: Option<String>,
    #[serde(default)]
    form: cell::Options,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Levels {
    most: u8,
    counts: Counts,
}

impl Section {
    /// `span` is where the section begins.
    pub(super) fn check(self, span: Range<usize>, document: &Arc<Document>, complaints: &mut Complaints) -> Export {
        check_dialect(&self.dialect, document, complaints);
        if let (Some(deadline), Some(advised)) = (self.deadline, &self.advised)
            && *advised.get_ref() > deadline
        {
            complaints.push(
                document
                    .complaint(advised.span(), format!("`advised` is later than the deadline of {deadline}"))
                    .help("name a time before the deadline, or leave `advised` out"),
            );
        }
        let files = match (self.file_name, self.columns) {
            (Some(file_name), Some(columns)) if self.file.is_empty() => {
                let rows = self.rows.unwrap_or_default();
                vec![File { name: String::new(), rows, file_name, columns: check(columns, rows, document, complaints) }]
            }
            (None, None) if !self.file.is_empty() && self.rows.is_none() => {
                check_apart(&self.file, document, complaints);
                self.file.into_iter().map(|part| part.check(document, complaints)).collect()
            }
            _ => {
                let complaint = document.complaint(span, "this does not say what is in which file");
                complaints.push(complaint.help(
                    "write `file-name = \"…\"` and `columns = […]`, or both in `[[export.file]]` for each of several files",
                ));
                Vec::new()
            }
        };
        Export {
            deadline: self.deadline,
            advised: self.advised.map(Spanned::into_inner),
            optional_cap: self.optional_cap,
            form: self.form,
            dialect: self.dialect.into_inner(),
            files,
        }
    }
}

/// What the keys of a dialect cannot say one by one.
pub fn check_dialect(dialect: &Spanned<Dialect>, document: &Arc<Document>, complaints: &mut Complaints) {
    let span = dialect.span();
    let dialect = dialect.get_ref();
    if dialect.byte_order_mark && dialect.encoding != Encoding::Utf8 {
        complaints.push(
            document
                .complaint(document.find(&span, "byte-order-mark"), "only UTF-8 has a byte order mark")
                .help("write `byte-order-mark = false`, or `encoding = \"utf-8\"`"),
        );
    }
    let spoils =
        |separator: char| !separator.is_ascii() || separator.is_ascii_alphanumeric() || "\"\r\n".contains(separator);
    if spoils(dialect.separator) {
        complaints.push(
            document
                .complaint(document.find(&span, "separator"), format!("`{}` cannot separate cells", dialect.separator))
                .help("choose `;`, `,`, `|` or a tab (`\"\\t\"`)"),
        );
    }
}

impl Part {
    fn check(self, document: &Arc<Document>, complaints: &mut Complaints) -> File {
        let Part { name, rows, file_name, columns } = self;
        let columns = check(columns, rows, document, complaints);
        File { name: name.into_inner(), rows, file_name: file_name.into_inner(), columns }
    }
}

/// Files of one instant must not take one another's place.
fn check_apart(parts: &[Part], document: &Arc<Document>, complaints: &mut Complaints) {
    for (index, part) in parts.iter().enumerate() {
        let before = &parts[..index];
        if before.iter().any(|other| other.name.get_ref() == part.name.get_ref()) {
            let problem = format!("there is a file `{}` already", part.name.get_ref());
            complaints.push(document.complaint(part.name.span(), problem).help("call this one something else"));
        }
        if before.iter().any(|other| other.file_name.get_ref().is_like(part.file_name.get_ref())) {
            let problem = format!("another file is called `{}` too", part.file_name.get_ref());
            complaints.push(document.complaint(part.file_name.span(), problem).help("write a name of its own"));
        }
    }
}

fn check(columns: Vec<Entry>, rows: RowsOf, document: &Arc<Document>, complaints: &mut Complaints) -> Vec<Column> {
    check_headings(&columns, document, complaints);
    columns.into_iter().flat_map(|entry| entry.check(rows, document, complaints)).collect()
}

fn check_headings(columns: &[Entry], document: &Arc<Document>, complaints: &mut Complaints) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for heading in columns.iter().map(|column| &column.heading) {
        if let Some(other) = seen.insert(fold(heading.get_ref()), heading.get_ref()) {
            complaints.push(
                document
                    .complaint(heading.span(), format!("there is a column `{other}` already"))
                    .help("headings must differ in more than case, spaces, accents and punctuation"),
            );
        }
    }
}

impl Entry {
    /// The column, or each of its levels.
    fn check(self, rows: RowsOf, document: &Arc<Document>, complaints: &mut Complaints) -> Vec<Column> {
        self.check_family(document, complaints);
        let pattern: Arc<str> = self.heading.get_ref().as_str().into();
        let Some(levels) = &self.levels else {
            return self.column(None, None, rows, document, complaints).into_iter().collect();
        };
        let mut texts = std::iter::once(&self.heading).chain(&self.field);
        if let Some(text) = texts.find(|text| !text.get_ref().contains("{level}")) {
            complaints.push(
                document
                    .complaint(text.span(), "a column with `levels` needs `{level}` here")
                    .help("it is filled in with 1, 2, and so on"),
            );
            return Vec::new();
        }
        let repetition = Repetition { pattern, most: levels.most, counts: levels.counts };
        (1..=levels.most)
            .map_while(|level| self.column(Some(level), Some(repetition.clone()), rows, document, complaints))
            .collect()
    }

    /// Which members of a family are in the file is the site's choice.
    fn check_family(&self, document: &Arc<Document>, complaints: &mut Complaints) {
        let has_key = |text: &Spanned<String>| text.get_ref().contains(KEY);
        let is_family = has_key(&self.heading);
        if is_family != self.field.as_ref().is_some_and(has_key) {
            complaints.push(
                document
                    .complaint(
                        self.heading.span(),
                        format!("`{}` and its field do not go together", self.heading.get_ref()),
                    )
                    .help("a family has `{key}` in both, a plain column in neither"),
            );
        } else if is_family && self.level != Level::Optional {
            complaints.push(
                document
                    .complaint(self.heading.span(), "a family can only be optional")
                    .help("the site chooses its members by their headings: write `level = \"optional\"`"),
            );
        }
    }

    fn column(
        &self,
        level: Option<u8>,
        repetition: Option<Repetition>,
        rows: RowsOf,
        document: &Arc<Document>,
        complaints: &mut Complaints,
    ) -> Option<Column> {
        let filled = |text: &str| level.map_or(text.into(), |level| text.replace("{level}", &level.to_string()));
        let field = match &self.field {
            Some(field) if Field::change().is(field.get_ref()) && rows == RowsOf::People => Some(Field::change()),
            Some(field) => match Field::parse_of(&filled(field.get_ref()), rows.bearers()) {
                Ok(known) => Some(known),
                Err(unknown) => {
                    complaints.push(unknown_field(document, field, rows, &unknown.nearest));
                    return None;
                }
            },
            None if self.form.constant.is_some() => None,
            None => {
                complaints.push(
                    document
                        .complaint(self.heading.span(), format!("nothing says what `{}` holds", self.heading.get_ref()))
                        .help("add `field = \"…\"`, or `form = { constant = \"…\" }`"),
                );
                return None;
            }
        };
        let own = field.as_ref().map_or(Sensitivity::Professional, Field::sensitivity);
        Some(Column {
            heading: filled(self.heading.get_ref()),
            level: self.level,
            may_be_empty: self.may_be_empty,
            sensitivity: self.sensitivity(own, document, complaints),
            field,
            note: self.note.clone(),
            form: self.form.clone(),
            repetition,
        })
    }

    /// The field's own, unless the profile raises it.
    fn sensitivity(&self, own: Sensitivity, document: &Arc<Document>, complaints: &mut Complaints) -> Sensitivity {
        let Some(stated) = &self.sensitivity else { return own };
        if *stated.get_ref() < own {
            complaints.push(
                document
                    .complaint(stated.span(), "a profile may raise the sensitivity of a field, but not lower it")
                    .help(format!("the field's own is `{}`", name(own))),
            );
        }
        own.max(*stated.get_ref())
    }
}

/// As a profile writes it.
pub fn name(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Professional => "professional",
        Sensitivity::Personal => "personal",
        Sensitivity::Sensitive => "sensitive",
    }
}

fn unknown_field(
    document: &Arc<Document>,
    field: &Spanned<String>,
    rows: RowsOf,
    nearest: &Option<String>,
) -> super::Complaint {
    let name = field.get_ref();
    let problem = match Field::parse(name) {
        Ok(_) => format!("rows of {} have no `{name}`", rows.name()),
        Err(_) => format!("`{name}` is not a field"),
    };
    match nearest {
        Some(near) => document.complaint(field.span(), problem).help(format!("did you mean `{near}`?")),
        None => document.complaint(field.span(), problem),
    }
}

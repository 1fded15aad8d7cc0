//! A complaint: something wrong in a TOML file, shown with its line, its spot and what would be right.

use std::fmt::{self, Write as _};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::spot::Spot;
use crate::model::fold;

/// No line of a complaint is wider, except of a path.
const WIDTH: usize = 100;

/// A TOML file as it was read, by the name under which people know it.
#[derive(Debug)]
pub struct Document {
    pub name: String,
    pub text: String,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Complaint {
    pub document: Arc<Document>,
    /// In bytes of the document. None: it is about the whole file.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

/// All that is wrong, file by file and from top to bottom.
#[derive(Debug, Clone, Default)]
pub struct Complaints(Vec<Complaint>);

impl Document {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Document> {
        Arc::new(Document { name: name.into(), text: text.into() })
    }

    /// Reads a file; that it cannot be read is a complaint too.
    pub fn read(path: &Path) -> Result<Arc<Document>, Complaint> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path)
            .map_err(|error| Document::new(&name, "").complaint(None, format!("this file cannot be read: {error}")))?;
        String::from_utf8(bytes).map(|text| Document::new(&name, text)).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes());
            let spot = good..good + char::REPLACEMENT_CHARACTER.len_utf8();
            Document::new(&name, text).complaint(spot, "this is not UTF-8").help("save the file as UTF-8")
        })
    }

    pub fn complaint(
        self: &Arc<Document>,
        span: impl Into<Option<Range<usize>>>,
        message: impl Into<String>,
    ) -> Complaint {
        Complaint { document: self.clone(), span: span.into(), message: message.into(), help: None }
    }

    /// Where `part` stands within `span`, in quotes if it does so somewhere; without it, the whole span.
    pub fn find(&self, span: &Range<usize>, part: &str) -> Range<usize> {
        let within = self.section(span);
        let quoted = format!("\"{part}\"");
        let found = [quoted.as_str(), part].into_iter().find_map(|part| Some((within.find(part)?, part.len())));
        match found {
            Some((start, length)) => span.start + start..span.start + start + length,
            None => span.clone(),
        }
    }

    /// The span of a table is its heading; its keys follow, up to the next heading.
    fn section(&self, span: &Range<usize>) -> &str {
        let rest = &self.text[span.start..];
        match rest.starts_with('[') {
            true => &rest[..rest.find("\n[").unwrap_or(rest.len())],
            false => &self.text[span.clone()],
        }
    }
}

impl Complaint {
    pub fn help(self, help: impl Into<String>) -> Complaint {
        Complaint { help: Some(help.into()), ..self }
    }

    /// The line that is shown, without what may be secret in it.
    pub fn line(&self) -> Option<String> {
        self.span.as_ref().map(|span| Spot::of(&self.document.text, span).line())
    }

    /// Helps with the name that was probably meant, or else with all `names`.
    pub fn nearest<'a>(self, wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Complaint {
        let names: Vec<&str> = names.into_iter().collect();
        match (fold::nearest(wrong, names.iter().copied()), names.as_slice()) {
            (Some(near), _) => self.help(format!("did you mean `{near}`?")),
            (None, []) => self.help("there are none"),
            (None, [only]) => self.help(format!("there is only `{only}`")),
            (None, _) => self.help(format!("there are {}", quoted(names))),
        }
    }
}

/// `a`, `b` and `c`, each in backticks.
pub fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "none".into(),
    }
}

impl Complaints {
    pub fn push(&mut self, complaint: Complaint) {
        self.0.push(complaint);
    }

    pub fn extend(&mut self, other: Complaints) {
        self.0.extend(other.0);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Complaint> {
        self.0.iter()
    }

    /// The value, if there is nothing to complain about.
    pub fn or<T>(mut self, value: T) -> Result<T, Complaints> {
        self.0.sort_by_key(|complaint| complaint.span.as_ref().map(|span| span.start));
        self.0.sort_by(|left, right| left.document.name.cmp(&right.document.name));
        let place = |complaint: &Complaint| (complaint.document.name.clone(), complaint.span.clone());
        self.0.dedup_by(|next, last| place(next) == place(last) && next.message == last.message);
        match self.is_empty() {
            true => Ok(value),
            false => Err(self),
        }
    }
}

impl From<Complaint> for Complaints {
    fn from(complaint: Complaint) -> Complaints {
        Complaints(vec![complaint])
    }
}

impl std::error::Error for Complaints {}

impl fmt::Display for Complaints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, complaint) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_char('\n')?;
            }
            complaint.fmt(f)?;
        }
        Ok(())
    }
}

/// Several lines, each ended.
impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        wrapped(f, "error: ", &self.message)?;
        let Some(spot) = self.span.as_ref().map(|span| Spot::of(&self.document.text, span)) else {
            writeln!(f, " --> {}", self.document.name)?;
            return self.help.as_ref().map_or(Ok(()), |help| wrapped(f, "  = help: ", help));
        };
        let gutter = spot.number.to_string().len();
        let (shown, marked) = spot.window(WIDTH - gutter - 3);
        writeln!(f, "{:gutter$}--> {}:{}:{}", "", self.document.name, spot.number, spot.marked.start + 1)?;
        writeln!(f, "{:gutter$} |", "")?;
        writeln!(f, "{} | {shown}", spot.number)?;
        writeln!(f, "{:gutter$} | {:start$}{}", "", "", "^".repeat(marked.len()), start = marked.start)?;
        self.help.as_ref().map_or(Ok(()), |help| wrapped(f, &format!("{:gutter$} = help: ", ""), help))
    }
}

/// Writes words behind `head`, and goes on beneath the first word when a line is full.
fn wrapped(f: &mut fmt::Formatter<'_>, head: &str, text: &str) -> fmt::Result {
    f.write_str(head)?;
    let indent = head.chars().count();
    let mut column = indent;
    for word in words(text) {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            write!(f, "\n{:indent$}", "")?;
            column = indent;
        } else if column > indent {
            f.write_char(' ')?;
            column += 1;
        }
        f.write_str(word)?;
        column += length;
    }
    writeln!(f)
}

/// What stands in backticks is one word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |letter: char| {
        is_quoted ^= letter == '`';
        letter.is_whitespace() && !is_quoted
    })
    .filter(|word| !word.is_empty())
}

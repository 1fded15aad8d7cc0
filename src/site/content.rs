//! What the files of an export tell: everybody, or what happened since the last one; and what holds each kind back.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use crate::model::{Content, Event};
use crate::plan::Limit;
use crate::profile::file_name::{ESTABLISHMENT, KIND};
use crate::profile::{Chosen, FileName};

/// Safety has no default: what holds a file back must be written out. An empty file of everybody is always held.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Brakes {
    /// Of a file of everybody: rows fewer than in the last one.
    pub shrink: Option<Limit>,
    /// New and changed rows, of the people whom the partner was last given.
    pub changes: Option<Limit>,
    /// People who are no longer of the population, of those whom the partner was last given.
    pub left: Option<Limit>,
    /// So many rows never brake a file of changes: a company of fifteen is not held up by one newcomer.
    #[serde(default)]
    pub floor: usize,
}

/// `content = "…"`, or `files = ["…", …]`, or everybody where neither is written.
pub fn read(
    content: &Option<Spanned<Content>>,
    files: &Option<Spanned<Vec<Spanned<Content>>>>,
    reader: &mut Reader,
) -> Vec<Content> {
    let wanted: Vec<&Spanned<Content>> = match (content, files) {
        (Some(content), Some(files)) => {
            complain(
                reader,
                content.span(),
                "`content` is about one file, and `files` names several",
                "write one of them",
            );
            files.get_ref().iter().collect()
        }
        (Some(content), None) => vec![content],
        (None, Some(files)) => files.get_ref().iter().collect(),
        (None, None) => return vec![Content::Full],
    };
    if let Some(files) = files.as_ref().filter(|files| files.get_ref().is_empty()) {
        complain(
            reader,
            files.span(),
            "no file is named",
            "write `files = [\"new\", \"changed\", \"left\"]`, or fewer",
        );
        return vec![Content::Full];
    }
    for content in &wanted {
        if *content.get_ref() == Content::Picture {
            let help = "write `full`, `new`, `changed` or `left`; pictures are asked for by `[export.NAME.photos]`";
            complain(reader, content.span(), "a picture is no table", help);
        }
        if wanted.iter().filter(|other| other.get_ref() == content.get_ref()).count() > 1 {
            complain(reader, content.span(), "it is named twice", "name each kind of file once");
        }
    }
    let mut contents: Vec<Content> = wanted.into_iter().map(|content| *content.get_ref()).collect();
    contents.sort_unstable();
    contents.dedup();
    contents
}

/// In a file of their own; or among the changes, where a column says what happened.
pub fn tells_who_left(contents: &[Content], columns: &[Chosen]) -> bool {
    let is_said = contents.contains(&Content::Changed) && columns.iter().any(Chosen::is_change);
    is_said || contents.contains(&Content::Left)
}

/// Events are said of those who changed, in the column that says what happened.
pub fn events(
    events: Option<Spanned<BTreeSet<Event>>>,
    contents: &[Content],
    columns: &[Chosen],
    reader: &mut Reader,
) -> BTreeSet<Event> {
    let Some(events) = events else { return BTreeSet::new() };
    if !contents.contains(&Content::Changed) {
        let help = "write `content = \"changed\"`, or add `\"changed\"` to `files`";
        complain(reader, events.span(), "events are told among changes, which no file of this export tells", help);
    } else if !columns.iter().any(Chosen::is_change) {
        let help = "choose the column of the profile whose field is `change`, or add one";
        complain(reader, events.span(), "no column says what happened, so that there is no place for events", help);
    }
    events.into_inner()
}

/// The brakes, with a complaint for each that is missing, or means nothing for what the files tell.
pub fn brakes(
    brakes: Option<&Spanned<Brakes>>,
    contents: &[Content],
    tells_who_left: bool,
    name: &Spanned<String>,
    reader: &mut Reader,
) -> Option<Brakes> {
    let tells_changes = contents.iter().any(|content| matches!(content, Content::New | Content::Changed));
    let is_full = contents.contains(&Content::Full);
    let shrink = Needed {
        key: "shrink",
        usual: "20%",
        is_needed: is_full,
        says: "how much smaller than the last one a file may be",
    };
    let changes = Needed {
        key: "changes",
        usual: "30%",
        is_needed: tells_changes,
        says: "how many rows may be new or changed at once",
    };
    let left =
        Needed { key: "left", usual: "5%", is_needed: tells_who_left, says: "how many people may leave at once" };
    let Some(brakes) = brakes else {
        let needed: Vec<&Needed> = [&shrink, &changes, &left].into_iter().filter(|brake| brake.is_needed).collect();
        let says: Vec<&str> = needed.iter().map(|brake| brake.says).collect();
        let example: Vec<String> = needed.iter().map(|brake| brake.example()).collect();
        let problem = format!("the export `{}` has no `brakes`", name.get_ref());
        let help = format!("say {}: `brakes = {{ {} }}`", says.join(", and "), example.join(", "));
        complain(reader, name.span(), &problem, &help);
        return None;
    };
    let stated = brakes.get_ref();
    shrink.check(stated.shrink.is_some(), brakes, reader);
    changes.check(stated.changes.is_some(), brakes, reader);
    left.check(stated.left.is_some(), brakes, reader);
    Some(stated.clone())
}

/// A brake that what the files tell asks for, or makes meaningless.
struct Needed {
    key: &'static str,
    usual: &'static str,
    is_needed: bool,
    says: &'static str,
}

impl Needed {
    fn example(&self) -> String {
        format!("{} = \"{}\"", self.key, self.usual)
    }

    fn check(&self, is_stated: bool, brakes: &Spanned<Brakes>, reader: &mut Reader) {
        let Needed { key, says, .. } = self;
        match (self.is_needed, is_stated) {
            (true, false) => {
                let help = format!("say {says}: `{}`", self.example());
                complain(reader, brakes.span(), &format!("`{key}` is missing"), &help);
            }
            (false, true) => {
                let span = reader.document.find(&brakes.span(), key);
                let problem = format!("`{key}` means nothing for the files of this export");
                complain(reader, span, &problem, "take it out, or look at `content` and `files`");
            }
            _ => {}
        }
    }
}

/// Files of one instant need names of their own, and a file of changes a name that no other one ever has.
pub fn check_name(
    name: &FileName,
    span: Range<usize>,
    contents: &[Content],
    per_establishment: bool,
    reader: &mut Reader,
) {
    let several = contents.len() > 1;
    for (word, is_needed, why) in [
        (KIND, several, "each of `files` needs a name of its own"),
        (ESTABLISHMENT, per_establishment, "the file of each establishment needs a name of its own"),
    ] {
        if is_needed && !name.has(word) {
            let help = format!("write `{word}` in `file-name`: it is filled in");
            complain(reader, span.clone(), &format!("{why}, and `{name}` has no `{word}`"), &help);
        }
    }
    if name.has(ESTABLISHMENT) && !per_establishment {
        let help = "write `per-establishment = true`, or take it out of the name";
        complain(reader, span.clone(), &format!("`{ESTABLISHMENT}` is filled in only where each has its file"), help);
    }
    if contents.iter().any(|content| content.is_of_changes()) && !name.is_of_one_instant() {
        let problem = format!("a later file called `{name}` would take the place of changes that nobody has read yet");
        complain(reader, span, &problem, "write `{date}` and `{time}` in `file-name`");
    }
}

fn complain(reader: &mut Reader, span: Range<usize>, problem: &str, help: &str) {
    let complaint = reader.at(span, problem).help(help);
    reader.complain(complaint);
}

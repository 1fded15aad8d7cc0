//! `[export.NAME.photos]`: pictures of the people of an export, delivered beside its files.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use super::size::Size;
use super::{People, Server, folder};

/// What is filled in in the name of a picture.
const LOGIN: &str = "{login}";

/// In bytes.
const LARGEST: Size = Size(5 << 20);

/// Where pictures go, and how large they may be.
#[derive(Debug, Clone)]
pub struct Photos {
    /// Of the server; empty for the server's own. It must be there.
    pub folder: String,
    file_name: String,
    /// A larger one is left out.
    pub largest: Size,
}

/// As a site writes it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Section {
    folder: Option<Spanned<String>>,
    file_name: Option<Spanned<String>>,
    largest: Option<Size>,
}

impl Section {
    pub(super) fn read(
        &self,
        span: Range<usize>,
        people: &People,
        server: Option<&Server>,
        reader: &mut Reader,
    ) -> Photos {
        if !matches!(people, People::Lucca(_)) {
            let problem = format!("the people `{}` have no pictures", people.name());
            complain(reader, span.clone(), &problem, "only people that Lucca has do; take `photos` out");
        }
        if let Some(server) = server.filter(|server| server.options.endpoint().is_some()) {
            let problem = format!("`{}` is an endpoint, which takes no pictures", server.name);
            complain(reader, span, &problem, "take `photos` out");
        }
        let file_name = self.file_name.as_ref().map_or(LOGIN, |name| {
            check_name(name, reader);
            name.get_ref()
        });
        Photos {
            folder: folder::read(self.folder.as_ref(), reader),
            file_name: file_name.into(),
            largest: self.largest.unwrap_or(LARGEST),
        }
    }
}

/// The ending is no part of it: it follows what the picture is.
fn check_name(name: &Spanned<String>, reader: &mut Reader) {
    let around = name.get_ref().replacen(LOGIN, "", 1);
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let problem = if !name.get_ref().contains(LOGIN) {
        "would be the same for everybody"
    } else if !around.chars().all(is_plain) || name.get_ref().starts_with('.') {
        "is no name that every server takes"
    } else {
        return;
    };
    let problem = format!("the file name `{}` {problem}", name.get_ref());
    let help = "write `{login}`, with nothing around it but plain letters, digits, `-`, `_` and `.`, and no ending: it \
                follows what the picture is";
    complain(reader, name.span(), &problem, help);
}

impl Photos {
    /// `login` is one that every server takes as a name; `ending` has no dot.
    pub fn name(&self, login: &str, ending: &str) -> String {
        format!("{}.{ending}", self.file_name.replacen(LOGIN, login, 1))
    }
}

/// As the site writes it, with its folder.
impl fmt::Display for Photos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.folder.as_str() {
            "" => f.write_str(&self.file_name),
            folder => write!(f, "{folder}/{}", self.file_name),
        }
    }
}

fn complain(reader: &mut Reader, span: Range<usize>, problem: &str, help: &str) {
    let complaint = reader.at(span, problem).help(help);
    reader.complain(complaint);
}

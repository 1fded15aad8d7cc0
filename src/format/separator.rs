//! The separator between the cells: stated in the file, or told by its headings.

use std::borrow::Cow;
use std::iter;
use std::ops::ControlFlow;

use crate::format::heading::{self, Heading};
use crate::format::signs::Signs;
use crate::format::split::{Row, Splitter};
use crate::model::{Example, Finding, Place, Rule, Severity, Text};
use crate::text;

pub(super) static SEPARATOR: Rule = Rule {
    code: "separator",
    severity: Severity::Remark,
    meaning: Text::of(
        "Another sign than `;` stands between the cells; the file was read with it.",
        "Les cellules sont séparées par un autre signe que `;` ; le fichier a été lu avec celui-ci.",
    ),
    correction: Text::of(
        "Export the file with `;` between the cells.",
        "Exportez le fichier avec `;` entre les cellules.",
    ),
    example: Example { wrong: "login,firstName\nada,Ada\n", right: "login;firstName\nada;Ada\n" },
};

/// The first one is expected; of equally good ones the first is taken.
const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// The separator that the file states, or under which most headings are known, or else the one that makes most of them;
/// nothing where the whole text is blank. It goes on where more of the text is needed to tell.
pub(super) fn recognise<'a>(
    text: &'a str,
    is_whole: bool,
    is_heading: &dyn Fn(&str) -> bool,
) -> ControlFlow<Option<(Splitter<'a>, Heading)>> {
    let is_blank = |letter: char| {
        letter.is_whitespace()
            || letter == '\u{feff}'
            || u8::try_from(letter).is_ok_and(|byte| SEPARATORS.contains(&byte))
    };
    if text.chars().all(is_blank) {
        return if is_whole { ControlFlow::Break(None) } else { ControlFlow::Continue(()) };
    }
    let signs = Signs::of(text);
    let splitters: Vec<Splitter<'a>> = match stated(text) {
        Some((separator, rest)) => vec![Splitter::new(text, signs, separator).behind_first_line(rest)],
        None => SEPARATORS.into_iter().rev().map(|separator| Splitter::new(text, signs, separator)).collect(),
    };
    let mut saw_end = false;
    let found = splitters.into_iter().filter_map(|splitter| {
        let mut reader = splitter.clone();
        let heading = heading::choose(first_cells(&mut reader), is_heading);
        saw_end |= reader.saw_end();
        Some((splitter, heading?))
    });
    let best = found.max_by_key(|(_, heading)| (heading.known, heading.cells.len()));
    if is_whole || !saw_end { ControlFlow::Break(best) } else { ControlFlow::Continue(()) }
}

fn first_cells<'a>(splitter: &mut Splitter<'a>) -> impl Iterator<Item = (u32, Vec<Cow<'a, str>>)> {
    let mut row = Row::default();
    iter::from_fn(move || {
        let cells = splitter.next(&mut row).then(|| row.cells.iter().map(|span| splitter.text(*span)).collect());
        cells.map(|cells| (row.number, cells))
    })
}

/// The separator that a first line such as `sep=,` states for Excel, and where the next line starts. Spreadsheets do not
/// show that line, and count no row for it.
fn stated(text: &str) -> Option<(u8, usize)> {
    let line = text.lines().next()?;
    let bare = line.split('\r').next()?;
    let separator = bare.trim_matches('"').strip_prefix("sep=").or(bare.strip_prefix("SEP="))?;
    let is_plain = |byte: &u8| byte.is_ascii_punctuation() && *byte != b'"' || *byte == b'\t';
    let [separator] = separator.as_bytes() else { return None };
    let rest = text[bare.len()..].strip_prefix("\r\n").or(text[bare.len()..].strip_prefix(['\r', '\n']))?;
    is_plain(separator).then_some((*separator, text.len() - rest.len()))
}

/// Said where it is not the one that is expected, and there is something to separate.
pub(super) fn remark(separator: u8, columns: usize) -> Option<Finding> {
    let problem = match separator {
        b'\t' => Text::of("the cells are separated by a tab", "les cellules sont séparées par une tabulation"),
        other => {
            let sign = char::from(other);
            text!("the cells are separated by `{sign}`", "les cellules sont séparées par `{sign}`")
        }
    };
    let is_notable = separator != SEPARATORS[0] && columns > 1;
    is_notable.then(|| SEPARATOR.at(Place::FILE, problem).expected(Text::same("`;`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_may_state_the_separator() {
        for (text, expected) in [
            ("sep=,\na,b", Some((b',', 6))),
            ("sep=;\r\na;b", Some((b';', 7))),
            ("\"sep=\t\"\ra\tb", Some((b'\t', 8))),
            ("SEP=|\na|b", Some((b'|', 6))),
            ("sep=;", None),
            ("sep=\na", None),
            ("sep=ab\na", None),
            ("sep=é\na", None),
            ("separator;mail\na;b", None),
        ] {
            assert_eq!(stated(text), expected, "{text}");
        }
    }
}

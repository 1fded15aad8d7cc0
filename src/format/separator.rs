//! The separator between the cells: stated in the file, or told by its headings.

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
pub(super) const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// The separator that a first line such as `sep=,` states for Excel, and where the next line starts. Spreadsheets do not
/// show that line, and count no row for it.
pub(super) fn stated(text: &str) -> Option<(u8, usize)> {
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

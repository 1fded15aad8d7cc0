//! `placeholder`: a word that programs write for nothing, or to ask that a field be emptied, where neither is understood.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "placeholder",
    severity: Severity::Error,
    meaning: Text::of(
        "The cell holds what programs write for nothing, such as `#CLEAR` or `<null>`; here it would become a value.",
        "La cellule contient ce que des programmes écrivent pour « rien », comme `#CLEAR` ou `<null>` ; ici, ce serait \
         une valeur.",
    ),
    correction: Text::of(
        "Leave the cell empty, which keeps what is known; to empty a field, agree on a word for it with the company.",
        "Laissez la cellule vide : ce qui est connu est alors conservé ; pour vider un champ, convenez d'un mot avec \
         l'entreprise.",
    ),
    example: Example { wrong: "login;jobTitle\nada;<null>", right: "login;jobTitle\nada;" },
};

/// No value of anybody is written so, in brackets or behind a `#`.
const WORDS: [&str; 16] = [
    "null",
    "nil",
    "none",
    "nan",
    "undefined",
    "clear",
    "empty",
    "delete",
    "remove",
    "blank",
    "vide",
    "vider",
    "effacer",
    "supprimer",
    "aucun",
    "leer",
];

/// Words that may be a name: somebody is called Null.
const BARE: [&str; 7] = ["null", "nil", "none", "nan", "undefined", "n/a", "n/d"];

/// `word` is the one that empties a field, where the site names one.
pub fn check(text: &str, word: Option<&str>) -> Result<(), Fault> {
    let is_dressed =
        text == "\\N" || bare(text).is_some_and(|bare| WORDS.iter().any(|word| bare.eq_ignore_ascii_case(word)));
    if !is_dressed {
        return Ok(());
    }
    let problem = Text::of(
        "looks like a request to empty the field, which is not understood here",
        "ressemble à une demande de vider le champ, qui n'est pas comprise ici",
    );
    Err(RULE.fault(problem).expected(match word {
        None => Text::of(
            "a value, or an empty cell, which keeps what is known",
            "une valeur, ou une cellule vide, qui conserve ce qui est connu",
        ),
        Some(word) => text!(
            "`{word}` to empty the field, or an empty cell, which keeps what is known",
            "`{word}` pour vider le champ, ou une cellule vide, qui conserve ce qui est connu"
        ),
    }))
}

/// Is it worth a remark? It is taken as a value.
pub fn is_doubtful(text: &str) -> bool {
    let begins = matches!(text.as_bytes().first(), Some(b'n' | b'N' | b'u' | b'U'));
    begins && BARE.iter().any(|word| text.eq_ignore_ascii_case(word))
}

pub fn remark() -> (Text, Text) {
    (
        Text::of(
            "was taken as a value, though programs write it for nothing",
            "a été pris comme une valeur, alors que des programmes l'écrivent pour « rien »",
        ),
        Text::of(
            "an empty cell, which keeps what is known, unless the word itself is meant",
            "une cellule vide, qui conserve ce qui est connu, à moins que le mot lui-même ne soit voulu",
        ),
    )
}

/// What stands behind a `#` or within brackets.
fn bare(text: &str) -> Option<&str> {
    if !matches!(text.as_bytes().first(), Some(b'#' | b'<' | b'(' | b'[' | b'{')) {
        return None;
    }
    let closed = [('<', '>'), ('(', ')'), ('[', ']'), ('{', '}')];
    let within = |(open, close)| text.strip_prefix(open)?.strip_suffix(close);
    text.strip_prefix('#').or_else(|| closed.into_iter().find_map(within))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered};
    use super::*;

    #[test]
    fn words_in_brackets_or_behind_a_hash_are_refused_and_others_are_not() {
        for text in ["#CLEAR", "#null", "<null>", "(vide)", "[Empty]", "{none}", "\\N"] {
            assert!(check(text, None).is_err(), "{text}");
        }
        for text in ["#1", "Null", "(Nord)", "#", "<>", "Clear"] {
            assert!(check(text, None).is_ok(), "{text}");
        }
    }

    #[test]
    fn somebody_may_be_called_null_but_it_is_remarked() {
        let checked = Trial::default().check("login;lastName;e_a", &["ada;Null;", "bo;NULL;<NULL>", "cy;Nullard;n/a"]);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(delivered(&checked), ["ada;Null;", "cy;Nullard;n/a"]);
        assert_eq!(
            findings,
            [
                "B2 lastName: `Null` was taken as a value, though programs write it for nothing (1 more such cell in this \
                 column); expected an empty cell, which keeps what is known, unless the word itself is meant",
                "C3 e_a: `<NULL>` looks like a request to empty the field, which is not understood here; expected a \
                 value, or an empty cell, which keeps what is known",
                "C4 e_a: `n/a` was taken as a value, though programs write it for nothing; expected an empty cell, which \
                 keeps what is known, unless the word itself is meant",
            ]
        );
    }
}

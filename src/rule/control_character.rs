//! `control-character`: a line break, a tab or an invisible character inside a value.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "control-character",
    severity: Severity::Error,
    meaning: Text::of(
        "A line break, a tab or an invisible character stands inside the cell.",
        "La cellule contient un saut de ligne, une tabulation ou un caractère invisible.",
    ),
    correction: Text::of("Type the value again, on one line.", "Saisissez de nouveau la valeur, sur une seule ligne."),
    example: Example { wrong: "login;lastName\nada;\"Lovelace\nByron\"", right: "login;lastName\nada;Lovelace Byron" },
};

pub fn check(text: &str) -> Result<(), Fault> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Ok(());
    }
    match text.char_indices().find(|(_, letter)| is_unseen(*letter)) {
        None => Ok(()),
        Some((at, letter)) => {
            let position = text[..at].chars().count() + 1;
            let name = name(letter);
            let problem = text!("holds {name} at position {position}", "contient {name} en position {position}", name);
            Err(RULE.fault(problem).expected(Text::of(
                "text on one line, without invisible characters",
                "un texte sur une seule ligne, sans caractère invisible",
            )))
        }
    }
}

/// Controls, and what nobody sees but every comparison stumbles over. Joiners are left out: some scripts need them.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}' | '\u{feff}'
        )
}

fn name(letter: char) -> Text {
    match letter {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Text::of("a line break", "un saut de ligne"),
        '\t' => Text::of("a tab", "une tabulation"),
        other => {
            let code = u32::from(other);
            text!("the invisible character U+{code:04X}", "le caractère invisible U+{code:04X}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unseen_characters_are_named_with_their_place() {
        let cases = [
            ("Jean\nDupont", "holds a line break at position 5"),
            ("Né\tle", "holds a tab at position 3"),
            ("Dup\u{200b}ont", "holds the invisible character U+200B at position 4"),
            ("a\0", "U+0000"),
        ];
        for (text, problem) in cases {
            let fault = check(text).expect_err(text);
            assert!(fault.problem.to_string().contains(problem), "{}", fault.problem);
        }
        for good in ["Zoé O’Neill-d'Arc", "Ana\u{a0}Maria", ""] {
            assert_eq!(check(good), Ok(()));
        }
    }
}

//! `bad-mail`: a text to which no mail can be sent.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "bad-mail",
    severity: Severity::Error,
    meaning: Text::of(
        "The cell does not hold one mail address to which mail can be sent.",
        "La cellule ne contient pas une adresse e-mail à laquelle on puisse écrire.",
    ),
    correction: Text::of(
        "Write one address, without a name around it, such as `ada.lovelace@acme.example`.",
        "Écrivez une seule adresse, sans nom autour, par exemple `ada.lovelace@acme.example`.",
    ),
    example: Example {
        wrong: "login;mail\nada;Ada Lovelace <ada@acme.example>",
        right: "login;mail\nada;ada@acme.example",
    },
};

pub const EXPECTED: Text = Text::of(
    "one address, for example `ada.lovelace@acme.example`",
    "une seule adresse, par exemple `ada.lovelace@acme.example`",
);

pub fn check(text: &str) -> Result<(), Fault> {
    if is_address(text) {
        return Ok(());
    }
    match problem(text) {
        None => Ok(()),
        Some(problem) => Err(RULE.fault(problem).expected(EXPECTED)),
    }
}

/// Not all that the standard permits, but all that people have: quoted names and comments are refused.
fn problem(text: &str) -> Option<Text> {
    let (why, in_french) = match text.split_once('@') {
        _ if text.contains(char::is_whitespace) && text.contains('<') => {
            ("it is more than the address alone", "on y trouve autre chose que l'adresse")
        }
        _ if text.contains([';', ',']) && text.matches('@').count() > 1 => {
            ("it holds more than one address", "on y trouve plusieurs adresses")
        }
        _ if text.contains(';') => ("it holds a semicolon", "on y trouve un point-virgule"),
        _ if text.contains(',') => ("it holds a comma", "on y trouve une virgule"),
        _ if text.contains(char::is_whitespace) => ("it holds a space", "on y trouve un espace"),
        _ if !text.is_ascii() => {
            let other = text.chars().find(|letter| !letter.is_ascii())?;
            return Some(text!(
                "is not a mail address: it holds `{other}`, and only plain letters are taken",
                "n'est pas une adresse e-mail : on y trouve `{other}`, et seules les lettres sans accent sont admises"
            ));
        }
        None => ("it has no `@`", "il y manque le `@`"),
        Some((_, host)) if host.contains('@') => ("it has more than one `@`", "il y a plusieurs `@`"),
        Some(("", _)) => ("nothing stands before the `@`", "rien ne précède le `@`"),
        Some((_, "")) => ("nothing stands after the `@`", "rien ne suit le `@`"),
        Some((_, host)) if host.ends_with(['.', '-', '>', ')', ':', '!', '?']) => {
            ("it ends with punctuation", "le texte se termine par un signe de ponctuation")
        }
        Some((_, host)) if !host.contains('.') => ("there is no dot after the `@`", "aucun point ne suit le `@`"),
        Some((name, _)) if name.contains("..") || name.starts_with('.') || name.ends_with('.') => {
            ("a dot stands where none may", "un point est mal placé")
        }
        Some((name, host)) if !name.bytes().all(is_of_name) || !host.split('.').all(is_label) => {
            ("it holds what no address may hold", "on y trouve un caractère interdit dans une adresse")
        }
        Some(_) => return None,
    };
    Some(text!("is not a mail address: {why}", "n'est pas une adresse e-mail : {in_french}"))
}

/// In one pass, what [`problem`] asks for in many.
pub fn is_address(text: &str) -> bool {
    let text = text.as_bytes();
    let at = text.iter().position(|byte| *byte == b'@');
    at.is_some_and(|at| is_name(&text[..at]) && is_host(&text[at + 1..]))
}

fn is_name(name: &[u8]) -> bool {
    let mut before = b'.';
    for byte in name {
        match byte {
            _ if byte.is_ascii_alphanumeric() => {}
            b'.' if before == b'.' => return false,
            _ if is_of_name(*byte) => {}
            _ => return false,
        }
        before = *byte;
    }
    before != b'.'
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&byte)
}

/// At least two labels with dots between them.
fn is_host(host: &[u8]) -> bool {
    let (mut before, mut dots) = (b'.', 0);
    for byte in host {
        match byte {
            _ if byte.is_ascii_alphanumeric() => {}
            b'.' if before.is_ascii_alphanumeric() => dots += 1,
            b'-' if before != b'.' => {}
            _ => return false,
        }
        before = *byte;
    }
    dots > 0 && before.is_ascii_alphanumeric()
}

fn is_label(label: &str) -> bool {
    let edges = label.starts_with('-') || label.ends_with('-');
    !label.is_empty() && !edges && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn one_pass_takes_what_the_many_take(text in "[a-z0-9.é+\\-]{0,4}[@. ;<]{0,2}[a-z0-9._@\\-]{0,6}[.@\\->)]?[a-z]{0,2}") {
            prop_assert_eq!(is_address(&text), problem(&text).is_none());
        }
    }

    #[test]
    fn addresses_that_people_have_are_taken() {
        for good in ["a@b.fr", "Ada.Lovelace+hr@mail.acme.example", "o'neill@acme.example", "x_y-z@a-b.co.uk"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            ("ada", "it has no `@`"),
            ("ada@@acme.fr", "more than one `@`"),
            ("ada@acme", "no dot after the `@`"),
            ("ada lovelace@acme.fr", "it holds a space"),
            ("ada\u{a0}l@acme.fr", "it holds a space"),
            ("adé@acme.fr", "it holds `é`"),
            ("ada@acme.fr.", "ends with punctuation"),
            ("ada@acme.fr;", "it holds a semicolon"),
            ("ada@acme,fr", "it holds a comma"),
            ("ada@acme.fr, bo@acme.fr", "more than one address"),
            ("Adé <ada@acme.fr>", "more than the address alone"),
            ("<ada@acme.fr>", "ends with punctuation"),
            ("@acme.fr", "nothing stands before"),
            ("ada@", "nothing stands after"),
            ("ada.@acme.fr", "a dot stands where none may"),
            ("ada@acme..fr", "what no address may hold"),
            ("mailto:ada@acme.fr", "what no address may hold"),
        ];
        for (text, expected) in cases {
            let problem = check(text).expect_err(text).problem.to_string();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }
}

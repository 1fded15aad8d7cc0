//! `bad-amount`: a text that is no amount, or one that could be two amounts.

use std::borrow::Cow;

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "bad-amount",
    severity: Severity::Error,
    meaning: Text::of("The cell does not hold an amount.", "La cellule ne contient pas un montant."),
    correction: Text::of(
        "Write digits with a decimal comma or point, without a currency, such as `35000,50`.",
        "Écrivez des chiffres, avec une virgule ou un point décimal et sans devise, par exemple `35000,50`.",
    ),
    example: Example {
        wrong: "Matricule;Salaire brut annuel\n0001;35 k€",
        right: "Matricule;Salaire brut annuel\n0001;35000,00",
    },
};

const EXPECTED: Text = Text::of(
    "digits with a decimal comma or point, for example `35000,50`",
    "des chiffres avec une virgule ou un point décimal, par exemple `35000,50`",
);

/// The amount with a decimal point, without grouping and without zeros that say nothing.
pub fn read(text: &str) -> Result<Cow<'_, str>, Fault> {
    if is_canonical(text) {
        return Ok(Cow::Borrowed(text));
    }
    let plain: String = text.chars().filter(|letter| !is_space(*letter)).collect();
    if let Some(other) = plain.chars().find(|letter| !letter.is_ascii_digit() && !matches!(letter, ',' | '.')) {
        let problem = text!("is not an amount: it holds `{other}`", "n'est pas un montant : on y trouve `{other}`");
        return Err(RULE.fault(problem).expected(EXPECTED));
    }
    let (whole, part) = split(&plain, text)?;
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    Ok(Cow::Owned(match part.trim_end_matches('0') {
        "" => whole.into(),
        part => format!("{whole}.{part}"),
    }))
}

fn is_canonical(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(u8::is_ascii_digit) && (bytes.len() == 1 || bytes.first().is_some_and(|first| *first != b'0'))
}

/// Between thousands: an ordinary space, or those of French typography, or the Swiss apostrophe.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\'' | '’')
}

/// Cuts digits with commas and points into the whole and the part behind the decimal sign.
fn split(plain: &str, text: &str) -> Result<(String, String), Fault> {
    let wrong = |english, french| Err(RULE.fault(Text::of(english, french)).expected(EXPECTED));
    let Some(last) = plain.rfind([',', '.']) else {
        return match plain.is_empty() {
            true => wrong("is not an amount", "n'est pas un montant"),
            false => Ok((plain.into(), String::new())),
        };
    };
    let (whole, part) = (&plain[..last], &plain[last + 1..]);
    let decimal = &plain[last..=last];
    if whole.is_empty() || part.is_empty() {
        return wrong(
            "is not an amount: digits are missing around the decimal sign",
            "n'est pas un montant : il manque des chiffres avant ou après le signe décimal",
        );
    }
    let grouping = whole.contains([',', '.']);
    if whole.contains(decimal) {
        return match groups(plain, decimal) {
            true => Ok((plain.replace(decimal, ""), String::new())),
            false => wrong(
                "is not an amount: it has several decimal signs",
                "n'est pas un montant : il y a plusieurs signes décimaux",
            ),
        };
    }
    if grouping {
        let sign = if decimal == "," { "." } else { "," };
        return match groups(whole, sign) {
            true => Ok((whole.replace(sign, ""), part.into())),
            false => wrong(
                "is not an amount: its thousands are not grouped by three",
                "n'est pas un montant : ses milliers ne sont pas groupés par trois",
            ),
        };
    }
    let in_doubt = part.len() == 3 && whole.len() <= 3 && whole != "0" && plain.len() == text.len();
    match in_doubt {
        true => {
            let problem = text!(
                "may be {whole}.{part} or {whole}{part}: three digits follow its only sign",
                "peut être {whole},{part} ou {whole}{part} : trois chiffres suivent son unique séparateur"
            );
            let expected = text!("`{whole}{part}`, or `{whole},{part}0`", "`{whole}{part}` ou `{whole},{part}0`");
            Err(RULE.fault(problem).expected(expected))
        }
        false => Ok((whole.into(), part.into())),
    }
}

/// `1.234.567`: after the first group, groups of three.
fn groups(text: &str, sign: &str) -> bool {
    let mut groups = text.split(sign);
    let first = groups.next().unwrap_or_default();
    matches!(first.len(), 1..=3) && groups.all(|group| group.len() == 3 && !group.contains([',', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, amount) in [
            ("35000", "35000"),
            ("35000,50", "35000.5"),
            ("35000.00", "35000"),
            ("35 000,50", "35000.5"),
            ("35\u{202f}000", "35000"),
            ("35'000.05", "35000.05"),
            ("1.234.567", "1234567"),
            ("1.234.567,5", "1234567.5"),
            ("1,234,567.89", "1234567.89"),
            ("0,125", "0.125"),
            ("0", "0"),
            ("007", "7"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(amount), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_told() {
        for (text, expected) in [
            ("35000 €", "it holds `€`"),
            ("-5", "it holds `-`"),
            ("12k", "it holds `k`"),
            ("1.234", "may be 1.234 or 1234"),
            ("12,50,3", "several decimal signs"),
            ("1234.567,5", "not grouped by three"),
            (",50", "digits are missing"),
            ("50,", "digits are missing"),
            ("'", "is not an amount"),
        ] {
            let sentence = read(text).expect_err(text).sentence(text);
            assert!(sentence.contains(expected), "{sentence}");
        }
    }
}

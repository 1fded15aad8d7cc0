//! `scientific-number`: a long number that a spreadsheet shortened, such as `1,23E+05`.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "scientific-number",
    severity: Severity::Error,
    meaning: Text::of(
        "A spreadsheet shortened a long number, and its last digits are lost.",
        "Un tableur a abrégé un long nombre, et ses derniers chiffres sont perdus.",
    ),
    correction: Text::of(
        "Format the column as text, fill it in again from the source, and save the file again.",
        "Mettez la colonne au format texte, remplissez-la de nouveau depuis la source, puis enregistrez de nouveau \
         le fichier.",
    ),
    example: Example {
        wrong: "login;professionalMobile\nada;3,36123E+10",
        right: "login;professionalMobile\nada;+33612345678",
    },
};

pub fn check(text: &str) -> Result<(), Fault> {
    match is_shortened(text) {
        false => Ok(()),
        true => Err(RULE
            .fault(Text::of(
                "is a number that a spreadsheet shortened; digits are lost",
                "est un nombre qu'un tableur a abrégé ; des chiffres sont perdus",
            ))
            .expected(Text::of(
                "all digits, in a column that is formatted as text",
                "tous les chiffres, dans une colonne au format texte",
            ))),
    }
}

/// `1,23E+05`: spreadsheets always write the sign and two digits, which a code such as `1E5` does not have.
fn is_shortened(text: &str) -> bool {
    if !matches!(text.as_bytes(), [b'0'..=b'9', b',' | b'.' | b'E' | b'e', ..]) {
        return false;
    }
    let Some((number, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = number.split_once([',', '.']).map_or(number.len() == 1 && digits(number), |(first, rest)| {
        first.len() == 1 && digits(first) && !rest.is_empty() && digits(rest)
    });
    whole && exponent.starts_with(['+', '-']) && exponent.len() >= 3 && digits(&exponent[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_of_spreadsheets_is_meant() {
        for shortened in ["1,23E+05", "1.23E+15", "1E+12", "3,36E-02"] {
            assert!(check(shortened).is_err(), "{shortened}");
        }
        for good in ["1E5", "12E+05", "E+05", "00123", "2E", "1,E+05", "é", "1é+05"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }
}

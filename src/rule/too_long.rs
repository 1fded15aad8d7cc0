//! `too-long`: more characters than the column takes.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "too-long",
    severity: Severity::Error,
    meaning: Text::of(
        "The value has more characters than the column takes.",
        "La valeur compte plus de caractères que la colonne n'en accepte.",
    ),
    correction: Text::of("Shorten it.", "Abrégez-la."),
    example: Example {
        wrong: "login;jobTitle\nada;Analytical engineer and author of the first programme",
        right: "login;jobTitle\nada;Analytical engineer",
    },
};

pub fn check(text: &str, most: usize) -> Result<(), Fault> {
    if text.len() <= most {
        return Ok(());
    }
    match text.chars().count() {
        length if length <= most => Ok(()),
        length => Err(RULE
            .fault(text!("has {length} characters", "compte {length} caractères"))
            .expected(text!("at most {most}", "au plus {most}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(check("Zoé", 3), Ok(()));
        assert_eq!(check("Zoés", 3).expect_err("four").sentence("Zoés"), "`Zoés` has 4 characters; expected at most 3");
    }
}

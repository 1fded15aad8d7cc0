//! `not-allowed`: a value outside of the few that the column takes.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text, fold};
use crate::text;

pub static RULE: Rule = Rule {
    code: "not-allowed",
    severity: Severity::Error,
    meaning: Text::of(
        "The column takes only certain values, and this is none of them.",
        "La colonne n'accepte que certaines valeurs, et celle-ci n'en fait pas partie.",
    ),
    correction: Text::of(
        "Write one of those that the finding names.",
        "Écrivez l'une de celles que le constat indique.",
    ),
    example: Example { wrong: "login;culture\nada;French", right: "login;culture\nada;fr-FR" },
};

/// The allowed value that is meant, whatever the case of `text`.
pub fn read<'a>(text: &str, allowed: &'a [String]) -> Result<&'a str, Fault> {
    meant(text, allowed).ok_or_else(|| fault(text, allowed))
}

/// As [`read`], without the reason where there is none.
pub fn meant<'a>(text: &str, allowed: &'a [String]) -> Option<&'a str> {
    let same = |value: &&String| value.eq_ignore_ascii_case(text) || value.to_lowercase() == text.to_lowercase();
    let exact = allowed.iter().find(|value| *value == text);
    exact.or_else(|| allowed.iter().find(same)).map(String::as_str)
}

fn fault(text: &str, allowed: &[String]) -> Fault {
    let all: Vec<String> = allowed.iter().map(|value| format!("`{value}`")).collect();
    let problem = match fold::nearest(text, allowed.iter().map(String::as_str)) {
        Some(near) => text!(
            "is not allowed here; did you mean `{near}`?",
            "n'est pas accepté ici ; vouliez-vous écrire `{near}` ?"
        ),
        None => Text::of("is not allowed here", "n'est pas accepté ici"),
    };
    let all = all.join(", ");
    RULE.fault(problem).expected(text!("one of {all}", "l'une des valeurs {all}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_makes_no_difference_and_a_near_miss_is_named() {
        let cultures = ["fr-FR", "en-GB"].map(String::from);
        assert_eq!(read("FR-fr", &cultures), Ok("fr-FR"));
        assert_eq!(
            read("fr_FT", &cultures).expect_err("not a culture").sentence("fr_FT"),
            "`fr_FT` is not allowed here; did you mean `fr-FR`? Expected one of `fr-FR`, `en-GB`"
        );
        assert!(!read("klingon", &cultures).expect_err("not one").problem.to_string().contains("mean"));
    }
}

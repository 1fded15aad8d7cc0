//! `spreadsheet-error`: a formula that failed and was saved in place of a value, such as `#N/A`.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "spreadsheet-error",
    severity: Severity::Error,
    meaning: Text::of(
        "A formula of the spreadsheet failed, and its error was saved instead of a value.",
        "Une formule du tableur a échoué, et son erreur a été enregistrée au lieu d'une valeur.",
    ),
    correction: Text::of(
        "Put the formula right or write the value, and save the file again.",
        "Corrigez la formule ou écrivez la valeur, puis enregistrez de nouveau le fichier.",
    ),
    example: Example { wrong: "login;department\nada;#N/A", right: "login;department\nada;Sales" },
};

/// As English, French, German and Spanish spreadsheets write them.
const ERRORS: [&str; 20] = [
    "#N/A",
    "#N/D",
    "#NV",
    "#REF!",
    "#BEZUG!",
    "#¡REF!",
    "#VALUE!",
    "#VALEUR!",
    "#WERT!",
    "#¡VALOR!",
    "#NAME?",
    "#NOM?",
    "#¿NOMBRE?",
    "#DIV/0!",
    "#¡DIV/0!",
    "#NUM!",
    "#NOMBRE!",
    "#ZAHL!",
    "#NULL!",
    "#NUL!",
];

pub fn check(text: &str) -> Result<(), Fault> {
    if !text.starts_with('#') {
        return Ok(());
    }
    if ERRORS.iter().any(|error| text.eq_ignore_ascii_case(error)) {
        let problem = Text::of("is the error of a formula", "est une erreur de formule");
        return Err(RULE
            .fault(problem)
            .expected(Text::of("the value, or an empty cell", "la valeur, ou une cellule vide")));
    }
    let hidden = text.len() > 2 && text.bytes().all(|byte| byte == b'#');
    match hidden {
        true => {
            let problem = Text::of(
                "is what a spreadsheet shows when its column is too narrow",
                "est ce qu'un tableur affiche quand la colonne est trop étroite",
            );
            Err(RULE.fault(problem).expected(Text::of("the value itself", "la valeur elle-même")))
        }
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_formulas_are_known_in_several_languages() {
        for error in ["#N/A", "#n/a", "#VALEUR!", "#REF!", "#NOM?", "########"] {
            assert!(check(error).is_err(), "{error}");
        }
        for good in ["#1", "#", "Nurse #2", "N/A"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }
}

//! `two-digit-year`: a date whose century cannot be known.

use super::bad_date;
use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "two-digit-year",
    severity: Severity::Error,
    meaning: Text::of(
        "The year has two digits, so that its century would be a guess.",
        "L'année n'a que deux chiffres : il faudrait deviner le siècle.",
    ),
    correction: Text::of(
        "Write all four digits, such as `01/03/2027`.",
        "Écrivez les quatre chiffres, par exemple `01/03/2027`.",
    ),
    example: Example { wrong: "login;dtContractEnd\nada;01/03/27", right: "login;dtContractEnd\nada;01/03/2027" },
};

pub fn fault(text: &str) -> Option<Fault> {
    let mut parts = text.split(['/', '-', '.']);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let short =
        three.iter().all(|part| matches!(part.len(), 1 | 2) && part.bytes().all(|digit| digit.is_ascii_digit()));
    let problem = Text::of(
        "has a year of two digits; the century cannot be known",
        "a une année à deux chiffres ; le siècle ne peut être connu",
    );
    (parts.next().is_none() && short).then(|| RULE.fault(problem).expected(bad_date::EXPECTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_year_is_meant() {
        for short in ["01/03/26", "1-3-26", "01.03.26"] {
            assert!(fault(short).is_some(), "{short}");
        }
        for other in ["01/03/2026", "26", "1/3", "a/b/c", "01/03/26/1"] {
            assert_eq!(fault(other), None, "{other}");
        }
    }
}

//! `unknown-code`: a cell that holds none of the correspondence codes that the company agreed with the partner.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text, fold};
use crate::text;

pub static RULE: Rule = Rule {
    code: "unknown-code",
    severity: Severity::Error,
    meaning: Text::of(
        "The company takes only its correspondence codes in this column, and the value is none of them.",
        "L'entreprise n'accepte dans cette colonne que ses codes de correspondance, et la valeur n'en est pas un.",
    ),
    correction: Text::of(
        "Write one of the codes that the finding names, or ask the company to add this one.",
        "Écrivez l'un des codes que cite le constat, ou demandez à l'entreprise d'ajouter celui-ci.",
    ),
    example: Example { wrong: "login;profile_figgo\nada;CP9", right: "login;profile_figgo\nada;CP1" },
};

/// So many codes are named.
const NAMED: usize = 8;

pub fn fault(text: &str, codes: &[String]) -> Fault {
    let problem = match fold::nearest(text, codes.iter().map(String::as_str)) {
        Some(near) => text!(
            "is not a correspondence code of the company; did you mean `{near}`?",
            "n'est pas un code de correspondance de l'entreprise ; vouliez-vous écrire `{near}` ?"
        ),
        None => Text::of(
            "is not a correspondence code of the company",
            "n'est pas un code de correspondance de l'entreprise",
        ),
    };
    let named: Vec<String> = codes.iter().take(NAMED).map(|code| format!("`{code}`")).collect();
    let more = if codes.len() > NAMED { ", …" } else { "" };
    let named = named.join(", ");
    RULE.fault(problem).expected(text!("one of {named}{more}", "l'un de ces codes : {named}{more}"))
}

/// The code is there, but what the company wrote beside it is wrong.
pub fn without_meaning(fault: &Fault) -> Fault {
    let wrong = &fault.problem;
    let problem = text!(
        "is a correspondence code of the company, but its meaning cannot be used: it {wrong}",
        "est un code de correspondance de l'entreprise, mais sa signification est inutilisable : elle {wrong}",
        wrong
    );
    Fault { expected: fault.expected.clone(), ..RULE.fault(problem) }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Trial, delivered};
    use crate::model::Otherwise;

    #[test]
    fn where_codes_are_refused_only_they_and_what_they_mean_are_taken() {
        let codes = sample::codes("culture", None, None, &[("F", "fr-FR"), ("EN2", "EN-gb")], Otherwise::Refuse);
        let checked =
            Trial::coded(vec![codes]).check("login;culture", &["ada;f", "bo;En-GB", "cy;EN3", "kim1;klingon"]);
        assert_eq!(delivered(&checked), ["ada;fr-FR", "bo;en-GB"]);
        let errors: Vec<String> =
            checked.findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "B4 culture: `EN3` is not a correspondence code of the company; did you mean `EN2`? Expected one of `EN2`, \
                 `F`",
                "B5 culture: `klingon` is not a correspondence code of the company; expected one of `EN2`, `F`",
            ]
        );
    }

    #[test]
    fn a_code_whose_meaning_is_wrong_itself_is_told_as_such() {
        let codes = sample::codes("department", None, None, &[("D1", "Slaes")], Otherwise::PassOn);
        let findings = Trial::coded(vec![codes]).findings("login;department", &["ada;D1"]);
        let expected = "B2 department: `D1` is a correspondence code of the company, but its meaning cannot be used: it \
                        is not a known department;";
        assert!(findings[0].1.starts_with(expected), "{}", findings[0].1);
    }
}

//! `phone-without-plus`: a phone number that a spreadsheet took for a number, so that its plus or its zero is gone.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "phone-without-plus",
    severity: Severity::Error,
    meaning: Text::of(
        "A spreadsheet took the phone number for a number, and its plus or its zero in front is gone; it is only a \
         remark where the directory does not have the same number to prove it.",
        "Un tableur a pris le téléphone pour un nombre, et son plus ou son zéro initial a disparu ; ce n'est qu'une \
         remarque si l'annuaire n'a pas le même numéro pour le prouver.",
    ),
    correction: Text::of(
        "Format the column as text and write the number with its plus and country, such as `+33612345678`.",
        "Mettez la colonne au format texte et écrivez le numéro avec son plus et son pays, comme `+33612345678`.",
    ),
    example: Example {
        wrong: "login;professionalMobile\nada;33612345678",
        right: "login;professionalMobile\nada;+33612345678",
    },
};

/// With its country, a number of most of Europe has so many digits; no number has more (E.164).
const INTERNATIONAL: std::ops::RangeInclusive<usize> = 11..=15;

/// A French number has nine digits behind its zero. Some countries have such numbers as they are.
const FRENCH: usize = 9;

/// What is probably wrong with a number, as far as the number alone tells.
pub fn doubt(text: &str) -> Option<Fault> {
    let digits = bare(text)?;
    if INTERNATIONAL.contains(&digits.len()) {
        let problem = Text::of("has no plus in front", "n'a pas de plus initial");
        let expected = text!("`+{digits}`, if it starts with its country", "`+{digits}`, s'il commence par son pays");
        return Some(RULE.fault(problem).expected(expected));
    }
    (digits.len() == FRENCH).then(|| {
        let problem = Text::of("has neither a plus nor a zero in front", "n'a ni plus ni zéro initial");
        let expected = text!("`+33{digits}`, if it is a French number", "`+33{digits}`, si c'est un numéro français");
        RULE.fault(problem).expected(expected)
    })
}

/// The directory has the same number, with what is missing here.
pub fn certain(text: &str, known: &str) -> Option<Fault> {
    let digits = bare(text)?;
    let is_whole = known.starts_with(['+', '0', '(']);
    (is_whole && digits.len() >= FRENCH && all_digits(known).ends_with(&digits)).then(|| {
        let problem = Text::of(
            "has lost its plus or its zero: the directory has the whole number",
            "a perdu son plus ou son zéro : l'annuaire a le numéro entier",
        );
        RULE.fault(problem).expected(Text::same(format!("`{known}`")))
    })
}

/// The digits of a number that starts with none of the signs that a spreadsheet takes off.
fn bare(text: &str) -> Option<String> {
    let is_number = |byte: u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'.' | b'-');
    (text.starts_with(|first: char| matches!(first, '1'..='9')) && text.bytes().all(is_number))
        .then(|| all_digits(text))
}

fn all_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered, people};
    use super::*;

    #[test]
    fn what_the_number_was_is_proposed() {
        let cases = [
            ("33612345678", "has no plus in front; expected `+33612345678`, if it starts with its country"),
            ("33 6 12 34 56 78", "has no plus in front; expected `+33612345678`, if it starts with its country"),
            ("612345678", "has neither a plus nor a zero in front; expected `+33612345678`, if it is a French number"),
        ];
        for (text, expected) in cases {
            let sentence = doubt(text).expect(text).sentence(text);
            assert_eq!(sentence, format!("`{text}` {expected}"));
        }
        for good in [
            "+33612345678",
            "0612345678",
            "06 12 34 56 78",
            "0033612345678",
            "(0)612345678",
            "2125551234",
            "4321",
            "",
            "poste 12",
        ] {
            assert_eq!(doubt(good), None, "{good}");
        }
    }

    #[test]
    fn what_the_directory_has_whole_is_certain() {
        for (text, known, is_certain) in [
            ("612345678", "0612345678", true),
            ("612345678", "+33 6 12 34 56 78", true),
            ("33612345678", "+33612345678", true),
            ("612345679", "0612345678", false),
            ("612345678", "612345678", false),
            ("78", "0612345678", false),
            ("+33612345678", "0612345678", false),
        ] {
            assert_eq!(certain(text, known).is_some(), is_certain, "{text} {known}");
        }
    }

    #[test]
    fn a_row_is_left_out_only_where_the_directory_knows_better() {
        let known = people("login;phone", &["ada;+33612345678", "bo;"]);
        let trial = Trial { known, ..Trial::default() };
        let checked = trial.check("login;professionalMobile", &["ada;33612345678", "bo;33700000000", "cy;33700000001"]);
        let findings: Vec<String> = checked.findings.iter().map(ToString::to_string).collect();
        assert_eq!(checked.left_out, [2, 4], "cy is new, and lacks the rest: {findings:?}");
        assert_eq!(delivered(&checked), ["bo;33700000000"], "nothing is corrected in silence");
        assert_eq!(
            findings[0],
            "B2 professionalMobile: `33612345678` has lost its plus or its zero: the directory has the whole number; \
             expected `+33612345678`"
        );
        assert_eq!(
            findings[1],
            "B3 professionalMobile: `33700000000` has no plus in front (1 more such cell in this column); expected \
             `+33700000000`, if it starts with its country"
        );
    }
}

//! `cut-text`: a text of exactly 255 characters, at which many programs cut.

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "cut-text",
    severity: Severity::Error,
    meaning: Text::of(
        "The text has exactly 255 characters, at which many programs cut without a word; it is only a remark where \
         the directory does not have the same text with its end to prove it.",
        "Le texte a exactement 255 caractères, longueur à laquelle beaucoup de programmes coupent sans prévenir ; ce \
         n'est qu'une remarque si l'annuaire n'a pas le même texte avec sa fin pour le prouver.",
    ),
    correction: Text::of(
        "Look up the whole text where it comes from, and export it without the limit.",
        "Cherchez le texte entier là d'où il vient, et exportez-le sans cette limite.",
    ),
    example: Example {
        wrong: "login;e_notes\nada;[…] et prépare la visite annuelle de la commi",
        right: "login;e_notes\nada;[…] et prépare la visite annuelle de la commission",
    },
};

/// Characters, not bytes: the bytes of the program that cut are not those of the file once it was written in another
/// encoding.
pub const CUT: usize = 255;

/// `cell` is as the file has it: a text that was cut behind a word ends with a space.
pub fn is_suspect(cell: &str) -> bool {
    (CUT..=4 * CUT).contains(&cell.len()) && cell.chars().count() == CUT
}

/// One text in some hundreds has this length by chance, so nothing is certain.
pub fn doubt() -> Fault {
    let problem = Text::of(
        "has exactly 255 characters, and may have been cut there",
        "a exactement 255 caractères, et a peut-être été coupé là",
    );
    RULE.fault(problem).expected(Text::of("the whole text", "le texte entier"))
}

/// The directory has the text, and how it goes on.
pub fn certain(text: &str, known: &str) -> Option<Fault> {
    let rest = known.strip_prefix(text).filter(|rest| !rest.is_empty())?;
    let more = rest.chars().count();
    let problem = text!(
        "was cut at 255 characters: the directory has {more} more",
        "a été coupé à 255 caractères : l'annuaire en a {more} de plus"
    );
    Some(RULE.fault(problem).expected(Text::of("the whole text", "le texte entier")))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered, people};

    #[test]
    fn a_text_of_255_characters_is_remarked_once_a_column_unless_it_is_known() {
        let (cut, known, short) = ("é".repeat(255), "è".repeat(255), "à".repeat(254));
        let trial = Trial { known: people("login;custom-notes", &[&format!("cy;{known}")]), ..Trial::default() };
        let trial = Trial { creates: false, ..trial };
        let rows = [&cut, &short, &cut].map(|notes| format!("ada;{notes}"));
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let findings = trial.findings("login;e_notes", &rows);
        assert_eq!(findings.len(), 1);
        let expected = "has exactly 255 characters, and may have been cut there (1 more such cell in this column); \
                        expected the whole text";
        assert!(findings[0].1.ends_with(expected), "{}", findings[0].1);

        let trial = Trial { creates: true, ..trial };
        assert_eq!(trial.findings("login;e_notes", &[&format!("cy;{known}")]), []);
    }

    #[test]
    fn a_text_of_which_the_directory_has_the_end_was_cut_for_certain() {
        let whole = format!("{} and so on", "x".repeat(255));
        let trial = Trial { known: people("login;custom-notes", &[&format!("cy;{whole}")]), ..Trial::default() };
        let checked = trial.check("login;e_notes", &[&format!("cy;{}", &whole[..255])]);
        assert_eq!(checked.findings[0].code, "cut-text");
        assert!(checked.findings[0].is_error());
        assert!(delivered(&checked).is_empty());
        assert_eq!(trial.findings("login;e_notes", &["cy;another text"]), []);
    }
}

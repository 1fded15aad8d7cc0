//! Counts: a number with its noun, grouped by threes, and in the form that each language asks for.

use crate::model::{Language, Text};

/// One and several, in each language. In French, nought is singular.
pub struct Noun {
    en: [&'static str; 2],
    fr: [&'static str; 2],
}

const fn noun(en: [&'static str; 2], fr: [&'static str; 2]) -> Noun {
    Noun { en, fr }
}

pub const ROWS: Noun = noun(["row", "rows"], ["ligne", "lignes"]);
pub const PICTURES: Noun = noun(["picture", "pictures"], ["photo", "photos"]);
pub const FILES: Noun = noun(["file", "files"], ["fichier", "fichiers"]);
pub const BYTES: Noun = noun(["byte", "bytes"], ["octet", "octets"]);
pub const WAITING: Noun = noun(["file waiting", "files waiting"], ["fichier en attente", "fichiers en attente"]);
pub const PEOPLE_LEFT_OUT: Noun =
    noun(["person left out", "people left out"], ["personne écartée", "personnes écartées"]);
pub const CREATED: Noun = noun(["created", "created"], ["création", "créations"]);
pub const UPDATED: Noun = noun(["updated", "updated"], ["mise à jour", "mises à jour"]);
pub const DEPARTURES: Noun = noun(["departure", "departures"], ["départ", "départs"]);
pub const RETURNS: Noun = noun(["return", "returns"], ["retour", "retours"]);
pub const UNCHANGED: Noun = noun(["unchanged", "unchanged"], ["inchangée", "inchangées"]);
pub const LEFT_OUT: Noun = noun(["left out", "left out"], ["écartée", "écartées"]);
pub const NOT_APPLIED: Noun = noun(["not applied", "not applied"], ["non appliquée", "non appliquées"]);
pub const ACCOUNTS_CREATED: Noun = noun(["account created", "accounts created"], ["compte créé", "comptes créés"]);
pub const ACCOUNTS_CHANGED: Noun = noun(["changed", "changed"], ["modifié", "modifiés"]);
pub const SWITCHED_OFF: Noun = noun(["switched off", "switched off"], ["désactivé", "désactivés"]);
pub const ACCOUNTS_UNCHANGED: Noun = noun(["unchanged", "unchanged"], ["inchangé", "inchangés"]);
pub const REFUSED: Noun = noun(
    ["refused by the partner", "refused by the partner"],
    ["refusé par le partenaire", "refusés par le partenaire"],
);
pub const RIGHT: Noun = noun(["right now", "right now"], ["désormais juste", "désormais justes"]);
pub const OPEN: Noun = noun(["still open", "still open"], ["encore à corriger", "encore à corriger"]);
pub const MISSING: Noun =
    noun(["not in this file", "not in this file"], ["absente de ce fichier", "absentes de ce fichier"]);
pub const MORE: Noun = noun(["more", "more"], ["autre", "autres"]);
pub const MORE_OPERATIONS: Noun = noun(["more operation", "more operations"], ["autre opération", "autres opérations"]);

/// `1,234 rows`, `1 234 lignes`.
pub fn counted(number: usize, noun: &Noun) -> Text {
    let (english, french) = (noun.en[usize::from(number != 1)], noun.fr[usize::from(number > 1)]);
    let digits = grouped(number);
    Text::new(
        format!("{} {english}", digits.is(Language::English)),
        format!("{} {french}", digits.is(Language::French)),
    )
}

/// `1,234`, `1 234` with a space that does not break.
pub fn grouped(number: usize) -> Text {
    Text::new(by_threes(number, ','), by_threes(number, '\u{a0}'))
}

fn by_threes(number: usize, separator: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// One behind the other, with commas.
pub fn list(texts: &[Text]) -> Text {
    let list = |language| texts.iter().map(|text| text.is(language)).collect::<Vec<_>>().join(", ");
    Text::new(list(Language::English), list(Language::French))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_threes() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567")] {
            assert_eq!(grouped(number).is(Language::English), text);
            assert_eq!(grouped(number).is(Language::French), text.replace(',', "\u{a0}"));
        }
    }

    #[test]
    fn nought_is_several_in_english_and_one_in_french() {
        for (number, english, french) in [(0, "0 rows", "0 ligne"), (1, "1 row", "1 ligne"), (2, "2 rows", "2 lignes")]
        {
            let text = counted(number, &ROWS);
            assert_eq!((text.is(Language::English), text.is(Language::French)), (english, french));
        }
    }
}

//! Folding: the form of a text in which case, spaces, accents and punctuation make no difference.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `Prénom `, `PRENOM` and `pré-nom` fold to the same text.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        // Most texts are, and decomposing them is slow.
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        return letters.map(|letter| char::from(letter.to_ascii_lowercase())).collect();
    }
    // Nearly all others are of letters that fold each by itself.
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match LATIN.get(letter as usize) {
            Some(form) => folded.push_str(form),
            None => return decomposed(text),
        }
    }
    folded
}

/// What the letters of the languages of Europe that are written in Latin letters fold to.
static LATIN: LazyLock<Vec<String>> =
    LazyLock::new(|| ('\0'..'\u{180}').map(|letter| decomposed(letter.encode_utf8(&mut [0; 4]))).collect());

fn decomposed(text: &str) -> String {
    text.nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The candidate nearest to `wrong` once both are folded, if one is near enough to be meant.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = fold(wrong);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wrong, &fold(candidate)), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= candidate.chars().count() / 3)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_that_differ_in_dress_fold_alike() {
        for same in ["Prénom", "prenom", "PRÉ-NOM ", "pre_nom", "PRE-NOM"] {
            assert_eq!(fold(same), "prenom");
        }
    }

    #[test]
    fn letters_fold_each_by_itself_as_they_do_together() {
        for first in '\0'..'\u{182}' {
            for second in ['a', 'É', 'ß', 'ŀ', '\u{301}', 'Σ'] {
                let text = format!("{first}{second}");
                assert_eq!(fold(&text), decomposed(&text), "{text}");
            }
        }
    }

    #[test]
    fn a_near_miss_is_recognised_and_a_far_one_is_not() {
        let headings = ["firstName", "lastName", "dtContractStart"];
        assert_eq!(nearest("fristname", headings), Some("firstName"));
        assert_eq!(nearest("dtContractStrat", headings), Some("dtContractStart"));
        assert_eq!(nearest("shoeSize", headings), None);
    }
}
